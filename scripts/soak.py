#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The long checks behind scripts/soak. The outcome, good or bad, is written to
bench/results/soak-<date>-<processor>.md.

Parts:
  mutants    changes of the projects' modules: equal hashes exactly when the
             oracle is equal (hapax-hash-soak)
  wronghits  the flag and token matrices, with -fpass-plugin and by the launcher
             (test/wronghits/wrong_hits.py)
  projects   whole projects under HAPAX_VERIFY=1, and their tests
             (verify_projects.py)
  proofs     the core proved, and every mutant of it (scripts/prove,
             proofs/mutants.py)
  fuzz       the fuzz targets of test/fuzz under ASan and UBSan
  memcheck   the unit tests of the runtime's lock-free rooms under valgrind, and
             fuzz targets under MemorySanitizer
  vram       random operations on the GPU cache, on host memory, against a naive
             model (hapax-vram-soak)
  daemon     builds during which hapaxd or its clients are killed
             (daemon_soak.py)
  hostile    clients that write what they like to all that they share with
             hapaxd (hapax-hostile-soak), and a tenth of it under ASan and UBSan
  shards     random edits of real sources: objects out of known shards and of
             shards compiled anew (shard_soak.py)
"""

import argparse
import concurrent.futures
import datetime
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import batches
import daemon_soak
import hapaxd
import project_tests
import projects
import report
import shard_soak
import verify_projects

HASH_SOAK = batches.BUILD / "bin/hapax-hash-soak"
WRONG_HITS = projects.ROOT / "test/wronghits/wrong_hits.py"

MUTANTS = 120_000
# For each fuzz target how often it runs and the longest input, in bytes: what a
# run costs differs by orders of magnitude. The slowest begin first.
FUZZ = {"CoreFuzz": (15_000_000, 256), "AlignedPoolFuzz": (4_000_000, 400),
        "LruFuzz": (12_000_000, 128), "RingFuzz": (1_000_000, 128),
        "SharedRingFuzz": (40_000_000, 256), "EntryFuzz": (30_000_000, 256),
        "ArenaFuzz": (1_000_000, 256), "ProtocolFuzz": (20_000_000, 512),
        "RecordFuzz": (1_000_000, 512)}
# Unit tests for valgrind. It has no address space for the largest pool and no
# room below a limit of the process.
VALGRIND = {"ConcurrencyTests": "", "PipelineTests": "", "StateVectorTests": "",
            "MemoryTests": "AlignedPoolTest.LargeLimit*:AlignedPoolTest.NoMemoryOfTheSystem*"}
# Runs under MemorySanitizer, of the targets that call no library which is built
# without it (std::map, zstd).
MSAN = {"RingFuzz": 300_000, "SharedRingFuzz": 3_000_000, "LruFuzz": 1_000_000}
VRAM_OPERATIONS = 60_000_000
# To hapaxd, by the preset that it is built with.
HOSTILE_MESSAGES = {"runtime": 10_000_000, "asan": 1_000_000}
MODULE_FLAGS = ("-O0", "-O0 -g", "-O2", "-O2 -g")
# Work on a mutant grows with the module: those above this size get fewer.
USUAL_BYTES = 30_000
MUTANTS_PER_MODULE = 100


@dataclass
class Part:
    """What one part did."""
    name: str
    good: bool
    summary: str
    seconds: float = 0
    details: list = field(default_factory=list)  # lines


def say(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", flush=True)


# --- mutants

def modules(folder, wanted, seed):
    """Bitcode of files of the projects (write_ir()); of all of them unless fewer
    are wanted. The biggest come first."""
    folder.mkdir(parents=True)

    def emit(work):
        project, flags, unit = work
        name = f"{project}{flags}-{Path(unit.source).name}.bc".replace(" ", "")
        unit.write_ir(flags, folder / name)
        return folder / name

    work = [(project.split()[0], flags, unit) for project, units in projects.PROJECTS.items()
            for unit in units() for flags in MODULE_FLAGS]
    if wanted < len(work):
        work = random.Random(seed).sample(work, wanted)
    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        return sorted(pool.map(emit, work), key=lambda f: -f.stat().st_size)


def shares(sizes, total):
    """How many mutants each module gives, by its size."""
    weights = [min(1.0, USUAL_BYTES / size) for size in sizes]
    return [max(3, round(total * w / sum(weights))) for w in weights]


def mutants(scale, seed, work):
    total = round(MUTANTS * scale)
    exceptions = work / "exceptions"
    exceptions.mkdir(parents=True)
    say("mutants: writing the modules")
    files = modules(work / "modules", max(8, total // MUTANTS_PER_MODULE), seed)
    counts = shares([f.stat().st_size for f in files], total)
    tried = distinct = wrong = 0
    lines = []

    def soak(index):
        command = [HASH_SOAK, f"--seed={seed + index}", f"--count={counts[index]}",
                   f"--save={exceptions}", files[index]]
        return files[index], subprocess.run(command, text=True, capture_output=True)

    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        running = [pool.submit(soak, index) for index in range(len(files))]
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            file, process = future.result()
            if process.returncode not in (0, 1):
                wrong += 1
                lines.append(f"{file.name}: exit {process.returncode}: "
                             f"{process.stderr.strip()[-300:]}")
                continue
            outcome = json.loads(process.stdout.splitlines()[-1])
            tried += outcome["tried"]
            distinct += outcome["distinct"]
            wrong += outcome["exceptions"]
            if outcome["exceptions"]:
                lines.append(f"{file.name}: {outcome['exceptions']} exceptions "
                             f"(saved in {exceptions})")
            if done % 20 == 0:
                say(f"mutants: {done} of {len(files)} modules, {distinct} distinct, "
                    f"{wrong} exceptions")
    short = distinct < 0.9 * total
    return Part("mutants", not wrong and not short,
                f"{len(files)} modules, {tried} mutants tried, {distinct} distinct, "
                f"{wrong} exceptions" + (" (too few mutants)" if short else ""), details=lines)


# --- wrong hits

def wrong_hits(cases, launcher, scale, seed):
    command = [sys.executable, str(WRONG_HITS), cases, f"--seed={seed}",
               f"--build={batches.BUILD}"]
    if launcher:
        command.append("--launcher")
    if cases == "flags":
        command.append("--minimum-hits=80")
    if scale < 1:
        command.append(f"--sample={max(10, round(2000 * scale))}")
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.splitlines() or [f"exit {done.returncode}"]
    return Part(f"wrong hits: {cases}, {'launcher' if launcher else '-fpass-plugin'}",
                done.returncode == 0, lines[-1], details=lines[:-1])


# --- projects

def whole_projects(names):
    outcomes = verify_projects.run(names, verify_projects.FLAGS, batches.JOBS)
    bad = sum(bool(o.faults) for o in outcomes)
    return Part("projects", not bad,
                f"{sum(o.units for o in outcomes)} compiles verified, "
                f"{sum(o.mismatches for o in outcomes)} mismatches, "
                f"{len(outcomes) - bad} of {len(outcomes)} project and flag pairs good",
                details=[line for o in outcomes for line in verify_projects.lines(o)])


# --- proofs

def proofs(scale):
    """The table of the proof, then the mutants: all, or a sample."""
    mutants_of_core = [sys.executable, str(projects.ROOT / "proofs/mutants.py")]
    if scale < 1:
        mutants_of_core.append(f"--sample={max(10, round(400 * scale))}")
    lines = []
    good = True
    for command in ([str(projects.ROOT / "scripts/prove"), "--shares"], mutants_of_core):
        done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        good = good and done.returncode == 0
        lines += done.stdout.splitlines() or [f"exit {done.returncode}"]
    return Part("proofs", good, lines[-1], details=lines[:-1])


# --- fuzz

def fuzz_target(program, runs, longest, seed, work):
    """One target with a corpus of its own that begins empty: its runs and the
    finished process."""
    corpus = work / program.name
    corpus.mkdir(parents=True)
    done = subprocess.run([program, f"-runs={runs}", f"-seed={seed}", f"-max_len={longest}",
                           f"-artifact_prefix={work}/{program.name}-", corpus],
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    reached = re.search(r"Done (\d+) runs", done.stdout)
    return int(reached.group(1)) if reached else 0, done


def fuzz(names, scale, seed, work):
    projects.run([projects.ROOT / "scripts/build", "asan", *names])

    def target(name):
        runs, longest = FUZZ[name]
        return name, *fuzz_target(projects.ROOT / "build/asan/bin" / name,
                                  max(1000, round(runs * scale)), longest, seed, work)

    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        outcomes = list(pool.map(target, names))
    faults = [name for name, _, done in outcomes if done.returncode]
    lines = [f"{name}: {runs} runs, exit {done.returncode}" for name, runs, done in outcomes]
    for name, _, done in outcomes:
        if done.returncode:
            lines += [f"{name}: {line}" for line in done.stdout.splitlines()[-30:]]
    return Part("fuzz", not faults, f"{sum(runs for _, runs, _ in outcomes)} runs, faults in: "
                f"{', '.join(faults) or 'none'}", details=lines)


# --- memcheck

def memcheck(scale, seed, work):
    build = projects.ROOT / "scripts/build"
    projects.run([build, "runtime", *VALGRIND])
    projects.run([build, "msan", *MSAN])
    lines, faults = [], []

    def note(name, what, done):
        lines.append(f"{name}: {what}, exit {done.returncode}")
        if done.returncode:
            faults.append(name)
            lines.extend(f"{name}: {line}" for line in done.stdout.splitlines()[-30:])

    for name, without in VALGRIND.items():
        done = subprocess.run(["valgrind", "-q", "--error-exitcode=9", "--fair-sched=yes",
                               projects.ROOT / "build/runtime/bin" / name, "--gtest_brief=1",
                               f"--gtest_filter=-{without}"],
                              text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        count = re.search(r"(\d+) tests? from .* ran", done.stdout)
        note(name, f"{count.group(1) if count else 'no'} tests under valgrind", done)
    for name, runs in MSAN.items():
        runs, done = fuzz_target(projects.ROOT / "build/msan/bin" / name,
                                 max(1000, round(runs * scale)), FUZZ[name][1], seed, work)
        note(name, f"{runs} runs under MemorySanitizer", done)
    return Part("memcheck", not faults, f"{len(VALGRIND)} test programs, {len(MSAN)} fuzz "
                f"targets, faults in: {', '.join(faults) or 'none'}", details=lines)


# --- vram

def vram(scale, seed):
    """One process a core, each with a seed of its own."""
    projects.run([projects.ROOT / "scripts/build", "runtime", "hapax-vram-soak"])
    program = projects.ROOT / "build/runtime/bin/hapax-vram-soak"
    count = max(10_000, round(VRAM_OPERATIONS * scale / batches.JOBS))

    def run(index):
        return subprocess.run([program, str(count), str(seed + index)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        outcomes = list(pool.map(run, range(batches.JOBS)))
    lines = [(done.stdout.splitlines() or [f"exit {done.returncode}"])[-1] for done in outcomes]
    good = all(done.returncode == 0 for done in outcomes)
    return Part("vram", good, f"{count * batches.JOBS} operations or more, "
                + ("no difference" if good else "DIFFERENCES"), details=lines)


def daemon(scale, seed):
    good, details = daemon_soak.run(scale, seed)
    return Part("daemon", good, details[-1] if not good else "every object as compiled plain",
                details=details)


# --- hostile

def hostile_clients(preset, messages, seed):
    """What was done; a Fault where anything went wrong or is left over."""
    projects.run([projects.ROOT / "scripts/build", preset, "hapaxd", "hapax-hostile-soak"])
    programs = projects.ROOT / "build" / preset / "bin"
    with (tempfile.TemporaryDirectory(prefix="hapax-soak-") as folder,
          hapaxd.Daemon(Path(folder), "--no-gpu", "--arena=64Ki",
                        program=programs / "hapaxd") as daemon):
        def send(count):
            done = subprocess.run([programs / "hapax-hostile-soak", daemon.socket, str(count),
                                   str(seed)], text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            time.sleep(3)  # until the memory of those who are gone is dropped
            hapaxd.expect(done.returncode == 0, f"exit {done.returncode}: {done.stdout}")
            return done.stdout.strip()

        send(max(10_000, messages // 20))
        descriptors, memory = daemon.descriptors(), daemon.memory_kib()
        said = send(messages)
        hapaxd.expect(daemon.process.poll() is None, f"hapaxd has ended: {said}")
        hapaxd.wait_for(lambda: daemon.descriptors() <= descriptors,
                        f"{daemon.descriptors()} descriptors, {descriptors} before")
        hapaxd.wait_for(lambda: daemon.threads() <= 2, f"{daemon.threads()} threads are left")
        hapaxd.expect(daemon.memory_kib() <= memory + daemon_soak.SLACK_KIB,
                      f"{daemon.memory_kib()} KiB, {memory} before")
        return f"{said}; {memory} KiB at first, {daemon.memory_kib()} KiB in the end"


def hostile(scale, seed):
    lines = []
    try:
        for preset, messages in HOSTILE_MESSAGES.items():
            said = hostile_clients(preset, max(10_000, round(messages * scale)), seed)
            lines.append(f"{preset}: {said}")
    except hapaxd.Fault as fault:
        return Part("hostile", False, str(fault), details=lines)
    return Part("hostile", True, "nothing wrong, nothing left over", details=lines)


# --- shards

def shards(scale, seed, work):
    good, summary, details = shard_soak.run(scale, seed, work)
    return Part("shards", good, summary, details=details)


def duration(seconds):
    return str(datetime.timedelta(seconds=round(seconds)))


def write(path, arguments, parts):
    table = report.Table("Outcome", ["part", "good", "seed", "took", "counts"],
                         [[p.name, "yes" if p.good else "NO", arguments.seed,
                           duration(p.seconds), p.summary] for p in parts])
    text = [table]
    for part in parts:
        if part.details:
            text.append("\n".join([f"## {part.name}", "", "```", *part.details, "```", ""]))
    report.write(path, f"Soak, scale {arguments.scale:g}", text)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0,
                        help="of mutants and cases; 1 takes hours, 0.01 minutes")
    parser.add_argument("--project", action="append", choices=project_tests.PROJECTS,
                        help="verify only this one; may be given again")
    parser.add_argument("--target", action="append", choices=FUZZ,
                        help="fuzz only this one; may be given again")
    parser.add_argument("--output", type=Path, help="write the outcome to this file instead")
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help="mutants, wronghits, projects, proofs, fuzz, memcheck, vram, daemon, "
                             "hostile, shards (default: all)")
    arguments = parser.parse_args()
    names = arguments.project or list(project_tests.PROJECTS)
    work = projects.work_folder() / "soak"
    shutil.rmtree(work, ignore_errors=True)
    every = {
        "mutants": [lambda: mutants(arguments.scale, arguments.seed, work)],
        "wronghits": [lambda c=c, l=l: wrong_hits(c, l, arguments.scale, arguments.seed)
                      for c in ("flags", "tokens") for l in (False, True)],
        "projects": [lambda: whole_projects(names)],
        "proofs": [lambda: proofs(arguments.scale)],
        "fuzz": [lambda: fuzz(arguments.target or list(FUZZ), arguments.scale, arguments.seed,
                              work / "fuzz")],
        "memcheck": [lambda: memcheck(arguments.scale, arguments.seed, work / "memcheck")],
        "vram": [lambda: vram(arguments.scale, arguments.seed)],
        "daemon": [lambda: daemon(arguments.scale, arguments.seed)],
        "hostile": [lambda: hostile(arguments.scale, arguments.seed)],
        "shards": [lambda: shards(arguments.scale, arguments.seed, work / "shards")],
    }
    unknown = set(arguments.parts) - set(every)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")

    path = arguments.output or report.result_file("soak")
    parts = []
    for name in arguments.parts or every:
        for run in every[name]:
            say(f"{name} ...")
            started = time.monotonic()
            part = run()
            part.seconds = time.monotonic() - started
            parts.append(part)
            say(f"{part.name}: {part.summary}: {'good' if part.good else 'BAD'}, "
                f"{duration(part.seconds)}")
            # After every part: hours of work are not lost when a later one fails.
            write(path, arguments, parts)
    print(f"written to {path}")
    return 0 if all(p.good for p in parts) else 1


if __name__ == "__main__":
    sys.exit(main())
