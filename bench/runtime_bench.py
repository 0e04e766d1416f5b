#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The runtime's parts beside their peers: the Google Benchmark programs, run in
turns, as tables of ratios."""

import argparse
import json
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import measure
from report import Goal, Table, goals_table

COPY = "memory/copy"
# What a row's name says besides what it is of.
SETTINGS = r"/(?:real_time|manual_time|threads:\d+|iterations:\d+)"


@dataclass
class Family:
    """The rows of one program, or some of them, that make one table."""
    title: str
    program: str
    # A row's name: operation, subject and what it is done to.
    name: str
    # Ours: the first of them that a row has.
    ours: tuple
    # Whose best we want to reach.
    peers: tuple
    # Shown, but no aim.
    beside: tuple = ()
    # Bytes that one operation hands over; the program may know better.
    item_bytes: object = None
    notes: list = field(default_factory=list)

    def operation(self, row):
        """(operation, subject) of a row, or None if it belongs to another table."""
        found = re.fullmatch(self.name, re.sub(SETTINGS, "", row))
        if not found:
            return None
        parts = found.groupdict()
        return " ".join(p for p in (parts["what"], parts.get("size")) if p), parts["who"]


FAMILIES = (
    Family("Rings", "concurrency-bench", r"(?P<what>spsc/[^/]+)/(?P<who>\w+)",
           ("hapax",), ("boost", "moodycamel", "atomic_queue"), item_bytes=lambda row: 8,
           notes=["moodycamel: ReaderWriterQueue, which holds up to twice as many values as "
                  "were asked for. atomic_queue: cannot hold the value 0."]),
    Family("Queues", "concurrency-bench", r"(?P<what>mpmc/[^/]+)/(?P<who>\w+)",
           ("hapax",), ("boost", "moodycamel", "atomic_queue", "tbb"),
           item_bytes=lambda row: 8,
           notes=["moodycamel: ConcurrentQueue, which is not bounded and keeps the order of each "
                  "producer only: less than what the others do."]),
    Family("Notifications", "concurrency-bench", r"(?P<what>event/[^/]+)/(?P<who>[\w-]+)",
           ("hapax",), (), beside=("fence-alone",),
           notes=["fence-alone: the one fence without which wake-ups are lost."]),
    Family("Pool", "pool-bench", r"(?P<what>pair|many|shared|handover)/(?P<who>[a-z-]+)/(?P<size>\d+)",
           ("hapax-cached",), ("malloc", "jemalloc", "mimalloc"), beside=("boost", "hapax"),
           notes=["boost::pool serves one thread, does not align to 64 bytes and checks nothing; "
                  "hapax: without a cache for each thread. many: 1000 blocks do not stay in the "
                  "first cache with a header of 64 bytes each, and a free looks at two headers."]),
    Family("Pool, zeroed blocks", "pool-bench",
           r"(?P<what>pair|many)/zeroed-(?P<who>[a-z-]+)/(?P<size>\d+)",
           ("hapax-cached",), ("jemalloc", "mimalloc"), beside=("hapax",),
           item_bytes=lambda row: int(row.rsplit("/", 1)[1])),
    Family("State vectors", "statevector-bench",
           r"(?P<what>[\w-]+/(?:float|double))/(?P<who>\w+)/(?P<size>\d+)",
           ("avx512", "avx2", "portable"), ("libc",), beside=("portable", "avx2"),
           notes=["libc: memchr() and memmove() over as many bytes. Numbers of qubits: 12 lies "
                  "in the caches, 24 in memory."]),
    Family("LRU", "lru-bench", r"(?P<what>\w+)/(?P<who>checked|unchecked|standard)/(?P<size>\d+)",
           ("checked",), ("standard",), beside=("unchecked",),
           notes=["standard: std::list and std::unordered_map. unchecked: ours without the checks "
                  "of the core."]),
    Family("GPU cache, bookkeeping", "vram-bench",
           r"(?P<what>\w+)/(?P<who>checked|unchecked|standard)/(?P<size>\d+)",
           ("checked",), ("standard",), beside=("unchecked",),
           notes=["standard: std::list and std::unordered_map, with malloc for the memory. "
                  "unchecked: ours without the checks of the core. Nobody takes a lock."]),
    Family("Daemon", "ipc-bench",
           r"(?P<what>round-trip-\w+|get|gets-of-8|connect-get)/(?P<who>hapax|socket|redis)"
           r"(?:/(?P<size>\d+))?",
           ("hapax",), ("socket", "redis"),
           notes=["The host tier of hapaxd. socket: an echo over a unix socket; redis: Redis over "
                  "a unix socket, which looks at no digest. spinning: with two free cores. "
                  "gets-of-8: by eight clients at a time."]),
    Family("GPU cache, whole hits", "vram-bench",
           r"(?P<what>hit\w+)/(?P<who>ours|locked)/(?P<size>\d+)",
           ("ours",), (), beside=("locked",),
           notes=["On host memory, of 1000 entries. hitFront: out of the front; hitMemory: out of "
                  "what stands for the device's memory. locked: std::list and std::unordered_map "
                  "under a mutex that is held while the payload is copied, with the same digest."]),
    Family("Core", "core-bench",
           r"(?P<who>buffer|resource|bare)(?P<what>\w+)(?:/(?P<size>\d+))?",
           ("buffer", "resource"), (), beside=("bare",),
           notes=["bare: the same without any check."]),
)


@dataclass
class Row:
    """One benchmark: nanoseconds for one item, bytes a second if it counts them."""
    nanoseconds: float
    bytes: float


def samples(rounds, repetitions, seconds):
    """All programs in turns; medians by program and row."""
    units = {"ns": 1, "us": 1e3, "ms": 1e6}
    times, rates = {}, {}
    programs = list(dict.fromkeys(f.program for f in FAMILIES))
    for turn in range(rounds):
        for program in programs:
            measure.progress(f"{program}: {turn + 1} of {rounds}")
            text = subprocess.check_output(
                [batches.BUILD / "bin" / program, "--benchmark_format=json",
                 f"--benchmark_repetitions={repetitions}", f"--benchmark_min_time={seconds}",
                 "--benchmark_enable_random_interleaving=true"],
                text=True, stderr=subprocess.DEVNULL)
            for entry in json.loads(text)["benchmarks"]:
                if entry["run_type"] != "iteration":
                    continue
                row = program, entry["run_name"]
                # Work of several threads is measured by the clock on the wall.
                by_wall = re.search("/(real|manual)_time", entry["run_name"])
                clock = "real_time" if by_wall else "cpu_time"
                time = entry[clock] * units[entry["time_unit"]]
                if "items_per_second" in entry:
                    time = 1e9 / entry["items_per_second"]
                times.setdefault(row, []).append(time)
                rates.setdefault(row, []).append(entry.get("bytes_per_second", 0))
    measure.progress("")
    return {row: Row(statistics.median(t), statistics.median(rates[row]))
            for row, t in times.items()}


def figure(nanoseconds):
    return f"{nanoseconds:.0f}" if nanoseconds >= 1000 else f"{nanoseconds:.3g}"


def natural(item):
    """Sorts operations by name, then by the size that they end in."""
    name, _, size = item[0].rpartition(" ")
    return (name, int(size)) if size.isdigit() else (item[0], 0)


def family_table(family, measured, copy):
    """The table of a family, and its goal: no row in which a peer is faster."""
    operations = {}
    for (program, name), row in measured.items():
        found = family.operation(name) if program == family.program else None
        if found:
            operation, who = found
            if family.item_bytes and not row.bytes:
                row.bytes = family.item_bytes(name) * 1e9 / row.nanoseconds
            operations.setdefault(operation, {})[who] = row
    others = [w for w in family.peers + family.beside
              if any(w in found for found in operations.values())]
    moves = any(row.bytes for found in operations.values() for row in found.values())
    head = (["operation", "ours ns"] + [f"/ {w}" for w in others] +
            (["/ best", "reached"] if family.peers else []) + (["of memcpy"] if moves else []))
    rows, behind, compared = [], 0, 0
    for operation, found in sorted(operations.items(), key=natural):
        us = next((w for w in family.ours if w in found), None)
        if not us:
            continue
        ours = found[us]
        cells = [operation, figure(ours.nanoseconds)]
        cells += [f"{ours.nanoseconds / found[w].nanoseconds:.2f}"
                  if w in found and w != us else "" for w in others]
        if family.peers:
            best = min((found[w].nanoseconds for w in family.peers if w in found), default=None)
            if best:
                ratio = ours.nanoseconds / best
                compared += 1
                behind += ratio > 1
                cells += [f"{ratio:.2f}", "yes" if ratio <= 1 else f"NO, by {ratio - 1:.0%}"]
            else:
                cells += ["", ""]
        if moves:
            cells.append(f"{ours.bytes / copy:.2f}" if ours.bytes else "")
        rows.append(cells)
    goals = [Goal(f"{family.title}: operations of {compared} in which a peer is faster",
                  behind, 0)] if compared else []
    return Table(f"Runtime: {family.title}", head, rows, family.notes), goals


def tables(rounds, repetitions, seconds):
    measured = samples(rounds, repetitions, seconds)
    copy = measured["statevector-bench", COPY].bytes
    found, goals = [], []
    for family in FAMILIES:
        table, reached = family_table(family, measured, copy)
        found.append(table)
        goals += reached
    found[0].notes.insert(0, f"Medians of {rounds} x {repetitions} runs, randomly interleaved. "
                          "Ratios are times, ours / theirs: below 1 we are faster. of memcpy: "
                          f"bytes a second, to those of memcpy() in memory ({copy / 1e9:.1f} GB/s).")
    return found, goals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--repetitions", type=int, default=3, help="in each round")
    parser.add_argument("--seconds", type=float, default=0.1, help="for each measurement, at least")
    arguments = parser.parse_args()
    found, goals = tables(arguments.rounds, arguments.repetitions, arguments.seconds)
    for table in [goals_table(goals), *found]:
        print(table.markdown())


if __name__ == "__main__":
    main()
