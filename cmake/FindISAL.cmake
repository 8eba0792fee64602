# SPDX-License-Identifier: Apache-2.0
# Finds libisal, which has no CMake package of its own. Defines the target ISAL::isal.
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h)
find_library(ISAL_LIBRARY isal)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(ISAL REQUIRED_VARS ISAL_LIBRARY ISAL_INCLUDE_DIR)

if(ISAL_FOUND AND NOT TARGET ISAL::isal)
  add_library(ISAL::isal INTERFACE IMPORTED)
  target_include_directories(ISAL::isal SYSTEM INTERFACE ${ISAL_INCLUDE_DIR})
  target_link_libraries(ISAL::isal INTERFACE ${ISAL_LIBRARY})
endif()
mark_as_advanced(ISAL_INCLUDE_DIR ISAL_LIBRARY)
