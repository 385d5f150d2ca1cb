"""Proves that the checks of examples and of snippets can fail, with a compiler made of shell."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import example
import snippets


def run(program, *arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = program.main([str(argument) for argument in arguments])
    return code, output.getvalue()


def script(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)


class Base(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.streamc = self.root / "streamc"


# `streamc run x.stream` copies in.jsonl to out.jsonl; `streamc build x.stream -o job` makes a job that does the same.
COMPILER = """
case $1 in
  run) cp in.jsonl out.jsonl; echo shown ;;
  build) printf '#!/bin/sh\\ncp in.jsonl out.jsonl; echo shown\\n' > "$4"; chmod +x "$4" ;;
esac
"""


class Examples(Base):
    def setUp(self):
        super().setUp()
        script(self.streamc, COMPILER)
        self.example = self.root / "hello"
        (self.example / "expected").mkdir(parents=True)
        (self.example / "README.md").write_text("Hello.\n")
        (self.example / "hello.stream").write_text("from stdin | to stdout\n")
        (self.example / "in.jsonl").write_text("1\n2\n")
        (self.example / "expected" / "out.jsonl").write_text("1\n2\n")
        (self.example / "expected" / "stdout").write_text("shown\n")

    def outcome(self):
        return run(example, "--streamc", self.streamc, self.example)

    def testRightOutputPasses(self):
        self.assertEqual(self.outcome(), (0, ""))

    def testOrderCountsUnlessSaidOtherwise(self):
        (self.example / "in.jsonl").write_text("2\n1\n")
        self.assertEqual(self.outcome()[0], 1)
        (self.example / "expected" / "out.jsonl").rename(self.example / "expected" / "out.jsonl.unordered")
        self.assertEqual(self.outcome(), (0, ""))

    def testOtherOutputFailsInBothWays(self):
        (self.example / "in.jsonl").write_text("1\n3\n")
        code, text = self.outcome()
        self.assertEqual(code, 1)
        self.assertIn("+3", text)
        self.assertIn("streamc run:", text)
        self.assertIn("streamc build:", text)

    def testOtherStdoutFails(self):
        script(self.streamc, COMPILER.replace("echo shown ;;", "echo hidden ;;"))
        self.assertIn("+hidden", self.outcome()[1])

    def testMissingOutputFails(self):
        script(self.streamc, COMPILER.replace("run) cp in.jsonl out.jsonl;", "run)"))
        self.assertIn("streamc run: out.jsonl was not written", self.outcome()[1])

    def testExitCodeCounts(self):
        script(self.streamc, COMPILER.replace("echo shown ;;", "echo shown; exit 9 ;;"))
        self.assertIn("ended with 9", self.outcome()[1])

    def testRunShCounts(self):
        script(self.example / "run.sh", '$STREAMC run x; cp out.jsonl "$OUT"; echo for people')
        self.assertEqual(self.outcome(), (0, ""))
        script(self.example / "run.sh", "exit 0")
        self.assertIn("run.sh: out.jsonl was not written", self.outcome()[1])

    def testIncompleteExampleFails(self):
        (self.example / "README.md").unlink()
        self.assertIn("lacks README.md", self.outcome()[1])


class Snippets(Base):
    CHECKS = '! grep -q wrong "$2" || { echo "error[E0301]: wrong" >&2; exit 1; }'

    def outcome(self, text, compiler=CHECKS):
        script(self.streamc, compiler)
        (self.root / "page.md").write_text(text)
        return run(snippets, "--streamc", self.streamc, self.root / "page.md")

    def testGoodSnippetPasses(self):
        self.assertEqual(self.outcome("text\n```stream\nfine\n```\n")[0], 0)

    def testBadSnippetFailsWithItsPlace(self):
        code, text = self.outcome("text\n```stream\nwrong\n```\n")
        self.assertEqual(code, 1)
        self.assertIn("page.md:2", text)

    def testExpectedFailureNeedsItsCode(self):
        self.assertEqual(self.outcome("```stream fails E0301\nwrong\n```\n")[0], 0)
        self.assertEqual(self.outcome("```stream fails E0999\nwrong\n```\n")[0], 1)
        self.assertEqual(self.outcome("```stream fails E0301\nfine\n```\n")[0], 1)

    def testIgnoredOnesAreCounted(self):
        code, text = self.outcome("```stream ignore\nwrong\n```\n```stream\nfine\n```\n")
        self.assertEqual(code, 0)
        self.assertIn("1 ignored", text)

    def testResultsAreCompared(self):
        def outcome(stdout, more="", how=""):
            page = ("```text file=in.txt\nb\na\n```\n```stream run\nx\n```\n"
                    f"```text output=stdout{how}\n{stdout}\n```\n{more}")
            return self.outcome(page, '[ "$1" = run ] && tr a-z A-Z <in.txt && cp in.txt copy.txt')

        self.assertEqual(outcome("B\nA")[0], 0)
        self.assertEqual(outcome("A\nB")[0], 1)
        self.assertEqual(outcome("A\nB", how=" unordered")[0], 0)
        self.assertEqual(outcome("B\nA", "```text output=copy.txt\nb\na\n```\n")[0], 0)
        self.assertIn("+a", outcome("B\nA", "```text output=copy.txt\nb\n```\n")[1])
        self.assertIn("was not written", outcome("B\nA", "```text output=no.txt\nb\n```\n")[1])

    def testExitCodeOfARunCounts(self):
        for code, expected in (("run", 1), ("run=65", 0)):
            page = f"```stream {code}\nx\n```\n```text output=stdout\nx\n```\n"
            self.assertEqual(self.outcome(page, "echo x; exit 65")[0], expected)

    def testRunWithoutResultFails(self):
        self.assertIn("shows no result", self.outcome("```stream run\nfine\n```\n")[1])
        self.assertIn("is not run", self.outcome("```stream\nfine\n```\n```text output=stdout\nx\n```\n")[1])

    def testMisspeltModeFails(self):
        self.assertEqual(self.outcome("```stream ignored\nfine\n```\n")[0], 1)

    def testNoSnippetFails(self):
        self.assertEqual(self.outcome("no code\n")[0], 1)


if __name__ == "__main__":
    unittest.main()
