"""What a running job says of itself on the address of --listen: exact numbers, formats, and clients that misbehave.

    metrics_test.py --streamc build/bin/streamc
"""

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import time
import unittest
from pathlib import Path

import support
from support import Case

JOB = """job counts with { errors: rejects }
source rows: { k: string, n: i64, t: timestamp } from stdin(format: json)
  time t wait 1s
sink rejects to file("rejects.jsonl", format: json)
stream per_key = rows
| where n >= 0
| extend { tenth: 100 / n }
| window tumble 10s
| aggregate { n: count(), sum: sum(tenth) } by k
per_key | to file("out.jsonl", format: json)
per_key.late | to file("late.jsonl", format: json)
"""
DOCS = Path(__file__).resolve().parents[2] / "docs/reference/metrics.md"
SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\} (\S+)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')


def parse(text):
    """The exposition format, strictly: {family: (type, help, {labels: value})}. AssertionError when something is off."""
    families, current = {}, None
    assert text.endswith("\n"), "the last line has no end"
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            name, help_ = line[7:].split(" ", 1)
            assert name not in families, f"{name} comes twice"
            assert help_.strip(), f"{name} has no help"
            current, families[name] = name, [None, help_, {}]
        elif line.startswith("# TYPE "):
            name, type_ = line[7:].split(" ")
            assert name == current and families[name][0] is None, line
            assert type_ in ("counter", "gauge"), line
            assert (type_ == "counter") == name.endswith("_total"), f"{name} is a {type_}"
            families[name][0] = type_
        else:
            match = SAMPLE.match(line)
            assert match, f"no sample: {line}"
            name, labels, value = match.groups()
            assert name == current, f"{name} among the samples of {current}"
            pairs = tuple(LABEL.findall(labels))
            assert len({key for key, _ in pairs}) == len(pairs), line
            assert pairs not in families[name][2], f"twice: {line}"
            assert {key for key, _ in pairs} <= {"job", "operator", "worker", "partition", "cause", "reason", "state", "table",
                                                 "compiler", "plan"}, line
            families[name][2][pairs] = float(value)
    for name, (type_, _, _) in families.items():
        assert type_ is not None, f"{name} has no type"
    return families


def row(key, n, second):
    return json.dumps({"k": key, "n": n, "t": f"2024-01-01T00:00:{second:02d}Z"}) + "\n"


