# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hapaxd as checks and benchmarks run it."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import batches

HAPAXD = batches.BUILD / "bin/hapaxd"


class Fault(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Fault(message)


def wait_for(condition, what):
    until = time.monotonic() + 60
    while not condition():
        expect(time.monotonic() < until, what)
        time.sleep(0.02)


def server(path):
    """The process that listens there; None if none does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return None
        return int.from_bytes(probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 4),
                              sys.byteorder)


class Daemon:
    """One that runs while the object is in use."""

    def __init__(self, folder, *options, program=HAPAXD):
        self.socket = folder / "s"
        self.command = [program, f"--socket={self.socket}", *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL)
        wait_for(lambda: server(self.socket), "hapaxd does not begin to listen")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def statistics(self, cache):
        text = subprocess.check_output([batches.HAPAX, "stats", "--json"],
                                       env=environment(self.socket, cache,
                                                       HAPAX_DAEMON_TIMEOUT="60000"))
        return json.loads(text)["daemon"]

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def memory_kib(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])


def environment(path, cache, **more):
    return batches.environment(cache, HAPAX_SOCKET=str(path), HAPAX_DAEMON="before-disk", **more)
