#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Units compiled in shards, against the plain compiler: after an edit of one
function, from nothing, the size of the objects, and how fast the programs run."""

import argparse
import itertools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import editable
import measure
import projects
from measure import Variant, median
from report import Goal, Table, goals_table

THREADS = 2


@dataclass
class Edit:
    """A text that is once in the unit's files becomes another, with a number that
    it never had before."""
    what: str
    old: str
    new: str
    goal: float  # times faster than the plain compiler


@dataclass
class Subject:
    name: str
    make: Callable
    flags: str
    edits: list
    cold_goal: float = None


SUBJECTS = (
    Subject("sqlite3.c", editable.sqlite3, "-O2", [
        Edit("leaf (hexFunc)", "z = zHex = contextMalloc(context, ((i64)n)*2 + 1);",
             "z = zHex = contextMalloc(context, ((i64)n)*2 + {n});", 20),
        Edit("biggest (sqlite3VdbeExec)", "  u64 nVmStep = 0;           /* Number",
             "  u64 nVmStep = {n};           /* Number", 9),
        Edit("helper, widely inlined (sqlite3Strlen30)", "return 0x3fffffff & (int)strlen(z);",
             "return (0x3fffffff - {n}) & (int)strlen(z);", 4)], 0.60),
    Subject("Lua as one unit", editable.lua, "-O2", [
        Edit("leaf (str_rep)", "while (n-- > 1) {  /* first n-1 copies",
             "while (n-- > {n}) {{  /* first n-1 copies", 16)]),
    Subject("fmtlib format-test.cc", editable.fmt_test, "-O2", [
        Edit("a test (plus_sign)", 'EXPECT_EQ("-42", fmt::format("{0:+}", -42));',
             'EXPECT_EQ("-42", fmt::format("{{0:+}}", -{n}));', 2.2)]),
)
MAX_GROWTH = 1.02  # of objects
MAX_SLOWDOWN = 1.005

LUA = """
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
local size = tonumber(arg[1])
local sum = fib(18 + size)
local sieve = {}
for i = 2, 40000 * size do sieve[i] = true end
for i = 2, 200 do
  if sieve[i] then for j = i * i, 40000 * size, i do sieve[j] = false end end
