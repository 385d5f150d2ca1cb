"""The tidy test: what reviewers would otherwise repeat, as a test (`ctest -R tidy`, or run this file).

Every rule is one function from the tree to findings; RULES lists them. tidy_test.py proves for each rule that it can
fail. The tables are in tables.py. The format and shell rules start programs; the rest reads each file once.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import tables

CPP = (".cpp", ".h")
SOURCES = (".cpp", ".h", ".td", ".py", ".sh", ".cmake", ".def")
PROSE = (".md", ".txt", ".ebnf")
# Goldens and test data are evidence: they may look as ugly as they must.
DATA_PARTS = ("/data/", "/testdata/", "/Inputs/", "/corpus/", "/expected/")


@dataclass
class Finding:
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


@dataclass
class Tree:
    """The files that are ours: path relative to the root -> text (None: not text), and their sizes."""
    files: dict
    sizes: dict = field(default_factory=dict)
    root: Path = None

    def named(self, *suffixes):
        return [(path, text) for path, text in self.files.items() if path.endswith(suffixes) and text is not None]


def readTree(root):
    git = subprocess.run(["git", "-c", "safe.directory=*", "-C", str(root), "ls-files", "-z", "--cached", "--others",
                          "--exclude-standard"], capture_output=True, text=True)
    if git.returncode == 0:
        paths = [path for path in git.stdout.split("\0") if path]
    else:  # an unpacked archive
        paths = [str(path.relative_to(root)) for path in root.rglob("*")
                 if path.is_file() and path.relative_to(root).parts[0] not in ("build", ".git")]
    files, sizes = {}, {}
    for path in sorted(set(paths)):
        try:
            data = (root / path).read_bytes()
        except (FileNotFoundError, IsADirectoryError):
            continue  # deleted in the work tree
        sizes[path] = len(data)
        try:
            files[path] = None if b"\0" in data else data.decode()
        except UnicodeDecodeError:
            files[path] = None
    return Tree(files, sizes, root)


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)


def isData(path):
    return path.endswith(".expected") or any(part in "/" + path for part in DATA_PARTS)


def isTest(path):
    return path.endswith("_test.cpp") or path.startswith("test/")


def testHeaders(tree):
    """Headers that tests alone include: what holds for tests holds for them."""
    includers = {}
    for path, text in tree.named(*CPP):
        for match in INCLUDE.finditer(text):
            includers.setdefault(match.group(2), []).append(path)
    return {path for path in includers if path in tree.files and all(isTest(other) for other in includers[path])}


def lineOf(text, offset):
    return text.count("\n", 0, offset) + 1


# Comments, raw strings, strings, characters; digit separators are not characters.
CPP_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9A-Fa-f])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def codeOnly(text):
    """The text with comments and the contents of strings blanked; every line keeps its number."""
    def blank(match):
        kept = match.group(0)
        edge = '""' if '"' in kept[:20] and not kept.startswith("/") else ""
        return edge + "\n" * kept.count("\n")
    return CPP_TOKENS.sub(blank, text)


# ---------------------------------------------------------------------------------------------------------- the rules

def roomOf(path):
    """The longest row of the include table that holds the path, or None."""
    rooms = [room for room in tables.INCLUDES if path.startswith(room)]
    return max(rooms, key=len) if rooms else None


def checkIncludes(tree):
    """Rooms include only what ARCHITECTURE.md allows, by paths from the repository root."""
    top = {room.split("/")[0] + "/" for room in tables.INCLUDES}
    for path, text in tree.named(".cpp", ".h", ".td", ".inc"):
        room = roomOf(path)
        if room is None:
            if path.startswith(tuple(top)):
                yield Finding(path, 0, "its room has no row in the include table (test/tidy/tables.py)")
            continue
        rooms, libraries = tables.INCLUDES[room]
        for match in INCLUDE.finditer(text):
            quote, target = match.groups()
            line = lineOf(text, match.start())
            if target.startswith(tables.GOVERNED_LIBRARIES):
                if not target.startswith(libraries or ("\0",)):
                    yield Finding(path, line, f"{room} may not include {target}")
            elif target.startswith(tuple(top)):
                own = target.startswith(room) and roomOf(target) == room
                support = isTest(path) and target.startswith(tables.TEST_SUPPORT)
                # Naming a room does not open the sub-rooms that have rows of their own, except to tools and tests.
                listed = target.startswith(rooms or ("\0",)) and (
                    roomOf(target) in rooms or room in ("tools/", "test/", "bench/"))
                if not (own or support or listed):
                    yield Finding(path, line, f"{room} may not include {target}")
                elif target not in tree.files and not target.endswith((".inc", ".def", ".h.inc")):
                    yield Finding(path, line, f"{target} does not exist")
            elif quote == '"' and path.endswith(CPP) and not target.startswith(tables.QUOTED_LIBRARIES):
                yield Finding(path, line, f'"{target}" is not a path from the repository root')


def checkWorldHeaders(tree):
    """Headers that open the outside world are included only where the architecture says."""
    of_tests = testHeaders(tree)
    for path, text in tree.named(*CPP):
        if path.endswith("_test.cpp") or path in of_tests or roomOf(path) is None:
            continue
        for match in INCLUDE.finditer(text):
            for pattern, allowed, instead in tables.WORLD_HEADERS:
                if re.fullmatch(pattern, match.group(2)) and not path.startswith(allowed or ("\0",)):
                    yield Finding(path, lineOf(text, match.start()), f"<{match.group(2)}>: {instead}")


def checkBanned(tree):
    """No banned call outside the rooms that may make it."""
    rows = [(name, re.compile(pattern), allowed, in_tests, instead)
            for name, pattern, allowed, in_tests, instead in tables.BANNED]
    of_tests = testHeaders(tree)
    for path, text in tree.named(*CPP):
        code = codeOnly(text)
        for name, pattern, allowed, in_tests, instead in rows:
            if path.startswith(allowed or ("\0",)) or ((isTest(path) or path in of_tests) and not in_tests):
                continue
            for match in pattern.finditer(code):
                yield Finding(path, lineOf(code, match.start()), f"banned ({name}): {match.group(0).strip()}…; use instead: {instead}")


def checkForbiddenText(tree):
    """No machine's paths and no open ends in what is tracked."""
    for path, text in tree.files.items():
        if text is None or isData(path) or path == "LICENSE":
            continue
        for pattern, why in tables.FORBIDDEN_TEXT:
            for match in re.finditer(pattern, text):
                yield Finding(path, lineOf(text, match.start()), f"'{match.group(0)}': {why}")


