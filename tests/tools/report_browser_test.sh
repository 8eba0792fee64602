#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# report_browser_test.sh COMMANDS SOURCE REFERENCE SCREENSHOTS: makes the reports of a simulated study of psilocybin and
# of a subject of ds004869 with the commands of a folder, and opens them in a browser with the network cut (browser.mjs).
# Status 77 where there is no Chromium, no node or no scripts for the figures.
set -euo pipefail
PATH=$(realpath -- "$1"):$PATH
source=$2
reference=$3
screenshots=$4
export OCCUPET_DATA_DIR=$source/data
most_bytes=3000000

for program in node chromium; do
  if ! command -v $program >/dev/null; then
    echo "report_browser_test.sh: found no $program; no report was opened" >&2
    exit 77
  fi
done
if ! ls "$source"/data/report/vega-*.js >/dev/null 2>&1; then
  echo "report_browser_test.sh: no scripts for the figures; tools/install_report_assets.sh gets them" >&2
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
cd "$work"

# Status 1 means that some regions could not be fitted; their rows say so.
step() { "$@" 2>>log || [ $? -eq 1 ] || { cat log >&2; exit 1; }; }

# fits SESSION REFERENCE T_STAR: the curves of results/ with the models of both kinds.
fit_both() {
  local scan=results/sub-01_ses-$1
  step pet-fit ${scan}_tacs.tsv --model srtm --reference "$2" --fitted ${scan}_desc-SRTMfitted_tacs.tsv \
    -o ${scan}_model-SRTM_kinpar.tsv
  step pet-fit ${scan}_tacs.tsv --model logan --input ${scan}_inputfunction.tsv --t-star "$3" --ci se \
    --fitted ${scan}_desc-Loganfitted_tacs.tsv -o ${scan}_model-Logan_kinpar.tsv
}

# look NAME: a report of results/, its size, and what a browser makes of it.
look() {
  pet-report results -o "$1.html"
  local bytes
  bytes=$(stat -c %s "$1.html")
  echo "$1: $bytes bytes"
  if [ "$bytes" -ge $most_bytes ]; then
    echo "report_browser_test.sh: $1: found $bytes bytes, expected less than $most_bytes" >&2
    exit 1
  fi
  node "$source/tests/tools/browser.mjs" "$1.html" "$screenshots/$1"
}

mkdir results
step pet-simulate "$source/data/studies/tutorial.json" -o study
for session in baseline psilocybin; do
  scan=results/sub-01_ses-$session
  labels=$(echo study/ses-$session/*_dseg.nii.gz)
  step pet-tac study/ses-$session/dicom --labels "$labels" --table "${labels%.nii.gz}.tsv" -o ${scan}_tacs.tsv
  step pet-input study/ses-$session/*_blood.tsv -o ${scan}_inputfunction.tsv
  fit_both $session cerebellum 20
  step pet-map study/ses-$session/dicom --model mrtm2 --k2prime region:insula --reference cerebellum \
    --reference-tacs ${scan}_tacs.tsv -o $scan
done
drug=(--drug-name psilocybin --dose "25 mg")
pair() { echo "--baseline results/sub-01_ses-baseline_$1 --drug results/sub-01_ses-psilocybin_$1"; }
# shellcheck disable=SC2046
{
  step pet-occupancy $(pair model-SRTM_kinpar.tsv) "${drug[@]}" -o results/sub-01_desc-psilocybin_occupancy.tsv
  step pet-occupancy --method lassen $(pair model-Logan_kinpar.tsv) "${drug[@]}" \
    -o results/sub-01_desc-psilocybin_model-Lassen_occupancy.tsv
  step pet-occupancy --method joint --reference cerebellum $(pair tacs.tsv) "${drug[@]}" \
    -o results/sub-01_desc-psilocybin_model-Joint_occupancy.tsv
}
printf 'subject\tpsilocin\toccupancy\n' >results/scans.tsv
for row in '1 1.2 0.3' '2 2.1 0.4' '3 3.9 0.52' '4 6.2 0.57' '5 11 0.63' '6 18 0.7' '7 0 0.02'; do
  echo "$row" | tr ' ' '\t' >>results/scans.tsv
done
step pet-curve results/scans.tsv --x psilocin --x-unit ug/L --predict results/band.tsv -o results/psilocin_curve.tsv
look simulated
if ls "$source"/data/report/niivue-*.js >/dev/null 2>&1; then
  pet-report results --force --viewer maps.html -o simulated.html
  echo "maps in 3-D: $(stat -c %s maps.html) bytes"
  node "$source/tests/tools/browser.mjs" maps.html "$screenshots/maps"
else
  echo "report_browser_test.sh: no NiiVue; maps were not opened in 3-D" >&2
fi
rm -rf results

scans=$reference/ds004869_mc1
if [ ! -d "$scans" ]; then
  echo "report_browser_test.sh: no $scans; the report of a real subject was not made" >&2
  exit 0
fi
mkdir results
for session in baseline blocked; do
  scan=results/sub-01_ses-$session
  cp "$scans/sub-01_ses-$session"_{tacs.tsv,inputfunction.tsv,pet.json} results
  cp "$scans/tacs.json" ${scan}_tacs.json
  cp "$scans/inputfunction.json" ${scan}_inputfunction.json
  step pet-fit ${scan}_tacs.tsv --model logan --input ${scan}_inputfunction.tsv --t-star 30 --ci se \
    --fitted ${scan}_desc-Loganfitted_tacs.tsv -o ${scan}_model-Logan_kinpar.tsv
done
step pet-occupancy --method lassen --baseline results/sub-01_ses-baseline_model-Logan_kinpar.tsv \
  --drug results/sub-01_ses-blocked_model-Logan_kinpar.tsv --drug-name celecoxib --dose "600 mg" \
  -o results/sub-01_desc-celecoxib_model-Lassen_occupancy.tsv
look ds004869
