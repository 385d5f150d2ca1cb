#!/usr/bin/env python3
"""Hostile files before `streamc check`: each is checked to its end, without a crash.

    hostile.py --streamc build/bin/streamc [--files 5000] [--lines 100000] [--seed 1] [--keep DIR]

Made from a seed: one text of LINES random lines of each of three kinds, and FILES files: programs of this tree with
damage, random tokens, and texts that make careless compilers explode (deep, long, wide, self-referring, doubling).
Each is checked by a process of its own with at most 1 GB of memory and 10 seconds of processor time; it must exit with
0, 1 or 2 by itself. What does not is kept. One line at the end; exit code 1 when something was found.
"""

import argparse
import os
import pathlib
import random
import re
import resource
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEMORY_BYTES, SECONDS = 1 << 30, 10
SIGNS = "abf\"'`{}()[]<>|=!?.,:;#@/*-+%&_ \n\t\\0123456789rsmhkMB$é"


def programs():
    files = sorted(p for folder in ("test", "examples") for p in (ROOT / folder).rglob("*.stream"))
    return [p.read_bytes() for p in files if p.stat().st_size < 20000]


# ---- texts that double, nest, or refer to themselves; `n` says how far

SOURCE = 'source s: { a: i64, b: string } from file("x", format: json)\n'
END = "s | to stdout\n"

