"""The evaluator and the runner are tests of others; this is the test of the two.

    expected/<job>/<file>   what a job writes, found by reasoning about the documents and not by running anything
    dsl/builtins.def        every builtin function has an example and its value
    the comparison          says no when outputs differ
"""

import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "naive")]

import encode  # noqa: E402
import expressions  # noqa: E402
import run_jobs  # noqa: E402
import syntax  # noqa: E402
import values  # noqa: E402

TEXT = r'(?:R"(\w*)\((.*?)\)\1"|"((?:\\.|[^"\\])*)")'
NOT_COVERED = ("matches extract replace_all sha256 md5 crc32 xxh64 url_encode url_decode uuid_v4 pow exp ln log10 now "
               "parse_timestamp format_timestamp zone").split()


def builtinExamples():
    """[(expression, JSON text)] of the table: the last two texts of each row."""
    table = (HERE.parents[1] / "dsl" / "builtins.def").read_text()
    table = "\n".join(line for line in table.splitlines() if not line.startswith("//"))
    rows = re.findall(TEXT + r",\s*" + TEXT + r"\)\s*$", table, re.MULTILINE)
    return [(row[1] or row[2], row[4] or row[5]) for row in rows]


class Builtins(unittest.TestCase):
    def testEveryExampleOfTheTable(self):
        examples = [(text, value) for text, value in builtinExamples() if not any(n in text for n in NOT_COVERED)]
        self.assertGreater(len(examples), 80)
        for text, value in examples:
            with self.subTest(text):
                made = expressions.compileExpression(syntax.parseExpression(text, 1, 1), expressions.Scope({}))
                made = made.to(values.settled(made.type))
                self.assertEqual(encode.jsonValue(made.evaluate(None), made.type), value)


class Expected(unittest.TestCase):
    def testJobsByReasoning(self):
        folders = sorted((HERE / "expected").iterdir())
        self.assertGreater(len(folders), 15)
        for folder in folders:
            with self.subTest(folder.name), tempfile.TemporaryDirectory() as scratch:
                job = run_jobs.Job(HERE / f"{folder.name}.stream")
                outcome, description = run_jobs.runNaive(job, Path(scratch) / "naive")
                self.assertEqual(outcome.code, job.exit_code, outcome.stderr.decode())
                for path in sorted(folder.iterdir()):
                    self.assertEqual(self.differences(path, outcome, description), [])

    def differences(self, path, outcome, description):
        streams = {"stdout": outcome.stdout, "stderr": outcome.stderr}
        if path.name in streams:
            got, kind = streams[path.name], description[path.name]
        else:
            got, kind = (outcome.directory / path.name).read_bytes(), description["files"][path.name]
        check = run_jobs.differentErrors if kind == "errors" else run_jobs.differentLines
        return check(path.name, path.read_bytes(), got)


class Floats(unittest.TestCase):
    def testShortestText(self):
        for value, text in [(4.0, "4.0"), (0.1, "0.1"), (1e16, "1e16"), (-0.0, "-0.0"), (1e-7, "1e-7"), (123.456, "123.456"),
                            (5e-324, "5e-324"), (1e22, "1e22"), (9007199254740993.0, "9007199254740992.0")]:
            self.assertEqual(values.floatText(value), text)

    def testEveryTextReadsBack(self):
        for exponent in range(-300, 300, 7):
            for digits in (1, 12, 1234567890123457, 99999999999999990):
                value = float(f"{digits}e{exponent}")
                self.assertEqual(float(values.floatText(value)), value)


ROW = {"cause": "overflow", "message": "any", "step": "x/where", "place": "x.stream:1:2", "input": "{}",
       "event_time": None, "source": "rows", "partition": 0, "offset": 12}


class Comparison(unittest.TestCase):
    def errors(self, wanted, got):
        return run_jobs.differentErrors("e", json.dumps(wanted).encode(), json.dumps(got).encode())

    def testOrderOfLinesDoesNotMatterButTheirNumberDoes(self):
        self.assertEqual(run_jobs.differentLines("f", b"a\nb\nb\n", b"b\na\nb\n"), [])
        self.assertTrue(run_jobs.differentLines("f", b"a\nb\nb\n", b"a\nb\n"))
        self.assertTrue(run_jobs.differentLines("f", b"a\n", b"a\na\n"))
        self.assertTrue(run_jobs.differentLines("f", b"1.0\n", b"1.00\n"))
        self.assertTrue(run_jobs.differentLines("f", b"a\nb\n", b"a\nb"))

    def testOnlyTheMessageOfAnErrorIsFree(self):
        self.assertEqual(self.errors(ROW, ROW | {"message": "other"}), [])
        for column, other in [("cause", "cast"), ("step", "y"), ("place", "x.stream:1:3"), ("input", "{ }"),
                              ("event_time", "1970-01-01T00:00:00Z"), ("source", "other"), ("partition", 1), ("offset", 0)]:
            self.assertTrue(self.errors(ROW, ROW | {column: other}), column)
        self.assertTrue(self.errors(ROW, ROW | {"message": ""}))
        self.assertTrue(self.errors(ROW, ROW | {"more": 1}))
        self.assertTrue(self.errors(ROW, {key: ROW[key] for key in reversed(ROW)}))

    def testWhatTheDocumentsLeaveOpenIsNotCompared(self):
        late = ROW | {"input": run_jobs.UNSPECIFIED, "source": run_jobs.UNSPECIFIED, "partition": None, "offset": None}
        self.assertEqual(self.errors(late, ROW), [])
        self.assertTrue(self.errors(late, ROW | {"cause": "late"}))

    def testExitCodesMatter(self):
        job = run_jobs.Outcome([], 0, b"", b"", HERE)
        crashed = run_jobs.Outcome([], 70, b"", b"bug", HERE)
        nothing = {"files": {}, "stdout": "rows", "stderr": "rows"}
        self.assertEqual(run_jobs.compare(job, nothing, job, 0), [])
        self.assertTrue(run_jobs.compare(job, nothing, crashed, 0))
        self.assertTrue(run_jobs.compare(job, nothing, job, 65))

    def testAFileThatIsNotWrittenIsMissed(self):
        job = run_jobs.Outcome([], 0, b"", b"", HERE)
        self.assertTrue(run_jobs.compare(job, {"files": {"absent.jsonl": "rows"}, "stdout": "rows", "stderr": "rows"}, job, 0))


if __name__ == "__main__":
    unittest.main()
