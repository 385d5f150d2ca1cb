"""CSV and many files, as the world makes them: against Python's csv module, with damage, in strange directories.

    bad_files.py --streamc build/bin/streamc [name of a test …]
"""

import csv
import io
import json
import os
import random
import resource
import subprocess
import sys
import unittest
from pathlib import Path

import bad_worlds
from bad_worlds import Base, TIMEOUT_S

sys.path.insert(0, str(Path(__file__).resolve().parent / "naive"))
import csv_text  # noqa: E402
from values import STRING  # noqa: E402

TEXTS = """job texts with { errors: rejects }
source rows: { a: string, b: string, c: string } from file("in.csv", format: csv(FORMAT))
sink rejects to file("rejects.jsonl", format: json)
rows | to file("out.jsonl", format: json)
"""
VARIANTS = ((1, 4096), (2, 7), (1, 1))


class WithJobs(Base):
    def jsonLines(self, name):
        return [json.loads(line) for line in (self.directory / name).read_text().splitlines()]

    def ok(self, *words):
        outcome = self.run_(*words)
        self.assertEqual(outcome.code, 0, outcome.stderr)
        return outcome

    def failing(self, *words, code, mentions):
        outcome = self.run_(*words)
        self.assertEqual(outcome.code, code, outcome.stderr)
        for text in mentions:
            self.assertIn(text, outcome.stderr)
        return outcome


class CsvAgainstPython(WithJobs):
    """D3: what Python's csv module writes is read as it was meant, and the other way round."""

    ALPHABET = ["a", "B", "7", " ", ",", ";", '"', "'", "\n", "\r\n", "\t", "ä", "€", "𝄞", "", "long " * 30]

    def rows(self, noise, count):
        cell = lambda: "".join(noise.choice(self.ALPHABET) for _ in range(noise.randrange(6)))
        return [[cell(), cell(), cell()] for _ in range(count)]

    def testReading(self):
        noise = random.Random(1)
        dialects = [("", {}), ('delimiter: ";"', {"delimiter": ";"}), ('quote: "\'"', {"quotechar": "'"}),
                    ('delimiter: "\\t"', {"delimiter": "\t"})]
        for option, dialect in dialects:
            job = self.executable(TEXTS.replace("csv(FORMAT)", f"csv({option})" if option else "csv"))
            for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_ALL):
                for end in ("\n", "\r\n"):
                    rows = self.rows(noise, 400)
                    text = io.StringIO()
                    writer = csv.writer(text, quoting=quoting, lineterminator=end, **dialect)
                    writer.writerows([["c", "a", "b"]] + rows)
                    self.write("in.csv", text.getvalue())
                    for workers, batch in VARIANTS:
                        with self.subTest(option=option, quoting=quoting, end=end, batch=batch):
                            self.ok(job, "--quiet", "--workers", workers, "--batch", batch)
                            found = [[row["c"], row["a"], row["b"]] for row in self.jsonLines("out.jsonl")]
                            self.assertEqual(found, rows)
                            self.assertEqual(self.jsonLines("rejects.jsonl"), [])

    def testWriting(self):
        rows = self.rows(random.Random(2), 1000)
        self.write("in.jsonl", "".join(json.dumps(dict(zip("abc", row))) + "\n" for row in rows))
        for option, dialect in (("csv", {}), ('csv(delimiter: ";", quote: "\'", header: false)',
                                              {"delimiter": ";", "quotechar": "'"})):
            job = self.executable('source rows: { a: string, b: string, c: string } from file("in.jsonl")\n'
                                  f'rows | to file("out.csv", format: {option})\n')
            self.ok(job, "--quiet")
            with open(self.directory / "out.csv", newline="", encoding="utf-8") as file:
                found = list(csv.reader(file, strict=True, **dialect))
            self.assertEqual(found, ([] if "false" in option else [["a", "b", "c"]]) + rows)


