"""Checks every ```stream block of README.md and docs/ with the compiler, and runs those that say so, so that documentation
does not rot.

    ```stream                 must check without an error
    ```stream fails E0301     must fail, and name that code
    ```stream ignore          a fragment or a design; counted, so that their number is seen
    ```stream run             is run (`streamc run snippet.stream`; what follows `run` are further arguments), among the
                              files that the page showed before: ```json file=orders.jsonl
                              Directly behind it stand the results: ```json output=totals.jsonl, or output=stdout; with
                              `unordered` behind that the order of lines does not matter.
    ```stream run=65          must end with that exit code

    snippets.py --streamc build/bin/streamc README.md docs
"""

import argparse
import concurrent.futures
import difflib
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
TIMEOUT_S = 60


@dataclass
class Output:
    name: str
    text: str
    ordered: bool


@dataclass
class Snippet:
    place: str
    mode: str  # "", "ignore", "fails E0301", "run --workers 2"
    text: str
    files: dict = field(default_factory=dict)
    outputs: list = field(default_factory=list)


def snippetsOf(path):
    """Returns the ```stream blocks of a page, each with the files shown before it and the results shown behind it."""
    text = path.read_text()
    files, snippets = {}, []
    for match in BLOCK.finditer(text):
        language, _, info = match.group(1).strip().partition(" ")
        words = info.split()
        if language == "stream":
            place = f"{path}:{text.count(chr(10), 0, match.start()) + 1}"
            snippets.append(Snippet(place, info.strip(), match.group(2), dict(files)))
        elif words and words[0].startswith("file="):
            files[words[0].removeprefix("file=")] = match.group(2)
        elif words and words[0].startswith("output=") and snippets:
            name = words[0].removeprefix("output=")
            snippets[-1].outputs.append(Output(name, match.group(2), words[1:] != ["unordered"]))
    return snippets


def difference(output, actual):
    wanted, got = output.text.splitlines(), actual.splitlines()
    if not output.ordered:
        wanted, got = sorted(wanted), sorted(got)
    return "\n".join(difflib.unified_diff(wanted, got, f"{output.name} as documented", "now", lineterm=""))


def streamcIn(directory, streamc, *arguments):
    return subprocess.run([str(streamc), *arguments], cwd=directory, stdin=subprocess.DEVNULL, capture_output=True,
                          env=dict(os.environ, NO_COLOR="1"), text=True, timeout=TIMEOUT_S)


def problemOfRun(snippet, code, arguments, directory, streamc):
    if not snippet.outputs:
        return f"{snippet.place}: is run, and shows no result (a block with output=NAME behind it)"
    for name, text in snippet.files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)
    done = streamcIn(directory, streamc, "run", "snippet.stream", *arguments)
    if done.returncode != code:
        return f"{snippet.place}: streamc run ended with {done.returncode}:\n{done.stderr}"
    for output in snippet.outputs:
        written = {"stdout": done.stdout, "stderr": done.stderr}.get(output.name)
        if written is None:
            if not (directory / output.name).exists():
                return f"{snippet.place}: {output.name} was not written"
            written = (directory / output.name).read_text()
        if text := difference(output, written):
            return f"{snippet.place}:\n{text}"
    return None


def problemOf(snippet, streamc):
    """Returns what is wrong with a snippet, or None."""
    mode = re.fullmatch(r"(?:fails (?P<fails>[EW]\d{4})|run(?:=(?P<code>\d+))?(?P<run>(?: \S+)*))?", snippet.mode)
    if not mode:
        return f"{snippet.place}: '```stream {snippet.mode}' is none of 'ignore', 'fails E0000', 'run', 'run=65'"
    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch)
        (directory / "snippet.stream").write_text(snippet.text)
        if mode["run"] is not None:
            return problemOfRun(snippet, int(mode["code"] or 0), mode["run"].split(), directory, streamc)
        if snippet.outputs:
            return f"{snippet.place}: shows a result and is not run"
        done = streamcIn(directory, streamc, "check", "snippet.stream")
    if mode["fails"]:
        if done.returncode == 1 and mode["fails"] in done.stderr:
            return None
        return f"{snippet.place}: should fail with {mode['fails']}, and ended with {done.returncode}:\n{done.stderr}"
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
    run = sum(snippet.mode.startswith("run") for snippet in checked)
    streamc = arguments.streamc.resolve()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(lambda snippet: problemOf(snippet, streamc), checked) if problem]
    for problem in problems:
        print(problem)
    print(f"{len(checked)} snippets checked, {run} of them run, {len(problems)} wrong, "
          f"{len(snippets) - len(checked)} ignored")
    if not checked:
        print("no snippet was found")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
