# Compile settings shared by every target of this project; nothing here reaches consumers.

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND PROJECT_IS_TOP_LEVEL)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# errand_compile_settings(<target>): language level, warnings, sanitizers.
function(errand_compile_settings target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
                                             $<$<BOOL:${ERRAND_WERROR}>:-Werror>)
    if(ERRAND_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${ERRAND_SANITIZE}
                                                 -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(${target} PUBLIC -fsanitize=${ERRAND_SANITIZE})
    endif()
endfunction()