class DamagedCsv(WithJobs):
    def testEveryByteIsAccountedFor(self):
        """Noise: rows and refusals are those of the byte-by-byte evaluator, whatever the batch."""
        job = self.executable(TEXTS.replace("(FORMAT)", ""))
        noise = random.Random(3)
        alphabets = [b'aaaabbbbcccc,,,,\n"', b'a,,"\n\r', b'ab,\n"\x00\xff\xc3\xa4', b',\n""']
        for round_ in range(24):
            alphabet = alphabets[round_ % len(alphabets)]
            data = b"a,b,c\n" + bytes(noise.choice(alphabet) for _ in range(noise.choice((50, 5000, 60_000))))
            data = data.replace(b"\xc3\xa4", b"a") if round_ % 2 else data
            self.write("in.csv", data)
            fields = tuple((name, STRING, None) for name in "abc")
            file = csv_text.CsvFile(data, {}, fields, set())
            good, bad = [], []
            for record in file.records:
                try:
                    cells = file.cells(record, 16_000_000)
                    good.append({name: cells[i].text.decode() for i, name in enumerate("abc")})
                except (csv_text.Reject, UnicodeDecodeError):
                    bad.append(record.offset)
            for workers, batch in VARIANTS:
                with self.subTest(round_=round_, batch=batch):
                    self.ok(job, "--quiet", "--workers", workers, "--batch", batch)
                    self.assertEqual(self.jsonLines("out.jsonl"), good)
                    self.assertEqual([row["offset"] for row in self.jsonLines("rejects.jsonl")], bad)

    def testHeaders(self):
        job = self.executable(TEXTS.replace("(FORMAT)", ""))
        self.write("in.csv", "a,b,d\n1,2,3\n")
        self.failing(job, code=65, mentions=("R0502", "source rows", "in.csv", 'no column "c"', "a, b, d"))
        self.assertFalse((self.directory / "out.jsonl").exists())
        self.write("in.csv", "a,b,c,b\n1,2,3,4\n")
        self.failing(job, code=65, mentions=("R0502", '"b" 2 times'))
        self.write("in.csv", "a;b;c\n1;2;3\n")
        self.failing(job, code=65, mentions=('is the delimiter ";"?',))
        self.write("in.csv", b"\xff\xfe\x00a\n")
        self.failing(job, code=65, mentions=("R0502",))
        for nothing in ("", "\n\n", "a,b,c", "a,b,c\n", "\ufeffa,b,c\n"):
            self.write("in.csv", nothing)
            self.ok(job, "--quiet")
            self.assertEqual(self.jsonLines("out.jsonl"), [])

    def testAQuoteThatNeverCloses(self):
        """Costs one line, wherever it stands in a large file."""
        job = self.executable(TEXTS.replace("(FORMAT)", "").replace("file(", "file(max_record: 1MB, path: ", 1))
        lines = [f"{i},b,c" for i in range(200_000)]
        for bad in ([0], [70_000], [199_999], [3, 4, 100_000]):
            damaged = ['"' + line if i in bad else line for i, line in enumerate(lines)]
            # An even number of bad lines would close each other's quotes; a plain quote inside keeps them apart.
            self.write("in.csv", "a,b,c\n" + "\n".join(damaged) + "\n")
            self.ok(job, "--quiet")
            out, rejects = self.jsonLines("out.jsonl"), self.jsonLines("rejects.jsonl")
            if len(bad) == 1:
                self.assertEqual(len(out), len(lines) - 1)
                self.assertEqual([row["input"] for row in rejects], [damaged[bad[0]]])
                self.assertIn("does not close", rejects[0]["message"])
            else:
                self.assertGreater(len(out), len(lines) - 10)

    def testRecordsOverTheLimit(self):
        job = self.executable(TEXTS.replace("(FORMAT)", "").replace("file(", "file(max_record: 1MB, path: ", 1))
        huge = "x" * 1_500_000
        self.write("in.csv", f'a,b,c\n1,2,3\n{huge},2,3\n"{huge}",2,3\n4,5,6\n"{huge}\n')
        self.ok(job, "--quiet")
        self.assertEqual([row["a"] for row in self.jsonLines("out.jsonl")], ["1", "4"])
        rejects = self.jsonLines("rejects.jsonl")
        self.assertEqual(len(rejects), 3)
        self.assertTrue(all(len(row["input"]) <= 65536 for row in rejects))

    def testOptions(self):
        self.write("in.csv", "a,b,c\n")
        for option, said in (('delimiter: ";;"', "delimiter"), ('quote: ""', "quote"), ('delimiter: "\\n"', "delimiter"),
                             ('delimiter: "\'", quote: "\'"', "the same"), ('null: "a,b"', "null"),
                             ('delimiter: "é"', "delimiter")):
            job = self.executable(TEXTS.replace("FORMAT", option))
            self.failing(job, code=78, mentions=("R0205", said))

    def testRowsThatDoNotFit(self):
        for field, said in (("list<i64>", "list"), ("{ x: i64 }?", "x: i64"), ("json", "json")):
            job = self.write("job.stream", f'source r: {{ a: {field} }} from file("in.csv", format: csv)\nr | to stdout\n')
            outcome = self.run_(bad_worlds.STREAMC, "check", job)
            self.assertEqual(outcome.code, 1)
            self.assertIn("E0815", outcome.stderr)
        self.write("job.stream", 'source r: { a: list<i64> } from file("in.jsonl")\nr | to file("out.csv", format: csv)\n')
        self.assertIn("E0815", self.run_(bad_worlds.STREAMC, "check", self.directory / "job.stream").stderr)


