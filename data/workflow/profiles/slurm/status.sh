#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# status.sh JOB: success, running or failed, as Snakemake asks. Works without accounting (slurmdbd).
state=$(scontrol -o show job "$1" 2>/dev/null | sed -n 's/.* JobState=\([A-Z_]*\).*/\1/p')
[ -n "$state" ] || state=$(sacct -X -n -o State -j "$1" 2>/dev/null | head -n 1 | tr -d ' +')
case $state in
  COMPLETED) echo success ;;
  PENDING | RUNNING | CONFIGURING | COMPLETING | SUSPENDED | REQUEUED | "") echo running ;;
  *) echo failed ;;
esac
