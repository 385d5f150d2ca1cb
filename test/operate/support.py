"""What the tests of operating a job share: a scratch directory, the compiler, runs with a deadline."""

import argparse
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

WATCHDOG_S = 120  # only a hang is ended by it
STREAMC = None

COUNTS = """job counts with { errors: rejects }
source rows: { k: string, n: i64, t: timestamp } from file("in.jsonl", format: json)
  time t
sink rejects to file("rejects.jsonl", format: json)
rows
| where n >= 0
| extend { twice: n * 2 }
| to file("out.jsonl", format: json)
"""
ROW = '{"k":"%s","n":%d,"t":"2024-01-01T00:00:%02dZ"}\n'


class Case(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name)
        self.variables = {"XDG_CACHE_HOME": str(self.directory / "cache"), "NO_COLOR": "1"}

    def write(self, name, text):
        path = self.directory / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def read(self, name):
        return (self.directory / name).read_text()

    def environment(self, **variables):
        return {**os.environ, **self.variables, **variables}

    def call(self, *words, code=0, stdin="", **variables):
        """Runs to the end; the exit code is part of what is tested."""
        done = subprocess.run([str(word) for word in words], input=stdin, capture_output=True, text=True, cwd=self.directory,
                              env=self.environment(**variables), timeout=WATCHDOG_S, check=False)
        self.assertEqual(done.returncode, code, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done

    def streamc(self, *words, **how):
        return self.call(STREAMC, *words, **how)


def main():
    global STREAMC  # pylint: disable=global-statement
    parser = argparse.ArgumentParser()
    parser.add_argument("--streamc", required=True, type=Path)
    arguments, rest = parser.parse_known_args()
    STREAMC = arguments.streamc.resolve()
    unittest.main(module="__main__", argv=sys.argv[:1] + rest)
