#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the commands, simulates a study of psilocybin with known truth as DICOM, finds the occupancy again, and makes a
# page of it (results/report.html):
#   tools/quickstart.sh [--no-install] [FOLDER]        (FOLDER: quickstart-output)
# A second run in the same folder replaces what the first one made there, and nothing else.
set -euo pipefail

folder=quickstart-output
install=yes
for word in "$@"; do
  case "$word" in
    --no-install) install=no ;;
    -*) echo "quickstart.sh: unknown option '$word'; usage: quickstart.sh [--no-install] [FOLDER]" >&2; exit 2 ;;
    *) folder=$word ;;
  esac
done
folder=$(realpath --canonicalize-missing -- "$folder")
marker=$folder/made-by-quickstart
if [ -e "$folder" ] && [ ! -e "$marker" ] && [ -n "$(ls -A -- "$folder")" ]; then
  echo "quickstart.sh: $folder: found files of others, expected an empty folder or one of an earlier run" >&2
  exit 2
fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ $install = yes ]; then
  tools/install_packages.sh
  tools/install_report_assets.sh || true  # without them there is no report, and it says so
fi
cmake --preset tools >/dev/null
cmake --build --preset tools --parallel "$(nproc)"
PATH=$PWD/build/tools/tools:$PATH

mkdir -p -- "$folder"
touch -- "$marker"
rm -rf -- "$folder/study" "$folder/results"
mkdir -- "$folder/results"

# Shows a command and runs it. Status 1 means that some regions could not be fitted; their rows say so.
step() {
  echo "\$ ${*//$folder\//}" >&2
  "$@" || [ $? -eq 1 ]
}

step pet-simulate data/studies/psilocybin.json -o "$folder/study"
step pet-info "$folder/study"
for session in baseline psilocybin; do
  scan=$folder/results/sub-01_ses-$session
  labels=$(echo "$folder/study/ses-$session"/*_dseg.nii.gz)
  step pet-tac "$folder/study/ses-$session/dicom" --labels "$labels" --table "${labels%.nii.gz}.tsv" \
    -o "${scan}_tacs.tsv"
  step pet-fit "${scan}_tacs.tsv" --model srtm --reference cerebellum --fitted "${scan}_desc-SRTMfitted_tacs.tsv" \
    -o "${scan}_model-SRTM_kinpar.tsv"
  step pet-input "$folder/study/ses-$session"/*_blood.tsv -o "${scan}_inputfunction.tsv"
  step pet-fit "${scan}_tacs.tsv" --model logan --input "${scan}_inputfunction.tsv" --t-star 40 --ci se \
    --fitted "${scan}_desc-Loganfitted_tacs.tsv" -o "${scan}_model-Logan_kinpar.tsv"
  step pet-map "$folder/study/ses-$session/dicom" --model mrtm2 --k2prime region:insula \
    --reference-tacs "${scan}_tacs.tsv" --reference cerebellum -o "$scan"
done
for model in SRTM Logan; do
  method=bpnd name=sub-01_desc-psilocybin_occupancy.tsv
  if [ $model = Logan ]; then method=lassen name=sub-01_desc-psilocybin_model-Lassen_occupancy.tsv; fi
  step pet-occupancy --method $method --drug-name psilocybin \
    --baseline "$folder/results/sub-01_ses-baseline_model-${model}_kinpar.tsv" \
    --drug "$folder/results/sub-01_ses-psilocybin_model-${model}_kinpar.tsv" -o "$folder/results/$name"
done
if ls data/report/vega-*.js >/dev/null 2>&1; then
  step pet-report "$folder/results" -o "$folder/results/report.html"
else
  echo "quickstart.sh: no report: tools/install_report_assets.sh gets the scripts that draw its figures" >&2
fi

echo
awk -F '\t' '
  FNR == 1 { delete column; for (i = 1; i <= NF; ++i) column[$i] = i; next }
  FILENAME ~ /truth\.tsv$/ {
    if ($column["session"] == "psilocybin") truth[$column["region"]] = $column["occupancy"]
    next
  }
  function shown(text) { return text == "" || text == "n/a" ? "n/a" : sprintf("%.3f", text) }
  !printed++ { printf line, "region", "BPND baseline", "BPND drug", "occupancy", "lower", "upper", "truth", "status" }
  {
    name = $column["name"]
    lower = $column["occupancy_lower"]; upper = $column["occupancy_upper"]
    printf line, name, shown($column["BPND_baseline"]), shown($column["BPND_drug"]), shown($column["occupancy"]),
      shown(lower), shown(upper), shown(truth[name]), $column["status"]
    if (truth[name] ~ /[0-9]/ && lower != "n/a" && upper != "n/a") {
      ++compared
      held += lower + 0 <= truth[name] + 0 && truth[name] + 0 <= upper + 0
    }
  }
  END { printf "\n%d of %d intervals (95 %%) hold the truth. Files: %s\n", held, compared, folder }
' line='%-24s %13s %10s %10s %8s %8s %8s  %s\n' folder="$folder" \
  "$folder/study/truth.tsv" "$folder/results/sub-01_desc-psilocybin_occupancy.tsv"