MANY = """job many
source rows: { n: i64, at: timestamp } from files("d/*/*.csv", format: csv) time at wait 1m
rows | window tumble 1h | aggregate { n: count(), total: sum(n) } by key: n mod 7
| select { key, start: window.start, n, total } | to file("out.jsonl", format: json)
rows.errors | to file("errors.jsonl", format: json)
"""


class ManyFiles(WithJobs):
    def fill(self, count):
        for i in range(count):
            folder = self.directory / "d" / str(i % 10)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{i:05}.csv").write_text(
                "n,at\n" + "".join(f"{i},2024-01-{1 + i % 28:02}T{j:02}:00:00Z\n" for j in range(i % 4)))

    def testTenThousandWithFewDescriptors(self):
        """R3: descriptors do not grow with the number of files, and neither does what comes out with workers."""
        self.fill(10_000)
        job = self.executable(MANY)
        outputs = set()
        for workers in (1, 2, 3):
            done = subprocess.run([job, "--quiet", "--workers", str(workers)], cwd=self.directory, timeout=TIMEOUT_S,
                                  capture_output=True,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (48, 48)))
            self.assertEqual(done.returncode, 0, done.stderr)
            outputs.add("".join(sorted((self.directory / "out.jsonl").read_text().splitlines(True))))
        self.assertEqual(len(outputs), 1)
        rows = [json.loads(line) for line in outputs.pop().splitlines()]
        self.assertEqual(sum(row["n"] for row in rows), sum(i % 4 for i in range(10_000)))
        self.assertEqual(sum(row["total"] for row in rows), sum(i * (i % 4) for i in range(10_000)))

    def testNothingFits(self):
        job = self.executable(MANY)
        self.failing(job, code=78, mentions=("R0301", "source rows", "d"))
        (self.directory / "d" / "1").mkdir(parents=True)
        self.failing(job, code=78, mentions=("R0301", "no file fits", "d/*/*.csv"))
        self.assertFalse((self.directory / "out.jsonl").exists())
        directory = self.executable(MANY.replace("d/*/*.csv", "d"))
        self.failing(directory, code=78, mentions=("is a directory", "d/*"))
        recursive = self.executable(MANY.replace("d/*/*.csv", "d/**/*.csv"))
        self.failing(recursive, code=78, mentions=("R0301", "no file fits", "d/**/*.csv"))

    def testStrangeDirectories(self):
        self.fill(4)
        directory = self.directory / "d" / "1"
        (directory / "folder.csv").mkdir()
        (directory / "loop").symlink_to(directory)
        (directory / "dangling.csv").symlink_to(directory / "nowhere")
        (directory / "circle.csv").symlink_to(directory / "circle.csv")
        (self.directory / "d" / "file").write_text("no directory")
        (self.directory / "d" / "round").symlink_to(self.directory / "d" / "round")
        (directory / ".hidden.csv").write_text("bad\n")
        os.mkfifo(directory / "pipe.csv")
        self.ok(self.executable(MANY), "--quiet")
        self.assertEqual(sum(row["n"] for row in self.jsonLines("out.jsonl")), 6)
        # At any depth, each once: links to directories are not followed, though they go round.
        (directory / "deep" / "er").mkdir(parents=True)
        (directory / "deep" / "er" / "x.csv").write_text((directory / "00001.csv").read_text())
        (self.directory / "d" / "up.csv").write_text((directory / "00001.csv").read_text())
        (self.directory / "d" / ".git").mkdir()
        (self.directory / "d" / ".git" / "x.csv").write_text("bad\n")
        self.ok(self.executable(MANY.replace("d/*/*.csv", "d/**/*.csv")), "--quiet")
        self.assertEqual(sum(row["n"] for row in self.jsonLines("out.jsonl")), 8)

    def testAFileThatMayNotBeRead(self):
        self.fill(4)
        (self.directory / "d" / "2" / "00002.csv").chmod(0)
        if os.geteuid() == 0:
            self.skipTest("root reads everything")
        self.failing(self.executable(MANY), code=78, mentions=("R0301", "00002.csv", "source rows"))

    def testABadHeaderNamesItsFile(self):
        self.fill(4)
        (self.directory / "d" / "2" / "00002.csv").write_text("n,when\n1,2\n")
        self.failing(self.executable(MANY), code=65, mentions=("R0502", "00002.csv", 'no column "at"'))
        self.assertFalse((self.directory / "out.jsonl").exists())

    def testRejectsSayWhichFile(self):
        self.fill(4)
        (self.directory / "d" / "2" / "00002.csv").write_text("n,at\n1,never\n")
        self.ok(self.executable(MANY), "--quiet")
        errors = self.jsonLines("errors.jsonl")
        self.assertEqual([(row["partition"], row["offset"]) for row in errors], [(2, 5)])


