# SPDX-License-Identifier: Apache-2.0
# Finds libopenjp2 (Debian's own CMake package for it wants its commands and servers installed too).
# Defines the target OpenJPEG::openjp2.
file(GLOB OpenJPEG_include_folders /usr/include/openjpeg-2.* /usr/local/include/openjpeg-2.*)
find_path(OpenJPEG_INCLUDE_DIR openjpeg.h HINTS ${OpenJPEG_include_folders})
find_library(OpenJPEG_LIBRARY openjp2)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OpenJPEG REQUIRED_VARS OpenJPEG_LIBRARY OpenJPEG_INCLUDE_DIR)

if(OpenJPEG_FOUND AND NOT TARGET OpenJPEG::openjp2)
  add_library(OpenJPEG::openjp2 INTERFACE IMPORTED)
  target_include_directories(OpenJPEG::openjp2 SYSTEM INTERFACE ${OpenJPEG_INCLUDE_DIR})
  target_link_libraries(OpenJPEG::openjp2 INTERFACE ${OpenJPEG_LIBRARY})
endif()
mark_as_advanced(OpenJPEG_INCLUDE_DIR OpenJPEG_LIBRARY)