def checkGoldens(tree):
    """Every .expected has its source beside it."""
    for path in tree.files:
        if path.endswith(".expected") and path.removesuffix(".expected") not in tree.files:
            yield Finding(path, 0, "a golden without its source: delete it")


def checkDeadFiles(tree):
    """Every C++ source is named in the CMakeLists.txt of its directory or of one above it."""
    lists = {path.removesuffix("CMakeLists.txt"): text for path, text in tree.files.items()
             if path.split("/")[-1] == "CMakeLists.txt" and text is not None}
    for path, _ in tree.named(".cpp"):
        if isData(path) or path.startswith("examples/"):
            continue
        named = any(path.startswith(directory) and re.search(rf"(?<![\w/.-]){re.escape(path[len(directory):])}\b", text)
                    for directory, text in lists.items())
        if not named:
            yield Finding(path, 0, "in no CMakeLists.txt: it is never built")


def checkSizes(tree):
    """A source that outgrows one noun is split; large files live elsewhere."""
    for path, text in tree.files.items():
        if tree.sizes.get(path, 0) > tables.FILE_BYTES_MAX:
            yield Finding(path, 0, f"{tree.sizes[path]} bytes; the limit is {tables.FILE_BYTES_MAX}")
        if text is not None and path.endswith(SOURCES) and text.count("\n") > tables.SOURCE_LINES_MAX:
            yield Finding(path, 0, f"{text.count(chr(10))} lines hold two nouns; the limit is {tables.SOURCE_LINES_MAX}")


def checkHeaders(tree):
    """A header opens with prose of at least a sentence, then #pragma once."""
    for path, text in tree.named(".h"):
        prose = re.match(r"\s*((?://[^\n]*\n)+|/\*.*?\*/)", text, re.DOTALL)
        words = re.findall(r"\w+", prose.group(1)) if prose else []
        if len(words) < 8:
            yield Finding(path, 1, "begins without saying what it is, who calls it and what always holds")
        # A header in C for generated code or C compilers may use a guard.
        if "#pragma once" not in text and not re.search(r"#ifndef \w+\n#define \w+", text):
            yield Finding(path, 1, "has no #pragma once")


NAME = re.compile(r"^[a-z0-9][a-z0-9_]*$")


