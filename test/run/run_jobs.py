"""Runs every job of this directory (and examples/) compiled, in many ways, and compares it with the naive evaluator.

For each job: the evaluator once; `streamc run` (JIT) and `streamc build` with the executable (AOT), each with several
numbers of workers and batch sizes. All outputs must have the same lines, byte for byte, in any order; rows of errors
must agree in everything but the text of their message; exit codes must agree.

    run_jobs.py --streamc build/bin/streamc [--filter REGEX] [--variant aot-w2-b7] [--jobs 2] [--referee PATH]

With --referee (build/test-bin/interpret) the interpreter of the IR gives a third opinion: the variant `referee`. What it
cannot judge is named at the end.

A job may say in comments how it is run:
    # run: --param since=3h        options for the job        # stdin: name.jsonl     what it reads from stdin
    # env: SINCE=3h                environment                # exit: 65              its exit code, when not 0
    # needs: other.jsonl           inputs besides NAME.*
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
import xml.etree.ElementTree as ElementTree
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "naive"))
import evaluate  # noqa: E402

ROOT = HERE.parents[1]
EVALUATOR = HERE / "naive" / "evaluate.py"
TIMEOUT_S = 60
LINE_MAX = 500  # characters of a line that differs
UNSPECIFIED = "<unspecified>"
ERROR_COLUMNS = ["cause", "message", "step", "place", "input", "event_time", "source", "partition", "offset"]
BATCHES, WORKERS = (1, 7, 4096), (1, 2, 3)
JIT_VARIANTS = [("jit", 1, 4096), ("jit", 2, 7), ("jit", 3, 1)]
AOT_VARIANTS = [("aot", workers, batch) for workers in WORKERS for batch in BATCHES]


REFEREE = ("referee", 1, 0)
CANNOT_JUDGE = 3  # exit code of the referee: a step, function or connector that it does not have


def variantName(variant):
    return "referee" if variant == REFEREE else f"{variant[0]}-w{variant[1]}-b{variant[2]}"


class Job:
    """A job file, the inputs that belong to it, and how its comments say it is run."""

    def __init__(self, path):
        self.path, self.name = path, path.stem
        text = path.read_text()
        said = lambda key: re.findall(rf"^# {key}: *(.*?) *$", text, re.MULTILINE)
        self.options = [word for line in said("run") for word in line.split()]
        self.environment = dict(word.split("=", 1) for line in said("env") for word in line.split())
        self.exit_code = int(said("exit")[0]) if said("exit") else 0
        self.stdin = said("stdin")[0] if said("stdin") else None
        inputs = [word for line in said("needs") for word in line.split()]
        self.inputs = [path.parent / name for name in inputs]
        self.inputs += list(path.parent.glob(f"{self.name}.*"))  # NAME.d is a directory of inputs
        if path.parent.parent.name == "examples":
            self.inputs += [found for kind in ("*.jsonl", "*.csv") for found in path.parent.glob(kind)]

    def copyTo(self, directory):
        directory.mkdir(parents=True)
        for found in dict.fromkeys(self.inputs):
            (shutil.copytree if found.is_dir() else shutil.copyfile)(found, directory / found.name)
        return directory / self.path.name

    def environ(self):
        return dict(os.environ, **self.environment, NO_COLOR="1", LC_ALL="C.UTF-8")

    def stdinBytes(self):
        return (self.path.parent / self.stdin).read_bytes() if self.stdin else b""


class Outcome:
    def __init__(self, command, code, stdout, stderr, directory, seconds=0.0):
        self.command, self.code, self.stdout, self.stderr = command, code, stdout, stderr
        self.directory, self.seconds = directory, seconds


def execute(job, command, directory):
    started = time.monotonic()
    try:
        done = subprocess.run([str(word) for word in command], input=job.stdinBytes(), env=job.environ(),
                              capture_output=True, timeout=TIMEOUT_S)
        code, stdout, stderr = done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        code, stdout, stderr = f"still running after {TIMEOUT_S} s", late.stdout or b"", late.stderr or b""
    return Outcome(command, code, stdout, stderr, directory, time.monotonic() - started)


def runNaive(job, directory):
    """The evaluator's result, or the text of what stopped it."""
    copy = job.copyTo(directory)
    arguments = dict(text.split("=", 1) for text in job.options if text != "--param")
    try:
        return evaluate.evaluate(copy, directory, directory, arguments, job.environ(), job.stdinBytes)
    except Exception:  # whatever it is, it is reported with the job
        return traceback.format_exc()


# ---- comparison ----


def printable(line):
    return line.decode("utf-8", "backslashreplace") if isinstance(line, bytes) else str(line)


