"""Checks every ```stream block of README.md and docs/ with the compiler, so that documentation does not rot.

    ```stream                 must check without an error
    ```stream fails E0301     must fail, and name that code
    ```stream ignore          a fragment or a design; counted, so that their number is seen

    snippets.py --streamc build/bin/streamc README.md docs
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```stream([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
TIMEOUT_S = 60


@dataclass
class Snippet:
    place: str
    mode: str  # "", "ignore", or "fails E0301"
    text: str


def snippetsOf(path):
    text = path.read_text()
    return [Snippet(f"{path}:{text.count(chr(10), 0, match.start()) + 1}", match.group(1).strip(), match.group(2))
            for match in BLOCK.finditer(text)]


def problemOf(snippet, streamc):
    """Returns what is wrong with a snippet, or None."""
    words = snippet.mode.split()
    fails = len(words) == 2 and words[0] == "fails" and re.fullmatch(r"[EW]\d{4}", words[1])
    if words and not fails:
        return f"{snippet.place}: '```stream {snippet.mode}' is neither 'ignore' nor 'fails E0000'"
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "snippet.stream").write_text(snippet.text)
        done = subprocess.run([str(streamc), "check", "snippet.stream"], cwd=scratch, stdin=subprocess.DEVNULL,
                              env=dict(os.environ, NO_COLOR="1"), capture_output=True, text=True, timeout=TIMEOUT_S)
    if fails:
        if done.returncode == 1 and words[1] in done.stderr:
            return None
        return f"{snippet.place}: should fail with {words[1]}, and ended with {done.returncode}:\n{done.stderr}"
    if done.returncode:
        return f"{snippet.place}: streamc check ended with {done.returncode}:\n{done.stderr}"
    return None


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    parser.add_argument("paths", nargs="+", type=Path)
    arguments = parser.parse_args(argv)
    pages = [page for path in arguments.paths for page in (sorted(path.rglob("*.md")) if path.is_dir() else [path])]
    snippets = [snippet for page in pages for snippet in snippetsOf(page)]
    checked = [snippet for snippet in snippets if snippet.mode != "ignore"]
    streamc = arguments.streamc.resolve()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(lambda snippet: problemOf(snippet, streamc), checked) if problem]
    for problem in problems:
        print(problem)
    print(f"{len(checked)} snippets checked, {len(problems)} wrong, {len(snippets) - len(checked)} ignored")
    if not checked:
        print("no snippet was found")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
