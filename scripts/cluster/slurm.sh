#!/usr/bin/env bash
# `cargo compare` on a Slurm cluster. From the root of the course, in a folder that all nodes see:
#     scripts/cluster/slurm.sh [FLAGS OF cargo compare]
# builds the servers here, hands in an array of eight jobs that measure (TASKS says otherwise), and one that merges.
#
# A task has a node to itself; --mem=0 means all of its memory. A minute before its time is over the comparison is told
# so by a signal, and writes what it has.
#SBATCH --job-name=compare
#SBATCH --nodes=1
#SBATCH --exclusive
#SBATCH --mem=0
#SBATCH --time=00:30:00
#SBATCH --signal=B:TERM@60
set -euo pipefail

if [[ -n ${SLURM_ARRAY_TASK_ID:-} ]]; then
    # A job begins in the folder from which it was handed in. There is no srun here: it would give its task one CPU. And
    # exec, so that the signal reaches the comparison and not this shell.
    exec cargo compare --seed "$SLURM_ARRAY_TASK_ID" \
        --out "target/compare/$SLURM_ARRAY_JOB_ID/$SLURM_ARRAY_TASK_ID" "$@"
fi

root=$(dirname "$0")/../..
if [[ ! -f $root/scripts/cluster/slurm.sh ]]; then
    printf 'error: cannot find the course beside this script (try scripts/cluster/slurm.sh itself, without sbatch)\n' >&2
    exit 1
fi
cd "$root"

# Tasks that built at once in one folder would wait for each other, or worse: on NFS cargo takes no locks. So one short
# measurement builds everything before the first of them begins.
cargo compare --models iterative --scenarios throughput --rounds 1 --seconds 0.01 --out target/compare/built >/dev/null

array=$(sbatch --parsable --array="1-${TASKS:-8}" scripts/cluster/slurm.sh "$@")
array=${array%%;*} # The name of the cluster may follow.
results=target/compare/$array
# afterany: a task that failed leaves fewer rounds, and the others are merged.
merge=$(sbatch --parsable --job-name=compare-merge --dependency="afterany:$array" \
    --wrap="cargo compare merge $results/*/results.json --out $results/merged")
printf 'measuring in job %s, merging in job %s: the report will be %s/merged/report.html\n' \
    "$array" "${merge%%;*}" "$results"
