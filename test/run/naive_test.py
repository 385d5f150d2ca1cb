"""The evaluator and the runner are tests of others; this is the test of the two.

    expected/<job>/<file>   what a job writes, found by reasoning about the documents and not by running anything
    dsl/builtins.def        every builtin function has an example and its value
    the comparison          says no when outputs differ
"""

import contextlib
import io
import json
import re
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "naive")]

import encode  # noqa: E402
import evaluate  # noqa: E402
import expressions  # noqa: E402
import run_jobs  # noqa: E402
import syntax  # noqa: E402
import values  # noqa: E402

TEXT = r'(?:R"(\w*)\((.*?)\)\1"|"((?:\\.|[^"\\])*)")'
NOT_COVERED = "matches extract replace_all uuid_v4 now()".split()


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
    def testExamples(self):
        goldens = sorted((HERE.parents[1] / "examples").glob("*/expected/*"))
        self.assertGreater(len(goldens), 3)
        for golden in goldens:
            with self.subTest(str(golden)), tempfile.TemporaryDirectory() as scratch:
                example = golden.parents[1]
                directory = Path(scratch) / "naive"
                result = run_jobs.runNaive(run_jobs.Job(example / f"{example.name}.stream"), directory)
                self.assertNotIsInstance(result, str, result)
                name = golden.name.removesuffix(".unordered")
                got = result.stdout if name == "stdout" else (directory / name).read_bytes()
                self.assertEqual(run_jobs.differentLines(name, golden.read_bytes(), got), [])

    def testJobsByReasoning(self):
        folders = sorted((HERE / "expected").iterdir())
        self.assertGreater(len(folders), 15)
        for folder in folders:
            with self.subTest(folder.name), tempfile.TemporaryDirectory() as scratch:
                job = run_jobs.Job(HERE / f"{folder.name}.stream")
                directory = Path(scratch) / "naive"
                result = run_jobs.runNaive(job, directory)
                self.assertNotIsInstance(result, str, result)
                self.assertEqual(result.code, job.exit_code)
                for path in sorted(folder.iterdir()):
                    self.assertEqual(self.differences(path, result, directory), [])

    def differences(self, path, result, directory):
        streams = {"stdout": result.stdout, "stderr": result.stderr}
        if path.name in streams:
            got, kind = streams[path.name], result.outputs[path.name]
        else:
            got, kind = (directory / path.name).read_bytes(), result.outputs["files"][path.name]
        check = run_jobs.differentErrors if kind == "errors" else run_jobs.differentLines
        return check(path.name, path.read_bytes(), got)


class Floats(unittest.TestCase):
    def testShortestText(self):
        for value, text in [(4.0, "4.0"), (0.1, "0.1"), (1e16, "1e+16"), (-0.0, "-0.0"), (1e-7, "1e-07"), (123.456, "123.456"),
                            (5e-324, "5e-324"), (1e22, "1e+22"), (9007199254740993.0, "9007199254740992.0")]:
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

    def compare(self, code, files, exit_code):
        wanted = evaluate.Result(0, outputs={"files": files, "stdout": "rows", "stderr": "rows"})
        return run_jobs.compare(wanted, HERE, run_jobs.Outcome([], code, b"", b"bug", HERE / "naive"), exit_code)

    def testExitCodesMatter(self):
        self.assertEqual(self.compare(0, {}, 0), [])
        self.assertTrue(self.compare(70, {}, 0))
        self.assertTrue(self.compare(0, {}, 65))

    def testAFileThatIsNotWrittenIsMissed(self):
        self.assertTrue(self.compare(0, {"run_jobs.py": "rows"}, 0))


# A compiler that hands everything to the evaluator; SPOIL is what it does to the output.
FAKE_COMPILER = """#!{python}
import subprocess, sys
from pathlib import Path
words, naive = sys.argv[1:], [{python!r}, "-B", {evaluator!r}]
if words[0] == "build":
    target = Path(words[3])
    target.write_text(Path(__file__).read_text().replace("JOB = None", f"JOB = {{words[1]!r}}"))
    target.chmod(0o755)
    sys.exit(0)
JOB = None
job = words.pop(1) if JOB is None else Path(words[1]) / Path(JOB).name
words = words[1:] if JOB is None else words[2:]
for option in ("--workers", "--batch"):
    at = words.index(option)
    del words[at : at + 2]
words.remove("--quiet")
done = subprocess.run(naive + [str(job)] + words)
SPOIL
sys.exit(done.returncode)
"""


class TheRunner(unittest.TestCase):
    def outcome(self, spoil):
        with tempfile.TemporaryDirectory() as scratch:
            compiler = Path(scratch) / "bin" / "streamc"
            compiler.parent.mkdir()
            text = FAKE_COMPILER.format(python=sys.executable, evaluator=str(run_jobs.EVALUATOR))
            compiler.write_text(text.replace("SPOIL", spoil))
            compiler.chmod(0o755)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                code = run_jobs.main(["--streamc", str(compiler), "--variant", "w2-b7$", "--filter",
                                      "^(D7_tumble_10s|errors_fail|hello)$"])
            return code, printed.getvalue()

    def testACompilerThatIsRightAgrees(self):
        code, text = self.outcome("pass")
        self.assertEqual((code, text), (0, "3 jobs in 2 variants: 3 agree, 0 do not\n"))

    def testOneMoreRowIsFound(self):
        code, text = self.outcome("open(Path(job).parent / 'out.jsonl', 'a').write('{}\\n')")
        self.assertEqual(code, 1)
        self.assertIn("FAILED D7_tumble_10s\n  in jit-w2-b7, aot-w2-b7\n"
                      "    out.jsonl: 0 lines missing, 1 too many\n      too many {}\n    repeat: ", text)
        self.assertIn("2 agree, 1 do not", text)

    def testAnotherExitCodeIsFound(self):
        code, text = self.outcome("sys.exit(70)")
        self.assertEqual(code, 1)
        self.assertIn("exit code 70 instead of 65", text)
        self.assertIn("0 agree, 3 do not", text)


if __name__ == "__main__":
    unittest.main()
