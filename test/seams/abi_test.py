"""STREAM_ABI follows the ABI: what abi.lock holds may not change or go while the number stays.

    abi_test.py             compares runtime-lib/abi with abi.lock
    abi_test.py --update    writes abi.lock anew; refuses when the number should have been raised

The lock has the number, a hash of each header of layouts (without comments and white space) and a line for each function. A
function that is younger than the lock may still change: it is locked when the lock is written next, with a release or when
the number is raised.
"""

import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ABI = HERE.parents[1] / "runtime-lib/abi"
LOCK = HERE / "abi.lock"
NUMBER = re.compile(r"#define STREAM_ABI (\d+)")


def withoutComments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)


def current(read=lambda name: (ABI / name).read_text()):
    """{key: value}: "STREAM_ABI" → number, "layout values.h" → hash, "function stream_…" → the rest of its row."""
    image = read("job_image.h")
    entries = {"STREAM_ABI": NUMBER.search(image).group(1)}
    for name in ("values.h", "job_image.h"):
        text = "".join(withoutComments(NUMBER.sub("", read(name))).split())
        entries[f"layout {name}"] = hashlib.sha256(text.encode()).hexdigest()[:16]
    for name in ("stream_abi.def", "stream_builtins.def"):
        text = " ".join(withoutComments(read(name)).split())
        for row in re.finditer(r"STREAM_ABI_FN\( ?(\w+), (\w+), (\w+), \(([^)]*)\) ?\)", text):
            # Names of parameters are not part of it.
            types = [parameter.split()[0] for parameter in row.group(4).split(",") if parameter.strip()]
            entries[f"function {row.group(1)}"] = f"{row.group(2)} {row.group(3)} ({', '.join(types)})"
    return entries


def parse(text):
    """The lock's lines: key, two blanks, value."""
    return dict(line.split("  ", 1) for line in text.splitlines() if line)


def printed(entries):
    return "".join(f"{key}  {value}\n" for key, value in entries.items())


def broken(locked, now):
    """What changed or went although the number is the same."""
    if locked["STREAM_ABI"] != now["STREAM_ABI"]:
        return []
    return [f"{key}: {value} has become {now.get(key, 'nothing')}" for key, value in locked.items() if now.get(key) != value]


def selfTest(now):
    """That a change would be noticed: this test cannot be tested by breaking the ABI."""
    def changed(name, old, new):
        text = (ABI / name).read_text()
        assert old in text, f"{name} no longer holds {old}"
        return current(lambda asked: text.replace(old, new, 1) if asked == name else (ABI / asked).read_text())

    assert broken(now, now) == []
    assert broken(now, changed("stream_abi.def", "stream_core_rows, HOT, I32", "stream_core_rows, HOT, I64"))
    assert broken(now, changed("stream_abi.def", "stream_core_rows,", "stream_core_row_count,"))
    assert broken(now, changed("job_image.h", "uint64_t manifest_size;", "uint32_t manifest_size;"))
    assert not broken(now, changed("job_image.h", f"STREAM_ABI {now['STREAM_ABI']}", "STREAM_ABI 9999"))
    assert not broken(now, changed("values.h", "//", "// another comment"))


def main():
    now = current()
    if len(now) < 40:
        print("hardly any function was found: the pattern is broken")
        return 1
    selfTest(now)
    locked = parse(LOCK.read_text()) if LOCK.exists() else {"STREAM_ABI": "0"}
    found = broken(locked, now)
    for line in found:
        print(line)
    if found:
        print(f"\nJobs that were built before would notice: raise STREAM_ABI in runtime-lib/abi/job_image.h, then\n"
              f"  /usr/bin/python3 test/seams/{Path(__file__).name} --update")
        return 1
    if "--update" in sys.argv:
        LOCK.write_text(printed(now))
    elif locked["STREAM_ABI"] != now["STREAM_ABI"]:
        print(f"STREAM_ABI is {now['STREAM_ABI']}, the lock's is {locked['STREAM_ABI']}:\n"
              f"  /usr/bin/python3 test/seams/{Path(__file__).name} --update")
        return 1
    print(f"ABI {now['STREAM_ABI']}, {len(locked)} locked, {len(set(now) - set(locked))} younger")
    return 0


if __name__ == "__main__":
    sys.exit(main())
