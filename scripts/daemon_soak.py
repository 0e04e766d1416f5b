# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""hapaxd under builds of a real project while processes are killed: the part
"daemon" of scripts/soak.

The objects must be those of a plain compile, each compile may print one warning
of Hapax's at most, and the daemon must keep nothing of clients that are gone.
"""

import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import batches
import projects
from hapaxd import Daemon, Fault, environment, expect, server, wait_for

JOBS = 8
FLAGS = ["-O1"]
HELLO = struct.pack("<IHH", 0x44585048, 2, 0)  # Protocol.h
# What the daemon's memory may grow by, over what it had after its first clients.
SLACK_KIB = 64 * 1024


def check(plain, built):
    for before, after in zip(plain.outputs, built.outputs):
        expect(before.read_bytes() == after.read_bytes(), f"{after.name} differs")
    for before, after in zip(plain.diagnostics, built.diagnostics):
        added = after.removeprefix(before)
        expect(after.startswith(before) and added.count(b"\n") <= 1
               and (not added or added.startswith(b"hapax: warning: ")),
               f"a compile said {added.decode(errors='replace')!r}")


def killed_daemons(builds, seed, units, plain, folder):
    """Builds during which the daemon is killed again and again; the launcher
    starts the next one."""
    random_ = random.Random(seed)
    path, kills, stores = folder / "s", 0, 0
    launcher = [str(batches.HAPAX)]
    for number in range(builds):
        over = threading.Event()

        def kill():
            nonlocal kills
            while not over.wait(random_.uniform(0, plain.wall / 3)):
                pid = server(path)
                if pid:
                    os.kill(pid, signal.SIGKILL)
                    kills += 1

        killer = threading.Thread(target=kill)
        killer.start()
        try:
            # Every other build finds all on the disk, if not at the daemon.
            cache = folder / f"cache{number // 2}"
            built = batches.batch(units, FLAGS, folder / "built", launcher,
                                  environment(path, cache, HAPAX_START_DAEMON="1"), JOBS)
            stores += batches.stats(cache)["tiers"].get("daemon", {}).get("stores", 0)
        finally:
            over.set()
            killer.join()
        check(plain, built)
        if number % 2:
            shutil.rmtree(cache)
    pid = server(path)
    if pid:
        os.kill(pid, signal.SIGTERM)
    expect(kills >= builds and stores >= builds,
           f"only {kills} kills, {stores} entries given to the daemon")
    return (f"{builds} builds of {len(units)} files, the daemon killed {kills} times "
            f"and given {stores} entries")


def killed_clients(count, seed, units, plain, folder):
    random_ = random.Random(seed)
    cache, launcher = folder / "cache", [str(batches.HAPAX)]
    with Daemon(folder) as daemon:
        env = environment(daemon.socket, cache)
        check(plain, batches.batch(units, FLAGS, folder / "first", launcher, env, JOBS))
        descriptors, memory = daemon.descriptors(), daemon.memory_kib()
        longest = 2 * JOBS * plain.cpu / len(units)
        # Each of them compiles, and tells the daemon.
        env |= {"HAPAX_RECACHE": "1"}
        killed = 0
        while killed < count:
            running = [subprocess.Popen(unit.command(FLAGS, folder / f"{i}.o", launcher),
                                        cwd=unit.folder, env=env, stderr=subprocess.DEVNULL)
                       for i, unit in enumerate(random_.sample(units, JOBS))]
            for process in running:
                time.sleep(random_.uniform(0, longest / JOBS))
                process.kill()
            killed += sum(process.wait() == -signal.SIGKILL for process in running)
        # The one that asks is a client too.
        wait_for(lambda: daemon.statistics(cache)["clients"] <= 1, "clients are left over")
        expect(daemon.process.poll() is None, "the daemon has ended")
        wait_for(lambda: daemon.descriptors() <= descriptors,
                 f"{daemon.descriptors()} descriptors, {descriptors} before")
        expect(daemon.memory_kib() <= memory + SLACK_KIB,
               f"{daemon.memory_kib()} KiB, {memory} before")
        env = environment(daemon.socket, cache)
        check(plain, batches.batch(units, FLAGS, folder / "last", launcher, env, JOBS))
    return f"{killed} clients killed"


def connections(count, folder):
    """Clients that come and go, some without a word."""
    with Daemon(folder) as daemon:
        def connect(number):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
                client.settimeout(60)
                client.connect(str(daemon.socket))
                if number % 8 == 0:
                    return
                client.sendall(HELLO)
                answer, given, _, _ = socket.recv_fds(client, 64, 1)
                for descriptor in given:
                    os.close(descriptor)
                nonlocal admitted
                admitted += len(given)

        admitted = 0
        for number in range(100):
            connect(number)
        time.sleep(3)  # until their memory is ready for others
        descriptors, memory = daemon.descriptors(), daemon.memory_kib()
        admitted = 0
        number = 0
        while admitted < count:
            connect(number)
            number += 1
            if number % 200 == 0:
                time.sleep(1)  # as above: it keeps a limited number ready
        wait_for(lambda: daemon.descriptors() <= descriptors,
                 f"{daemon.descriptors()} descriptors, {descriptors} before")
        expect(daemon.memory_kib() <= memory + SLACK_KIB,
               f"{daemon.memory_kib()} KiB, {memory} before")
    return f"{admitted} clients admitted, no descriptor and no memory left over"


def run(scale, seed):
    """Whether all went well, and lines that say what was done."""
    units = projects.PROJECTS["lua5.4"]()
    steps = [lambda f: killed_daemons(max(2, round(100 * scale)), seed, units, plain, f),
             lambda f: killed_clients(max(JOBS, round(1000 * scale)), seed, units, plain, f),
             lambda f: connections(max(100, round(10_000 * scale)), f)]
    lines = []
    # Not below the usual folder: paths of sockets are short.
    with tempfile.TemporaryDirectory(prefix="hapax-soak-") as base:
        plain = batches.batch(units, FLAGS, Path(base) / "plain", jobs=JOBS)
        for number, step in enumerate(steps):
            folder = Path(base) / str(number)
            folder.mkdir(mode=0o700)
            try:
                lines.append(step(folder))
            except Fault as fault:
                return False, [*lines, f"FAULT: {fault}"]
    return True, lines
