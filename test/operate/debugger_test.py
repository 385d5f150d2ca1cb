"""A job under a debugger and a profiler: breakpoints and steps on lines of the .stream file, in executables and in memory; the
names of its functions for perf.

    debugger_test.py --streamc build/bin/streamc
"""

import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import support
from support import ROW, Case

JOB = """job steps
source rows: { k: string, n: i64, t: timestamp } from file("in.jsonl", format: json)
  time t
rows
| where n >= 0
| extend { twice: n * 2 }
| select { k, twice,
    label: k.upper() }
| to file("out.jsonl", format: json)
"""
BUSY = """source numbers: { n: i64 } from generate(rate: 1M/s, count: 3M)
numbers | where n * 7 > 3 | select { sum: n * n + n } | to null
"""


def perfWorks():
    if not shutil.which("perf"):
        return False
    with tempfile.TemporaryDirectory() as directory:
        return subprocess.run(["perf", "record", "-o", f"{directory}/data", "true"], capture_output=True,
                              check=False).returncode == 0


class Debugger(Case):
    def setUp(self):
        super().setUp()
        self.write("job.stream", JOB)
        self.write("in.jsonl", "".join(ROW % ("a", n, n) for n in range(1, 4)))

    def debug(self, program, *commands):
        words = ["gdb", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "set breakpoint pending on"]
        for command in commands:
            words += ["-ex", command]
        return self.call(*words, "--args", *program).stdout

    def steps(self, program):
        said = self.debug(program, "break job.stream:6", "run", "next", "next", "frame", "delete", "continue")
        # It stops where it was told to, and shows the line; steps go on to the next lines that have code.
        self.assertRegex(said, r'hit Breakpoint 1, \S+ \(\) at job\.stream:6\n6\t\| extend \{ twice: n \* 2 \}\n')
        self.assertIn("worker 0", said)
        self.assertRegex(said, r"\n8\t    label: k\.upper\(\) \}\n")
        # What the sink is given was stored already: the next line with code is of this row's writing or of the next row.
        self.assertRegex(said, r"\n#0 .* at job\.stream:(6|9)\n")
        self.assertIn("exited normally", said)
        self.assertEqual(len(self.read("out.jsonl").splitlines()), 3)

    def test_an_executable(self):
        self.streamc("build", "job.stream", "-o", "job")
        self.steps(["./job"])

    def test_a_job_in_memory_compiled_and_from_the_cache(self):
        for _ in range(2):
            self.steps([support.STREAMC, "run", "job.stream"])
        self.assertRegex(self.streamc("cache").stdout, r"jobs +1\n")

    def test_the_stack_leads_from_a_line_to_the_runtime(self):
        self.streamc("build", "job.stream", "-o", "job")
        said = self.debug(["./job"], "break job.stream:8", "run", "backtrace", "kill")
        self.assertRegex(said, r"#0 .* at job\.stream:8\n")
        self.assertRegex(said, r"#1 .*streamrt::")
        # A breakpoint stops once for each record, in a loop over a batch.
        said = self.debug(["./job"], "break job.stream:8", "run", "continue", "continue", "info breakpoints", "kill")
        self.assertIn("already hit 3 times", said)


class Profiler(Case):
    def setUp(self):
        super().setUp()
        self.write("busy.stream", BUSY)

    def test_the_map_names_the_functions_of_a_job_in_memory(self):
        process = subprocess.Popen([support.STREAMC, "run", "busy.stream", "--perf"], cwd=self.directory,
                                   env=self.environment(), stderr=subprocess.PIPE, text=True)
        said = process.communicate(timeout=support.WATCHDOG_S)[1]
        self.assertEqual((process.returncode, said), (0, ""))
        map_ = Path("/") / "tmp" / f"perf-{process.pid}.map"  # where perf looks, whatever TMPDIR says
        lines = map_.read_text().splitlines()
        map_.unlink()
        functions = [re.fullmatch(r"([0-9a-f]+) ([0-9a-f]+) (\S+)", line) for line in lines]
        self.assertTrue(functions and all(functions), lines)
        self.assertIn("process_p0", {function.group(3) for function in functions})

    @unittest.skipUnless(perfWorks(), "perf (Debian package linux-perf) cannot record here")
    def test_perf_names_the_functions(self):
        self.streamc("build", "busy.stream", "-o", "busy")
        for program in (["./busy"], [support.STREAMC, "run", "busy.stream", "--perf"]):
            self.call("perf", "record", "-q", "-F", "5000", "-o", "data", *program)
            shown = self.call("perf", "report", "-i", "data", "--stdio", "--sort", "symbol").stdout
            self.assertRegex(shown, r"\[\.\] process_p0")


if __name__ == "__main__":
    support.main()
