"""Real jobs, real signals, state directories that are not as they should be: what happens, with which exit code, and that
nothing is touched.

    stops.py --streamc build/bin/streamc
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAM = """
job counts
param rows: i64 = 40000
param step: i64 = 100
source numbers: { n: i64, at: timestamp } from generate(rate: 20k/s, count: rows, partitions: 2, paced: true) time at wait 5ms
numbers
| window tumble 100ms
| aggregate { n: count(), sum: sum(n) } by k: n mod step
| select { start: window.start, k, n, sum }
| to file("sums.jsonl", format: json)
numbers | where n mod 50 == 1 | select { n } | to file("some.jsonl", format: json)
"""
RESULTS = ("sums.jsonl", "some.jsonl")
BAD = []


def check(condition, text):
    if not condition:
        BAD.append(text)
        print("FAILED " + text, flush=True)


class World:
    def __init__(self, root, name, job):
        self.base, self.job = root / name, job
        self.base.mkdir()
        self.state = self.base / "state"

    def command(self, *more):
        return [self.job, "--base", str(self.base), "--state", str(self.state), "--checkpoint", "50ms", "--quiet", *more]

    def run(self, *more, **options):
        return subprocess.run(self.command(*more), capture_output=True, text=True, timeout=120, **options)

    def start(self, *more):
        return subprocess.Popen(self.command(*more), stderr=subprocess.PIPE, text=True)

    def epochs(self):
        found = subprocess.run([self.job, "checkpoints", "--state", str(self.state), "--json"], capture_output=True, text=True)
        return json.loads(found.stdout) if found.returncode == 0 else None

    def awaitCheckpoint(self, count=1):
        end = time.monotonic() + 60
        while time.monotonic() < end:  # looks for what another process does
            listed = self.epochs()
            if listed and len(listed) >= count:
                return listed
        sys.exit("no checkpoint in a minute")

    def output(self):
        """Of an endless job: it is written directly, and stays."""
        return {name: sorted((self.base / name).read_text().splitlines()) for name in RESULTS}

    def files(self):
        return {str(path.relative_to(self.state)): path.read_bytes() for path in sorted(self.state.rglob("*"))
                if path.is_file() and path.name != "LOCK"}


def stops(root, job):
    world = World(root, "stops", job)
    life = world.start()
    world.awaitCheckpoint(2)
    other = world.run()
    check(other.returncode == 75 and "R0702" in other.stderr, f"a second process: {other.returncode} {other.stderr}")
    life.send_signal(signal.SIGTERM)
    _, said = life.communicate(timeout=60)
    check(life.returncode == 0, f"SIGTERM: {life.returncode} {said}")
    before = world.epochs()
    check(not before[-1]["finished"] and before[-1]["keys"] > 0, f"the last checkpoint has the open windows: {before[-1]}")
    done = world.run("--workers", "1", "--log-level", "info")
    check(done.returncode == 0 and f"goes on from checkpoint {before[-1]['epoch']}" in done.stderr, f"going on: {done.stderr}")
    got = world.output()
    check(len(got["some.jsonl"]) == 800 and len(set(got["some.jsonl"])) == 800, f"{len(got['some.jsonl'])} rows of 800")
    rows = [json.loads(line) for line in got["sums.jsonl"]]
    check(sum(row["n"] for row in rows) == 40000 and sum(row["sum"] for row in rows) == 40000 * 39999 // 2,
          f"windows have {sum(row['n'] for row in rows)} rows of 40000")
    again = world.run("--log-level", "info")
    check(again.returncode == 0 and "nothing was done" in again.stderr, f"after the end: {again.returncode} {again.stderr}")
    check(world.output() == got, "after the end nothing changes")
    return world


def secondSignal(root, job):
    world = World(root, "impatient", job)
    life = world.start()
    world.awaitCheckpoint()
    life.send_signal(signal.SIGSTOP)  # both signals wait for it
    life.send_signal(signal.SIGTERM)
    life.send_signal(signal.SIGINT)
    life.send_signal(signal.SIGCONT)
    life.communicate(timeout=60)
    check(life.returncode == 130, f"two signals: {life.returncode}")
    done = world.run()
    check(done.returncode == 0, f"after two signals: {done.returncode} {done.stderr}")
    check(sum(json.loads(line)["n"] for line in world.output()["sums.jsonl"]) >= 40000, "nothing is lost by two signals")


def strangers(root, job, other, world):
    """Every one of these is refused, and the directory stays as it was."""
    kept = world.files()

    def refused(name, result, exit_code, code, touch=True):
        check(result.returncode == exit_code and code in result.stderr, f"{name}: {result.returncode} {result.stderr}")
        if touch:
            check(world.files() == kept, f"{name}: the state directory was changed")

    refused("another program", subprocess.run([other, *world.command()[1:]], capture_output=True, text=True), 78, "R0705")
    newest = max((world.state / "manifests").glob("*.manifest"), key=lambda path: int(path.name.split("-")[0]))
    whole = newest.read_bytes()
    for name, damaged, exit_code, code in [
            ("cut", whole[:-1], 65, "R0704"), ("empty", b"", 65, "R0704"), ("text", b"hello", 65, "R0704"),
            ("a flipped bit", whole[:100] + bytes([whole[100] ^ 1]) + whole[101:], 65, "R0704"),
            ("a newer format", whole[:8] + b"\x63" + whole[9:], 78, "R0705")]:
        newest.write_bytes(damaged)
        refused(name, world.run(), exit_code, code, touch=False)
        check(newest.read_bytes() == damaged, f"{name}: the manifest was changed")
    newest.write_bytes(whole)
    check(world.files() == kept, "everything is as before")
    check(world.run().returncode == 0, "it goes on when the damage is mended")
    (root / "file").write_text("no directory")
    result = subprocess.run([job, "--state", str(root / "file" / "x")], capture_output=True, text=True)
    refused("a directory below a file", result, 78, "R0703")
    missing = subprocess.run([job, "checkpoints", "--state", str(root / "nowhere")], capture_output=True, text=True)
    check(missing.returncode == 78 and "R0703" in missing.stderr and not (root / "nowhere").exists(), f"looking: {missing.stderr}")


def damagedData(root, job):
    world = World(root, "damaged", job)
    life = world.start()
    world.awaitCheckpoint(2)
    life.send_signal(signal.SIGTERM)
    life.communicate(timeout=60)
    kept = root / "kept"
    shutil.copytree(world.state, kept)
    outputs = world.output()
    data = sorted(path.relative_to(kept) for path in (kept / "data").glob("*"))
    newest = world.epochs()[-1]
    check(newest["bytes"] > 0 and data, "there are data files")
    named = [path for path in data if path.name.startswith(f"{newest['epoch']}-")]
    for path in named:
        whole = (kept / path).read_bytes()
        for name, damaged in [("missing", None), ("cut", whole[:len(whole) // 2]), ("empty", b""), ("longer", whole + b"\0"),
                              ("a flipped bit", whole[:len(whole) // 3] + bytes([whole[len(whole) // 3] ^ 4]) + whole[len(whole) // 3 + 1:])]:
            (world.state / path).unlink() if damaged is None else (world.state / path).write_bytes(damaged)
            result = world.run("--workers", "2")
            check(result.returncode == 65 and "R0704" in result.stderr, f"{path.name} {name}: {result.returncode} {result.stderr}")
            check(world.output() == outputs, f"{path.name} {name}: outputs were changed")
            shutil.copy(kept / path, world.state / path)
    if len(named) > 1:  # swapped
        shutil.copy(kept / named[0], world.state / named[1])
        shutil.copy(kept / named[1], world.state / named[0])
        result = world.run("--workers", "2")
        check(result.returncode == 65 and "R0704" in result.stderr, f"swapped: {result.returncode} {result.stderr}")
        for path in named:
            shutil.copy(kept / path, world.state / path)
    check(world.run().returncode == 0, "it goes on when the files are back")


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    streamc = str(parser.parse_args(argv).streamc.resolve())
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name, text in [("counts", PROGRAM), ("other", PROGRAM.replace("n mod step", "n mod 7"))]:
            (root / f"{name}.stream").write_text(text)
            subprocess.run([streamc, "build", f"{name}.stream", "-o", root / name], cwd=root, check=True)
        job, other = str(root / "counts"), str(root / "other")
        world = stops(root, job)
        secondSignal(root, job)
        strangers(root, job, other, world)
        damagedData(root, job)
    print("stops: " + (f"{len(BAD)} wrong" if BAD else "all as documented"))
    return 1 if BAD else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