class Listening(Case):
    def start(self, *words, command=None):
        command = command or [support.STREAMC, "run", "job.stream"]
        self.process = subprocess.Popen([*map(str, command), "--listen", "127.0.0.1:0", *words], cwd=self.directory,
                                        env=self.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, bufsize=1)
        self.addCleanup(self.end)
        said = self.process.stderr.readline()
        match = re.fullmatch(r"counts: listening on http://(127\.0\.0\.1):(\d+)\n", said)
        self.assertTrue(match, said)
        self.address = (match.group(1), int(match.group(2)))

    def end(self):
        self.process.kill()
        self.process.wait()
        for file in (self.process.stdin, self.process.stdout, self.process.stderr):
            file.close()

    def setUp(self):
        super().setUp()
        self.write("job.stream", JOB)

    def send(self, *rows):
        self.process.stdin.write("".join(rows))
        self.process.stdin.flush()

    def get(self, path, method="GET"):
        connection = http.client.HTTPConnection(*self.address, timeout=support.WATCHDOG_S)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read().decode(), response
        finally:
            connection.close()

    def metrics(self):
        status, text, response = self.get("/metrics")
        self.assertEqual(status, 200)
        self.assertEqual(response.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return parse(text)

    def sum(self, families, name, **labels):
        """The sum over workers of the samples that have these labels."""
        wanted = {("job", "counts"), *labels.items()}
        found = [value for pairs, value in families["streamc_" + name][2].items() if wanted <= set(pairs)]
        self.assertTrue(found, f"{name} {labels}")
        return sum(found)

    def waitFor(self, records, rows=None):
        """Until all rows that were sent have gone through: what the source read, and no rows between the two operators, of
        which `rows` went from one to the other."""
        deadline = time.monotonic() + support.WATCHDOG_S
        while True:
            families = self.metrics()
            sent = self.sum(families, "operator_records_out_total", operator="rows/source")
            if (self.sum(families, "source_records_total") == records and (rows is None or sent == rows) and
                    self.sum(families, "operator_records_in_total", operator="per_key/aggregate") == sent):
                return families
            self.assertLess(time.monotonic(), deadline, "the rows do not arrive")


class Numbers(Listening):
    def check(self, workers, **how):
        self.start("--workers", str(workers), **how)
        # 8 records: one cannot be decoded, one is negative, one divides by 0, one is late; two windows close.
        self.send(row("a", 1, 1), row("b", 2, 2), row("a", 0, 3), row("c", -1, 4), "{nonsense}\n", row("a", 5, 30),
                  row("b", 4, 5), row("d", 7, 45))
        families = self.waitFor(8, rows=5)
        expected = [
            (8, "source_records_total", {"operator": "rows/source"}),
            (1, "source_decode_errors_total", {"operator": "rows/source", "reason": "decode"}),
            (7, "operator_records_in_total", {"operator": "rows/source"}),
            (5, "operator_records_out_total", {"operator": "rows/source"}),
            (5, "operator_records_in_total", {"operator": "per_key/aggregate"}),
            (1, "late_records_total", {"operator": "per_key/aggregate"}),
            (0, "late_records_total", {"operator": "rows/source"}),
            (1, "rejected_records_total", {"cause": "decode"}),
            (1, "rejected_records_total", {"cause": "divide_by_zero"}),
            (0, "rejected_records_total", {"cause": "encode"}),
            (0, "errors_lost_total", {}),
        ]
        for value, name, labels in expected:
            self.assertEqual(self.sum(families, name, **labels), value, f"{name} {labels}")
        self.assertEqual(families["streamc_source_lag_bytes"][2], {})
        # The watermark is at 00:00:44: the windows of :00 and :30 are closed when that has arrived, one is open. Then
        # the queues are empty.
        deadline = time.monotonic() + support.WATCHDOG_S
        while (self.sum(families, "operator_records_out_total", operator="per_key/aggregate") != 4  # a b a, and the late b
               or (workers > 1  # one worker hands nothing over
                   and self.sum(families, "exchange_queue_ratio", operator="per_key/aggregate") != 0)):
            self.assertLess(time.monotonic(), deadline)
            families = self.metrics()
        self.assertEqual(self.sum(families, "state_keys", table="0"), 1)
        self.assertEqual(self.sum(families, "state_windows_open", table="0"), 1)
        self.assertGreater(self.sum(families, "state_bytes", table="0"), 0)
        lag = self.sum(families, "watermark_lag_seconds", operator="rows/source", partition="0")
        self.assertAlmostEqual(lag, time.time() - 1704067244, delta=60)
        # Time: every worker's states make up the time since it started.
        start = self.sum(families, "job_start_time_seconds")
        for worker in range(workers):
            spent = self.sum(families, "task_time_seconds_total", worker=str(worker))
            self.assertLessEqual(spent, time.time() - start + 1)
            self.assertGreater(spent, 0)
        self.process.stdin.close()
        self.assertEqual(self.process.wait(support.WATCHDOG_S), 0)
        self.assertEqual(len(self.read("out.jsonl").splitlines()), 4)

    def test_exact_values_with_one_worker(self):
        self.check(1)

    def test_exact_values_with_three_workers(self):
        self.check(3)

    def test_an_executable_says_the_same(self):
        self.streamc("build", "job.stream", "-o", "counts")
        self.check(2, command=[self.directory / "counts"])

    def test_every_family_is_documented_and_the_other_way_round(self):
        self.start()
        said = {name: (type_, help_) for name, (type_, help_, _) in self.metrics().items()}
        rows = re.findall(r"^\| `(streamc_\w+)` \| (\w+) \| [^|]* \| ([^|]*) \|$", DOCS.read_text(), re.MULTILINE)
        self.assertEqual({name: (type_, help_) for name, type_, help_ in rows}, said)

    @unittest.skipUnless(shutil.which("promtool"), "promtool (Debian package prometheus) is not installed")
    def test_promtool_finds_nothing_to_say(self):
        self.start("--workers", "2")
        self.send(row("a", 1, 1))
        self.waitFor(1)
        done = subprocess.run(["promtool", "check", "metrics"], input=self.get("/metrics")[1], capture_output=True, text=True,
                              timeout=support.WATCHDOG_S, check=False)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_bytes_of_a_file(self):
        lines = "".join(row("a", n, n % 60) for n in range(1000))
        self.write("in.jsonl", lines)
        # The second source keeps the job alive when the file is read out.
        self.write("job.stream", JOB.replace("stdin(format: json)", 'file("in.jsonl", format: json)') +
                   "source more: { n: i64 } from stdin(format: json)\nmore | to null\n")
        self.start()
        deadline = time.monotonic() + support.WATCHDOG_S
        while self.sum(self.metrics(), "source_records_total", operator="rows/source") < 1000:
            self.assertLess(time.monotonic(), deadline)
        families = self.metrics()
        self.assertEqual(self.sum(families, "source_read_bytes_total", operator="rows/source"), len(lines))
        self.assertEqual(self.sum(families, "source_lag_bytes", operator="rows/source"), 0)


class Pages(Listening):
    def test_status(self):
        self.start("--workers", "2")
        self.send(row("a", 1, 1), "{nonsense}\n", row("a", 2, 30), row("b", 4, 5))
        self.waitFor(4, rows=3)
        status, text, response = self.get("/status")
        self.assertEqual((status, response.headers["Content-Type"]), (200, "application/json"))
        said = json.loads(text)
        self.assertEqual((said["job"], said["state"], said["workers"], said["late"], said["rejected"]),
                         ("counts", "running", 2, 1, {"decode": 1}))
        self.assertEqual(said["watermark"]["time"], "2024-01-01T00:00:29Z")
        self.assertEqual(said["watermark"]["held_back_by"], {"source": "rows", "partition": 0})
        (source,) = said["sources"]
        self.assertEqual((source["name"], source["records"], source["undecodable"]), ("rows", 4, 1))

    def test_health_head_and_what_is_not_there(self):
        self.start()
        self.assertEqual(self.get("/healthz")[:2], (200, "ok\n"))
        self.assertEqual(self.get("/readyz?probe=1")[:2], (200, "ok\n"))
        status, text, response = self.get("/metrics", "HEAD")
        self.assertEqual((status, text), (200, ""))
        self.assertGreater(int(response.headers["Content-Length"]), 1000)
        self.assertEqual(self.get("/nothing")[0], 404)
        self.assertEqual(self.get("/metrics", "POST")[0], 405)

    def test_a_stopped_job_ends_with_its_server(self):
        self.start()
        idle = socket.create_connection(self.address)
        self.addCleanup(idle.close)
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(support.WATCHDOG_S), 0)
        with self.assertRaises(OSError):
            socket.create_connection(self.address).close()


