#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cohort_test.sh SOURCE BIN local|slurm|array: four participants, one of them broken, through the workflow. Checks that
# three have results, that the group is of the three, that the failure is named, that the results are those of plain
# commands, and that a second run does nothing. Status 77 where Snakemake or Slurm is not installed.
set -euo pipefail
source=$1
export PATH=$2:$PATH
how=$3
export OCCUPET_DATA_DIR=$source/data
workflow=$source/data/workflow
folder=$(mktemp -d)
cd "$folder"
# What the commands and Snakemake would otherwise keep outside.
export XDG_CACHE_HOME=$folder/cache

finish() {
  bash "$source/tests/workflow/slurm.sh" stop "$folder/slurm" || true
  rm -rf "$folder"
}
trap finish EXIT

fail() {
  echo "cohort_test.sh: $1" >&2
  tail -n 40 ./*.log slurm-logs/* slurm/*.log >&2 2>/dev/null || true
  exit 1
}

if [ "$how" != array ] && ! command -v snakemake >/dev/null; then
  echo "cohort_test.sh: skipped: no snakemake" >&2
  exit 77
fi
if [ "$how" != local ]; then
  status=0
  bash "$source/tests/workflow/slurm.sh" start "$folder/slurm" || status=$?
  [ $status = 0 ] || exit $status
  export SLURM_CONF=$folder/slurm/slurm.conf
fi

bash "$source/tests/tools/lay_out_cohort.sh" "$source/data/studies/tutorial.json" bids 01:3 02:8 03:15 04:25
sed -i 's/"InjectedRadioactivityUnits": "MBq"/"InjectedRadioactivityUnits": "kBq"/' \
  bids/sub-03/ses-*/pet/*_pet.json bids/derivatives/petprep/sub-03/ses-*/pet/*_tacs.json
cat > study.json <<'JSON'
{"schema_version": 1,
 "fit": [{"model": "srtm", "reference": "cerebellum"}],
 "occupancy": [{"method": "joint", "reference": "cerebellum"}],
 "curve": [{"x": "dose", "omax": 0.8}]}
JSON

# run LOG: the cohort by the way that is tested.
run() {
  case $how in
    local | slurm)
      snakemake -s "$workflow/Snakefile" --profile "$workflow/profiles/$how" \
        --config bids_dir=bids output_dir=results config_file=study.json > "$1" 2>&1
      ;;
    array)
      bash "$workflow/slurm/participants.sbatch" bids results --config-file study.json > "$1" 2>&1
      for _ in $(seq 600); do
        [ -z "$(squeue -h)" ] && break
        sleep 0.2
      done
      cat slurm-logs/* >> "$1"
      ;;
  esac
}

run first.log || fail "the run ended with $?"
results() { find "$1" -name '*_model-Joint_occupancy.tsv' -path '*/sub-*' | sed 's|.*/||' | LC_ALL=C sort; }
[ "$(results results | cut -d_ -f1 | tr '\n' ' ')" = "sub-01 sub-02 sub-04 " ] || fail "found results of $(results results)"
[ "$(cut -f1 results/desc-group_model-Joint_occupancy.tsv | sort -u | tr '\n' ' ')" = \
  "participant_id sub-01 sub-02 sub-04 " ] || fail "the group is not of the three"
grep -q "^EC50" results/desc-psilocybin_model-Emax_occupancy.tsv || fail "no curve of the group"
grep -q "sub-03: .*highest SUV" first.log || fail "the failure is not named"
grep -q "^sub-03.failed" results/logs/participants.tsv || fail "the failure is not in the table"

# In a folder of its own, because pages name the folder that they are about.
mkdir plain
cp -r bids study.json plain/
(cd plain && occupet bids results participant --config-file study.json -q) && fail "the broken participant was not noticed"
(cd plain && occupet bids results group --config-file study.json -q) || fail "the group of plain commands failed"
diff -r results plain/results || fail "the results are not those of plain commands"

before=$(find results -type f -printf '%p %T@\n' | LC_ALL=C sort)
run second.log || fail "the second run ended with $?"
if [ "$how" != array ]; then
  grep -q "Nothing to be done" second.log || fail "the second run did something"
  [ "$(find results -type f -printf '%p %T@\n' | LC_ALL=C sort)" = "$before" ] || fail "the second run wrote files"
fi
diff -r results plain/results || fail "the second run changed the results"

# A participant that is repaired is done, with the group; nobody else is.
sed -i 's/"InjectedRadioactivityUnits": "kBq"/"InjectedRadioactivityUnits": "MBq"/' \
  bids/sub-03/ses-*/pet/*_pet.json bids/derivatives/petprep/sub-03/ses-*/pet/*_tacs.json
stamp=$(stat -c %Y results/logs/sub-01.json)
run third.log || fail "the third run ended with $?"
results results | grep -q "^sub-03" || fail "the repaired participant has no result"
[ "$(stat -c %Y results/logs/sub-01.json)" = "$stamp" ] || fail "another participant was done again"
echo "cohort_test.sh: $how: done"
