# SPDX-License-Identifier: Apache-2.0
# cmake -DROOT=FOLDER -P layering.cmake: fails and names every include in libpet, kinetic_models and tools that runs
# against the layers (tools -> kinetic_models -> libpet) or lets a library out of the place it is kept in.
cmake_minimum_required(VERSION 3.25)

# Each rule: includes that match the first expression are allowed only in files that match the second.
set(rules
  "tools/"                            "^tools/"
  "kinetic_models/"                   "^(kinetic_models|tools)/"
  "libpet/(dicom/.*|io/(nifti|output_files|[a-z_]*_file)\\.h)$" "^(libpet|tools)/"
  "(fstream|iostream|filesystem)$"    "^(libpet|tools)/"
  "dcmtk/"                            "^libpet/dicom/([^/]+\\.cpp|detail/.*)$"
  "(nifti/.*|nifti[0-9]?_io\\.h|znzlib\\.h)$" "^libpet/io/([^/]+\\.cpp|detail/.*)$"
  "isa-l/"                            "^libpet/io/[^/]+\\.cpp$"
  "png\\.h$"                           "^libpet/io/[^/]+\\.cpp$"
  "openjpeg"                          "^libpet/dicom/([^/]+\\.cpp|detail/.*)$"
  "openssl/"                          "^libpet/([^/]+/)?[^/]+\\.cpp$"
  "nlohmann/"                         "(\\.cpp$|/detail/)"
  "(ceres|glog|gflags)/"              "^kinetic_models/(.*\\.cpp|(.*/)?detail/.*)$"
  "boost/program_options"             "^tools/tool[^/]*\\.cpp$"
  "boost/math/"                       "^kinetic_models/(.*\\.cpp|(.*/)?detail/.*)$"
  "boost/"                            "^(kinetic_models/.*|tools/tool[^/]*\\.cpp)$"
  "catch2/"                           "^$")

function(check_include file line included)
  set(remaining ${rules})
  while(remaining)
    list(POP_FRONT remaining pattern allowed)
    if(included MATCHES "^${pattern}" AND NOT file MATCHES "${allowed}")
      message(SEND_ERROR "${file}: found ${line}, expected only in files that match ${allowed}")
    endif()
  endwhile()
endfunction()

foreach(layer libpet kinetic_models tools)
  file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${layer}/*.h ${ROOT}/${layer}/*.cpp)
  foreach(file IN LISTS files)
    file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE ".*include[ \t]*[<\"]([^>\"]+)[>\"].*" "\\1" included "${line}")
      check_include(${file} "${line}" "${included}")
    endforeach()
  endforeach()
endforeach()