def differentLines(name, wanted, got):
    """What is wrong between two texts whose lines may stand in any order."""
    if sorted(wanted.splitlines(True)) == sorted(got.splitlines(True)):
        return []
    missing, surplus = list(wanted.splitlines(True)), []
    counts = {}
    for line in missing:
        counts[line] = counts.get(line, 0) + 1
    for line in got.splitlines(True):
        if counts.get(line, 0):
            counts[line] -= 1
            missing.remove(line)
        else:
            surplus.append(line)
    lines = [f"{name}: {len(missing)} lines missing, {len(surplus)} too many"]
    lines += ["  missing  " + printable(line).rstrip("\n") for line in sorted(missing)[:3]]
    lines += ["  too many " + printable(line).rstrip("\n") for line in sorted(surplus)[:3]]
    if got and not got.endswith(b"\n"):
        lines.append("  its last line has no newline")
    return lines


def agree(wanted, got):
    """Whether an error row is the one that the evaluator describes."""
    if list(got) != ERROR_COLUMNS or not isinstance(got["message"], str) or not got["message"]:
        return False
    for column in ERROR_COLUMNS:
        if column == "message" or wanted[column] == UNSPECIFIED:
            continue
        if column in ("partition", "offset") and wanted["source"] == UNSPECIFIED and wanted[column] is None:
            continue
        if wanted[column] != got[column]:
            return False
    return True


def differentErrors(name, wanted, got):
    try:
        left = [json.loads(line) for line in got.decode().splitlines()]
    except ValueError as failure:
        return [f"{name}: not JSON lines: {failure}"]
    missing = []
    for line in wanted.decode().splitlines():
        row = json.loads(line)
        match = next((other for other in left if isinstance(other, dict) and agree(row, other)), None)
        if match is None:
            missing.append(row)
        else:
            left.remove(match)
    if not missing and not left:
        return []
    lines = [f"{name}: {len(missing)} error rows missing, {len(left)} too many"]
    lines += ["  missing  " + json.dumps(row, ensure_ascii=False) for row in missing[:3]]
    lines += ["  too many " + json.dumps(row, ensure_ascii=False) for row in left[:3]]
    return lines


def treeLines(root, header):
    """The lines of all files of a sink `files`, each behind its directory and a tab; and what is wrong with the files."""
    lines, problems = [], []
    for path in sorted(root.rglob("*")):
        if path.is_dir():
            continue
        if not re.fullmatch(r"part-[0-9a-f]{12}-\d{6}\.(jsonl|csv)", path.name):
            problems.append(f"{path} should not be there")
        directory = str(path.parent.relative_to(root))
        found = path.read_bytes().splitlines(True)
        if not found or found[-1][-1:] != b"\n" or header is not None and found.pop(0) != header.encode() + b"\n":
            problems.append(f"{path} does not begin or end as a file should")
        lines += [("" if directory == "." else directory).encode() + b"\t" + line for line in found]
    return b"".join(lines), problems


def compare(wanted, wanted_directory, got, exit_code):
    """Findings as lines of text; none when the outcome is what the evaluator says."""
    if got.code != exit_code:
        return [f"exit code {got.code} instead of {exit_code}"] + \
               ["  " + printable(line) for line in got.stderr.splitlines()[:12]]
    if exit_code:
        return []
    findings = []
    check = {"rows": differentLines, "errors": differentErrors}
    for name, kind in sorted(wanted.outputs["files"].items()):
        path = got.directory / name
        if not path.exists():
            findings.append(f"{name} was not written")
            continue
        findings += check[kind](name, (wanted_directory / name).read_bytes(), path.read_bytes())
    for name, header in sorted(wanted.outputs.get("trees", {}).items()):
        found, problems = treeLines(got.directory / name, header)
        findings += problems + differentLines(name, (wanted_directory / f"{name}.tree").read_bytes(), found)
    findings += check[wanted.outputs["stdout"]]("stdout", wanted.stdout, got.stdout)
    # Notes for people may stand on stderr; rows are JSON objects.
    rows = b"".join(line for line in got.stderr.splitlines(True) if line.startswith(b"{"))
    findings += check[wanted.outputs["stderr"]]("stderr", wanted.stderr, rows)
    if findings:
        findings += ["stderr: " + printable(line) for line in got.stderr.splitlines()[:5] if not line.startswith(b"{")]
    return findings


# ---- one job ----


def shellCommand(job, command, directory):
    words = [f"{key}={value}" for key, value in job.environment.items()] + [str(word) for word in command]
    text = " ".join(words)
    return text + (f" < {directory / job.stdin}" if job.stdin else "")