end
for i = 1, 20000 * size do sieve[i] = (i * 7919) % 50021 end
table.sort(sieve, function(a, b) return tostring(a) < tostring(b) end)
local Point = {}
Point.__index = Point
Point.__add = function(a, b) return setmetatable({x = a.x + b.x, y = a.y * 0.5}, Point) end
local p = setmetatable({x = 1, y = 1.5}, Point)
for i = 1, 50000 * size do p = p + p; p.x = i end
local words = {}
for i = 1, 10000 * size do words[#words + 1] = string.format("%d:%s", i, ("x"):rep(i % 9)) end
local text = table.concat(words, " ")
for word in text:gmatch("%d+:(x+)") do sum = sum + #word end
print(sum, p.y, #text:gsub("x+", string.upper))
"""


class Bench:
    """One subject: its sources, a cache that knows them unchanged, its objects."""

    def __init__(self, subject, base):
        self.subject = subject
        self.base = base
        shutil.rmtree(base, ignore_errors=True)
        (base / "source").mkdir(parents=True)
        self.made = subject.make(base / "source")
        self.cache = base / "cache"
        self.numbers = itertools.count(2)
        self.fresh = itertools.count()
        self.counts = {}  # of shards, by the number of the edit
        self.places = [self.place(edit) for edit in subject.edits]

    def place(self, edit):
        """The file that the edit is for, and its text."""
        texts = [(f, f.read_text(errors="surrogateescape")) for f in self.made.files]
        found = [(f, t) for f, t in texts if edit.old in t]
        if len(found) != 1 or found[0][1].count(edit.old) != 1:
            sys.exit(f"{self.subject.name}: the text of '{edit.what}' is not there once")
        return found[0]

    def compile(self, output, cache=None):
        env = batches.environment(cache, HAPAX_SHARDS="1", HAPAX_JOBS=str(THREADS))
        launcher = [str(batches.HAPAX)] if cache else ()
        return measure.run(self.made.unit.command(self.subject.flags.split(), self.base / output,
                                                  launcher), self.made.unit.folder, env)

    def cold(self):
        """A compile with an empty cache."""
        cache = self.base / f"fresh{next(self.fresh)}"
        cost = self.compile("cold.o", cache)
        self.require(cache, "compiled")
        shutil.rmtree(cache)
        return cost

    def edited(self, index, verify=False):
        """A compile with one function changed. The source is as before afterwards."""
        edit, (path, text) = self.subject.edits[index], self.places[index]
        new = text.replace(edit.old, edit.new.format(n=next(self.numbers)))
        path.write_text(new, errors="surrogateescape")
        batches.zero(self.cache)
        cost = self.compile("edited.o", self.cache)
        self.counts[index] = self.require(self.cache, "compiled", "found")
        if verify:
            self.compile("again.o", self.base / "again")
            if (self.base / "edited.o").read_bytes() != (self.base / "again.o").read_bytes():
                sys.exit(f"{self.subject.name}, {edit.what}: not the object of a compile "
                         "from nothing")
        path.write_text(text, errors="surrogateescape")
        return cost

    def require(self, cache, *counters):
        """Ends the benchmark where shards were not used: such figures mean nothing."""
        shards = batches.stats(cache)["shards"]
        if not all(shards[name] for name in ("modules", *counters)):
            sys.exit(f"{self.subject.name} {self.subject.flags}: {shards}")
        return shards

    def measured(self, runs):
        """Samples: plain, cold and those of the edits by their names."""
        self.compile("first.o", self.cache)
        variants = {"plain": Variant(lambda: self.compile("plain.o"), runs),
                    "cold": Variant(self.cold, runs)}
        for index, edit in enumerate(self.subject.edits):
            variants[edit.what] = Variant(lambda i=index: self.edited(i), runs)
        samples = measure.interleaved(variants, f"{self.subject.name} {self.subject.flags}")
        self.edited(0, verify=True)
        if (self.base / "first.o").read_bytes() != (self.base / "cold.o").read_bytes():
            sys.exit(f"{self.subject.name}: two compiles from nothing differ")
        return {name: median(found) for name, found in samples.items()}

    def size_ratio(self):
        sizes = [(self.base / name).stat().st_size for name in ("cold.o", "plain.o")]
        return sizes[0] / sizes[1]

    def programs(self, sources, libraries):
        """Two programs: with the plain object, and with the sharded one."""
        made = {}
        for way in ("plain", "cold"):
            made[way] = self.base / f"program-{way}"
            measure.run([projects.CLANG, "-O2", f"-I{self.made.unit.folder}", *sources,
                         self.base / f"{way}.o", "-o", made[way], *libraries])
        return made


def instructions(command, cwd):
    """What the command executes, or None without valgrind."""
    if not shutil.which("valgrind"):
        return None
    done = subprocess.run(["valgrind", "--tool=cachegrind", "--cache-sim=no",
                           "--cachegrind-out-file=/dev/null", *command], cwd=cwd, text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    found = re.search(r"I +refs: +([\d,]+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-1000:]}")
    return int(found.group(1).replace(",", ""))


def sqlite_programs(bench, quick):
    """The programs, and the arguments of a short run and of a longer one."""
    tree = projects.sqlite3()[0].folder
    # The header is none of the unit's sources.
    programs = bench.programs([f"-I{tree}", tree / "test/speedtest1.c"],
                              ["-lm", "-lpthread", "-ldl"])
    return programs, *(["--memdb", "--size", size] for size in
                       (("1", "5") if quick else ("10", "50")))


def lua_programs(bench, quick):
    script = bench.base / "bench.lua"
    script.write_text(LUA)
    return bench.programs([], ["-lm", "-ldl"]), *([str(script), size] for size in
                                                  (("1", "4") if quick else ("4", "12")))


PROGRAMS = {"sqlite3.c": ("sqlite speedtest1", sqlite_programs),
            "Lua as one unit": ("a Lua script", lua_programs)}


def run_time(bench, runs, quick):
    """The row of a program, and goals."""
    title, make = PROGRAMS[bench.subject.name]
    programs, short, longer = make(bench, quick)
    counts = {way: instructions([program, *short], bench.base)
              for way, program in programs.items()}
    samples = measure.interleaved(
        {way: Variant(lambda p=program: measure.run([p, *longer], bench.base), runs)
         for way, program in programs.items()}, title)
    cpu = {way: median(found).cpu for way, found in samples.items()}
    wall = {way: median(found).wall for way, found in samples.items()}
    goals = [Goal(f"{title}: CPU in shards / plain", cpu["cold"] / cpu["plain"], MAX_SLOWDOWN)]
    cells = ["no valgrind"] * 2
    if counts["plain"]:
        executed = counts["cold"] / counts["plain"]
        goals.insert(0, Goal(f"{title}: instructions in shards / plain", executed, MAX_SLOWDOWN))
        cells = [f"{counts['plain'] / 1e6:.0f}", f"{executed:.4f}"]
    return [title, *cells, f"{cpu['plain']:.2f}", f"{cpu['cold'] / cpu['plain']:.3f}",
            f"{wall['cold'] / wall['plain']:.3f}"], goals


def tables(runs, quick=False):
    edit_rows, cold_rows, run_rows, goals = [], [], [], []
    for subject in SUBJECTS:
        name = f"{subject.name} {subject.flags}"
        bench = Bench(subject, projects.work_folder() / "bench/shards")
        cost = bench.measured(runs)
        plain, cold = cost["plain"], cost["cold"]
        for index, edit in enumerate(subject.edits):
            found, counts = cost[edit.what], bench.counts[index]
            edit_rows.append([f"{name}, {edit.what}", f"{plain.cpu:.2f}", f"{plain.wall:.2f}",
                              f"{found.cpu:.2f}", f"{found.wall:.2f}",
                              f"{plain.cpu / found.cpu:.1f} x", f"{plain.wall / found.wall:.1f} x",
                              f"{counts['compiled']} of {counts['compiled'] + counts['found']}"])
            goals += [Goal(f"{name}, {edit.what}: times faster, {kind}",
                           getattr(plain, kind) / getattr(found, kind), edit.goal, at_most=False)
                      for kind in ("cpu", "wall")]
        size = bench.size_ratio()
        cold_rows.append([name, f"{cold.cpu / plain.cpu:.3f}", f"{cold.wall / plain.wall:.3f}",
                          f"{size:.3f}"])
        if subject.cold_goal:
            goals.append(Goal(f"{name}: cold, {THREADS} threads / plain, wall",
                              cold.wall / plain.wall, subject.cold_goal))
        goals.append(Goal(f"{name}: size of the object, in shards / plain", size, MAX_GROWTH))
        if subject.name in PROGRAMS:
            row, reached = run_time(bench, runs, quick)
            run_rows.append(row)
            goals += reached
        shutil.rmtree(bench.base)
    without = "With -g modules are compiled as a whole so far: no rows for it."
    return [
        Table("Shards: one function edited",
              ["unit, function", "plain CPU s", "wall s", "edited CPU s", "wall s",
               "plain/edited CPU", "wall", "shards compiled"], edit_rows,
              [f"Medians of {runs} runs, interleaved, {THREADS} threads; each run changes a "
               "constant to one that was never there.", without]),
        Table("Shards: from nothing", ["unit", "cold/plain CPU", "wall", "size of the object"],
              cold_rows, [f"{THREADS} threads, the cache is empty. Sizes: in shards / plain."]),
        Table("Shards: run time", ["program", "plain, million instructions", "shards/plain",
                                   "plain CPU s", "shards/plain CPU", "wall"], run_rows,
              ["Instructions: valgrind's cachegrind, on a shorter run than the times."])], goals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="short programs: not to quote")
    arguments = parser.parse_args()
    result, goals = tables(arguments.runs, arguments.quick)
    for table in [goals_table(goals), *result]:
        print(table.markdown())


if __name__ == "__main__":
    main()