class Misbehaviour(Listening):
    def raw(self, bytes_):
        """All that comes back on a connection that sends these bytes and no more."""
        with socket.create_connection(self.address, timeout=support.WATCHDOG_S) as connection:
            connection.sendall(bytes_)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received

    def test_what_is_no_request_is_refused(self):
        self.start()
        self.assertTrue(self.raw(b"\x16\x03\x01hello\r\n").startswith(b"HTTP/1.1 400 "))
        self.assertTrue(self.raw(b"GET / HTTP/1.1\r\nX: " + b"a" * 20000).startswith(b"HTTP/1.1 431 "))
        self.assertEqual(self.get("/healthz")[0], 200)

    def test_silent_clients_do_not_keep_others_out(self):
        self.start()
        silent = []
        for _ in range(200):
            connection = socket.create_connection(self.address, timeout=support.WATCHDOG_S)
            self.addCleanup(connection.close)
            connection.sendall(b"GET /met")
            silent.append(connection)
        self.assertEqual(self.get("/healthz")[0], 200)
        self.send(row("a", 1, 1))
        self.assertEqual(self.sum(self.waitFor(1), "source_records_total"), 1)

    def test_an_address_that_cannot_be_used(self):
        self.write("job.stream", JOB)
        taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(taken.close)
        for address in (f"127.0.0.1:{taken.getsockname()[1]}", "nowhere.example:80", "127.0.0.1:70000", "127.0.0.1:",
                        "256.0.0.1:1", "[::1:1"):
            done = self.streamc("run", "job.stream", "--listen", address, code=78)
            self.assertIn("error[R0207]: cannot listen on", done.stderr)

    def test_without_the_option_nothing_listens(self):
        process = subprocess.Popen([support.STREAMC, "run", "job.stream"], cwd=self.directory, env=self.environment(),
                                   stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        tasks = Path(f"/proc/{process.pid}/task")
        names = set()
        deadline = time.monotonic() + support.WATCHDOG_S
        while not any(name.startswith("worker") for name in names):
            self.assertLess(time.monotonic(), deadline)
            names = {(task / "comm").read_text().strip() for task in tasks.iterdir()}
        self.assertNotIn("control", names)


if __name__ == "__main__":
    support.main()
