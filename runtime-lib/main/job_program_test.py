"""The program of a job, seen from outside: results, exit codes, signals, pipes, full disks. Run by ctest with its path.

The job (runtime-lib/control/testing_job.cpp) counts {"k","v","t"} records per k and 10 s; it reads $IN and writes $OUT.jsonl.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import unittest

PROGRAM = None
WATCHDOG_S = 60  # only a hang is ended by it


def line(second, key="a", value=1):
    return '{"k":"%s","v":%d,"t":"2024-01-01T%02d:%02d:%02dZ"}\n' % (
        key, value, second // 3600, second // 60 % 60, second % 60)


def isSanitized():
    """Sanitizers report crashes themselves."""
    with open(PROGRAM, "rb") as file:
        program = file.read()
    return b"AddressSanitizer" in program or b"ThreadSanitizer" in program


class JobProgram(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.base = directory.name

    def path(self, name):
        return os.path.join(self.base, name)

    def put(self, name, text):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def get(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode()

    def command(self, *arguments):
        return [PROGRAM, "--base", self.base, "--param", "since=1h", *arguments]

    def environment(self, **variables):
        return {"PATH": os.environ["PATH"], **variables}

    def run_job(self, *arguments, stdin=None, **variables):
        return subprocess.run(self.command(*arguments), input=stdin, capture_output=True, text=True,
                              env=self.environment(**variables), timeout=WATCHDOG_S, check=False)

    def start(self, *arguments, **variables):
        process = subprocess.Popen(self.command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, bufsize=1, env=self.environment(**variables))
        self.addCleanup(lambda: process.stdin.close() if not process.stdin.closed else None)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

    def test_a_file_is_counted_and_the_output_gets_its_name(self):
        self.put("in.jsonl", line(1) + line(2) + line(15, "b"))
        result = self.run_job()
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual(sorted(self.get("out.jsonl").splitlines()), [
            '{"k":"a","n":2,"sum":2,"start":"2024-01-01T00:00:00Z"}',
            '{"k":"b","n":1,"sum":1,"start":"2024-01-01T00:00:10Z"}'])
        self.assertEqual(self.get("errors.jsonl"), "")
        self.assertFalse(os.path.exists(self.path("out.jsonl.part")))

    def test_a_bug_of_ours_is_reported_with_its_operator_and_stack(self):
        if isSanitized():
            self.skipTest("sanitizers report crashes themselves")
        for value, what in ((1_000_001, "SIGSEGV, an access to memory that is not there, at 0x8"),
                            (1_000_002, "SIGABRT, a failed check"), (1_000_003, "SIGFPE, an arithmetic fault")):
            with self.subTest(what):
                self.put("in.jsonl", line(1) + line(2, value=value))
                result = self.run_job()
                self.assertEqual(result.returncode, 70, result.stderr)
                said = result.stderr
                self.assertIn(f"{os.path.basename(PROGRAM)}: internal error: {what}\n", said)
                self.assertEqual("internal error: a test asked for this (value == 0, " in said, value == 1_000_002)
                self.assertRegex(said, r"\n  job       counts, thread worker 0\n  operator  \S+\n  build     ")
                self.assertRegex(said, r", build id [0-9a-f]{8,}\n")
                # The stack goes down to the thread's start.
                self.assertGreater(len(re.findall(r"^  #\d+ 0x[0-9a-f]+  \S+\+0x", said, re.MULTILINE)), 6, said)
                self.assertRegex(said, r"\n  #0 0x[0-9a-f]+  testing_counts_job\+0x")

    def test_a_signal_from_outside_is_reported_as_such(self):
        if isSanitized():
            self.skipTest("sanitizers report crashes themselves")
        os.mkfifo(self.path("in.jsonl"))
        process = self.start()
        with open(self.path("in.jsonl"), "w"):  # the job has opened it: it runs
            process.send_signal(signal.SIGSEGV)
            said = process.communicate(timeout=WATCHDOG_S)[1]
        self.assertEqual(process.returncode, 70, said)
        self.assertIn(f"SIGSEGV, an access to memory that is not there, sent by process {os.getpid()}\n", said)

    def test_losses_are_summed_up_unless_quiet(self):
        self.put("in.jsonl", line(100) + "nonsense\n" + line(3) + line(101, value=-1))
        result = self.run_job()
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stderr, r"^counts: 4 in, 4 out, 1 late, 2 rejected \(1 assert, 1 decode\) in \d+\.\d\d s\n$")
        self.assertEqual(self.run_job("--quiet").stderr, "")
        statistics = json.loads(self.run_job("--json").stderr)
        self.assertEqual((statistics["in"], statistics["late"], statistics["rejected"]),
                         ({"events": 4}, 1, {"assert": 1, "decode": 1}))

    def test_statistics_go_to_a_file(self):
        self.put("in.jsonl", line(1))
        self.assertEqual(self.run_job("--stats-json", self.path("stats.json")).returncode, 0)
        self.assertEqual(json.loads(self.get("stats.json"))["out"]["out"], 1)

    def test_a_line_of_a_pipe_is_answered_while_the_pipe_is_open(self):
        fifo = self.path("out.jsonl")
        os.mkfifo(fifo)
        process = self.start(IN="-")
        with open(fifo, encoding="utf-8") as answers:
            for second in range(0, 50, 10):
                process.stdin.write(line(second))
                process.stdin.flush()
                if second > 0:
                    self.assertIn("00:00:%02dZ" % (second - 10), answers.readline())
            process.stdin.close()
            self.assertIn("00:00:40Z", answers.readline())
            self.assertEqual(process.wait(WATCHDOG_S), 0)

    def test_a_named_pipe_is_an_input(self):
        fifo = self.path("in.jsonl")
        os.mkfifo(fifo)
        process = self.start()
        with open(fifo, "w", encoding="utf-8") as pipe:
            pipe.write(line(1) + line(2))
        self.assertEqual(process.wait(WATCHDOG_S), 0)
        self.assertIn('"n":2', self.get("out.jsonl"))

    def test_the_first_signal_drains(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            fifo = self.path("out.jsonl")
            if os.path.exists(fifo):
                os.unlink(fifo)
            os.mkfifo(fifo)
            process = self.start(IN="-")
            with open(fifo, encoding="utf-8") as answers:
                process.stdin.write(line(0) + line(10))
                process.stdin.flush()
                self.assertIn("00:00:00Z", answers.readline())
                process.send_signal(number)
                self.assertEqual(answers.read(), "", "the open window is not emitted")
            self.assertEqual(process.wait(WATCHDOG_S), 0)
            self.assertIn("stopped; 1 windows were still open", process.stderr.read())

    def test_a_reader_that_goes_away_ends_the_job_quietly(self):
        fifo = self.path("out.jsonl")
        os.mkfifo(fifo)
        process = self.start("--quiet", IN="-")
        with open(fifo, encoding="utf-8") as answers:
            process.stdin.write(line(0) + line(10))
            process.stdin.flush()
            answers.readline()
        try:
            for second in range(20, 3000, 10):
                process.stdin.write(line(second))
                process.stdin.flush()
        except BrokenPipeError:
            pass
        self.assertEqual(process.wait(WATCHDOG_S), 0)
        self.assertEqual(process.stderr.read(), "")

    def test_a_full_disk_is_said(self):
        self.put("in.jsonl", line(1))
        os.symlink("/dev/full", self.path("out.jsonl"))
        result = self.run_job()
        self.assertEqual(result.returncode, 75)
        self.assertIn("error[R0402]: cannot write", result.stderr)
        self.assertIn("No space left on device", result.stderr)

    def test_inputs_and_outputs_that_cannot_be_opened(self):
        result = self.run_job()
        self.assertEqual(result.returncode, 78)
        self.assertIn("error[R0301]: source events: cannot open", result.stderr)
        self.assertEqual(os.listdir(self.base), [])
        os.mkdir(self.path("in.jsonl"))
        self.assertIn("Is a directory", self.run_job().stderr)
        os.rmdir(self.path("in.jsonl"))
        self.put("in.jsonl", line(1))
        result = self.run_job(OUT=self.path("no/such/directory/out"))
        self.assertEqual(result.returncode, 78)
        self.assertIn("error[R0401]: sink out: cannot create", result.stderr)

    def test_command_line(self):
        self.put("in.jsonl", "")
        for arguments, code, words in [
                (["--help"], 0, "Examples:"),
                (["--version"], 0, "counts (by hand"),
                (["--nonsense"], 2, "--nonsense"),
                (["--workers", "0"], 2, "--workers"),
                (["--workers", "many"], 2, "--workers"),
                (["--batch", "0"], 2, "--batch"),
                (["--param", "limit=200"], 2, 'parameter limit: "200" is not a i8'),
                (["--param", "nobody=1"], 2, "it has since, limit"),
                (["--param", "limit"], 2, "expected NAME=VALUE"),
                (["--param", "since=5"], 2, "for example 1h30m")]:
            with self.subTest(arguments=arguments):
                result = self.run_job(*arguments)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(words, result.stdout if code == 0 else result.stderr)

    def test_parameters_come_from_the_environment_too(self):
        self.put("in.jsonl", "")
        command = [PROGRAM, "--base", self.base]
        missing = subprocess.run(command, capture_output=True, text=True, env=self.environment(), check=False)
        self.assertEqual(missing.returncode, 78)
        self.assertIn("give --param since=… or set SINCE", missing.stderr)
        bad = subprocess.run(command, capture_output=True, text=True, env=self.environment(SINCE="soon"), check=False)
        self.assertEqual(bad.returncode, 2)
        self.assertIn("parameter since (from SINCE)", bad.stderr)
        good = subprocess.run(command, capture_output=True, text=True, env=self.environment(SINCE="2d"), check=False)
        self.assertEqual(good.returncode, 0, good.stderr)

    def test_the_manifest_is_printed(self):
        result = self.run_job("--manifest")
        self.assertEqual(json.loads(result.stdout)["job"], "counts")

    def test_errors_can_be_json(self):
        result = self.run_job("--log-format", "json")
        entry = json.loads(result.stderr)
        self.assertEqual((entry["level"], entry["code"]), ("error", "R0301"))
        self.assertTrue(re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", entry["time"]))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
