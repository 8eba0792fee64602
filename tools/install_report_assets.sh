#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Puts the scripts that draw the figures and the maps of a report (four npm packages, named with version and sha512 in
# tools/report/assets.lock, and the sha256 of the script itself) into data/report, from where they are installed to
# share/occupet/report. Does nothing, and needs no network, where they are there:
#   tools/install_report_assets.sh [FOLDER]        (FOLDER: data/report)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$root/data/report}
work=
trap '[ -z "$work" ] || rm -rf -- "$work"' EXIT

# The interpreter comes as a module that imports from vega-util. A script of a page has no imports, and vega holds the
# same functions.
as_script() {
  if [ "$1" != vega-interpreter ]; then
    cat
    return
  fi
  sed -E -e "s/^import \{(.*)\} from 'vega-util';$/(() => { const {\1} = vega;/" \
    -e 's/^export \{ expression as expressionInterpreter \};$/globalThis.vegaInterpreter = { expressionInterpreter: expression };})();/' \
    -e '/^\/\/# sourceMappingURL=/d' >"$work/script.js"
  if grep -qE '^(import|export) ' "$work/script.js" || ! grep -q '= vega;$' "$work/script.js"; then
    echo "install_report_assets.sh: $1: found another form of module, expected one import and one export" >&2
    exit 65
  fi
  cat "$work/script.js"
}

# is_asset FILE SHA256
is_asset() {
  [ -f "$1" ] && [ "$(openssl dgst -sha256 -r "$1" | cut -d' ' -f1)" = "$2" ]
}

while read -r name version file sum script_sum _; do
  case "$name" in '' | '#'*) continue ;; esac
  place=$folder/${name##*/}-$version.js
  is_asset "$place" "$script_sum" && continue
  if ! command -v npm >/dev/null; then
    echo "install_report_assets.sh: found no npm, expected it for $name@$version" >&2
    exit 66
  fi
  mkdir -p -- "$folder"
  [ -n "$work" ] || work=$(mktemp -d)
  archive=$(cd "$work" && npm pack --silent "$name@$version")
  found=$(openssl dgst -sha512 -binary "$work/$archive" | base64 -w0)
  if [ "$found" != "$sum" ]; then
    echo "install_report_assets.sh: $name@$version: found sha512 $found, expected $sum" >&2
    exit 65
  fi
  tar xzf "$work/$archive" -C "$work"
  as_script "$name" <"$work/package/$file" >"$work/asset.js"
  if ! is_asset "$work/asset.js" "$script_sum"; then
    echo "install_report_assets.sh: $name@$version: found another script, expected sha256 $script_sum" >&2
    exit 65
  fi
  # A package without the text of its licence names it in package.json.
  licence=$work/package/LICENSE
  [ -f "$licence" ] || licence=$work/package/package.json
  cp -- "$licence" "${place%.js}.LICENSE"
  mv -- "$work/asset.js" "$place"
  rm -rf -- "$work/package" "${work:?}/$archive"
done <"$root/tools/report/assets.lock"
