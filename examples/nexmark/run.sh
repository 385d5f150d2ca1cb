#!/bin/sh
# Runs the queries, and compares each with what SQLite makes of the same events. Usage: run.sh [path of streamc]
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

cp "$here/nexmark.stream" "$scratch/"
cd "$scratch"
"$streamc" run nexmark.stream --quiet
python3 - <<'PYTHON'
import json
import sqlite3
from decimal import Decimal

def rows(name):
    return [json.loads(line, parse_float=Decimal) for line in open(name)]

bids = [event["bid"] for event in rows("market.jsonl") if "bid" in event]
database = sqlite3.connect(":memory:")
database.execute("create table bid (auction integer, bidder integer, price integer, at text, extra text)")
database.executemany("insert into bid values (:auction, :bidder, :price, :at, :extra)", bids)

# SQLite has no decimals: query 1 in millionths.
queries = {
    "q0": "select auction, bidder, price, at, extra from bid",
    "q1": "select auction, bidder, price * 908000 as price, at, extra from bid",
    "q2": "select auction, price from bid where auction % 123 = 0",
}
for name, query in queries.items():
    cursor = database.execute(query)
    columns = [column[0] for column in cursor.description]
    wanted = [dict(zip(columns, row)) for row in cursor]
    got = rows(f"{name}.jsonl")
    if name == "q1":
        got = [row | {"price": int(row["price"] * 1_000_000)} for row in got]
    key = lambda row: json.dumps(row, sort_keys=True)
    assert wanted and sorted(got, key=key) == sorted(wanted, key=key), f"{name} is not what SQL says"
    print(f"{name}: {len(got)} rows, as SQLite has them")
PYTHON
