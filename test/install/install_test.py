"""What `./dev install --prefix P` leaves works without the tree it came from, and a job works without what built it.

Installs into a scratch prefix, moves that prefix, hides the source and build trees (a private mount namespace; where that
is not permitted the paths stay visible, and the test says so), empties the environment, and then checks, runs and builds
an example. The executable must need libc and libm only, and answer in a root directory that holds nothing else.

    install_test.py --build build --source .
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TIMEOUT_S = 120
JOB_BYTES_MAX = 10 * 1024 * 1024
LIBRARIES_ALLOWED = re.compile(r"^(linux-vdso\.so\.1|libc\.so\.6|libm\.so\.6|/lib64/ld-linux-x86-64\.so\.2)$")
HIDE = 'for path in "$1" "$2"; do mkdir -p "$path" && mount -t tmpfs tmpfs "$path" || exit 99; done; shift 2; exec "$@"'
arguments = None


def call(command, **options):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=TIMEOUT_S, **options)


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = Path(scratch.name)
        first = cls.scratch / "first"
        done = call(["cmake", "--install", arguments.build, "--prefix", first])
        if done.returncode:
            raise AssertionError("cmake --install failed:\n" + done.stdout + done.stderr)
        cls.prefix = cls.scratch / "moved" / "here"
        cls.prefix.parent.mkdir()
        first.rename(cls.prefix)
        cls.work = cls.scratch / "work"
        shutil.copytree(arguments.source / "examples" / "hello", cls.work, ignore=shutil.ignore_patterns("expected"))
        golden = arguments.source / "examples" / "hello" / "expected" / "stdout.unordered"
        cls.expected = sorted(golden.read_text().splitlines())
        probe = call(["unshare", "--mount", "true"]) if shutil.which("unshare") else None
        cls.hiding = probe is not None and probe.returncode == 0
        if not cls.hiding:
            print("the source tree stays visible: no mount namespaces here")

    def alone(self, command):
        """Runs a command without our trees and without an environment, so that it finds no compiler either."""
        hidden = ["unshare", "--mount", "sh", "-c", HIDE, "sh", str(arguments.source), str(arguments.build)]
        return call((hidden if self.hiding else []) + ["env", "-i", f"HOME={self.scratch}", *command], cwd=self.work)

    def streamc(self, *words):
        done = self.alone([self.prefix / "bin" / "streamc", *words])
        self.assertEqual(done.returncode, 0, f"streamc {words}:\n{done.stdout}{done.stderr}")
        return done

    def build(self):
        job = self.work / "job"
        if not job.exists():
            self.streamc("build", "hello.stream", "-o", "job")
        return job

    def testInstalledCompilerChecks(self):
        self.streamc("check", "hello.stream")

    def testInstalledCompilerRuns(self):
        self.assertEqual(sorted(self.streamc("run", "hello.stream").stdout.splitlines()), self.expected)

    def testInstalledCompilerBuildsWithoutAnyOther(self):
        done = self.alone([self.build()])
        self.assertEqual((done.returncode, sorted(done.stdout.splitlines())), (0, self.expected), done.stderr)

    def testJobNeedsLibcAndLibmOnly(self):
        done = call(["ldd", self.build()])
        self.assertEqual(done.returncode, 0, done.stderr)
        names = [line.split()[0] for line in done.stdout.splitlines() if line.strip()]
        self.assertEqual([name for name in names if not LIBRARIES_ALLOWED.match(name)], [])

    def testJobIsSmall(self):
        self.assertLess(self.build().stat().st_size, JOB_BYTES_MAX)

    def testJobRunsInARootOfItsOwn(self):
        if os.geteuid() != 0:
            self.skipTest("chroot needs root")
        root = self.scratch / "root"
        for path in re.findall(r"(/\S+) \(0x", call(["ldd", self.build()]).stdout):
            (root / path[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, root / path[1:])
        shutil.copy(self.build(), root / "job")
        inputs = root / self.work.relative_to("/")  # paths of a job are relative to its .stream file, wherever it runs
        inputs.mkdir(parents=True)
        shutil.copy(self.work / "app.jsonl", inputs)
        done = call([shutil.which("chroot") or "/usr/sbin/chroot", root, "/job"], env={})
        self.assertEqual((done.returncode, sorted(done.stdout.splitlines())), (0, self.expected), done.stderr)

    def testNothingInstalledNamesTheTree(self):
        source = str(arguments.source).encode()
        naming = [path.relative_to(self.prefix) for path in self.prefix.rglob("*")
                  if path.is_file() and not path.is_symlink() and source in path.read_bytes()]
        self.assertEqual(naming, [], "these files hold the path of the source tree")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--source", type=Path, required=True)
    arguments, rest = parser.parse_known_args()
    arguments.build, arguments.source = arguments.build.resolve(), arguments.source.resolve()
    unittest.main(argv=[sys.argv[0], *rest])
