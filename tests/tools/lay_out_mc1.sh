#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lay_out_mc1.sh REFERENCE DEST [SUBJECT...]: the reference data ds004869_mc1 as a BIDS dataset with derivatives of
# PETPrep (curves) and bloodstream (input functions); all six subjects, or those named.
set -euo pipefail
reference=$1
dest=$2
shift 2
[ $# -gt 0 ] || set -- 01 02 03 04 05 06

# describe FOLDER NAME TYPE
describe() {
  mkdir -p "$1"
  printf '{"Name": "%s", "BIDSVersion": "1.9.0", "DatasetType": "%s", "License": "CC0", %s}\n' "$2" "$3" \
    "\"GeneratedBy\": [{\"Name\": \"$2\"}]" > "$1/dataset_description.json"
}

describe "$dest" "MC1 of ds004869" raw
describe "$dest/derivatives/petprep" PETPrep derivative
describe "$dest/derivatives/bloodstream" bloodstream derivative
echo "Six volunteers before and after celecoxib (OpenNeuro ds004869)." > "$dest/README"
printf 'participant_id\tweight\n' > "$dest/participants.tsv"

for subject in "$@"; do
  printf 'sub-%s\tn/a\n' "$subject" >> "$dest/participants.tsv"
  for session in baseline blocked; do
    name=sub-${subject}_ses-$session
    folder=sub-$subject/ses-$session/pet
    raw=$dest/$folder
    curves=$dest/derivatives/petprep/$folder
    blood=$dest/derivatives/bloodstream/Primary_Analysis/$folder
    mkdir -p "$raw" "$curves" "$blood"
    cp "$reference/${name}_pet.json" "$raw/"
    cp "$reference/${name}_recording-manual_blood.tsv" "$reference/${name}_recording-manual_blood.json" "$raw/"
    cp "$reference/${name}_tacs.tsv" "$curves/${name}_seg-gtm_desc-preproc_tacs.tsv"
    cp "$reference/tacs.json" "$curves/${name}_seg-gtm_desc-preproc_tacs.json"
    cp "$reference/${name}_inputfunction.tsv" "$blood/"
    cp "$reference/inputfunction.json" "$blood/${name}_inputfunction.json"
  done
done