HOSTILE = {
    "nested_parentheses": lambda n: SOURCE + "s | where " + "(" * n + "a" + ")" * n + " > 1 | to stdout\n",
    "nested_nots": lambda n: SOURCE + "s | where " + "not " * n + "true | to stdout\n",
    "minus_signs": lambda n: SOURCE + "s | select { v: " + "-" * n + "a } | to stdout\n",
    "long_sum": lambda n: SOURCE + "s | select { v: " + " + ".join(["a"] * n) + " } | to stdout\n",
    "long_chain": lambda n: SOURCE + "s" + " | where a > 1" * n + " | to stdout\n",
    "long_fields": lambda n: SOURCE + "s | select { v: a" + ".b" * n + " } | to stdout\n",
    "nested_lists": lambda n: f"source s: {{ a: {'list<' * n}i64{'>' * n} }} from stdin(format: json)\n" + END,
    "nested_records": lambda n: f"source s: {{ a: {'{ a: ' * n}i64{' }' * n} }} from stdin(format: json)\n" + END,
    "optionals": lambda n: f"source s: {{ a: i64{'?' * n} }} from stdin(format: json)\n" + END,
    "types_that_double": lambda n: "type T0 = { v: i64 }\n"
    + "".join(f"type T{i + 1} = {{ x: T{i}, y: T{i} }}\n" for i in range(n))
    + f"source s: T{n} from stdin(format: json)\n" + END,
    "types_in_a_ring": lambda n: "".join(f"type T{i} = {{ x: T{(i + 1) % n} }}\n" for i in range(n))
    + "source s: T0 from stdin(format: json)\n" + END,
    "aliases_in_a_ring": lambda n: "".join(f"type T{i} = T{(i + 1) % n}\n" for i in range(n))
    + "source s: T0 from stdin(format: json)\n" + END,
    "functions_that_double": lambda n: "fn f0(x: i64) -> i64 = x + 1\n"
    + "".join(f"fn f{i + 1}(x: i64) -> i64 = f{i}(x) + f{i}(x)\n" for i in range(n)) + SOURCE
    + f"s | select {{ v: f{n}(a) }} | to stdout\n",
    "functions_in_a_ring": lambda n: "".join(f"fn f{i}(x: i64) -> i64 = f{(i + 1) % n}(x)\n" for i in range(n)) + SOURCE
    + "s | select { v: f0(a) } | to stdout\n",
    "arguments_that_double": lambda n: "fn f(x: i64) -> i64 = x + x + x + x\n" + SOURCE
    + "s | select { v: " + "f(" * n + "a" + ")" * n + " } | to stdout\n",
    "fields_that_double": lambda n: SOURCE + "s | select { v: a }"
    + " | select { v: v + v }" * n + " | to stdout\n",
    "texts_that_double": lambda n: SOURCE + "s | select { v: b }" + ' | select { v: f"{v}{v}" }' * n + " | to stdout\n",
    "streams_that_double": lambda n: SOURCE + "stream s0 = s\n"
    + "".join(f"stream s{i + 1} = union(s{i}, s{i})\n" for i in range(n)) + f"s{n} | to stdout\n",
    "streams_in_a_ring": lambda n: "".join(f"stream s{i} = s{(i + 1) % n}\n" for i in range(n)) + "s0 | to stdout\n",
    "pipes_that_double": lambda n: SOURCE + "pipe p0(x: stream { a: i64, .. }) = x | where a > 1\n"
    + "".join(f"pipe p{i + 1}(x: stream {{ a: i64, .. }}) = x | p{i} | p{i}\n" for i in range(n)) + f"s | p{n} | to stdout\n",
    "records_that_double": lambda n: SOURCE + "s | select { r: { x: a, y: a } }"
    + " | select { r: { x: r, y: r } }" * n + " | to stdout\n",
    "conditions_that_double": lambda n: SOURCE + "s | select { v: " + "if a > 1 then " * n + "a" + " else a" * n + " } | to stdout\n",
    "many_declarations": lambda n: SOURCE + "".join(f"stream t{i} = s | where a > {i}\n" for i in range(n)) + END,
    "many_sinks": lambda n: SOURCE + "".join(f's | where a > {i} | to file("o{i}", format: json)\n' for i in range(n)),
    "many_fields": lambda n: "source s: { " + ", ".join(f"f{i}: i64" for i in range(n)) + " } from stdin(format: json)\n" + END,
    "many_symbols": lambda n: "source s: { e: enum { " + ", ".join(f"e{i}" for i in range(n)) + " } } from stdin(format: json)\n" + END,
    "many_errors": lambda n: SOURCE + f"s | where nothing{n} > 1 | to stdout\n" * n,
    "same_name": lambda n: "type T = i64\n" * n + SOURCE + END,
    "long_name": lambda n: SOURCE + "s | select { " + "v" * n + ": a } | to stdout\n",
    "long_text": lambda n: SOURCE + 's | where b == "' + "x" * n + '" | to stdout\n',
    "long_number": lambda n: SOURCE + "s | where a > " + "9" * n + " | to stdout\n",
    "long_line": lambda n: "#" + "x" * n + "\n" + SOURCE + END,
    "open_texts": lambda n: 'f"{' * n,
    "open_braces": lambda n: "route { when " * n,
    "open_brackets": lambda n: "[" * n,
    "routes_in_routes": lambda n: SOURCE + "s | " + "route { when a > 1 => " * n + "to stdout" + " }" * n + "\n",
    "matches_in_matches": lambda n: SOURCE + "s | select { v: " + "match a { 1 => " * n + "a" + ", _ => 0 }" * n + " } | to stdout\n",
    "lambdas_in_lambdas": lambda n: SOURCE + "s | select { v: " + "[a].map(x => " * n + "x" + ")" * n + " } | to stdout\n",
    "blank_lines": lambda n: "\n" * n + SOURCE + END,
    "byte_order_marks": lambda n: "\ufeff" * n + SOURCE + END,
    "empty": lambda n: "",
}
DOUBLING = [name for name in HOSTILE if name.endswith("_double")]


def hostile(rng, name):
    if name in DOUBLING:
        return HOSTILE[name](rng.choice([3, 8, 20, 40, 64, 200]))
    return HOSTILE[name](rng.choice([1, 2, 7, 100, 600, 3000, 20000]))


