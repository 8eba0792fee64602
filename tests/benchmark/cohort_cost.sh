#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cohort_cost.sh SOURCE BIN [--large]: the numbers of docs/scale.md. Prints tables: what a participant costs by the way it
# takes, and what the group costs by the number of participants. --large adds 10,000 participants.
set -euo pipefail
source=$1
export PATH=$2:$PATH OCCUPET_DATA_DIR=$1/data
sizes=(100 1000)
[ "${3:-}" != --large ] || sizes+=(10000)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
tutorial=$source/data/studies/tutorial.json
lay_out=$source/tests/tools/lay_out_cohort.sh

# measured COMMAND...: processor seconds and MiB of a command; what it prints goes to run.log.
measured() {
  local TIMEFORMAT='%U %S' times
  times=$({ time "$@" --log-level debug > run.log 2>&1; } 2>&1) || true
  seconds=$(awk '{ printf "%.2f", $1 + $2 }' <<< "$times")
  memory=$(sed -n 's/.*debug: [0-9]* ms, at most \([0-9]*\) MiB/\1/p' run.log | tail -n 1)
}

# row NAME RESULTS
row() {
  local kept work files
  kept=$(du -s --apparent-size --block-size=1024 --exclude=work "$2" | cut -f1)
  work=$(du -s --apparent-size --block-size=1024 "$2/work" | cut -f1)
  files=$(find "$2" -type f | wc -l)
  echo "| $1 | $seconds | $memory | $kept | $work | $files |"
}

echo "| one participant, two scans | processor s | MiB | kB kept | kB of work | files |"
echo "|---|---|---|---|---|---|"
bash "$lay_out" "$tutorial" bids 01:8
srtm='{"schema_version": 1, "fit": [{"model": "srtm", "reference": "cerebellum"}],
       "occupancy": [{"method": "joint", "reference": "cerebellum"}]}'
echo "$srtm" > srtm.json
measured occupet bids a participant --config-file srtm.json
row "curves: SRTM, joint occupancy" a
measured occupet bids a participant --config-file srtm.json
row "the same again, nothing to do" a
echo '{"schema_version": 1, "fit": [{"model": "2tcm", "starts": 10, "delay": "scan", "ci": "profile"}],
       "occupancy": [{"method": "lassen"}]}' > plasma.json
measured occupet bids b participant --config-file plasma.json
row "curves and blood: 2TCM, 10 starts, delay, profiles, Lassen plot" b
echo '{"schema_version": 1, "fit": [{"model": "srtm", "reference": "cerebellum", "ci": "bootstrap"}],
       "occupancy": [{"method": "joint", "reference": "cerebellum"}]}' > bootstrap.json
measured occupet bids c participant --config-file bootstrap.json
row "curves: SRTM with 1000 bootstrap refits, joint occupancy" c

pet-simulate "$source/data/studies/psilocybin.json" -q -o made
for session in baseline psilocybin; do
  pet-convert "made/ses-$session/dicom" -q -o images/ --subject 01 --session "$session" > convert.log 2>&1
  name=$(basename images/sub-01/ses-$session/pet/*_pet.json _pet.json)
  for kind in nii.gz tsv; do
    cp made/ses-$session/*_dseg.$kind "images/sub-01/ses-$session/pet/${name}_seg-phantom_dseg.$kind"
  done
done
echo '{"schema_version": 1, "drug_sessions": ["psilocybin"], "fit": [{"model": "srtm", "reference": "cerebellum"}],
       "occupancy": [{"method": "joint", "reference": "cerebellum"}]}' > images.json
measured occupet images d participant --config-file images.json
size=$(cat images/sub-01/ses-*/pet/*_pet.nii.gz | wc -c)
row "images of 64 x 64 x 40 voxels, together $((size / 1000000)) MB (.nii.gz): the same as the first" d

table=$(cat a/sub-01/pet/*_model-Joint_occupancy.tsv)
sidecar=$(cat a/sub-01/pet/*_model-Joint_occupancy.json)
log=$(cat a/logs/sub-01.json)
echo
echo "| group of | processor s | MiB | kB of tables |"
echo "|---|---|---|---|"
for size in "${sizes[@]}"; do
  rm -rf many
  mkdir -p many/bids many/out/logs
  cp bids/dataset_description.json many/bids/
  seq "$size" | sed 's|.*|many/bids/sub-& many/out/sub-&/pet|' | xargs mkdir -p
  for number in $(seq "$size"); do
    name=many/out/sub-$number/pet/sub-${number}_seg-phantom_desc-psilocybin_model-Joint_occupancy
    printf '%s\n' "$table" > "$name.tsv"
    printf '%s\n' "$sidecar" > "$name.json"
    printf '%s\n' "$log" > "many/out/logs/sub-$number.json"
  done
  measured occupet many/bids many/out group --config-file srtm.json
  echo "| $size | $seconds | $memory | $(du -c --apparent-size --block-size=1024 many/out/*_occupancy.tsv | tail -n 1 | cut -f1) |"
done

command -v snakemake > /dev/null || exit 0
echo
echo "| Snakemake finds what is to be done for | processor s |"
echo "|---|---|"
for size in 100 1000; do
  rm -rf many
  mkdir -p many/bids
  seq "$size" | sed 's|.*|many/bids/sub-&/pet|' | xargs mkdir -p
  for number in $(seq "$size"); do
    : > "many/bids/sub-$number/pet/sub-${number}_pet.json"
  done
  TIMEFORMAT='%U'
  seconds=$({ time XDG_CACHE_HOME=$folder/cache snakemake -n -q -s "$source/data/workflow/Snakefile" -c1 \
    --config bids_dir=many/bids output_dir=many/out > run.log 2>&1; } 2>&1)
  echo "| $size | $seconds |"
done
