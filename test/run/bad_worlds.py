"""What happens when the program, the input or the outside world is bad: a message, the right exit code, nothing lost.

    bad_worlds.py --streamc build/bin/streamc [name of a test …]

Exit codes: 0 ok, 1 the user's error, 2 usage, 65 bad data under `errors: fail`, 70 a bug of ours, which nothing here may
reach; and nothing may die of a signal.
"""

import argparse
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

STREAMC = None
TIMEOUT_S = 60
FILTER = """job filtered with { errors: stderr }
source rows: { n: i64 } from file("in.jsonl", format: json)
rows | where n >= 0 | to file("out.jsonl", format: json)
"""


class Outcome:
    def __init__(self, done):
        self.code = done.returncode
        self.stdout, self.stderr = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


class Base(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.directory = Path(scratch.name)

    def write(self, name, text):
        path = self.directory / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run_(self, *words, stdin=b""):
        done = subprocess.run([str(word) for word in words], input=stdin, capture_output=True, timeout=TIMEOUT_S,
                              cwd=self.directory, env=dict(os.environ, NO_COLOR="1"))
        outcome = Outcome(done)
        self.assertGreaterEqual(outcome.code, 0, f"died of a signal\n{outcome.stderr[-2000:]}")
        self.assertNotEqual(outcome.code, 70, outcome.stderr[-2000:])
        return outcome

    def executable(self, text=FILTER):
        job = self.write("job.stream", text)
        built = self.run_(STREAMC, "build", job, "-o", self.directory / "job")
        self.assertEqual(built.code, 0, built.stderr)
        return self.directory / "job"


class BadPrograms(Base):
    def refuse(self, text, code=None):
        """`check` says no in words, with a place, and names a code; `run` and `build` refuse as well."""
        job = self.write("job.stream", text)
        outcome = self.run_(STREAMC, "check", job)
        self.assertEqual(outcome.code, 1, outcome.stderr[-2000:])
        said = outcome.stdout + outcome.stderr
        self.assertRegex(said, r"E\d{4}")
        self.assertIn("job.stream:", said)
        self.assertLess(len(said), 200_000)
        if code is not None:
            self.assertIn(code, said)
        self.assertEqual(self.run_(STREAMC, "run", job).code, 1)
        self.assertEqual(self.run_(STREAMC, "build", job, "-o", self.directory / "never").code, 1)
        self.assertFalse((self.directory / "never").exists())

    def testUnknownField(self):
        self.refuse(FILTER.replace("n >= 0", "m >= 0"), "E0202")

    def testUnknownType(self):
        self.refuse(FILTER.replace("i64", "i65"), "E0201")

    def testUnknownStep(self):
        self.refuse(FILTER.replace("where n >= 0", "wher n >= 0"))

    def testUnknownStream(self):
        self.refuse(FILTER.replace("rows |", "row |"), "E0208")

    def testNotABool(self):
        self.refuse(FILTER.replace("n >= 0", "n + 1"), "E0204")

    def testTextPlusNumber(self):
        self.refuse(FILTER.replace("n >= 0", 'n + "a" > 0'))

    def testNullWithoutAnAnswer(self):
        self.refuse(FILTER.replace("i64", "i64?"), "E0203")

    def testWindowWithoutTime(self):
        self.refuse('source r: { n: i64 } from file("x", format: json)\n'
                    "r | window tumble 1m | aggregate { n: count() } | to stdout", "E0301")

    def testCycleOfStreams(self):
        self.refuse("stream a = b | where true\nstream b = a | where true\na | to stdout\n")

    def testCycleOfTypes(self):
        self.refuse('type A = { b: B }\ntype B = { a: A }\nsource r: A from file("x", format: json)\nr | to stdout\n')

    def testTenThousandParentheses(self):
        job = self.write("job.stream", FILTER.replace("n >= 0", "(" * 10_000 + "n >= 0" + ")" * 10_000))
        self.assertIn(self.run_(STREAMC, "check", job).code, (0, 1))
        self.refuse(FILTER.replace("n >= 0", "(" * 10_000 + "n >= 0" + ")" * 9_999))

    def testTenThousandOfEverythingThatNests(self):
        for inside in ("-" * 10_000 + "n > 0", "not " * 10_000 + "n > 0", "[" * 10_000 + "n" + "]" * 10_000 + " == n",
                       "if true then " * 5_000 + "true", "{ a: " * 10_000 + "n" + " }" * 10_000 + " == n",
                       "n" + " + n" * 10_000 + " > 0", "n" + ".abs()" * 10_000 + " > 0", "n?." * 5_000 + "n > 0"):
            with self.subTest(inside[:20]):
                job = self.write("job.stream", FILTER.replace("n >= 0", inside))
                self.assertIn(self.run_(STREAMC, "check", job).code, (0, 1))

    def testNoise(self):
        noise = random.Random(4)
        for size in (1, 10, 1000, 100_000):
            with self.subTest(size):
                job = self.write("job.stream", bytes(noise.randrange(256) for _ in range(size)))
                self.assertEqual(self.run_(STREAMC, "check", job).code, 1)

    def testWordsInAnyOrder(self):
        words = re.findall(r"\w+|\S", FILTER * 3 + "window tumble 1m aggregate { n: count() } by n job with type = if then else")
        noise = random.Random(5)
        for _ in range(40):
            noise.shuffle(words)
            job = self.write("job.stream", " ".join(words))
            self.assertIn(self.run_(STREAMC, "check", job).code, (0, 1))

    def testEveryPrefixOfAProgram(self):
        for end in range(0, len(FILTER), 9):
            job = self.write("job.stream", FILTER[:end])
            self.assertIn(self.run_(STREAMC, "check", job).code, (0, 1))

    def testStrangeFiles(self):
        self.assertNotEqual(self.run_(STREAMC, "check", self.directory / "missing.stream").code, 0)
        self.assertNotEqual(self.run_(STREAMC, "check", self.directory).code, 0)
        self.refuse("\ufeff" + FILTER.replace("rows |", "row |"))
        self.refuse(FILTER + "\0")
        self.refuse(FILTER.encode() + b"# \xff\xfe\nrows | to nowhere\n")

    def testUnterminated(self):
        for text in ('"', '"""', 'f"{', 'f"{n', "`", "/*", 'r"'):
            with self.subTest(text):
                self.refuse(FILTER.replace("n >= 0", text))

    def testUsage(self):
        self.assertEqual(self.run_(STREAMC, "chekc", "x.stream").code, 2)
        self.assertEqual(self.run_(STREAMC, "run").code, 2)
        job = self.write("job.stream", FILTER)
        self.assertEqual(self.run_(STREAMC, "run", job, "--no-such-option").code, 2)


class BadInputs(Base):
    def failing(self, *words, mentions, stdin=b""):
        """Ends with a message that names what is wrong."""
        outcome = self.run_(*words, stdin=stdin)
        self.assertNotEqual(outcome.code, 0, outcome.stderr)
        self.assertIn(mentions, outcome.stderr)
        return outcome

    def testInputThatDoesNotExist(self):
        self.failing(self.executable(), mentions="in.jsonl")
        self.failing(STREAMC, "run", self.directory / "job.stream", mentions="in.jsonl")

    def testInputThatIsADirectory(self):
        (self.directory / "in.jsonl").mkdir()
        self.failing(self.executable(), mentions="in.jsonl")

    def testInputThatMayNotBeRead(self):
        self.write("in.jsonl", '{"n":1}\n').chmod(0)
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        self.failing(self.executable(), mentions="in.jsonl")

    def testOutputThatCannotBeWritten(self):
        self.write("in.jsonl", '{"n":1}\n')
        self.failing(self.executable(FILTER.replace('"out.jsonl"', '"no/such/folder/out.jsonl"')), mentions="out.jsonl")
        (self.directory / "out.jsonl").mkdir()
        self.failing(self.executable(), mentions="out.jsonl")

    def testFullDisk(self):
        self.write("in.jsonl", '{"n":1}\n' * 100_000)
        self.failing(self.executable(FILTER.replace('"out.jsonl"', '"/dev/full"')), mentions="/dev/full")

    def testFullDiskOfErrors(self):
        self.write("in.jsonl", "no json\n" * 1000)
        text = FILTER.replace("errors: stderr", "errors: rejects") + 'sink rejects to file("/dev/full", format: json)\n'
        self.failing(self.executable(text), mentions="/dev/full")

    def testReaderOfStdoutThatGoesAway(self):
        job = self.executable(FILTER.replace('file("out.jsonl", format: json)', "stdout"))
        self.write("in.jsonl", '{"n":1}\n' * 200_000)
        reader = subprocess.run(f"{job} --quiet | head -1; exit ${{PIPESTATUS[0]}}", shell=True, executable="/bin/bash",
                                capture_output=True, timeout=TIMEOUT_S)
        self.assertEqual(reader.stdout, b'{"n":1}\n')
        self.assertNotEqual(reader.returncode, 70, reader.stderr)
        self.assertNotIn(b"Traceback", reader.stderr)

    def testEveryByteOfTheInputIsAccountedFor(self):
        """Noise between good records: each good record comes out, each bad line is one error row."""
        noise, lines, good = random.Random(6), [], 0
        for index in range(3000):
            if noise.random() < 0.5:
                lines.append(b'{"n":%d}' % index)
                good += 1
            else:
                line = bytes(noise.choice(b'{}[]",:0123456789nulltrue\\ \xff\x00e.-+') for _ in range(noise.randrange(1, 60)))
                lines.append(b"x" + line)
        self.write("in.jsonl", b"\n".join(lines))
        text = FILTER.replace("errors: stderr", "errors: rejects")
        job = self.executable(text + 'sink rejects to file("errors.jsonl", format: json)\n')
        for workers, batch in ((1, 1), (3, 4096)):
            self.assertEqual(self.run_(job, "--quiet", "--workers", workers, "--batch", batch).code, 0)
            out = (self.directory / "out.jsonl").read_text().splitlines()
            self.assertEqual(len(out), good)
            self.assertEqual(len((self.directory / "errors.jsonl").read_text().splitlines()), 3000 - good)

    def testMissingParameter(self):
        job = self.executable("param least: i64\n" + FILTER.replace("n >= 0", "n >= least"))
        self.write("in.jsonl", '{"n":1}\n{"n":5}\n')
        self.failing(job, "--quiet", mentions="least")
        self.failing(job, "--quiet", "--param", "least=many", mentions="least")
        self.failing(job, "--quiet", "--param", "most=3", mentions="most")
        self.assertEqual(self.run_(job, "--quiet", "--param", "least=3").code, 0)
        self.assertEqual((self.directory / "out.jsonl").read_text(), '{"n":5}\n')

    def testUnsetEnvironment(self):
        job = self.executable('param least: i64 = env("STREAM_TEST_UNSET")\n' + FILTER.replace("n >= 0", "n >= least"))
        self.write("in.jsonl", '{"n":1}\n')
        self.failing(job, "--quiet", mentions="STREAM_TEST_UNSET")

    def testUsageOfAJob(self):
        job = self.executable()
        self.write("in.jsonl", '{"n":1}\n')
        for words in (["--workers", "0"], ["--workers", "x"], ["--batch", "0"], ["--no-such-option"], ["surplus"]):
            with self.subTest(words):
                self.assertEqual(self.run_(job, *words).code, 2)


class Stopping(Base):
    """SIGTERM and SIGINT: what was read is written, the exit code is 0."""

    def start(self, text):
        return subprocess.Popen([self.executable(text), "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, cwd=self.directory)

    def testASignalDrains(self):
        for sign in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(sign.name):
                job = self.start("source rows: { n: i64 } from stdin(format: json)\nrows | select { m: n * 2 } | to stdout\n")
                job.stdin.write(b'{"n":1}\n{"n":2}\n')
                job.stdin.flush()
                self.assertEqual([job.stdout.readline() for _ in range(2)], [b'{"m":2}\n', b'{"m":4}\n'])
                job.send_signal(sign)
                self.assertEqual(job.wait(TIMEOUT_S), 0)
                self.assertEqual(job.stdout.read(), b"")
                for pipe in (job.stdin, job.stdout, job.stderr):
                    pipe.close()

    def testAFullLimitEndsAnEndlessInput(self):
        job = self.start("source rows: { n: i64 } from stdin(format: json)\nrows | limit 2 | to stdout\n")
        wrote = 0
        try:
            while job.poll() is None and wrote < 10_000_000:
                wrote += job.stdin.write(b'{"n":1}\n' * 1000)
                job.stdin.flush()
        except BrokenPipeError:
            pass  # it has ended
        self.assertEqual(job.wait(TIMEOUT_S), 0)
        self.assertEqual(job.stdout.read(), b'{"n":1}\n' * 2)
        self.assertLess(wrote, 10_000_000)
        for pipe in (job.stdin, job.stdout, job.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass

    def testAnEndlessJobStops(self):
        job = self.start("source ticks: { n: i64, at: timestamp } from generate(rate: 1k/s)\nticks | to stdout\n")
        first = job.stdout.readline()
        job.send_signal(signal.SIGTERM)
        rest = job.stdout.read()
        self.assertEqual(job.wait(TIMEOUT_S), 0)
        self.assertEqual(first, b'{"n":0,"at":"1970-01-01T00:00:00Z"}\n')
        lines = rest.split(b"\n")
        self.assertEqual(lines[-1], b"")
        for number, line in enumerate(lines[:-1], 1):
            self.assertTrue(line.startswith(b'{"n":%d,' % number), line)
        for pipe in (job.stdin, job.stdout, job.stderr):
            pipe.close()

    def testARecordLeavesBeforeTheNextOneComes(self):
        """A partial batch does not wait for company."""
        job = self.start("source rows: { n: i64 } from stdin(format: json)\nrows | where n > 0 | to stdout\n")
        for number in range(1, 20):
            job.stdin.write(b'{"n":%d}\n' % number)
            job.stdin.flush()
            started = time.monotonic()
            self.assertEqual(job.stdout.readline(), b'{"n":%d}\n' % number)
            self.assertLess(time.monotonic() - started, 5)
        job.stdin.close()
        self.assertEqual(job.wait(TIMEOUT_S), 0)
        job.stdout.close()
        job.stderr.close()


def main(module="__main__"):
    global STREAMC
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    options, rest = parser.parse_known_args()
    STREAMC = options.streamc.resolve()
    unittest.main(module=module, argv=[sys.argv[0]] + rest)


if __name__ == "__main__":
    main()
