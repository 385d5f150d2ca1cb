"""Proves that a golden test can fail, says how to accept the change, and that updating then makes it pass."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import goldens


def run(*arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = goldens.main([str(argument) for argument in arguments])
    return code, output.getvalue()


class Goldens(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.suite = Path(directory.name)
        self.source = self.suite / "greeting.stream"
        self.golden = self.suite / "greeting.stream.expected"
        self.source.write_text("# GOLDEN: echo hello; echo oops >&2; exit 3\n# GOLDEN: cat %s | wc -l\n")

    def testMissingGoldenFailsAndNamesTheCommand(self):
        code, output = run(self.suite)
        self.assertEqual(code, 1)
        self.assertIn("./dev goldens --filter", output)
        self.assertIn("+hello", output)

    def testUpdateWritesTheTranscriptAndThenItPasses(self):
        self.assertEqual(run("--update", self.suite)[0], 0)
        self.assertEqual(self.golden.read_text(),
                         "$ echo hello; echo oops >&2; exit 3\nhello\n[stderr]\noops\n[exit 3]\n$ cat %s | wc -l\n2\n")
        self.assertEqual(run(self.suite)[0], 0)
        self.assertIn("0 of 1", run("--update", self.suite)[1])

    def testChangedOutputFails(self):
        run("--update", self.suite)
        self.source.write_text(self.source.read_text().replace("hello", "goodbye"))
        code, output = run(self.suite)
        self.assertEqual(code, 1)
        self.assertIn("-hello", output)
        self.assertIn("+goodbye", output)

    def testMissingNewlineIsSeen(self):
        self.source.write_text("# GOLDEN: printf hello\n")
        run("--update", self.suite)
        self.source.write_text("# GOLDEN: printf 'hello\\n' #\n")
        self.golden.write_text(self.golden.read_text().replace("printf hello", "printf 'hello\\n' #"))
        self.assertEqual(run(self.suite)[0], 1)

    def testStrayFilesFail(self):
        run("--update", self.suite)
        for name in ("gone.stream.expected", "without_a_command.stream"):
            (self.suite / name).write_text("x\n")
            self.assertEqual(run(self.suite)[0], 1, name)
            (self.suite / name).unlink()
        self.assertEqual(run(self.suite)[0], 0)

    def testInputsAreData(self):
        (self.suite / "Inputs").mkdir()
        (self.suite / "Inputs" / "data.json").write_text("{}\n")
        run("--update", self.suite)
        self.assertEqual(run(self.suite)[0], 0)

    def testFilterWithoutAMatchFails(self):
        self.assertEqual(run("--filter", "nothing", self.suite)[0], 1)

    def testScratchPathsDoNotReachTheGolden(self):
        self.source.write_text("# GOLDEN: echo %t; touch %t && ls %t\n")
        run("--update", self.suite)
        self.assertEqual(self.golden.read_text(), "$ echo %t; touch %t && ls %t\n%scratch/t\n%scratch/t\n")


if __name__ == "__main__":
    unittest.main()
