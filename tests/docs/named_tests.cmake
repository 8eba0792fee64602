# SPDX-License-Identifier: Apache-2.0
# cmake -DPAGE=docs/formats/dicom-errors.md -DTESTS=tests/libpet/dicom -P named_tests.cmake: fails where the last column
# of a table of the page names a test that is not there.
cmake_minimum_required(VERSION 3.25)

file(GLOB sources ${TESTS}/*.cpp)
set(code "")
foreach(source IN LISTS sources)
  file(READ ${source} text)
  string(APPEND code "${text}")
endforeach()

file(STRINGS ${PAGE} rows REGEX "^[|].*`[^`]+` [|]$")
set(found 0)
foreach(row IN LISTS rows)
  string(REGEX REPLACE ".*`([^`]+)` [|]$" "\\1" name "${row}")
  string(FIND "${code}" "TEST_CASE(\"${name}\"" at)
  if(at EQUAL -1)
    message(SEND_ERROR "${PAGE}: found the test '${name}', expected the name of one in ${TESTS}")
  endif()
  math(EXPR found "${found} + 1")
endforeach()
if(found LESS 20)
  message(SEND_ERROR "${PAGE}: found ${found} rows that name a test, expected at least 20")
endif()
