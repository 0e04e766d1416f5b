# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs batches of compiles and measures them: shared by demo, bench and checks."""

import concurrent.futures
import json
import os
import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import projects

# The build that is measured and checked.
BUILD = Path(os.environ.get("HAPAX_BUILD") or projects.ROOT / "build/release").resolve()
HAPAX = BUILD / "bin/hapax"
PLUGIN = BUILD / "lib/Hapax.so"
JOBS = os.cpu_count() or 1


@dataclass
class Result:
    """One batch: seconds of CPU (user+sys of all children) and of wall time."""
    cpu: float
    wall: float
    outputs: list
    diagnostics: list


def environment(cache=None, **more):
    """The caller's environment without its own settings for Hapax."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("HAPAX_")}
    env["HAPAX_CONFIG"] = "/dev/null"
    env["HAPAX_DAEMON"] = "off"
    if cache:
        env["HAPAX_DIR"] = str(cache)
    env.update(more)
    return env


def batch(units, flags, out, launcher=(), env=None, jobs=JOBS):
    """Compiles all units into the folder out; exits with the message of the
    first compile that fails."""
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)

    def one(numbered):
        number, unit = numbered
        output = out / f"{number:04}-{Path(unit.source).name}.o"
        output.unlink(missing_ok=True)
        command = unit.command(flags, output, launcher)
        done = subprocess.run(command, cwd=unit.folder, env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n"
                             f"{done.stdout.decode(errors='replace')}")
        return output, done.stdout

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        done = list(pool.map(one, enumerate(units)))
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return Result(cpu, wall, [o for o, _ in done], [d for _, d in done])


def differing(a, b):
    """The outputs (of two batches of the same units) that are not the same."""
    return [x.name for x, y, dx, dy in
            zip(a.outputs, b.outputs, a.diagnostics, b.diagnostics)
            if x.read_bytes() != y.read_bytes() or dx != dy]


def stats(cache):
    text = subprocess.check_output([HAPAX, "stats", "--json"], env=environment(cache))
    return json.loads(text)


def zero(cache):
    subprocess.check_call([HAPAX, "zero"], env=environment(cache),
                          stdout=subprocess.DEVNULL)
