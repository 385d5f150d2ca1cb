"""The table of diagnostics, over all rooms: every kind has its own code, is raised somewhere, and is seen by a test.

A kind is a line STREAMC_DIAGNOSTIC(kName, "E0101", Severity::kError, "…") in a .cpp file (dsl/diagnostic.h). "Seen by a
test" means that its code stands in a unit test, in testdata/, or under test/.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DECLARATION = re.compile(r'STREAMC_DIAGNOSTIC\(\s*(\w+),\s*"([^"]*)",\s*Severity::(\w+),\s*"((?:[^"\\]|\\.)*)"', re.S)
# Rooms whose goldens are still being written: what no test sees is not yet a finding there. To be empty.
GOLDENS_TO_COME = ("frontend/sema/",)
ROOMS = ("dsl/", "frontend/", "passes/", "codegen/", "tools/")


def readTree():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    files = {}
    for name in listed.stdout.decode().splitlines():
        path = os.path.join(ROOT, name)
        if os.path.isfile(path) and name.startswith(ROOMS + ("test/",)):
            with open(path, encoding="utf-8", errors="replace") as file:
                files[name] = file.read()
    return files


def isTest(name):
    return name.endswith("_test.cpp") or "/testdata/" in name or (name.startswith("test/") and not name.endswith("README.md"))


def findings(files):
    sources = {n: t for n, t in files.items() if n.endswith((".cpp", ".h")) and not isTest(n)}
    kinds = [(n, *m.groups()) for n, t in sources.items() if n.endswith(".cpp") for m in DECLARATION.finditer(t)]
    seen = set(re.findall(r"\b[EW]\d{4}\b", "\n".join(t for n, t in files.items() if isTest(n) and "diagnostics_test.py" not in n)))
    words = {}
    for text in sources.values():
        for word in re.findall(r"\bk[A-Z]\w+", text):
            words[word] = words.get(word, 0) + 1
    by_code = {}
    for file, name, code, severity, _ in kinds:
        if not re.fullmatch(r"[EW]\d{4}", code):
            yield f"{file}: {name}: a code is E or W and four digits, not {code}"
        if {"E": "kError", "W": "kWarning"}.get(code[:1]) != severity:
            yield f"{file}: {code} {name}: its letter and its severity differ"
        if code in by_code:
            yield f"{file}: {code} {name}: {by_code[code]} has that code already"
        by_code[code] = f"{name} ({file})"
        declared = 1 + sum(len(re.findall(rf"extern const DiagnosticKind {name};", t)) for t in sources.values())
        if words.get(name, 0) <= declared:
            yield f"{file}: {code} {name} is never raised"
        if code not in seen and not file.startswith(GOLDENS_TO_COME):
            yield f"{file}: {code} {name}: no test sees it"
    if len(kinds) < 20:
        yield "hardly any declaration was found: the pattern is broken"


def main():
    found = sorted(findings(readTree()))
    for finding in found:
        print(finding)
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
