"""The bars of interactive use, measured: how long a check, a first row, a start take, how large and how idle a job is.

Prints one row a bar with what was measured and whether it holds. This is a measurement, not a test: it depends on the
machine and on what else runs there, so nothing in `./dev test` calls it. Times are of whole processes, as a user waits for
them; caches are empty unless the row says otherwise.

    bars.py --streamc build/bin/streamc [--gap-ms 1000] [--lines 100]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HELLO = 'from file("app.jsonl", format: json) as { level: string, message: string } | where level == "ERROR" | to stdout\n'
STATELESS = 'from stdin(format: json) as { n: i64 } | where n >= 0 | extend { twice: n * 2 } | to stdout\n'


def hundredLines():
    """A program of 100 lines with a bit of everything that `check` looks at."""
    fields = [f"  f{i}: {kind}," for i, kind in enumerate(["i64", "string", "f64", "bool", "timestamp", "i32?"] * 5)]
    text = ["type Event = {", *fields, "  at: timestamp,", "}", "source events: Event", '  from file("e.jsonl", format: json)',
            "  time at wait 1h", ""]
    number = 0
    while len(text) + 7 <= 100:
        text += [f"stream s{number} = events", f"  | where f{number % 5 * 6} > {number} and f1 != \"x{number}\"",
                 f"  | extend {{ a{number}: f0 * {number + 1}, b{number}: f\"{{f1}}-{number}\" }}",
                 "  | window tumble 10m", "  | aggregate { n: count(), top: max(f2) } by f1",
                 f'  | to file("out{number}.jsonl", format: json)', ""]
        number += 1
    return "\n".join(text + ["# the end"] * (100 - len(text))) + "\n"


class Bench:
    def __init__(self, streamc, directory):
        self.streamc, self.directory = str(streamc), directory
        self.caches, self.keep = 0, False  # keep: the same cache for all that follows

    def environment(self):
        self.caches += not self.keep
        return dict(os.environ, NO_COLOR="1", XDG_CACHE_HOME=f"{self.directory}/cache{self.caches}")

    def call(self, *words):
        done = subprocess.run(words, cwd=self.directory, env=self.environment(), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")

    def seconds(self, repeats, *words):
        times = []
        for _ in range(repeats):
            start = time.perf_counter()
            self.call(*words)
            times.append(time.perf_counter() - start)
        return statistics.median(times)

    def firstOutputSeconds(self, repeats, *words):
        times = []
        for _ in range(repeats):
            environment = self.environment()
            start = time.perf_counter()
            with subprocess.Popen(words, cwd=self.directory, env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
                if not process.stdout.read(1):
                    raise RuntimeError(f"{' '.join(words)} printed nothing")
                times.append(time.perf_counter() - start)
                process.stdout.read()
        return statistics.median(times)

    def latenciesMs(self, lines, gap_s, *words):
        """Writes a line every gap and notes when its answer arrives."""
        process = subprocess.Popen(words, cwd=self.directory, env=self.environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        arrived = []
        answered = threading.Event()

        def read():
            for _ in process.stdout:
                arrived.append(time.perf_counter())
                answered.set()

        reader = threading.Thread(target=read)
        reader.start()
        times = []
        for number in range(lines + 1):  # the first one waits for the program to start, and does not count
            answered.clear()
            sent = time.perf_counter()
            process.stdin.write(b'{"n": %d}\n' % number)
            if not answered.wait(10):
                process.kill()
                raise RuntimeError(f"no answer within 10 s to line {number}")
            if number:
                times.append((arrived[-1] - sent) * 1000)
            time.sleep(gap_s)
        process.stdin.close()
        reader.join()
        process.wait()
        return sorted(times)

    def idleMegabytes(self, *words):
        process = subprocess.Popen(words, cwd=self.directory, env=self.environment(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0)
        process.stdin.write(b'{"n": 1}\n')
        process.stdout.readline()
        time.sleep(0.5)
        status = Path(f"/proc/{process.pid}/status").read_text()
        process.stdin.close()
        process.stdout.read()
        process.wait()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def percentile(values, share):
    return values[min(len(values) - 1, int(len(values) * share))]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, default=Path("build/bin/streamc"))
    parser.add_argument("--gap-ms", type=float, default=50, help="pause between the lines of the latency rows")
    parser.add_argument("--lines", type=int, default=200, help="lines of the latency rows")
    parser.add_argument("--repeats", type=int, default=15)
    arguments = parser.parse_args()

    rows = []

    def row(what, bar, value, unit):
        rows.append((what, f"< {bar} {unit}", f"{value:.1f} {unit}", "yes" if value < bar else "NO"))

    with tempfile.TemporaryDirectory() as directory:
        bench = Bench(arguments.streamc.resolve(), directory)
        for name, text in (("hundred.stream", hundredLines()), ("hello.stream", HELLO), ("stateless.stream", STATELESS),
                           ("app.jsonl", '{"level": "ERROR", "message": "disk full"}\n')):
            (Path(directory) / name).write_text(text)
        repeats = arguments.repeats
        bench.call(bench.streamc, "build", "hello.stream", "-o", "hello")
        bench.call(bench.streamc, "build", "stateless.stream", "-o", "stateless")

        row("check of 100 lines", 50, bench.seconds(repeats, bench.streamc, "check", "hundred.stream") * 1000, "ms")
        row("run of hello to its first output, nothing cached", 300,
            bench.firstOutputSeconds(repeats, bench.streamc, "run", "hello.stream") * 1000, "ms")
        bench.keep = True
        row("run of hello to its first output, again", 150,
            bench.firstOutputSeconds(repeats, bench.streamc, "run", "hello.stream") * 1000, "ms")
        bench.keep = False
        row("executable", 10, (Path(directory) / "hello").stat().st_size / 1048576, "MB")
        row("start of an executable to its first output", 50, bench.firstOutputSeconds(repeats, "./hello") * 1000, "ms")
        row("resident when idle", 20, bench.idleMegabytes("./stateless"), "MB")
        for name, words in (("executable", ["./stateless"]), ("in memory", [bench.streamc, "run", "stateless.stream"])):
            times = bench.latenciesMs(arguments.lines, arguments.gap_ms / 1000, *words)
            row(f"line in to line out, p99 of {len(times)}, {name}", 10, percentile(times, 0.99), "ms")

    rows.insert(0, ("what", "bar", "measured", "holds"))
    widths = [max(len(cells[column]) for cells in rows) for column in range(4)]
    for cells in rows:
        print("  ".join([cells[0].ljust(widths[0]), cells[1].rjust(widths[1]), cells[2].rjust(widths[2]), cells[3]]))
    return 0 if all(cells[3] != "NO" for cells in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
