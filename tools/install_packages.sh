#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# install_packages.sh [--tests]: installs the packages of packages.txt that are missing, on Debian 12; with --tests also
# those for the tests only. Does nothing, and needs no network, where none is missing. On another system it prints what
# is needed and ends with 1.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case "${1:-}" in
  "") wanted=$(sed '/^# For the tests only/,$d' "$root/packages.txt") ;;
  --tests) wanted=$(<"$root/packages.txt") ;;
  *) echo "install_packages.sh: unknown option '$1'; usage: install_packages.sh [--tests]" >&2; exit 2 ;;
esac
mapfile -t packages < <(sed 's/#.*//' <<<"$wanted" | grep -oE '[^[:space:]]+')

. /etc/os-release
if [ "${ID:-}:${VERSION_ID:-}" != debian:12 ]; then
  echo "install_packages.sh: found ${PRETTY_NAME:-an unknown system}, expected Debian 12; Occupet needs what" \
       "these packages of Debian 12 hold: ${packages[*]}" >&2
  exit 1
fi

missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages.sh: run as root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

echo "Installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get -qq update
"${as_root[@]}" apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
