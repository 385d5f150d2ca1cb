"""The compiler crashes, on request: exit code 70, a sentence, and a file with all that is needed to see it again.

What a job does when it crashes is tested by runtime-lib/main/job_program_test.py.

    crash_test.py --streamc build/bin/streamc
"""

import re
import unittest

import support
from support import COUNTS, Case

# What --emit prints behind the phase, or what the file then holds.
IR = {"lower": "stream.", "optimize": "stream.", "plan": "job.", "emit": "define ", "llvm": "define "}

# With a symbolizer at hand frames are "#0 0x… name", without one "0  libLLVM.so 0x…".
STACK = r"\n==== stack\n(Stack dump.*\n)?\s*#?0\s.*0x[0-9a-f]"


class Crash(Case):
    def crash(self, how, *words):
        """The compiler's words and the file's."""
        self.write("job.stream", "# the whole text is in the report: äöü\n" + COUNTS)
        done = self.streamc(*words, code=70, STREAMC_DEBUG_CRASH=how, TMPDIR=str(self.directory))
        files = list(self.directory.glob("streamc-crash-*.txt"))
        self.assertEqual(len(files), 1)
        self.assertIn(str(files[0]), done.stderr)
        self.assertIn("This is a bug of streamc, not of your program.", done.stderr)
        text = files[0].read_text()
        files[0].unlink()
        return done.stderr, text

    def test_every_phase(self):
        phases = ["lex", "parse", "check", "lower", "optimize", "plan", "emit", "llvm", "object"]
        following = [*phases[1:], "link"]
        for phase, later in zip(phases, following):
            with self.subTest(phase):
                said, text = self.crash(phase, "build", "job.stream", "-o", "job", "--no-cache")
                self.assertIn(f"streamc: internal error: SIGSEGV, in the phase {later}\n", said)
                self.assertRegex(text, r"\ncommand  \S+streamc build job\.stream -o job --no-cache\n")
                self.assertIn("# the whole text is in the report: äöü\n" + COUNTS, text)
                self.assertIn(f"\nphase    {later}\n", text)
                self.assertRegex(text, STACK)
                if phase in IR:
                    self.assertRegex(text, r"\n==== (LLVM )?IR\n")
                    self.assertIn(IR[phase], text[text.index("IR\n"):])
                self.assertFalse((self.directory / "job").exists())

    def test_every_kind(self):
        for kind, what in (("assert", "SIGABRT"), ("fatal", "STREAMC_DEBUG_CRASH asked for it"), ("overflow", "SIGSEGV")):
            with self.subTest(kind):
                said, text = self.crash(f"check:{kind}", "check", "job.stream")
                self.assertIn(f"streamc: internal error: {what}", said)
                self.assertIn(COUNTS, text)

    def test_a_place_that_cannot_be_written_changes_nothing_else(self):
        self.write("job.stream", COUNTS)
        done = self.streamc("check", "job.stream", code=70, STREAMC_DEBUG_CRASH="check",
                            TMPDIR=str(self.directory / "absent"))
        self.assertIn("No report could be written to ", done.stderr)

    def test_files_that_it_uses_are_in_the_report(self):
        self.write("types.stream", "type Row = { k: string, n: i64, t: timestamp }\n# used\n")
        self.write("uses.stream", 'use "types.stream" as types\n' +
                   COUNTS.replace("{ k: string, n: i64, t: timestamp }", "types.Row"))
        _, text = self.crash("plan", "run", "uses.stream", "--no-cache")
        self.assertIn("\n==== uses.stream\nuse ", text)
        self.assertIn("\n==== types.stream\ntype Row", text)
        self.assertTrue(re.search(r"# used\n", text))


if __name__ == "__main__":
    support.main()