class Runner:
    def __init__(self, streamc, scratch, variants, referee=None):
        self.streamc, self.scratch, self.variants, self.referee = streamc, scratch, variants, referee
        self.not_judged = {}  # name of a job: why the referee has no opinion

    def run(self, job):
        """[(variant, [findings], command)] of what went wrong, and the seconds it took."""
        started = time.monotonic()
        scratch = self.scratch / job.name
        shutil.rmtree(scratch, ignore_errors=True)
        naive = runNaive(job, scratch / "naive")
        if isinstance(naive, str) or naive.code != job.exit_code:
            found = naive.splitlines()[-6:] if isinstance(naive, str) else [f"ended with {naive.code}"]
            command = [sys.executable, "-B", EVALUATOR, scratch / "naive" / job.path.name] + job.options
            return [("naive", ["the evaluator:"] + found, shellCommand(job, command, scratch / "naive"))], 0.0
        failures, executable = [], None
        for variant in self.variants:
            name = variantName(variant)
            directory = scratch / name
            copy = job.copyTo(directory)
            options = job.options + ["--workers", variant[1], "--batch", variant[2], "--quiet"]
            if variant == REFEREE:
                command = [self.referee, copy] + job.options
            elif variant[0] == "jit":
                command = [self.streamc, "run", copy] + options
            else:
                if executable is None:
                    executable, problem = self.build(job, scratch / "aot")
                    if problem:
                        failures.append(problem)
                        break
                command = [executable, "--base", directory] + options
            outcome = execute(job, command, directory)
            if variant == REFEREE and outcome.code == CANNOT_JUDGE:
                self.not_judged[job.name] = printable(outcome.stderr.strip()).split(": ", 1)[-1]
                continue
            findings = compare(naive, scratch / "naive", outcome, job.exit_code)
            if findings:
                failures.append((name, findings, shellCommand(job, command, directory)))
        return failures, time.monotonic() - started

    def build(self, job, directory):
        copy = job.copyTo(directory)
        executable = directory / (job.name + ".out")
        built = execute(job, [self.streamc, "build", copy, "-o", executable], directory)
        if built.code or not executable.exists():
            findings = [f"streamc build ended with {built.code}"]
            findings += ["  " + printable(line) for line in built.stderr.splitlines()[:12]]
            return None, ("build", findings, shellCommand(job, built.command, directory))
        return executable, None


def allJobs():
    jobs = [Job(path) for path in sorted(HERE.glob("*.stream"))]
    return jobs + [Job(path) for path in sorted((ROOT / "examples").glob("*/*.stream"))]


def report(failures):
    """Failures of one job, equal ones of several variants once."""
    seen = {}
    for variant, findings, command in failures:
        seen.setdefault(tuple(findings), []).append((variant, command))
    for findings, variants in seen.items():
        print("  in " + ", ".join(variant for variant, _ in variants))
        for line in findings:
            print("    " + line[:LINE_MAX])
        print("    repeat: " + variants[0][1])


def writeJunit(path, results):
    suite = ElementTree.Element("testsuite", name="run.jobs")
    for job, failures, seconds in results:
        case = ElementTree.SubElement(suite, "testcase", name=job.name, time=f"{seconds:.3f}")
        if failures:
            ElementTree.SubElement(case, "failure").text = "\n".join(failures[0][1])
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(path)


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    parser.add_argument("--scratch", type=Path, help="where copies run (default: test-run beside the compiler's bin)")
    parser.add_argument("--filter", default="", help="only jobs whose name matches this regular expression")
    parser.add_argument("--variant", default="", help="only variants whose name matches this regular expression")
    parser.add_argument("--jobs", type=int, default=2, help="how many jobs at a time")
    parser.add_argument("--junit", type=Path)
    parser.add_argument("--referee", type=Path, help="the interpreter of the IR: a third opinion")
    options = parser.parse_args(argv)
    streamc = options.streamc.resolve()
    scratch = (options.scratch or streamc.parent.parent / "test-run").resolve()
    known = ([REFEREE] if options.referee else []) + JIT_VARIANTS + AOT_VARIANTS
    variants = [variant for variant in known if re.search(options.variant, variantName(variant))]
    jobs = [job for job in allJobs() if re.search(options.filter, job.name)]
    if not jobs or not variants:
        print("nothing matches")
        return 1
    runner = Runner(streamc, scratch, variants, options.referee and options.referee.resolve())
    results = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for job, (failures, seconds) in zip(jobs, pool.map(runner.run, jobs)):
            results.append((job, failures, seconds))
            if failures:
                print(f"FAILED {job.name}", flush=True)
                report(failures)
    failed = [job.name for job, failures, _ in results if failures]
    print(f"{len(jobs)} jobs in {len(variants)} variants: {len(jobs) - len(failed)} agree, {len(failed)} do not")
    for name, reason in sorted(runner.not_judged.items()):
        print(f"not judged by the referee: {name}: {reason}")
    if options.junit:
        writeJunit(options.junit, results)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
