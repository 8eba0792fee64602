#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# bids_validator.sh --install       puts the BIDS Validator (two npm packages, 62 MB) into the cache, checksums compared
# bids_validator.sh DIR [OPTIONS]   validates a dataset; status 77 where the validator is not in the cache
# The cache is $OCCUPET_BIDS_VALIDATOR, else ~/.cache/occupet/bids-validator.
set -euo pipefail

cache="${OCCUPET_BIDS_VALIDATOR:-${XDG_CACHE_HOME:-$HOME/.cache}/occupet/bids-validator}"

# package FOLDER NAME@VERSION SHA512
fetch() {
  [ -d "$cache/$1" ] && return
  mkdir -p "$cache"
  local archive
  archive=$(cd "$cache" && npm pack --silent "$2")
  local sum
  sum=$(openssl dgst -sha512 -binary "$cache/$archive" | base64 -w0)
  if [ "$sum" != "$3" ]; then
    rm -f "${cache:?}/$archive"
    echo "bids_validator.sh: $2: found sha512 $sum, expected $3" >&2
    exit 65
  fi
  mkdir "$cache/$1.partial"
  tar xzf "$cache/$archive" -C "$cache/$1.partial"
  mv "$cache/$1.partial" "$cache/$1"
  rm "$cache/$archive"
}

if [ "${1:-}" = --install ]; then
  fetch validator bids-validator@1.15.0 \
    gZ0UUTLBt5L3nuhLia/VfvK5OaM0yoTBPJvGmC4slQ8yDzpanWZOHHBS+PAua0riQ7Cwa51HER/Fnd9v17MHUw==
  fetch deno @deno/linux-x64-glibc@2.9.6 \
    3md4TKLCuzsLDmfOoC5KN7NAZaxSVkMgm64vg6foD00JBADCpYS2/5QqXfzgnP5ZQz3iLP9vBQJtEgc116OAoQ==
  exit
fi

if [ ! -x "$cache/deno/package/deno" ] || [ ! -d "$cache/validator" ]; then
  echo "bids_validator.sh: no BIDS Validator in the cache; bids_validator.sh --install puts it there" >&2
  exit 77
fi
NO_COLOR=1 DENO_NO_UPDATE_CHECK=1 \
  exec "$cache/deno/package/deno" run -A "$cache/validator/package/dist/validator/bids-validator.js" "$@"
