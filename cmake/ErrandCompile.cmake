# Compile settings shared by every target of this project; nothing here reaches consumers.

# ccache when it is there. Its settings travel with the command, so that precompiled headers and
# several build folders of one clone share what they can without anything in the environment.
find_program(ERRAND_CCACHE ccache)
if(ERRAND_CCACHE AND PROJECT_IS_TOP_LEVEL AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER
        env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${ERRAND_CCACHE})
endif()

# errand_compile_settings(<target>): language level, warnings, sanitizers.
function(errand_compile_settings target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wnon-virtual-dtor
                                             $<$<BOOL:${ERRAND_WERROR}>:-Werror>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # These see ghosts in an inlined std::string; which ones depends on the optimiser's mood.
        target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-restrict
                                                 -Wno-stringop-overflow -Wno-stringop-overread)
    endif()
    if(ERRAND_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=${ERRAND_SANITIZE}
                                                 -fno-omit-frame-pointer -fno-sanitize-recover=all)
        target_link_options(${target} PUBLIC -fsanitize=${ERRAND_SANITIZE})
    endif()
endfunction()

# errand_precompile(<target> [<header>...]): the standard headers that nearly every source includes,
# and the given ones, read once. Sources still include what they use: tests/house builds every header
# without this.
function(errand_precompile target)
    if(ERRAND_PCH)
        target_precompile_headers(${target} PRIVATE
            <algorithm> <chrono> <condition_variable> <cstdint> <functional> <map> <memory> <mutex> <optional>
            <span> <string> <string_view> <thread> <utility> <vector> ${ARGN})
    endif()
endfunction()

# errand_unite(<target>): its sources are compiled several at once where ERRAND_UNITY is on. For the
# program, where every command needs all of CLI11, that takes a fifth of the time. The dev preset leaves
# it off: each file then has to include what it uses, and the compile commands name each file.
function(errand_unite target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ${ERRAND_UNITY} UNITY_BUILD_BATCH_SIZE 10)
endfunction()