DIVIDED = """job divided
source rows: { n: i64, k: string } from file("in.jsonl", format: json)
rows | to files("out", format: csv, partition: [k], roll: { size: 1MB })
"""


class DividedFiles(WithJobs):
    """The sink `files`: whole files or none."""

    def published(self):
        return [path for path in (self.directory / "out").rglob("*") if path.is_file() and path.name[0] != "."]

    def rows(self):
        found = []
        for path in self.published():
            lines = path.read_text().splitlines(True)
            self.assertEqual(lines[0], "n,k\n", path)
            self.assertTrue(lines[-1].endswith("\n"), path)
            found += [line.rstrip("\n") for line in lines[1:]]
        return sorted(found)

    def testManyDirectoriesWithFewDescriptors(self):
        rows = [(i, f"k{i * 7919 % 1500}") for i in range(30_000)]
        self.write("in.jsonl", "".join(f'{{"n":{n},"k":"{k}"}}\n' for n, k in rows))
        job = self.executable(DIVIDED)
        for workers in (1, 3):
            done = subprocess.run([job, "--quiet", "--workers", str(workers)], cwd=self.directory, timeout=TIMEOUT_S,
                                  capture_output=True,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (96, 96)))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.rows(), sorted(f"{n},{k}" for n, k in rows))
            self.assertEqual(len(self.published()), 1500)
            for path in self.published():
                path.unlink()

    def testRollingBySize(self):
        self.write("in.jsonl", "".join(f'{{"n":{n},"k":"{"x" * 100}"}}\n' for n in range(60_000)))
        self.ok(self.executable(DIVIDED), "--quiet")
        sizes = sorted(path.stat().st_size for path in self.published())
        self.assertEqual(len(self.rows()), 60_000)
        self.assertGreater(len(sizes), 4)
        self.assertLess(sizes[-1], 1_200_000)
        self.assertTrue(all(size >= 1_000_000 for size in sizes[1:]), sizes)

    def testARunThatFailsShowsNothing(self):
        self.write("in.jsonl", '{"n":1,"k":"a"}\n' * 1000 + "no json\n")
        job = self.executable(DIVIDED.replace("job divided", "job divided with { errors: fail }"))
        outcome = self.run_(job)
        self.assertEqual(outcome.code, 65)
        self.assertEqual(self.published(), [])

    def testARunThatIsKilledShowsNothingTorn(self):
        self.write("in.jsonl", "".join(f'{{"n":{n},"k":"k{n % 50}"}}\n' for n in range(400_000)))
        job = self.executable(DIVIDED)
        started = subprocess.Popen([job, "--quiet"], cwd=self.directory, stderr=subprocess.DEVNULL)
        while started.poll() is None and not list((self.directory / "out").rglob(".part-*")):
            pass
        started.kill()
        started.wait(TIMEOUT_S)
        self.assertIn(len(self.rows()), (0, 400_000))

    def testAnEndlessJobPublishesByTime(self):
        job = self.executable(DIVIDED.replace('file("in.jsonl", format: json)', "stdin(format: json)")
                                     .replace("size: 1MB", "every: 100ms"))
        process = subprocess.Popen([job, "--quiet"], cwd=self.directory, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        process.stdin.write(b'{"n":1,"k":"a"}\n')
        process.stdin.flush()
        deadline = bad_worlds.time.monotonic() + TIMEOUT_S
        while not self.published() and bad_worlds.time.monotonic() < deadline:
            pass
        self.assertEqual(self.rows(), ["1,a"])
        process.stdin.write(b'{"n":2,"k":"a"}\n')
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        process.stderr.close()
        self.assertEqual(self.rows(), ["1,a", "2,a"])

    def testADirectoryThatCannotBe(self):
        self.write("in.jsonl", '{"n":1,"k":"a"}\n')
        self.write("out", "a file")
        self.failing(self.executable(DIVIDED), code=78, mentions=("R0401", "out"))
        (self.directory / "out").unlink()
        (self.directory / "out").mkdir()
        self.write("out/k=a", "a file in the way")
        self.failing(self.executable(DIVIDED), code=78, mentions=("R0401", "k=a"))


if __name__ == "__main__":
    sys.exit(bad_worlds.main(__name__))
