# SPDX-License-Identifier: Apache-2.0
# The check of the list of flags fails on a flag without a row and on a row without a flag, and passes otherwise.
# cmake -DCHECK=flags.cmake -DWORK=FOLDER -P flags_test.cmake
cmake_minimum_required(VERSION 3.25)

function(expect outcome code page)
  file(REMOVE_RECURSE ${WORK})
  file(WRITE ${WORK}/code/fit.cpp "#include \"a_b\"\n${code}\n")
  file(WRITE ${WORK}/page.md "# Names\n\n| `other` | no flag |\n\n## Flags\n${page}\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -DCODE=${WORK}/code -DPAGE=${WORK}/page.md -P ${CHECK}
                  RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
  if(outcome STREQUAL "passes" AND NOT status EQUAL 0)
    message(SEND_ERROR "the check fails on: ${code} ${page}")
  elseif(outcome STREQUAL "fails" AND status EQUAL 0)
    message(SEND_ERROR "the check passes on: ${code} ${page}")
  endif()
endfunction()

set(word "fit.flags.push_back(\"collinear\");")
set(joined "fit.flags.push_back(symbol + \"_at_bound\");")
set(next_line "return without_estimates(\n      model, \"zero_curve\");")
expect(passes "${word}" "| `collinear` | x |")
expect(passes "${joined}" "| `<parameter>_at_bound` | x |")
expect(passes "${next_line}" "| `zero_curve` | x |")
expect(fails "${word}" "none")
expect(fails "${joined}" "| `k2_at_bound` | x |")
expect(fails "${next_line}" "| `collinear` | x |")
expect(fails "${word}" "| `collinear` | x |\n| `stale_flag` | x |")
expect(fails "// f([\n${word}" "none")
expect(fails "int none;" "none")
