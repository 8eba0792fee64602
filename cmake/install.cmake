# SPDX-License-Identifier: Apache-2.0
# The package Occupet: libraries with their headers, and what find_package(Occupet) reads.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Occupet)

foreach(library pet kinetic_models)
  if(TARGET ${library})
    install(TARGETS ${library} EXPORT OccupetTargets COMPONENT libraries
            FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/occupet)
  endif()
endforeach()
install(EXPORT OccupetTargets NAMESPACE Occupet:: DESTINATION ${package_dir} COMPONENT libraries)

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/OccupetConfig.cmake.in ${PROJECT_BINARY_DIR}/OccupetConfig.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/OccupetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/OccupetConfig.cmake ${PROJECT_BINARY_DIR}/OccupetConfigVersion.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindISAL.cmake ${CMAKE_CURRENT_LIST_DIR}/FindNIFTI.cmake
  ${CMAKE_CURRENT_LIST_DIR}/FindOpenJPEG.cmake
  DESTINATION ${package_dir} COMPONENT libraries)

if(EXISTS ${PROJECT_SOURCE_DIR}/data)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/occupet COMPONENT tools)
endif()
