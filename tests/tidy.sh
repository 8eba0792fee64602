#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# clang-tidy with the rules of .clang-tidy over the sources of the libraries and tools: tests/tidy.sh [BUILD [FILE...]].
# BUILD is a configured build folder with compile_commands.json (default: build/release). Needs clang-tidy 14.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${1:-build/release}
[ $# -gt 0 ] && shift
if [ ! -e "$build/compile_commands.json" ]; then
  echo "tidy.sh: $build/compile_commands.json: not found; run cmake --preset release" >&2
  exit 66
fi
files=("$@")
if [ ${#files[@]} -eq 0 ]; then
  mapfile -t files < <(git ls-files 'libpet/*.cpp' 'kinetic_models/*.cpp' 'tools/*.cpp')
fi
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build"
