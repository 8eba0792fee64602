# SPDX-License-Identifier: Apache-2.0
# Installs the build folder BUILD into an empty prefix below WORK, then configures, builds and runs the project CONSUMER
# with nothing but that prefix. FLAGS are compiler flags that a sanitized library asks of those who link it.
cmake_minimum_required(VERSION 3.25)
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "failed: ${ARGN}\n${text}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
foreach(file IN LISTS EXPECTED)
  if(NOT EXISTS ${WORK}/prefix/${file})
    message(SEND_ERROR "not installed: ${file}")
  endif()
endforeach()

# Nothing that is installed may name the folders of this build.
file(GLOB_RECURSE configs ${WORK}/prefix/*.cmake)
foreach(config IN LISTS configs)
  file(STRINGS ${config} lines REGEX "${BUILD}|${SOURCE}|occupet_flags")
  if(lines)
    message(SEND_ERROR "${config} names the build: ${lines}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S ${CONSUMER} -B ${WORK}/consumer -G Ninja -DCMAKE_PREFIX_PATH=${WORK}/prefix
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/consumer)
run(${WORK}/consumer/consumer)
file(REMOVE_RECURSE ${WORK})
