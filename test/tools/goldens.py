"""Golden tests: a source file names commands, and the file beside it holds what they print.

A source is any file of a suite whose text holds lines

    # GOLDEN: streamc check %s            (or // GOLDEN: … ; %s is the file, %t a scratch path, %root the repository)

and `<source>.expected` holds a transcript: for each command the line `$ command`, its standard output as it is, then
`[stderr]` and that output if there is any, and `[exit N]` if N is not 0. Commands run in the directory of the source, so
that messages name the file without its path. Files in Inputs/ are only read by commands.

    goldens.py --bin build/bin SUITE...            compare; on a difference print it and the command that accepts it
    goldens.py --bin build/bin --update [--filter TEXT] [SUITE...]   write the transcripts instead

ctest runs one suite an entry (golden.<suite>); `./dev goldens` updates all, and the goldens of unit tests too.
"""

import argparse
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOLDENS = ROOT / "test" / "golden"
COMMAND = re.compile(r"^\s*(?:#|//)\s*GOLDEN:\s*(.+?)\s*$", re.MULTILINE)
TIMEOUT_S = 60


def expectedPath(source):
    return source.with_name(source.name + ".expected")


def sourcesOf(suite):
    """Sources of a suite in a fixed order, and what is wrong with its other files."""
    sources, wrong = [], []
    for path in sorted(suite.rglob("*")):
        if not path.is_file() or "Inputs" in path.parts or path.name in ("CMakeLists.txt", "README.md"):
            continue
        if path.name.endswith(".expected"):
            if not path.with_name(path.name.removesuffix(".expected")).exists():
                wrong.append(f"{path}: a golden without its source; delete it")
        elif COMMAND.search(path.read_text(errors="replace")):
            sources.append(path)
        else:
            wrong.append(f"{path}: has no GOLDEN line; data for others goes to Inputs/")
    return sources, wrong


def environment(binaries, scratch):
    env = dict(os.environ)
    env["PATH"] = f"{binaries}:/usr/lib/llvm-19/bin:{env['PATH']}"
    env.update(LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1", COLUMNS="120", XDG_CACHE_HOME=scratch + "/cache")
    return env


def transcript(source, binaries):
    """What the commands of a source print, in the form of the .expected file."""
    parts = []
    with tempfile.TemporaryDirectory() as scratch:
        for command in COMMAND.findall(source.read_text(errors="replace")):
            words = {"%s": source.name, "%t": scratch + "/t", "%root": str(ROOT)}
            concrete = re.sub(r"%(?:root|s|t)\b", lambda match: words[match.group(0)], command)
            done = subprocess.run(["bash", "-o", "pipefail", "-c", concrete], cwd=source.parent, stdin=subprocess.DEVNULL,
                                  env=environment(binaries, scratch), capture_output=True, timeout=TIMEOUT_S)
            parts.append(f"$ {command}\n")
            for title, output in (("", done.stdout), ("[stderr]\n", done.stderr)):
                text = output.decode("utf-8", "backslashreplace").replace(scratch, "%scratch").replace(str(ROOT), "%root")
                if text:
                    parts.append(title + text + ("" if text.endswith("\n") else "\n[no newline at the end]\n"))
            if done.returncode:
                parts.append(f"[exit {done.returncode}]\n")
    return "".join(parts)


def compare(source, binaries):
    """Returns the message of a failure, or None."""
    golden = expectedPath(source)
    actual = transcript(source, binaries)
    expected = golden.read_text(errors="surrogateescape") if golden.exists() else ""
    if golden.exists() and actual == expected:
        return None
    name = os.path.relpath(golden, ROOT)
    diff = "\n".join(difflib.unified_diff(expected.splitlines(), actual.splitlines(), name, "now", lineterm=""))
    key = os.path.relpath(source, GOLDENS) if source.is_relative_to(GOLDENS) else str(source)
    return f"{diff}\nIf the new text is right: ./dev goldens --filter {key}\n"


def update(source, binaries):
    """Writes the golden; returns whether it changed."""
    golden = expectedPath(source)
    actual = transcript(source, binaries)
    if golden.exists() and golden.read_text(errors="surrogateescape") == actual:
        return False
    golden.write_text(actual)
    return True


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bin", type=Path, default=ROOT / "build" / "bin", help="where the tools are")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--filter", default="", help="only sources whose path holds this text")
    parser.add_argument("suites", nargs="*", type=Path)
    arguments = parser.parse_args(argv)

    suites = [suite.resolve() for suite in arguments.suites] or [path for path in sorted(GOLDENS.iterdir()) if path.is_dir()]
    sources, wrong = [], []
    for suite in suites:
        of_suite, wrong_of_suite = sourcesOf(suite)
        sources += of_suite
        wrong += wrong_of_suite
    selected = [source for source in sources if arguments.filter in str(source)]
    binaries = arguments.bin.resolve()

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        if arguments.update:
            changed = [source for source, new in zip(selected, pool.map(lambda s: update(s, binaries), selected)) if new]
            for source in changed:
                print("updated " + os.path.relpath(expectedPath(source), ROOT))
            print(f"{len(changed)} of {len(selected)} goldens changed")
            return 0
        failures = [message for message in pool.map(lambda s: compare(s, binaries), selected) if message]
    for message in failures + wrong:
        print(message)
    if not selected:
        print("no golden test was found")
        return 1
    print(f"{len(selected)} goldens, {len(failures)} differ")
    return 1 if failures or wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
