#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fuzzes every reader: tests/fuzz/run.sh [--preset P] [--build DIR] [--jobs N] [--targets "T1 T2"] MINUTES
# runs each target for so many minutes (a fraction will do), N at once, from seeds that our own writers make and what
# earlier runs found worth keeping in DIR/corpus; with --inputs COUNT in place of the minutes so many inputs, the same ones
# every time, from the seeds alone. Ends with 1 and the path of the input if one makes a reader fail
# otherwise than with a message, takes more than 20 s or makes it allocate more than 1.25 GB at once (the largest grid
# of a small Segmentation has 1 GB); with 77, saying so, where there is no clang with libFuzzer.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
preset=fuzz
build=""
jobs=1
targets="dicom_series dicom_regions tables json nifti"
usage() {
  echo "usage: tests/fuzz/run.sh [--preset P] [--build DIR] [--jobs N] [--targets \"T1 T2\"] MINUTES | --inputs COUNT" >&2
  exit 2
}

inputs=""
while [ $# -gt 1 ]; do
  case "$1" in
    --preset) preset=$2 ;;
    --build) build=$2 ;;
    --jobs) jobs=$2 ;;
    --targets) targets=$2 ;;
    --inputs) inputs=$2 ;;
    *) usage ;;
  esac
  shift 2
done
build=${build:-$root/build/$preset}
if [ -n "$inputs" ]; then
  [[ $# = 0 && "$inputs" =~ ^[1-9][0-9]*$ ]] || usage
  limit="-runs=$inputs -seed=1"
else
  [[ "${1:-}" =~ ^[0-9]+(\.[0-9]+)?$ ]] || usage
  seconds=$(awk -v minutes="$1" 'BEGIN { printf "%.0f", 60 * minutes }')
  [ "$seconds" -gt 0 ] || usage
  limit="-max_total_time=$seconds"
fi

compiler=clang++-14
probe='extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }'
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
if ! command -v $compiler >/dev/null || ! echo "$probe" | $compiler -fsanitize=fuzzer -x c++ - -o "$scratch/probe"; then
  echo "run.sh: nothing was fuzzed: there is no $compiler with libFuzzer (packages clang-14, libclang-rt-14-dev)" >&2
  exit 77
fi

cmake -S "$root" --preset "$preset" -B "$build" >/dev/null
cmake --build "$build" --target fuzz --parallel "$(nproc)" | tail -n 1
"$build/tests/fuzz/fuzz_seeds" "$root" "$scratch/seeds"

# Files of the readers are written to memory where there is some.
if [ -w /dev/shm ]; then
  rm -rf "$scratch/tmp"
  memory=$(mktemp -d /dev/shm/occupet-fuzz-XXXXXX)
  trap 'rm -rf "$scratch" "$memory"' EXIT
  export TMPDIR=$memory
fi

fuzz_one() {
  local target=$1
  local corpus=$build/corpus/$target findings=$build/findings/$target
  [ -z "$inputs" ] || corpus=$scratch/corpus/$target
  mkdir -p "$corpus" "$findings"
  local status=0
  # A container of DICOM or NIfTI has no more than some hundred bytes of header; 64 KiB hold every seed.
  local start=$SECONDS
  "$build/tests/fuzz/fuzz_$target" $limit -max_len=65536 -timeout=20 -rss_limit_mb=2560 \
    -malloc_limit_mb=1280 -print_final_stats=1 -artifact_prefix="$findings/" "$corpus" "$scratch/seeds/$target" \
    >"$scratch/$target.log" 2>&1 || status=$?
  local runs
  runs=$(grep -oE 'number_of_executed_units: *[0-9]+' "$scratch/$target.log" | grep -oE '[0-9]+$' || echo 0)
  if [ "$status" = 0 ]; then
    echo "$target: $((SECONDS - start)) s, $runs inputs, no finding"
  else
    echo "$target: found, see $findings and" >&2
    tail -n 60 "$scratch/$target.log" >&2
  fi
  return "$status"
}

export -f fuzz_one
export build scratch inputs limit
printf '%s\n' $targets | xargs -P "$jobs" -I{} bash -c 'fuzz_one {}' || exit 1
