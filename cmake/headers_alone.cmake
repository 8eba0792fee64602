# SPDX-License-Identifier: Apache-2.0
# Compiles every header as the only one of a source, so that each includes what it needs; one that its own source includes
# before all others is compiled so there. A glob on purpose: a header that is in no list is found too.
file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR}
  libpet/*.h kinetic_models/*.h tools/*.h)
foreach(header IN LISTS headers)
  string(REGEX REPLACE "[.]h$" ".cpp" own_source ${PROJECT_SOURCE_DIR}/${header})
  if(EXISTS ${own_source})
    file(STRINGS ${own_source} first REGEX "^#include" LIMIT_COUNT 1)
    if(first STREQUAL "#include \"${header}\"")
      continue()
    endif()
  endif()
  set(source ${PROJECT_BINARY_DIR}/headers_alone/${header}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n#include \"${header}\"\n")
  list(APPEND sources ${source})
endforeach()

add_library(headers_alone OBJECT ${sources})
target_include_directories(headers_alone PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(headers_alone PRIVATE occupet_flags
  Boost::headers Ceres::ceres DCMTK::DCMTK Eigen3::Eigen NIFTI::nifti2 OpenJPEG::openjp2 OpenSSL::Crypto nlohmann_json::nlohmann_json)
target_compile_options(headers_alone PRIVATE -O0 -g0 -fno-sanitize=all)
