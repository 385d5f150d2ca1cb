"""Prints what the earthquakes job wrote: busiest regions, late and rejected records. Usage: report.py DIRECTORY"""

import json
import sys
from collections import Counter
from pathlib import Path


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def table(header, lines):
    """Columns as wide as they need; the first one left, the others right."""
    lines = [header] + [[str(cell) for cell in line] for line in lines]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    for line in lines:
        cells = [cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(line, widths))]
        print("  " + "  ".join(cells).rstrip())


def main():
    directory = Path(sys.argv[1])
    windows, late, rejected = (rows(directory / name) for name in ("regions.jsonl", "late.jsonl", "rejected.jsonl"))

    regions = {}
    for window in windows:
        total = regions.setdefault(window["region"], {"windows": 0, "quakes": 0, "greatest": -10.0, "sum": 0.0})
        total["windows"] += 1
        total["quakes"] += window["quakes"]
        total["sum"] += window["mean"] * window["quakes"]
        total["greatest"] = max(total["greatest"], window["greatest"])
    counted = sum(total["quakes"] for total in regions.values())
    print(f"{counted} earthquakes in {len(windows)} windows of 6 h over {len(regions)} regions. The ten busiest:")
    busiest = sorted(regions.items(), key=lambda item: (-item[1]["quakes"], item[0]))[:10]
    table(["region", "quakes", "greatest", "mean", "windows"],
          [(name, r["quakes"], f"{r['greatest']:.1f}", f"{r['sum'] / r['quakes']:.2f}", r["windows"])
           for name, r in busiest])

    print("\nThe strongest windows:")
    strongest = sorted(windows, key=lambda w: (-w["greatest"], w["start"]))[:5]
    table(["region", "start", "quakes", "greatest", "mean"],
          [(w["region"], w["start"], w["quakes"], f"{w['greatest']:.1f}", f"{w['mean']:.2f}") for w in strongest])

    print(f"\n{len(late)} records came after their window had closed (wait 24h), among them:")
    table(["region", "id", "magnitude", "late by"],
          [(r["region"], r["id"], r["magnitude"], r["late_by"]) for r in late[:5]])

    causes = Counter(row["cause"] for row in rejected)
    print(f"\n{len(rejected)} records were rejected" + (":" if rejected else "."))
    for cause, count in causes.most_common():
        sample = next(row for row in rejected if row["cause"] == cause)
        print(f"  {count} x {cause}, e.g. at {sample['place']}: {sample['message']}")


if __name__ == "__main__":
    main()
