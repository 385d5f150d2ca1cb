"""Runs one example in every way a user would, and compares what comes out with its expected/ folder.

An example is a folder with README.md, <name>.stream, its input and expected/; run.sh is optional and makes a show of it.
The job is run in place (`streamc run`), then as an executable (`streamc build`, then the job), then by run.sh if there is
one, each in a fresh copy of the folder, because files of a job are relative to it. run.sh gets STREAMC (the compiler) and
OUT (an empty directory for results). Every way must exit with 0 and leave each file of expected/, byte for byte; one named
`x.unordered` is compared with x after sorting the lines of both, because between keys no order is promised. `stdout` is
what the job itself prints.

    example.py --streamc build/bin/streamc examples/earthquakes
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT_S = 300
DIFF_LINES_MAX = 60


def missingParts(example):
    parts = [(example / "README.md").exists(), (example / f"{example.name}.stream").exists(),
             (example / "expected").is_dir() and any((example / "expected").iterdir()),
             not (example / "run.sh").exists() or os.access(example / "run.sh", os.X_OK)]
    names = ["README.md", f"{example.name}.stream", "expected/ with at least one file", "the executable bit of run.sh"]
    return [name for name, there in zip(names, parts) if not there]


def difference(golden, actual):
    """Returns the start of a diff, or '' if the files agree."""
    wanted, got = (path.read_bytes().splitlines(True) for path in (golden, actual))
    if golden.suffix == ".unordered":
        wanted, got = sorted(wanted), sorted(got)
    if wanted == got:
        return ""
    text = [[line.decode("utf-8", "backslashreplace").rstrip("\n") for line in lines] for lines in (wanted, got)]
    lines = list(difflib.unified_diff(*text, f"expected/{golden.name}", "now", lineterm=""))
    return "\n".join(lines[:DIFF_LINES_MAX]) or "the last line differs in its newline"


def waysToRun(example, streamc):
    """Name of a way -> the commands that make it up; the last one is the job itself."""
    job = f"{example.name}.stream"
    ways = {"streamc run": [[str(streamc), "run", job]],
            "streamc build": [[str(streamc), "build", job, "-o", "./job"], ["./job"]]}
    if (example / "run.sh").exists():
        ways["run.sh"] = [["./run.sh"]]
    return ways


def runWay(example, streamc, name, commands):
    """Returns what is wrong with one way of running the example, as text; empty if nothing is."""
    problems = []
    with tempfile.TemporaryDirectory() as scratch:
        copy, out = Path(scratch) / example.name, Path(scratch) / "out"
        shutil.copytree(example, copy, ignore=shutil.ignore_patterns("expected"))
        out.mkdir()
        env = dict(os.environ, STREAMC=str(streamc), OUT=str(out), LC_ALL="C.UTF-8", NO_COLOR="1",
                   XDG_CACHE_HOME=scratch + "/cache")
        for command in commands:
            try:
                done = subprocess.run(command, cwd=copy, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                                      timeout=TIMEOUT_S)
            except subprocess.TimeoutExpired:
                return [f"{name}: {command[0]} did not end within {TIMEOUT_S} s"]
            if done.returncode:
                problems.append(f"{name}: {' '.join(command)} ended with {done.returncode}")
                break
        results = out if name == "run.sh" else copy
        if name != "run.sh":  # run.sh prints for people
            (results / "stdout").write_bytes(done.stdout)
        for golden in sorted(path for path in (example / "expected").iterdir() if path.is_file()):
            wanted = golden.name.removesuffix(".unordered")
            if name == "run.sh" and wanted == "stdout":
                continue
            actual = results / wanted
            if not actual.exists():
                problems.append(f"{name}: {wanted} was not written")
            elif text := difference(golden, actual):
                problems.append(f"{name}:\n{text}")
        if problems:
            problems.append((done.stdout[-4000:] + done.stderr[-4000:]).decode("utf-8", "backslashreplace"))
    return problems


def runExample(example, streamc):
    missing = missingParts(example)
    if missing:
        return [f"{example} lacks " + ", ".join(missing)]
    return [problem for name, commands in waysToRun(example, streamc).items()
            for problem in runWay(example, streamc, name, commands)]


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
