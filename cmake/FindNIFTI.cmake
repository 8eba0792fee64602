# SPDX-License-Identifier: Apache-2.0
# Finds libnifti2 and libznz (Debian's own CMake package for them names files that do not exist).
# Defines the target NIFTI::nifti2.
find_path(NIFTI_INCLUDE_DIR nifti2_io.h PATH_SUFFIXES nifti)
find_library(NIFTI_nifti2_LIBRARY nifti2)
find_library(NIFTI_znz_LIBRARY znz)
find_package(ZLIB QUIET)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(NIFTI REQUIRED_VARS
  NIFTI_nifti2_LIBRARY NIFTI_znz_LIBRARY NIFTI_INCLUDE_DIR ZLIB_FOUND)

if(NIFTI_FOUND AND NOT TARGET NIFTI::nifti2)
  add_library(NIFTI::nifti2 INTERFACE IMPORTED)
  target_include_directories(NIFTI::nifti2 SYSTEM INTERFACE ${NIFTI_INCLUDE_DIR})
  target_link_libraries(NIFTI::nifti2 INTERFACE ${NIFTI_nifti2_LIBRARY} ${NIFTI_znz_LIBRARY} ZLIB::ZLIB)
endif()
mark_as_advanced(NIFTI_INCLUDE_DIR NIFTI_nifti2_LIBRARY NIFTI_znz_LIBRARY)
