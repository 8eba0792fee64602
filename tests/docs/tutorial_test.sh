#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tutorial_test.sh PAGE COMMANDS DATA: runs the sh blocks of a page in order, in an empty folder, with the commands of the
# folder COMMANDS and OCCUPET_DATA_DIR=DATA. Fails where a block fails, and where a line of a text block does not come out.
# In text blocks "..." stands for the rest of a line.
set -euo pipefail
page=$(realpath -- "$1")
commands=$(realpath -- "$2")
data=$(realpath -- "$3")
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
mkdir "$folder/empty"

blocks_of() {  # blocks_of LANGUAGE: the lines of all blocks in that language
  awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ { inside = 0 } inside' "$page"
}

blocks_of sh >"$folder/script.sh"
blocks_of text >"$folder/expected.txt"
if [ ! -s "$folder/script.sh" ] || [ ! -s "$folder/expected.txt" ]; then
  echo "$page: found no sh block or no text block, expected both" >&2
  exit 1
fi

cd "$folder/empty"
if ! PATH="$commands:$PATH" OCCUPET_DATA_DIR="$data" sh -eu "$folder/script.sh" >"$folder/output.txt" 2>&1; then
  cat "$folder/output.txt" >&2
  echo "$page: the commands end with an error" >&2
  exit 1
fi

missing=0
while IFS= read -r line; do
  if ! awk -v line="$line" '
    BEGIN { cut = index(line, "..."); start = substr(line, 1, cut - 1) }
    cut ? index($0, start) == 1 : $0 == line { found = 1 }
    END { exit !found }' "$folder/output.txt"; then
    echo "$page: this line does not come out: $line" >&2
    missing=1
  fi
done <"$folder/expected.txt"
if [ $missing -ne 0 ]; then
  cat "$folder/output.txt" >&2
  exit 1
fi
