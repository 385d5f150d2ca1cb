#!/usr/bin/env python3
"""Runs the fuzz targets of a build with libFuzzer, one after another: ./dev prove fuzz.

    prove.py --bin build/fuzz/test-bin --out build/fuzz [--filter TEXT] [--long | --seconds N]

Each begins from its corpus (test/fuzz/corpus), the programs and IR of the other tests, and what earlier runs kept in
OUT/corpus. What is found stays in OUT/found with a line that repeats it; the smallest input that shows it belongs into
test/fuzz/corpus, with the fix. A hang is 10 seconds on one input, a memory explosion 1 GB. The canary, a planted
mistake, must be found. One summary line a target; exit code 1 when anything was found, or the canary was not.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAMS = (["test", "examples", "docs"], ".stream")
IR = (["test"], ".mlir")
# Target: files of the tree that it takes besides its corpus, and the longest input.
TARGETS = {
    "json": (None, 4096),
    "csv": (None, 4096),
    "value_text": (None, 512),
    "manifest": (None, 8192),
    "pages": (None, 400),
    "http": (None, 9000),
    "parse": (PROGRAMS, 8192),
    "check": (PROGRAMS, 8192),
    "compile": (PROGRAMS, 4096),
    "ir": (IR, 8192),
    "lowering": (IR, 8192),
}
SECONDS, SECONDS_LONG, SECONDS_CANARY = 60, 1800, 120
HANG_SECONDS, MEMORY_MB = 10, 1024
MEMORY_MB_OF = {"lowering": 4096}  # modules that are refused leave behind what LLVM held


def tree_files(kind):
    if kind is None:
        return []
    folders, extension = kind
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*" + extension) if "build" not in p.parts)


def corpus_folder(target):
    kept = {"parse": "program", "check": "program", "compile": "program", "lowering": "ir"}
    return ROOT / "test/fuzz/corpus" / kept.get(target, target)


def dictionary(path, texts):
    """The words and signs of the inputs, which no search would guess."""
    words = set()
    for text in texts:
        words.update(re.findall(r"[A-Za-z_]\w{1,24}|[^\sA-Za-z_0-9\"\\]{1,3}", text))
    with open(path, "w", encoding="utf-8") as out:
        for word in sorted(words):
            if word.isascii():
                out.write(f'"{word}"\n')


def prepare(target, out):
    """The folders that a run begins from, and its options."""
    seeds = out / "seeds" / target
    shutil.rmtree(seeds, ignore_errors=True)
    seeds.mkdir(parents=True)
    kept = out / "corpus" / target
    kept.mkdir(parents=True, exist_ok=True)
    kind, longest = TARGETS.get(target, (None, 4096))
    files = tree_files(kind)
    for number, path in enumerate(files):
        parts = path.read_bytes().split(b"// -----\n") if path.suffix == ".mlir" else [path.read_bytes()]
        for place, part in enumerate(parts):
            if len(part) <= longest:
                (seeds / f"{number}-{place}-{path.name}").write_bytes(part)
    options = [f"-max_len={longest}"]
    if files:
        dictionary(out / f"{target}.dict", [p.read_text(encoding="utf-8", errors="replace") for p in files])
        options.append(f"-dict={out / (target + '.dict')}")
    return [kept, corpus_folder(target), seeds], options


def fuzz(target, binary, out, seconds, more=()):
    """Runs one target. Returns whether something was found, and the line about it."""
    folders, options = prepare(target, out)
    found = out / "found"
    found.mkdir(parents=True, exist_ok=True)
    log = out / f"{target}.log"
    before = set(found.glob(f"{target}-*"))
    began = time.monotonic()
    command = [binary, *folders, f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", f"-rss_limit_mb={MEMORY_MB_OF.get(target, MEMORY_MB)}",
               f"-malloc_limit_mb={MEMORY_MB}", "-print_final_stats=1", f"-artifact_prefix={found}/{target}-",
               *options, *more]
    # What MLIR keeps until the end is no leak of ours; the limits above look at memory. The libraries of LLVM are not
    # instrumented, so what its headers poison in our code they do not make valid again.
    environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:allocator_may_return_null=1:allow_user_poisoning=0")
    with open(log, "w", encoding="utf-8", errors="replace") as sink:
        status = subprocess.run(command, stdout=sink, stderr=subprocess.STDOUT, env=environment, check=False).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    inputs = max([int(n) for n in re.findall(r"^#(\d+)", text, re.M)] + [0])
    edges = max([int(n) for n in re.findall(r"cov: (\d+)", text)] + [0])
    new = sorted(set(found.glob(f"{target}-*")) - before)
    line = f"fuzz {target}: {time.monotonic() - began:.0f} s, {inputs} inputs, {edges} edges covered"
    if status == 0 and not new:
        return False, line + ", nothing found"
    why = re.search(r"(does not hold: .*|ERROR: .*|.*Assertion.*|.*runtime error: .*)", text)
    line += f", FOUND {why.group(1) if why else f'exit code {status}'}"
    for path in new:
        line += f"\n    {binary} {path}"
    return True, line


def main():
    parser = argparse.ArgumentParser(description="Fuzz targets with libFuzzer")
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--filter", default="", help="part of a target's name")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of each target")
    parser.add_argument("--long", action="store_true", help=f"{SECONDS_LONG} seconds of each")
    parser.add_argument("--list", action="store_true", help="only the names of the targets")
    args = parser.parse_args()
    targets = [target for target in TARGETS if args.filter in target]
    if args.list:
        print(" ".join("fuzz_" + target for target in [*targets, "canary"]))
        return 0
    failed = False
    for target in targets:
        found, line = fuzz(target, args.bin.resolve() / f"fuzz_{target}", args.out.resolve(),
                           SECONDS_LONG if args.long else args.seconds)
        failed |= found
        print(line, flush=True)
    found, line = fuzz("canary", args.bin.resolve() / "fuzz_canary", args.out.resolve(), SECONDS_CANARY, ["-seed=1"])
    failed |= not found
    print(line if found else line + ": THE PLANTED MISTAKE WAS NOT FOUND, the harness finds nothing")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
