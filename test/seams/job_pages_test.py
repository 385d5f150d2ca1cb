"""The state of a running job, read by another process at other addresses.

Builds a job that counts per text key and window, feeds it through a pipe that stays open, waits until it has echoed the
last record, lets job_pages read its tables from outside, and compares with counts made here. The job must not notice.
"""
import collections
import json
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDS, KEYS, MINUTE, NOT_ALLOWED = 20_000, 3_000, 60, 77
JOB = """
source events: { k: string, t: i64 } from stdin(format: json) time timestamp_s(t) wait 1d
events | window tumble 1m | aggregate { n: count() } by k | to file("counts.jsonl", format: json)
events | where k == "the end" | to stdout
"""


def main():
    streamc, job_pages = (str(Path(word).resolve()) for word in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as scratch:
        text, job = Path(scratch, "counts.stream"), Path(scratch, "counts")
        text.write_text(JOB)
        subprocess.run([streamc, "build", text, "-o", job], check=True)
        table = json.loads(subprocess.run([job, "--manifest"], check=True, capture_output=True).stdout)["tables"][0]
        offset = next(field["offset"] for field in table["cell"]["fields"] if field["name"] == "n")

        records = [{"k": f"key number {i * 7919 % KEYS}", "t": i % 3 * MINUTE} for i in range(RECORDS)]
        records.append({"k": "the end", "t": 0})
        expected = collections.Counter((row["t"] * 1_000_000, row["k"]) for row in records)

        run = subprocess.Popen([job, "--quiet", "--workers", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        run.stdin.write("".join(json.dumps(row) + "\n" for row in records).encode())
        run.stdin.flush()
        run.stdout.readline()  # the last record has been read; its count follows within the same step or the next
        seen = {}
        for _ in range(200):
            command = [job_pages, str(run.pid), str(table["id"]), str(table["cell"]["size"]), str(offset)]
            answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode == NOT_ALLOWED:
                run.kill()
                sys.exit(NOT_ALLOWED)
            lines = [line.split("\t") for line in answer.stdout.splitlines()]
            seen = {(int(start), key): int(n) for start, key, n in lines}
            if answer.returncode == 0 and seen == expected:
                break
        run.stdin.close()
        code = run.wait()
        emitted = Path(scratch, "counts.jsonl").read_text().count("\n")
    if seen != expected:
        sys.exit(f"the pages say {len(seen)} entries, {sum(seen.values())} records; expected {len(expected)}, "
                 f"{sum(expected.values())}. {answer.stderr}")
    if code != 0 or emitted != len(expected):
        sys.exit(f"the job noticed: exit code {code}, {emitted} results instead of {len(expected)}")
    print(f"{len(expected)} entries of 3 windows read from outside")


main()
