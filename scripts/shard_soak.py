# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random edits of real sources, compiled in shards: the part "shards" of
scripts/soak.

Edits follow each other in sequences, each of which has a cache of its own. After
every edit the unit is compiled twice: with that cache, which has the shards of
the edits before, and with an empty one, by another number of threads. Objects
and messages must be the same, byte for byte.

Only edits that make another module count: where the whole module is found
again, shards had nothing to do. Edits that do not compile (without Hapax either)
are taken back.
"""

import concurrent.futures
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import batches
import editable
import edits

# Edits for each set of flags: as many as the unit is cheap to compile.
UNITS = {"zlib as one unit": (editable.zlib, 100), "Lua as one unit": (editable.lua, 70),
         "fmtlib format.cc": (editable.fmt, 40), "re2 regexp.cc": (editable.re2, 30),
         "re2 parse.cc": (editable.re2_parse, 30), "sqlite3.c": (editable.sqlite3, 20)}
FLAGS = ("-O0", "-O2", "-O2 -g")
SEQUENCE = 20
# How many edits are tried for each one that counts.
TRIES = 30
# From here, units are divided; also decides how small shards may be.
MINIMA = ("0", "1000")
TIMEOUT = 1800  # seconds


@dataclass
class Tally:
    """What edits did, of one unit or of one kind."""
    compared: int = 0  # in shards
    whole: int = 0  # compared, but the module could not be divided
    same: int = 0  # found as whole modules
    failed: int = 0  # did not compile
    compiled: int = 0  # shards
    found: int = 0
    reasons: Counter = field(default_factory=Counter)

    def add(self, other):
        for name in ("compared", "whole", "same", "failed", "compiled", "found"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons += other.reasons

    def line(self, name):
        reasons = ", ".join(f"{why} {count}" for why, count in sorted(self.reasons.items()))
        return (f"{name:28} {self.compared:5} {self.whole:5} {self.compiled:9} {self.found:9} "
                f"{self.same:5} {self.failed:7}  {reasons}")


HEAD = (f"{'':28} {'edits':>5} {'whole':>5} {'compiled':>9} {'found':>9} {'same':>5} "
        f"{'failed':>7}  why whole")
LEGEND = """edits: compared, in shards. whole: compared, but compiled as a whole. compiled,
found: shards of the compiles with the cache of before. same: edits that left the
module as it was before, or was once. failed: edits that do not compile."""


class Fault(Exception):
    """Something that must not be; the text says what."""


def flatten(counts):
    """The counters of `hapax stats` that matter here."""
    shards = counts["shards"]
    return Counter({**{f"whole:{why}": n for why, n in shards["refused_reasons"].items()},
                    **{name: shards[name] for name in ("modules", "compiled", "found")},
                    "hits": counts["hits"], "misses": counts["misses"],
                    "errors": counts["errors"], "corrupt": counts["corrupt_entries"]})


class Sequence:
    """Edits of one unit, one after another."""

    def __init__(self, name, flags, length, seed, folder):
        self.name, self.flags, self.length = name, flags.split(), length
        self.random = random.Random(seed)
        self.title = f"{name} {flags}, seed {seed}"
        self.folder = folder
        self.cache = folder / "cache"
        (folder / "source").mkdir(parents=True)
        self.made = UNITS[name][0](folder / "source")
        self.sources = {f: edits.Source(self.read(f)) for f in self.made.files}
        self.pristine = dict(self.sources)
        self.minimum = self.random.choice(MINIMA) if name != "sqlite3.c" else MINIMA[-1]
        self.counts = Counter()
        self.kinds = {}

    @staticmethod
    def read(path):
        return path.read_text(errors="surrogateescape")

    def write(self, texts):
        for path, text in texts.items():
            path.write_text(text, errors="surrogateescape")
            self.sources[path] = edits.Source(text)

    def compile(self, output, cache=None, jobs=1):
        """The finished process; without Hapax unless a cache is given."""
        env = batches.environment(cache, HAPAX_SHARDS="1", HAPAX_SHARDS_MIN=self.minimum,
                                  HAPAX_JOBS=str(jobs))
        launcher = [str(batches.HAPAX)] if cache else ()
        (self.folder / output).unlink(missing_ok=True)
        command = self.made.unit.command(self.flags, self.folder / output, launcher)
        try:
            return subprocess.run(command, cwd=self.made.unit.folder, env=env, timeout=TIMEOUT,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired as late:
            raise Fault(f"no end after {late.timeout} s") from late

    def counted(self):
        """What the counters of the cache have become more by."""
        now = flatten(batches.stats(self.cache))
        more = Counter({name: now[name] - self.counts[name] for name in now})
        self.counts = now
        return more

    def edit(self, number):
        """Makes one edit; gives its kind and the texts that it replaced."""
        kind = self.random.choice(list(edits.KINDS))
        paths = list(self.sources)
        path = self.random.choices(paths, [len(self.sources[p].functions) for p in paths])[0]
        what = edits.Edit(self.sources, path, self.pristine[path], self.random, number)
        try:
            new = edits.apply(kind, what)
        except edits.NoPlace:
            return None, {}
        old = {p: self.sources[p].text for p in new}
        self.write(new)
        return kind, old

    def compare(self, warm, output):
        """The compile with the cache of before against one from nothing."""
        fresh = self.folder / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        cold = self.compile("cold.o", fresh, jobs=3)
        if cold.returncode or cold.stdout != warm.stdout:
            raise Fault(f"cold: exit {cold.returncode}, "
                        f"{cold.stdout.decode(errors='replace')[-500:]!r}, warm: "
                        f"{warm.stdout.decode(errors='replace')[-500:]!r}")
        if (self.folder / output).read_bytes() != (self.folder / "cold.o").read_bytes():
            raise Fault(f"{output} and cold.o differ")
        counts = flatten(batches.stats(fresh))
        if counts["found"] or counts["hits"] or counts["errors"]:
            raise Fault(f"cold: {dict(counts)}")
        return counts

    def step(self, number):
        """One edit; whether it counts."""
        kind, old = self.edit(number)
        if not kind:
            return False
        tally = self.kinds.setdefault(kind, Tally())
        try:
            warm = self.compile("warm.o", self.cache)
            if warm.returncode:
                if not self.compile("plain.o").returncode:
                    raise Fault(f"exit {warm.returncode}, not so without Hapax: "
                                f"{warm.stdout.decode(errors='replace')[-1000:]}")
                self.write(old)
                self.counted()
                tally.failed += 1
                return False
            more = self.counted()
            if b"hapax: warning" in warm.stdout or more["errors"] or more["corrupt"]:
                raise Fault(f"{+more}, {warm.stdout.decode(errors='replace')[-500:]}")
            if more["hits"] and not more["modules"]:
                tally.same += 1
                return False
            cold = self.compare(warm, "warm.o")
            if cold["compiled"] != more["compiled"] + more["found"]:
                raise Fault(f"{cold['compiled']} shards cold, {more['compiled']} compiled and "
                            f"{more['found']} found with the cache")
        except Fault as fault:
            raise Fault(f"{self.title}, edit {number} ({kind}): {fault}; "
                        f"kept: {self.keep(number, old)}") from fault
        tally.compared += more["modules"]
        tally.whole += not more["modules"]
        tally.compiled += more["compiled"]
        tally.found += more["found"]
        tally.reasons += Counter({why.removeprefix("whole:"): n for why, n in more.items()
                                  if why.startswith("whole:")})
        return True

    def keep(self, number, old):
        """What is needed to see a fault again; the folder has the edited source,
        the objects and both caches."""
        folder = self.folder / "before"
        folder.mkdir(exist_ok=True)
        for path, text in old.items():
            (folder / path.name).write_text(text, errors="surrogateescape")
        # The path of the output is part of no key.
        command = self.made.unit.command(self.flags, "out.o", [str(batches.HAPAX)])
        (self.folder / "command").write_text(
            f"cd {self.made.unit.folder} && HAPAX_DIR=... HAPAX_SHARDS=1 "
            f"HAPAX_SHARDS_MIN={self.minimum} {' '.join(command)}\n")
        return self.folder

    def run(self):
        """Tallies by kind. The folder is left only where there is a fault."""
        first = self.compile("warm.o", self.cache, jobs=2)
        if first.returncode:
            raise Fault(f"{self.title}: exit {first.returncode} before all edits: "
                        f"{first.stdout.decode(errors='replace')[-1000:]}")
        self.counted()
        number, counting = 0, 0
        while counting < self.length:
            if number == TRIES * self.length:
                raise Fault(f"{self.title}: of {number} edits only {counting} count")
            number += 1
            counting += self.step(number)
        total = Tally()
        for tally in self.kinds.values():
            total.add(tally)
        if total.compared and not total.found:
            raise Fault(f"{self.title}: no shard was ever found")
        shutil.rmtree(self.folder)
        return self.kinds


def sequences(scale, seed):
    """(unit, flags, number of edits, seed) of all; the dearest first."""
    work = []
    for name, (_, count) in reversed(UNITS.items()):
        for flags in FLAGS:
            left = max(1, round(count * scale))
            while left:
                length = min(SEQUENCE, left)
                work.append((name, flags, length, seed * 10_000 + len(work)))
                left -= length
    return work


def run(scale, seed, work):
    """Whether all went well, what was done in one line, and the details."""
    todo = sequences(scale, seed)
    by_unit, by_kind, faults = {}, {}, []
    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        running = {pool.submit(lambda s=s, n=n: Sequence(*s, Path(work) / str(n)).run()): s
                   for n, s in enumerate(todo)}
        for future, (name, flags, _, _) in running.items():
            try:
                kinds = future.result()
            except Fault as fault:
                faults.append(f"FAULT: {fault}")
                continue
            for kind, tally in kinds.items():
                by_unit.setdefault(f"{name} {flags}", Tally()).add(tally)
                by_kind.setdefault(kind, Tally()).add(tally)
    total = Tally()
    for tally in by_kind.values():
        total.add(tally)
    lines = [*faults, HEAD, *(t.line(n) for n, t in sorted(by_unit.items())), "",
             *(t.line(k) for k in edits.KINDS if (t := by_kind.get(k))), "",
             total.line("all"), "", *LEGEND.splitlines()]
    return (not faults, f"{len(todo)} sequences, {total.compared} edits in shards, "
            f"{total.whole} of whole modules, {total.compiled} shards compiled, {total.found} "
            f"found, {len(faults)} faults", lines)
