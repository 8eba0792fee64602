# SPDX-License-Identifier: Apache-2.0
# cmake -DCODE=libpet/dicom -DPAGE=docs/formats.md -P refusals.cmake: fails where the code can refuse a file because of a
# DICOM element that the page does not name. An element is found in the code as the argument of a function that makes or
# checks (DCM_Units), or in the text of a message ("tag (0054,1001) Units").
cmake_minimum_required(VERSION 3.25)

file(READ ${PAGE} page)
string(TOLOWER "${page}" lower_page)
file(GLOB_RECURSE sources ${CODE}/*.cpp)
set(found 0)
foreach(source IN LISTS sources)
  file(READ ${source} text)
  string(REPLACE ";" "," text "${text}")
  string(REGEX MATCHALL
    "(where|refusal|malformed|required_[a-z]+)\\((instance, )?DCM_[A-Za-z0-9]+|tag \\([0-9a-fA-F]+,[0-9a-fA-F]+\\)"
    elements "${text}")
  foreach(element IN LISTS elements)
    math(EXPR found "${found} + 1")
    string(REGEX REPLACE ".*DCM_|tag " "" element "${element}")
    string(TOLOWER "${element}" lower_element)
    string(FIND "${lower_page}" "${lower_element}" at)
    if(at EQUAL -1)
      message(SEND_ERROR "${PAGE}: found nothing about ${element}, because of which ${source} can refuse a file")
    endif()
  endforeach()
endforeach()
if(found LESS 20)
  message(SEND_ERROR "${CODE}: found ${found} elements in messages, expected at least 20")
endif()
