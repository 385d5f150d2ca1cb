"""Compiles and runs the example of every builtin function and compares its value with the one the table promises.

    run_examples.py --streamc build/bin/streamc --table build/test-bin/builtin_table

All examples are fields of one job. When that job cannot be compiled, each is compiled alone, so that the message names
the one to blame. Rows that are typed but not built yet must type-check: `streamc check` exits 0 for them (W0109).
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT_S = 120


def program(expressions):
    fields = ",\n    ".join(f"e{i}: {expression}" for i, expression in enumerate(expressions))
    return (
        "source once: { n: i64, at: timestamp } from generate(rate: 1/s, count: 1)\n"
        f"once | select {{\n    {fields}\n  }} | to stdout(format: json)\n"
    )


def call(streamc, verb, text, directory):
    path = Path(directory) / "examples.stream"
    path.write_text(text)
    return subprocess.run([streamc, verb, path], capture_output=True, text=True, timeout=TIMEOUT_S)


def problem(streamc, rows, directory):
    """None when all rows give what they promise, else what is wrong."""
    done = call(streamc, "run", program([row["example"] for row in rows]), directory)
    if done.returncode != 0:
        return f"exit {done.returncode}\n{done.stderr}"
    lines = done.stdout.splitlines()
    if len(lines) != 1:
        return f"expected one row, got {lines}"
    # The text of each value counts: 4.0 is not 4. Values are cut out of the line by the places of the keys.
    record = json.loads(lines[0])
    wrong = []
    for i, row in enumerate(rows):
        key = f'"e{i}":'
        begin = lines[0].index(key) + len(key)
        end = lines[0].index(f',"e{i + 1}":', begin) if i + 1 < len(rows) else len(lines[0]) - 1
        if lines[0][begin:end] != row["value"]:
            wrong.append(f'{row["name"]}{row["signature"]}: {row["example"]} is {lines[0][begin:end]}, not {row["value"]}')
    assert len(record) == len(rows)
    return "\n".join(wrong) or None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streamc", required=True)
    parser.add_argument("--table", required=True)
    arguments = parser.parse_args()
    listed = subprocess.run([arguments.table], capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [json.loads(line) for line in listed]
    built = [row for row in rows if row["built"]]
    later = [row for row in rows if not row["built"]]
    assert len(built) > 60 and later, "the table is not what this test was written for"
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        whole = problem(arguments.streamc, built, directory)
        if whole is not None:
            alone = [(row, problem(arguments.streamc, [row], directory)) for row in built]
            failures += [f'{row["name"]}{row["signature"]}, {row["example"]}: {why}' for row, why in alone if why] or [whole]
        checked = call(arguments.streamc, "check", program([row["example"] for row in later]), directory)
        if checked.returncode != 0:
            failures.append(f"check of what is not built yet: exit {checked.returncode}\n{checked.stdout}{checked.stderr}")
    for failure in failures:
        print(failure)
    print(f"{len(built)} examples run, {len(later)} checked, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
