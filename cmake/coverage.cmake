# SPDX-License-Identifier: Apache-2.0
# Target coverage: prints which lines the tests have run (run ctest before it). Needs gcovr.
find_program(GCOVR_PROGRAM gcovr)
if(NOT GCOVR_PROGRAM)
  message(STATUS "gcovr not found: there is no target coverage")
  return()
endif()
add_custom_target(coverage VERBATIM USES_TERMINAL
  COMMAND ${GCOVR_PROGRAM} --root ${PROJECT_SOURCE_DIR} --print-summary --sort-uncovered
    --filter ${PROJECT_SOURCE_DIR}/libpet --filter ${PROJECT_SOURCE_DIR}/kinetic_models --filter ${PROJECT_SOURCE_DIR}/tools
    ${PROJECT_BINARY_DIR})
