"""The cache of compiled jobs, from outside: an unchanged job is not compiled again, anything else is, and nothing that is
wrong with the cache stops a job.

    cache_test.py --streamc build/bin/streamc
"""

import json
import os
import subprocess
import unittest

import support
from support import COUNTS, ROW, Case


class Cache(Case):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", "".join(ROW % ("a", n, n) for n in range(5)))
        self.write("job.stream", COUNTS)

    def run_job(self, *words, path="job.stream", **how):
        """True when the machine code came from the cache. The rows must be the same either way."""
        (self.directory / "out.jsonl").unlink(missing_ok=True)
        done = self.streamc("run", path, "--timing", *words, **how)
        self.assertEqual([json.loads(line)["twice"] for line in self.read("out.jsonl").splitlines()], [0, 2, 4, 6, 8])
        phases = [line.split()[0] for line in done.stderr.splitlines() if line.endswith(" ms")]
        self.assertNotEqual("cache" in phases, "llvm" in phases, phases)
        self.stderr = done.stderr
        return "cache" in phases

    def entries(self):
        return [path for path in (self.directory / "cache").rglob("*") if path.is_file()]

    def test_the_second_run_compiles_nothing(self):
        self.assertFalse(self.run_job())
        self.assertTrue(self.run_job())
        self.assertTrue(self.run_job("--workers", "2", "--batch", "1"))
        self.assertEqual(len(self.entries()), 1)

    def test_a_changed_program_is_compiled(self):
        self.run_job()
        self.write("job.stream", "# moves every place by a line\n" + COUNTS)
        self.assertFalse(self.run_job())
        self.write("job.stream", COUNTS)
        self.assertTrue(self.run_job())

    def test_a_changed_file_that_it_uses_is_compiled(self):
        self.write("types.stream", "type Row = { k: string, n: i64, t: timestamp }\n")
        self.write("uses.stream", 'use "types.stream" as types\n' +
                   COUNTS.replace("{ k: string, n: i64, t: timestamp }", "types.Row"))
        self.assertFalse(self.run_job(path="uses.stream"))
        self.assertTrue(self.run_job(path="uses.stream"))
        self.write("types.stream", "type Row = { k: string, n: i64?, t: timestamp }\n")
        self.assertIn("E", self.streamc("run", "uses.stream", code=1).stderr)
        self.write("types.stream", "type Row = { k: string?, n: i64, t: timestamp }\n")
        self.assertFalse(self.run_job(path="uses.stream"))

    def test_warnings_are_said_each_time(self):
        self.write("job.stream", COUNTS.replace("n >= 0", "(n ?? 1) >= 0"))
        for _ in range(2):
            self.run_job()
            self.assertIn("W0404", self.stderr)

    def test_without_the_cache_nothing_is_kept(self):
        self.assertFalse(self.run_job("--no-cache"))
        self.assertEqual(self.entries(), [])
        self.run_job()
        self.assertFalse(self.run_job("--no-cache"))

    def test_a_damaged_entry_is_compiled_anew(self):
        self.run_job()
        (entry,) = self.entries()
        bytes_ = bytearray(entry.read_bytes())
        bytes_[len(bytes_) // 2] ^= 0x40
        entry.write_bytes(bytes_)
        self.assertFalse(self.run_job())
        self.assertTrue(self.run_job())
        entry.write_bytes(entry.read_bytes()[:100])
        self.assertFalse(self.run_job())

    def test_a_place_that_cannot_be_written_is_a_note(self):
        self.assertFalse(self.run_job(XDG_CACHE_HOME="/dev/null"))
        self.assertIn("note: compiled without a cache: ", self.stderr)
        self.run_job("--no-cache", XDG_CACHE_HOME="/dev/null")
        self.assertNotIn("note", self.stderr)
        self.run_job(XDG_CACHE_HOME="", HOME=str(self.directory / "nobody"))
        self.assertNotIn("note", self.stderr)

    def test_build_uses_it_too_and_makes_the_same_executable(self):
        self.streamc("build", "job.stream", "-o", "one")
        done = self.streamc("build", "job.stream", "-o", "two", "--timing")
        self.assertIn("cache", done.stderr)
        self.streamc("build", "job.stream", "-o", "three", "--no-cache")
        one, two, three = ((self.directory / name).read_bytes() for name in ("one", "two", "three"))
        self.assertEqual(one, two)
        self.assertEqual(one, three)
        self.assertNotIn("cache", self.streamc("build", "job.stream", "-o", "old", "--cpu", "x86-64", "--timing").stderr)

    def test_many_processes_share_it(self):
        running = []
        for name in "abcd":  # one place for the rows of each
            (self.directory / name).mkdir()
            self.write(f"{name}/in.jsonl", self.read("in.jsonl"))
            running.append(subprocess.Popen([support.STREAMC, "run", "job.stream", "--base", self.directory / name],
                                            cwd=self.directory, env=self.environment(), stderr=subprocess.PIPE, text=True))
        for process in running:
            said = process.communicate(timeout=support.WATCHDOG_S)[1]
            self.assertEqual((process.returncode, said), (0, ""))
        self.assertEqual(len(self.entries()), 1)
        self.assertTrue(self.run_job())

    def test_the_command_shows_and_clears(self):
        self.run_job()
        shown = self.streamc("cache").stdout
        self.assertIn(os.path.join(self.variables["XDG_CACHE_HOME"], "streamc"), shown)
        self.assertRegex(shown, r"jobs +1\n")
        self.assertEqual(self.streamc("cache", "--clear").stdout, "1 jobs removed\n")
        self.assertRegex(self.streamc("cache").stdout, r"jobs +0\n")
        self.assertFalse(self.run_job())


if __name__ == "__main__":
    support.main()
