"""Kills real jobs with SIGKILL at random moments until they come to their end, and compares what they wrote with an
undisturbed run: nothing may be lost, repeated or torn. The number of workers changes from life to life.

    kill_storm.py --streamc build/bin/streamc [--kills 40] [--seed 1] [--scale 1]

In which phase a kill hit is read off the state directory that it left behind.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

# Rows that are made up, in three partitions, many keys.
GENERATED = """
param rows: i64 = 1M
source numbers: { n: i64, at: timestamp } from generate(rate: 100k/s, count: rows, partitions: 3) time at wait 5ms
sink sums to file("sums.jsonl", format: json)
sink odd  to file("odd.jsonl", format: json)

numbers
| window tumble 100ms
| aggregate { n: count(), sum: sum(n), text: max(string(n)) } by k: n mod 1009
| select { start: window.start, k, n, sum, text }
| to sums

numbers | where n mod 100 == 1 | select { n } | to odd
"""

# One file of lines with bad and late records, many files of CSV; all kinds of sinks; a limit.
READ = """
job read with { errors: rejects }
param rows: i64 = 0
source orders: { id: i64, at: timestamp, shop: string, amount: i64 }
  from file("orders.jsonl", format: json)
  time at wait 2s
source sales: { shop: string, amount: i64, at: timestamp }
  from files("sales/*.csv", format: csv)
  time at wait 10m
sink rejects to file("rejects.jsonl", format: json)

stream counted = orders
  | where amount != 13
  | window tumble 10s
  | aggregate { n: count(), sum: sum(amount), first: min(id) } by shop
