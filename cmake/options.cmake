# SPDX-License-Identifier: Apache-2.0
option(OCCUPET_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(OCCUPET_WARNINGS_AS_ERRORS "Treat warnings as errors" OFF)
option(OCCUPET_HEADERS_ALONE "Compile each header alone" OFF)
option(OCCUPET_COVERAGE "Count executed lines (gcov)" OFF)
option(OCCUPET_FUZZ "Build the fuzz targets of tests/fuzz (clang)" OFF)
set(OCCUPET_SANITIZE "" CACHE STRING "Sanitizers, for example address,undefined")

if(PROJECT_IS_TOP_LEVEL AND NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Type of build" FORCE)
endif()

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Warnings and sanitizers of our own targets; never passed on to those who link them.
add_library(occupet_flags INTERFACE)
target_compile_features(occupet_flags INTERFACE cxx_std_20)
target_compile_options(occupet_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<BOOL:${OCCUPET_WARNINGS_AS_ERRORS}>:-Werror>
  # Nobody asks errno about mathematics; without it a square root is one instruction, and one for several numbers.
  -fno-math-errno)
# GCC 12 warns about its own std::string wherever a literal is added to a string (GCC bug 105651) and takes the value
# of an empty std::optional or std::function for uninitialised (GCC bug 80635).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  target_compile_options(occupet_flags INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()
if(OCCUPET_SANITIZE)
  target_compile_options(occupet_flags INTERFACE -fsanitize=${OCCUPET_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(occupet_flags INTERFACE -fsanitize=${OCCUPET_SANITIZE})
endif()
if(OCCUPET_COVERAGE)
  target_compile_options(occupet_flags INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(occupet_flags INTERFACE --coverage)
endif()
