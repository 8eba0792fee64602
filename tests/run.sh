#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The whole check: every test under sanitizers with warnings as errors, then, on optimised code, the slow tests,
# the benchmarks and the installed package. Ends with a status other than 0 on the first failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  "")
    tools/install_packages.sh --tests
    tools/install_report_assets.sh || echo "run.sh: no scripts for figures: no report is opened in a browser" >&2
    ;;
  --no-install) ;;
  *) echo "run.sh: unknown option '$1'; usage: tests/run.sh [--no-install]" >&2; exit 2 ;;
esac
jobs=$(nproc)

cmake --fresh --preset ci
cmake --build --preset ci --parallel "$jobs"
ctest --preset ci --parallel "$jobs"

cmake --fresh --preset release -DOCCUPET_WARNINGS_AS_ERRORS=ON
cmake --build --preset release --parallel "$jobs" --target commands slow_tests
ctest --preset release --parallel "$jobs"

# Hostile input, the same every time; for longer: tests/fuzz/run.sh MINUTES.
tests/fuzz/run.sh --preset ci --jobs "$jobs" --inputs 1000
