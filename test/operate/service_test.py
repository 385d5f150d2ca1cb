"""A job tells its service manager how it stands (sd_notify): ready, alive, stopping. With a real socket in the manager's place."""

import os
import signal
import socket
import subprocess
import sys
import unittest

import support
from support import Case

JOB = """job counts with { errors: rejects }
source rows: { k: string, n: i64 } from stdin(format: json)
sink rejects to file("rejects.jsonl", format: json)
rows | where n >= 0 | to file("out.jsonl", format: json)
"""


class Service(Case):
    def manager(self, name):
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(listening.close)
        listening.bind("\0" + name[1:] if name.startswith("@") else name)
        listening.settimeout(support.WATCHDOG_S)
        return listening

    def start(self, **variables):
        self.write("job.stream", JOB)
        process = subprocess.Popen([str(support.STREAMC), "run", "job.stream", "--quiet"], cwd=self.directory,
                                   env=self.environment(**variables), stdin=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()
            process.stderr.close()

        self.addCleanup(end)
        return process

    def check(self, name, stop):
        manager = self.manager(name)
        process = self.start(NOTIFY_SOCKET=name, WATCHDOG_USEC="20000")
        self.assertEqual(manager.recv(100), b"READY=1")
        for _ in range(5):
            self.assertEqual(manager.recv(100), b"WATCHDOG=1")
        stop(process)
        said = manager.recv(100)
        while said == b"WATCHDOG=1":
            said = manager.recv(100)
        self.assertEqual(said, b"STOPPING=1")
        self.assertEqual(process.wait(support.WATCHDOG_S), 0)

    def test_stopped_by_a_signal(self):
        self.check(str(self.directory / "notify"), lambda process: process.send_signal(signal.SIGTERM))

    def test_at_the_end_of_its_input_and_with_an_abstract_socket(self):
        self.check(f"@streamc-test-{os.getpid()}", lambda process: process.stdin.close())

    def test_who_does_not_listen_is_no_error(self):
        for name in (str(self.directory / "nobody"), "@nobody-here", "", "relative", "/" + "x" * 200):
            process = self.start(NOTIFY_SOCKET=name)
            process.stdin.close()
            self.assertEqual(process.wait(support.WATCHDOG_S), 0)

    def test_without_a_watchdog_it_says_so_only_once(self):
        manager = self.manager(str(self.directory / "notify"))
        process = self.start(NOTIFY_SOCKET=str(self.directory / "notify"), WATCHDOG_USEC="soon")
        self.assertEqual(manager.recv(100), b"READY=1")
        process.stdin.close()
        self.assertEqual(manager.recv(100), b"STOPPING=1")
        self.assertEqual(process.wait(support.WATCHDOG_S), 0)


if __name__ == "__main__":
    support.main()