def random_line(rng, kind, words):
    if kind == 0:
        return bytes(rng.randrange(256) for _ in range(rng.randrange(80))) + b"\n"
    if kind == 1:
        return ("".join(rng.choice(SIGNS) for _ in range(rng.randrange(80))) + "\n").encode()
    return (" ".join(rng.choice(words) for _ in range(rng.randrange(14))) + "\n").encode()


def damaged(rng, texts):
    text = bytearray(rng.choice(texts))
    other = rng.choice(texts)
    for _ in range(1 + rng.randrange(6)):
        at = rng.randrange(len(text) + 1)
        how = rng.randrange(6)
        if how == 0:
            del text[at : at + rng.randrange(30)]
        elif how == 1:
            text[at:at] = bytes([rng.randrange(256)])
        elif how == 2:
            begin = rng.randrange(len(other) + 1)
            text[at:at] = other[begin : begin + rng.randrange(200)]
        elif how == 3:
            text[at:at] = text[at : at + rng.randrange(100)] * rng.randrange(40)
        elif how == 4:
            del text[at:]
        else:
            lines = bytes(text).split(b"\n")
            rng.shuffle(lines)
            text = bytearray(b"\n".join(lines))
    return bytes(text)


def files(args):
    """(what it is, its bytes) for each."""
    rng = random.Random(args.seed)
    texts = programs()
    words = sorted({word for text in texts for word in re.findall(r"\w+|[^\w\s]", text.decode("utf-8", "replace"))})
    for kind, name in enumerate(["bytes", "signs", "words"]):
        yield f"{args.lines} lines of random {name}", b"".join(random_line(rng, kind, words) for _ in range(args.lines))
    names = sorted(HOSTILE)
    for number in range(args.files):
        what = rng.randrange(10)
        if number < len(names) or what == 0:
            name = names[number % len(names)]
            yield name, hostile(rng, name).encode()
        elif what == 1:
            kind = rng.randrange(3)
            yield "random", b"".join(random_line(rng, kind, words) for _ in range(rng.randrange(60)))
        else:
            yield "damaged", damaged(rng, texts)


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES * 4, MEMORY_BYTES * 4))  # addresses; memory is looked at after
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def problem_of(streamc, path):
    """What is wrong with how the check of a file ended, or nothing."""
    process = subprocess.Popen([streamc, "check", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               preexec_fn=limit)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    seconds = usage.ru_utime + usage.ru_stime
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"ended by {signal.Signals(number).name} after {seconds:.1f} s", seconds, usage.ru_maxrss << 10
    code = os.WEXITSTATUS(status)
    why = ""
    if code not in (0, 1, 2):
        why = f"exit code {code}"
    elif usage.ru_maxrss << 10 > MEMORY_BYTES:
        why = f"{usage.ru_maxrss >> 10} MB"
    elif seconds > SECONDS:
        why = f"{seconds:.1f} s"
    return why, seconds, usage.ru_maxrss << 10


def main():
    parser = argparse.ArgumentParser(description="Hostile files before streamc check")
    parser.add_argument("--streamc", required=True)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=pathlib.Path, help="where files go that show something")
    args = parser.parse_args()
    found, checked, slowest, largest = 0, 0, (0.0, ""), (0, "")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "hostile.stream"
        for name, content in files(args):
            path.write_bytes(content)
            why, seconds, memory = problem_of(args.streamc, path)
            checked += 1
            slowest = max(slowest, (seconds, name))
            largest = max(largest, (memory, name))
            if not why:
                continue
            found += 1
            print(f"{name}: {why}", flush=True)
            if args.keep:
                args.keep.mkdir(parents=True, exist_ok=True)
                (args.keep / f"{args.seed}-{checked}.stream").write_bytes(content)
    print(f"hostile files: {checked} checked, {found} found; slowest {slowest[0]:.2f} s ({slowest[1]}), "
          f"largest {largest[0] >> 20} MB ({largest[1]})")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
