# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs commands and takes their CPU and wall times: interleaved, medians."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass


@dataclass
class Cost:
    """Seconds: CPU is user and system time of the command with all that it
    waited for."""
    cpu: float
    wall: float

    def __add__(self, other):
        return Cost(self.cpu + other.cpu, self.wall + other.wall)


def run(command, cwd=None, env=None):
    """The cost of one command; ends the benchmark when it fails."""
    with tempfile.TemporaryFile() as output:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                   stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            text = output.read().decode(errors="replace")
            sys.exit(f"{' '.join(map(str, command))[:2000]}: "
                     f"exit {process.returncode}\n{text[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)


def progress(text):
    """One line on standard error, overwritten by the next; on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


@dataclass
class Variant:
    """Something to measure. `measure` gives one Cost; `count` is how often."""
    measure: object
    count: int


def interleaved(variants, label=""):
    """Measures all variants in turns (A B C A B C ...), so that a change of the
    machine's speed meets all of them; gives the samples by name."""
    samples = {name: [] for name in variants}
    for turn in range(max(v.count for v in variants.values())):
        for name, variant in variants.items():
            if turn < variant.count:
                progress(f"{label}: {name}, {turn + 1} of {variant.count}")
                samples[name].append(variant.measure())
    progress("")
    return samples


def median(samples):
    return Cost(statistics.median(s.cpu for s in samples),
                statistics.median(s.wall for s in samples))


def spread(samples):
    """How far apart the CPU times lie: (largest - smallest) / median."""
    times = [s.cpu for s in samples]
    return (max(times) - min(times)) / statistics.median(times)