def checkNames(tree):
    """Files are snake_case; test cases are UpperCamel and say what holds."""
    for path, text in tree.named(".cpp", ".h", ".py", ".td"):
        stem = path.split("/")[-1].split(".")[0]
        if not NAME.match(stem):
            yield Finding(path, 0, "file names are snake_case")
    for path, text in tree.named(".cpp"):
        code = codeOnly(text)
        cases = list(re.finditer(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", code, re.MULTILINE))
        for match in cases:
            for name in match.groups():
                if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name):
                    yield Finding(path, lineOf(code, match.start()), f"test names are UpperCamel: {name}")
        if cases and not path.endswith("_test.cpp"):
            yield Finding(path, 0, "holds tests, so its name ends in _test.cpp")
        if path.endswith("_test.cpp") and not cases and "TEST_P" not in code and "RegisterTest" not in code:
            yield Finding(path, 0, "is called a test and holds none")


def checkText(tree):
    """Sources and prose have Unix line ends, no trailing blanks, no tabs, and a last newline."""
    for path, text in tree.named(*SOURCES, *PROSE, "CMakeLists.txt", ".stream", "/dev"):
        if isData(path) or path.startswith("test/"):
            if not path.endswith((".cpp", ".h", ".py")):
                continue
        for number, line in enumerate(text.split("\n"), 1):
            if line.endswith("\r"):
                yield Finding(path, number, "a carriage return")
            elif line != line.rstrip(" \t"):
                yield Finding(path, number, "blanks at the end of the line")
            elif "\t" in line:
                yield Finding(path, number, "a tab")
        if text and not text.endswith("\n"):
            yield Finding(path, text.count("\n") + 1, "no newline at the end")


def checkLinks(tree):
    """Relative links in Markdown lead to files that exist."""
    directories = {path.rsplit("/", 1)[0] for path in tree.files if "/" in path}
    directories |= {"/".join(d.split("/")[:n]) for d in directories for n in range(1, d.count("/") + 1)}
    for path, text in tree.named(".md"):
        base = path.rsplit("/", 1)[0] + "/" if "/" in path else ""
        prose = re.sub(r"```.*?```", lambda match: "\n" * match.group(0).count("\n"), text, flags=re.DOTALL)
        for match in re.finditer(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", prose):
            target = match.group(1)
            if re.match(r"[a-z]+:", target):
                continue
            full = os.path.normpath(base + target)
            if full not in tree.files and full not in directories:
                yield Finding(path, lineOf(prose, match.start()), f"the link to {target} leads nowhere")


def checkFormat(tree):
    """C++ sources are as clang-format-19 would write them (skipped, and said so, where it is not installed)."""
    formatter = shutil.which("clang-format-19")
    if tree.root is None or formatter is None:
        if tree.root is not None:
            print("format: skipped, no clang-format-19 here")
        return
    paths = [path for path, _ in tree.named(*CPP) if not isData(path)]
    batches = [paths[start:start + 12] for start in range(0, len(paths), 12)]

    def run(batch):
        done = subprocess.run([formatter, "--dry-run", *batch], cwd=tree.root, capture_output=True, text=True)
        return done.stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(run, batches):
            seen = set()
            for match in re.finditer(r"^(\S+?):(\d+):\d+: (?:warning|error): (.*)$", output, re.MULTILINE):
                if match.group(1) not in seen:
                    seen.add(match.group(1))
                    yield Finding(match.group(1), int(match.group(2)), "not as clang-format-19 writes it; run ./dev fmt")


def checkShell(tree):
    """Shell scripts are clean under shellcheck (skipped, and said so, where it is not installed)."""
    checker = shutil.which("shellcheck")
    if tree.root is None or checker is None:
        if tree.root is not None:
            print("shell: skipped, no shellcheck here")
        return
    paths = [path for path, text in tree.files.items() if text and re.match(r"#!.*\b(?:ba)?sh\b", text)]
    if paths:
        done = subprocess.run([checker, "--format=gcc", *paths], cwd=tree.root, capture_output=True, text=True)
        for match in re.finditer(r"^(\S+?):(\d+):\d+: (.*)$", done.stdout, re.MULTILINE):
            yield Finding(match.group(1), int(match.group(2)), match.group(3))


RULES = (checkIncludes, checkWorldHeaders, checkBanned, checkForbiddenText, checkGoldens, checkDeadFiles, checkSizes,
         checkHeaders, checkNames, checkText, checkLinks, checkFormat,
         checkShell)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--times", action="store_true", help="also say how long each rule took")
    arguments = parser.parse_args()
    tree = readTree(arguments.root)
    if not tree.files:
        print(f"no files under {arguments.root}")
        return 1
    count = 0
    for rule in RULES:
        start = time.monotonic()
        for finding in rule(tree):
            print(finding)
            count += 1
        if arguments.times:
            print(f"{rule.__name__}: {time.monotonic() - start:.2f} s")
    print(f"{count} findings in {len(tree.files)} files" if count else f"{len(tree.files)} files are tidy")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
