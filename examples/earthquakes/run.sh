#!/bin/sh
# Compiles the job, runs it on the feed, shows what came out. Usage: run.sh [path of streamc]
# STREAMC names the compiler too; OUT is a directory for the results (default: a scratch directory, removed at the end).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
streamc=${1:-${STREAMC:-streamc}}
command -v "$streamc" > /dev/null || { echo "run.sh: there is no $streamc; give its path, e.g. ../../build/bin/streamc" >&2; exit 2; }
scratch=${OUT:-}
if [ -z "$scratch" ]; then
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
fi

now() { date +%s%N; }
milliseconds() { echo "$((($2 - $1) / 1000000)) ms"; }

cp "$here/earthquakes.stream" "$here/earthquakes.jsonl" "$scratch/"
started=$(now)
"$streamc" build "$scratch/earthquakes.stream" -o "$scratch/earthquakes"
built=$(now)
"$scratch/earthquakes" --quiet
ran=$(now)

python3 "$here/report.py" "$scratch"
size=$(($(wc -c < "$scratch/earthquakes") / 1024))
echo
echo "compiled to a native executable ($size KB) in $(milliseconds "$started" "$built"),"
echo "read $(wc -l < "$scratch/earthquakes.jsonl") records and wrote the results in $(milliseconds "$built" "$ran")"
