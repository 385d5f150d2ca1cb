"""The last thing `./dev test` prints: one row a build with programs, single cases, failures and seconds.

Reads what the runs left behind: ctest.xml (JUnit, one entry a program) and cases/*.xml (JUnit of GoogleTest and lit,
one entry a case). A program without a case file counts as one case. Exits with 1 when nothing ran.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def caseCounts(results):
    """Maps a program's name to (cases, failed, skipped), as its own report says."""
    counts = {}
    for report in sorted((results / "cases").glob("*.xml")):
        try:
            root = ElementTree.parse(report).getroot()
        except ElementTree.ParseError:
            continue  # cut short: the program crashed, and ctest says so
        cases = list(root.iter("testcase"))
        failed = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
        skipped = sum(1 for case in cases if case.find("skipped") is not None)
        counts[report.stem] = (len(cases), failed, skipped)
    return counts


def readRun(results):
    root = ElementTree.parse(results / "ctest.xml").getroot()
    counts = caseCounts(results)
    run = {"programs": 0, "cases": 0, "failed": [], "skipped": 0, "seconds": 0.0, "slowest": []}
    for program in root.iter("testcase"):
        name = program.get("name")
        seconds = float(program.get("time", "0"))
        run["programs"] += 1
        run["slowest"].append((seconds, name))
        run["seconds"] += seconds
        status = program.get("status")
        if status in ("disabled", "notrun"):
            run["skipped"] += 1
            if status == "notrun":
                run["failed"].append(name + " (could not be started)")
            continue
        key = name if name in counts else name.removeprefix("unit.") + "_test"
        cases, _, skipped = counts.get(key, (1, 0, 0))
        run["cases"] += cases
        run["skipped"] += skipped
        if status == "fail" or program.find("failure") is not None:
            run["failed"].append(name)
    return run


def main():
    total_programs = total_failed = 0
    rows = [("build", "programs", "cases", "failed", "skipped", "seconds")]
    failures, slowest = [], []
    for argument in sys.argv[1:]:
        build, _, directory = argument.partition("=")
        results = Path(directory)
        if not (results / "ctest.xml").exists():
            rows.append((build, "-", "-", "did not run", "-", "-"))
            total_failed += 1
            continue
        run = readRun(results)
        total_programs += run["programs"]
        total_failed += len(run["failed"])
        failures += [f"{build}: {name}" for name in run["failed"]]
        slowest += [(seconds, f"{build}: {name}") for seconds, name in run["slowest"]]
        rows.append((build, run["programs"], run["cases"], len(run["failed"]), run["skipped"], f"{run['seconds']:.1f}"))

    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    print()
    for row in rows:
        cells = [str(cell).ljust(width) if i == 0 else str(cell).rjust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        print("  ".join(cells))
    slow = [f"{name} {seconds:.1f} s" for seconds, name in sorted(slowest, reverse=True)[:5] if seconds >= 1]
    if slow:
        print("slowest: " + ", ".join(slow))
    for failure in failures:
        print("FAILED " + failure)
    if total_programs == 0:
        print("no test ran")
        return 1
    print("tests failed" if total_failed else "all tests passed")
    return 1 if total_failed else 0


if __name__ == "__main__":
    sys.exit(main())