counted | select { start: window.start, shop, n, sum, first } | to file("counted.csv", format: csv)
counted.late | select { id, late_by } | to file("late.jsonl", format: json)
orders | limit 5000 | select { id } | to file("some.jsonl", format: json)
orders | where id mod 50 == 0 | select { id, line: meta.line } | to file("lines.jsonl", format: json)
sales
| window tumble 1h
| aggregate { n: count(), sum: sum(amount) } by shop
| select { start: window.start, shop, n, sum }
| to file("sales.jsonl", format: json)
sales | where amount mod 7 == 0 | select { shop, amount, at } | to file("sevens.csv", format: csv)
"""
LIFE_MAX_S = 300


def stamp(us):
    seconds, us = divmod(us, 1_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_700_000_000 + seconds)) + f".{us:06d}Z"


def makeInputs(directory, rng, scale):
    with open(directory / "orders.jsonl", "w") as out:
        at = 0
        for id in range(int(150_000 * scale)):
            at += rng.randrange(4_000)
            kind = rng.randrange(200)
            if kind == 0:
                out.write('{"id": %d, "at": "never", "shop": "s"}\n' % id)
            else:
                late = rng.randrange(30_000_000) if kind == 1 else 0
                out.write('{"id":%d,"at":"%s","shop":"s%d","amount":%d}\n'
                          % (id, stamp(max(0, at - late)), rng.randrange(50), rng.randrange(100)))
    (directory / "sales").mkdir()
    for number in range(12):
        with open(directory / "sales" / f"{number:02}.csv", "w") as out:
            columns = ["shop", "amount", "at"]
            rng.shuffle(columns)  # every file has its own header
            out.write(",".join(columns) + "\n")
            at = 0
            for line in range(rng.randrange(int(10_000 * scale))):
                at += rng.randrange(400_000)
                row = {"shop": '"shop, %d\nof %d"' % (rng.randrange(20), number), "at": stamp(at),
                       "amount": str(rng.randrange(1000)) if rng.randrange(500) else "many"}
                out.write(",".join(row[name] for name in columns) + "\n")


class Storm:
    def __init__(self, name, program, results, root, streamc, rng, scale):
        self.name, self.results, self.rng = name, results, rng
        self.directory = root / name
        self.directory.mkdir()
        (self.directory / f"{name}.stream").write_text(program)
        self.job = str(self.directory / name)
        subprocess.run([streamc, "build", f"{name}.stream", "-o", self.job], cwd=self.directory, check=True)
        self.base = self.directory / "base"
        self.base.mkdir()
        makeInputs(self.base, rng, scale)
        self.options = ["--base", str(self.base), "--param", f"rows={int(1_000_000 * scale)}", "--quiet"]
        began = time.monotonic()
        subprocess.run([self.job, *self.options], check=True)
        self.straight_s = time.monotonic() - began
        self.wanted = self.outputs()
        self.phases, self.restored, self.kills, self.rounds = Counter(), 0, 0, 0

    def outputs(self):
        """The lines of the results, which are then removed."""
        lines = {}
        for result in self.results:
            data = (self.base / result).read_bytes()
            assert not data or data.endswith(b"\n"), f"{result} ends within a line"
            lines[result] = (data.splitlines()[:1] if result.endswith(".csv") else [], sorted(data.splitlines()))
            (self.base / result).unlink()
        return lines

    def phase(self, log):
        """Where the life that has just ended was."""
        state = self.base / "state"
        manifests = [path.name for path in (state / "manifests").glob("*")] if state.exists() else []
        published = max((int(name.split("-")[0]) for name in manifests if name.endswith(".manifest")), default=0)
        if any(name.endswith(".part") for name in manifests):
            return "publishing"
        if published and "goes on from checkpoint" not in log and f"checkpoint {published}" not in log:
            return "restoring"
        data = [int(path.name.split("-")[0]) for path in (state / "data").glob("*")] if published else []
        if data and max(data) > published:
            return "writing"
        parts = sum((self.base / f"{result}.part").exists() for result in self.results)
        if published and parts < len(self.results):
            return "committing"
        return "running" if published else "before the first checkpoint"

    def round(self, kills):
        """Lives until the job has come to its end, at most `kills` of them cut short."""
        self.rounds += 1
        done = 0
        while True:
            command = [self.job, *self.options, "--state", str(self.base / "state"), "--checkpoint",
                       self.rng.choice(["5ms", "20ms", "60ms"]), "--log-level", "info", "--workers",
                       str(self.rng.randint(1, 3)), "--batch", str(self.rng.choice([64, 2048]))]
            life = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
            wait = self.rng.uniform(0.02, 0.05 + min(0.5, self.straight_s)) if done < kills else LIFE_MAX_S
            try:
                _, log = life.communicate(timeout=wait)
            except subprocess.TimeoutExpired:
                life.kill()
                _, log = life.communicate()
            self.restored += "goes on from checkpoint" in log
            if life.returncode == 0:
                break
            if life.returncode != -9:
                sys.exit(f"{self.name}: a life ended with {life.returncode}:\n{log}")
            done += 1
            self.phases[self.phase(log)] += 1
        self.kills += done
        got = self.outputs()
        for result in self.results:
            (head, lines), (wanted_head, wanted) = got[result], self.wanted[result]
            if (head, lines) != (wanted_head, wanted):
                lost, surplus = Counter(wanted) - Counter(lines), Counter(lines) - Counter(wanted)
                sys.exit(f"{self.name}: {result} differs after {self.kills} kills: {len(lines)} lines, wanted {len(wanted)}; "
                         f"lost {list(lost)[:3]}, too many {list(surplus)[:3]}")
        for path in sorted((self.base / "state").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        return done


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=2, help="how much input, and so how long a run is")
    arguments = parser.parse_args(argv)
    rng = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as scratch:
        make = lambda *job: Storm(*job, Path(scratch), str(arguments.streamc.resolve()), rng, arguments.scale)
        storms = [make("generated", GENERATED, ["sums.jsonl", "odd.jsonl"]),
                  make("read", READ, ["counted.csv", "late.jsonl", "some.jsonl", "lines.jsonl", "sales.jsonl", "sevens.csv", "rejects.jsonl"])]
        while sum(storm.kills for storm in storms) < arguments.kills:
            storm = min(storms, key=lambda storm: storm.kills)
            storm.round(min(10, max(1, arguments.kills - sum(s.kills for s in storms))))
        kills, restored = sum(s.kills for s in storms), sum(s.restored for s in storms)
        phases = sum((storm.phases for storm in storms), Counter())
        assert restored >= kills / 4, f"only {restored} lives went on from a checkpoint"
    print(f"kill storm: {kills} kills in {sum(s.rounds for s in storms)} runs, {restored} lives went on from a checkpoint; "
          + ", ".join(f"{count} while {phase}" for phase, count in phases.most_common())
          + "; 0 lost, 0 repeated, 0 torn")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
