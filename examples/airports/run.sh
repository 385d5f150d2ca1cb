#!/bin/sh
# Divides the feed among directories, shows them, and reads them back. Usage: run.sh [path of streamc]
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

cp "$here/airports.stream" "$here/airports.csv" "$scratch/"
cd "$scratch"
"$streamc" run airports.stream --quiet
echo "airports  directory"
for directory in by_state/*; do
  printf '%8d  %s\n' "$(cat "$directory"/part-*.jsonl | wc -l)" "$directory"
done | sort -rn | head -5
echo "          … $(find by_state -mindepth 1 -type d | wc -l) directories"

cat > back.stream <<'STREAM'
job back with { errors: fail }
source airports: { iata: string, state: string? } from files("by_state/*/*.jsonl", format: json)
airports | select { iata, state } | to file("back.csv")
STREAM
"$streamc" run back.stream --quiet
python3 - <<'PYTHON'
import csv
back = sorted((row["iata"], row["state"]) for row in csv.DictReader(open("back.csv", newline="")))
feed = sorted((row["iata"], row["state"].replace("NA", "")) for row in csv.DictReader(open("airports.csv", newline="")))
assert back == feed, "what was divided is not what was read"
print(f"read back: {len(back)} airports, all of them")
PYTHON
