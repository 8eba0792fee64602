#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# lay_out_cohort.sh STUDY DEST SUBJECT:DOSE...: a simulated BIDS dataset. Each subject has the two sessions of STUDY
# (data/studies/tutorial.json), the second after DOSE mg of psilocybin, which occupies 0.8 DOSE / (DOSE + 5); curves and
# input functions lie in derivatives of PETPrep and bloodstream. pet-simulate must be on the PATH.
set -euo pipefail
study=$1
dest=$2
shift 2

# describe FOLDER NAME TYPE
describe() {
  mkdir -p "$1"
  printf '{"Name": "%s", "BIDSVersion": "1.9.0", "DatasetType": "%s", "GeneratedBy": [{"Name": "%s"}]}\n' \
    "$2" "$3" "$2" > "$1/dataset_description.json"
}

describe "$dest" "simulated cohort" raw
describe "$dest/derivatives/petprep" PETPrep derivative
describe "$dest/derivatives/bloodstream" bloodstream derivative
printf 'participant_id\tweight\n' > "$dest/participants.tsv"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

seed=1
for participant in "$@"; do
  subject=${participant%:*}
  dose=${participant#*:}
  occupancy=$(awk -v dose="$dose" 'BEGIN { print 0.8 * dose / (dose + 5) }')
  sed -e "s/\"subject\": \"01\"/\"subject\": \"$subject\"/" -e "s/\"dose\": 25,/\"dose\": $dose,/" \
    -e "s/\"occupancy\": 0.65/\"occupancy\": $occupancy/" "$study" > "$made/study.json"
  pet-simulate "$made/study.json" --tables-only --seed $((seed++)) --quiet --force -o "$made/$subject"
  printf 'sub-%s\t70\n' "$subject" >> "$dest/participants.tsv"
  for session in baseline psilocybin; do
    from=$made/$subject/ses-$session
    name=$(basename "$from"/*_seg-phantom_tacs.tsv _seg-phantom_tacs.tsv)
    folder=sub-$subject/ses-$session/pet
    mkdir -p "$dest/$folder" "$dest/derivatives/"{petprep,bloodstream}"/$folder"
    drug=
    if [ "$session" != baseline ]; then
      drug="\"PharmaceuticalName\": \"psilocybin\", \"PharmaceuticalDoseAmount\": $dose, \"PharmaceuticalDoseUnits\": \"mg\","
    fi
    sed "0,/{/s//{ $drug/" "$from/${name}_seg-phantom_tacs.json" > "$dest/$folder/${name}_pet.json"
    cp "$from/${name}_recording-manual_blood".* "$dest/$folder/"
    cp "$from/${name}_seg-phantom_tacs".* "$from/${name}_seg-phantom_morph.tsv" "$dest/derivatives/petprep/$folder/"
    cp "$from/${name}_inputfunction".* "$dest/derivatives/bloodstream/$folder/"
  done
done
