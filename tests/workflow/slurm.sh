#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# slurm.sh start FOLDER | stop FOLDER: a Slurm of one node on loopback, with its own munge, that leaves nothing outside
# FOLDER. After start, `export SLURM_CONF=FOLDER/slurm.conf` reaches it. Status 77 where Slurm or munge is missing, or where
# this machine does not let them start.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
action=$1
folder=$2

# stop_one PIDFILE
stop_one() {
  [ -s "$1" ] || return 0
  local pid
  pid=$(cat "$1")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null || true
}

if [ "$action" = stop ]; then
  for daemon in slurmd slurmctld munged; do stop_one "$folder/$daemon.pid"; done
  exit
fi

for program in munged slurmctld slurmd sbatch; do
  if ! command -v "$program" >/dev/null; then
    echo "slurm.sh: no $program (Debian packages slurm-wlm and munge)" >&2
    exit 77
  fi
done

# not_here WHY: no fault of the workflow.
not_here() {
  echo "slurm.sh: skipped: $1; $folder holds the logs" >&2
  tail -n 5 "$folder"/*.log >&2 2>/dev/null || true
  exit 77
}

mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
head -c 1024 /dev/urandom > "$folder/munge.key"
chmod 600 "$folder/munge.key"
munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
  --log-file="$folder/munged.log" --seed-file="$folder/munge.seed" || not_here "munged does not start"

port=$((20000 + $$ % 20000))
host=$(hostname -s)
cat > "$folder/slurm.conf" <<CONF
ClusterName=occupet
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ReturnToService=2
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPort=$port
SlurmdPort=$((port + 1))
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
cat > "$folder/cgroup.conf" <<CONF
CgroupPlugin=cgroup/v1
IgnoreSystemd=yes
CgroupAutomount=no
ConstrainCores=no
ConstrainRAMSpace=no
CONF
export SLURM_CONF=$folder/slurm.conf
slurmctld || not_here "slurmctld does not start"
slurmd || not_here "slurmd does not start"
for _ in $(seq 300); do
  [ "$(sinfo -h -o %T 2>/dev/null)" = idle ] && exit 0
  sleep 0.1
done
not_here "the node did not become idle"
