# The library as a package for other projects: find_package(errand CONFIG) gives errand::errand.
# The program installs itself where it is built.
include(CMakePackageConfigHelpers)

set(ERRAND_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/errand)

install(TARGETS errand EXPORT errandTargets COMPONENT Development
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/errand COMPONENT Development
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT errandTargets NAMESPACE errand:: COMPONENT Development
        DESTINATION ${ERRAND_PACKAGE_DIR})

# The tests of the store contract, for those who write a store: find_package(errand CONFIG COMPONENTS
# conformance) gives errand_conformance_suite().
set(ERRAND_CONFORMANCE_DIR ${CMAKE_INSTALL_DATADIR}/errand/conformance)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/tests/conformance/suite COMPONENT Conformance
        DESTINATION ${ERRAND_CONFORMANCE_DIR}/conformance)
foreach(file dump.cpp dump.hpp manual_clock.hpp temp_dir.hpp)
    install(FILES ${PROJECT_SOURCE_DIR}/tests/support/${file} COMPONENT Conformance
            DESTINATION ${ERRAND_CONFORMANCE_DIR}/support)
endforeach()

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/errandConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/errandConfig.cmake
                              INSTALL_DESTINATION ${ERRAND_PACKAGE_DIR})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/errandConformance.cmake.in
                              ${PROJECT_BINARY_DIR}/errandConformance.cmake
                              INSTALL_DESTINATION ${ERRAND_PACKAGE_DIR}
                              PATH_VARS ERRAND_CONFORMANCE_DIR)
install(FILES ${PROJECT_BINARY_DIR}/errandConformance.cmake
        COMPONENT Conformance DESTINATION ${ERRAND_PACKAGE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/errandConfigVersion.cmake
                                 COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/errandConfig.cmake
              ${PROJECT_BINARY_DIR}/errandConfigVersion.cmake
        COMPONENT Development DESTINATION ${ERRAND_PACKAGE_DIR})
