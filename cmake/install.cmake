# `cmake --install`: the headers and find_package(tarn) (component library), the programs and their data (component programs; see examples/).
# A header-only library has no architecture: the version file says so.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(tarn_config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/tarn)
configure_package_config_file(cmake/tarnConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/tarnConfig.cmake
                              INSTALL_DESTINATION ${tarn_config_dir} PATH_VARS CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/tarnConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)

install(DIRECTORY include/tarn DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/tarnConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/tarnConfigVersion.cmake cmake/tarnDependencies.cmake
        DESTINATION ${tarn_config_dir} COMPONENT library)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT library)
