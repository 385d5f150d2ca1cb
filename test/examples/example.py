"""Runs one example as a user would, and compares what it leaves with its expected/ folder.

An example is a folder with README.md, a .stream file, run.sh and expected/. run.sh gets STREAMC (the compiler) and OUT
(an empty directory), writes its results to OUT and nothing into the example, prints for people, and exits with 0. Each
file of expected/ must come out byte for byte; one named `x.unordered` is compared with OUT/x after sorting the lines of
both, for results whose order is not promised.

    example.py --streamc build/bin/streamc examples/earthquakes
"""

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT_S = 300
DIFF_LINES_MAX = 60


def missingParts(example):
    parts = [(example / "README.md").exists(), any(example.glob("*.stream")), os.access(example / "run.sh", os.X_OK),
             (example / "expected").is_dir() and any((example / "expected").iterdir())]
    names = ["README.md", "a .stream file", "an executable run.sh", "expected/ with at least one file"]
    return [name for name, there in zip(names, parts) if not there]


def filesBelow(directory):
    return {path.relative_to(directory): path.stat().st_mtime_ns for path in directory.rglob("*") if path.is_file()}


def difference(golden, actual, unordered):
    """Returns the start of a diff, or '' if the files agree."""
    wanted, got = golden.read_bytes().splitlines(True), actual.read_bytes().splitlines(True)
    if unordered:
        wanted, got = sorted(wanted), sorted(got)
    if wanted == got:
        return ""
    text = [[line.decode("utf-8", "backslashreplace").rstrip("\n") for line in lines] for lines in (wanted, got)]
    lines = list(difflib.unified_diff(*text, str(golden), "now", lineterm=""))
    return "\n".join(lines[:DIFF_LINES_MAX]) or "the last line differs in its newline"


def runExample(example, streamc):
    """Returns what is wrong, as text; empty if nothing is."""
    missing = missingParts(example)
    if missing:
        return [f"{example} lacks " + ", ".join(missing)]
    before = filesBelow(example)
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        out.mkdir()
        env = dict(os.environ, STREAMC=str(streamc), OUT=str(out), LC_ALL="C.UTF-8", NO_COLOR="1",
                   XDG_CACHE_HOME=scratch + "/cache")
        try:
            done = subprocess.run(["./run.sh"], cwd=example, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            return [f"run.sh did not end within {TIMEOUT_S} s"]
        (out / "stdout").write_bytes(done.stdout)
        if done.returncode:
            problems.append(f"run.sh ended with {done.returncode}")
        for golden in sorted(path for path in (example / "expected").rglob("*") if path.is_file()):
            unordered = golden.suffix == ".unordered"
            name = golden.relative_to(example / "expected")
            actual = out / (name.with_suffix("") if unordered else name)
            if not actual.exists():
                problems.append(f"{name} was not written")
            elif text := difference(golden, actual, unordered):
                problems.append(text)
        if problems:
            problems.append("stdout and stderr of run.sh:\n" + (done.stdout + done.stderr).decode("utf-8", "backslashreplace"))
    if filesBelow(example) != before:
        problems.append("run.sh changed files of the example; results belong to OUT")
    return problems


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    parser.add_argument("example", type=Path)
    arguments = parser.parse_args(argv)
    problems = runExample(arguments.example.resolve(), arguments.streamc.resolve())
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
