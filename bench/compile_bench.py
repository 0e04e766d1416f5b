#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a hit and a miss cost, against the plain compiler, against the limit (a
plugin that empties the module at once and writes nothing) and against the floor
(the same, but the module's contents are not even freed, as a hit does it)."""

import argparse
import itertools
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import measure
import projects
from measure import Variant, median
from report import Goal, Table, goals_table

LIMIT = batches.BUILD / "lib/EmptyModule.so"
FLOOR = batches.BUILD / "lib/EmptyModuleUnfreed.so"

# (project, flags); the goals are those of the first.
CASES = [("sqlite3", "-O2"), ("sqlite3", "-O0"), ("sqlite3", "-O2 -g"),
         ("lua5.4", "-O2"), ("re2", "-O2")]


@dataclass
class Case:
    """One project at one set of flags, and the ways to compile it."""
    name: str
    flags: str
    units: list
    base: Path

    def compile(self, folder, cache=None, launcher=(), plugin=None):
        """All units one after another; the cost of all."""
        out = self.base / folder
        out.mkdir(parents=True, exist_ok=True)
        env = batches.environment(cache)
        flags = self.flags.split() + ([f"-fpass-plugin={plugin}"] if plugin else [])
        total = measure.Cost(0, 0)
        for number, unit in enumerate(self.units):
            total += measure.run(unit.command(flags, out / f"{number}.o", launcher),
                                 cwd=unit.folder, env=env)
        return total

    def objects(self, folder):
        return [(self.base / folder / f"{n}.o").read_bytes() for n in range(len(self.units))]

    def require_identical(self, folder):
        if self.objects(folder) != self.objects("plain"):
            sys.exit(f"{self.name} {self.flags}: {folder} differs from plain")


def measured(case, runs, slow_runs):
    """Samples of every way to compile the case, by name. Ends the benchmark when
    an output is wrong or what should hit did not: such figures mean nothing."""
    shutil.rmtree(case.base, ignore_errors=True)
    launcher = [str(batches.HAPAX)]
    warm, warm_plugin = case.base / "cache", case.base / "cache-plugin"
    empty = (case.base / f"empty{n}" for n in itertools.count())

    # Fills the caches, and brings everything into memory.
    case.compile("limit", plugin=LIMIT)
    case.compile("plain")
    case.compile("fill", warm, launcher)
    case.compile("fill", warm_plugin, plugin=batches.PLUGIN)
    for cache in (warm, warm_plugin):
        batches.zero(cache)

    samples = measure.interleaved({
        "plain": Variant(lambda: case.compile("plain"), slow_runs),
        "limit": Variant(lambda: case.compile("limit", plugin=LIMIT), runs),
        "floor": Variant(lambda: case.compile("floor", plugin=FLOOR), runs),
        "hit": Variant(lambda: case.compile("hit", warm, launcher), runs),
        "hit, plugin": Variant(
            lambda: case.compile("hit-plugin", warm_plugin, plugin=batches.PLUGIN), runs),
        "miss": Variant(lambda: case.compile("miss", next(empty), launcher), slow_runs),
    }, f"{case.name} {case.flags}")
    for cache in (warm, warm_plugin):
        counts, expected = batches.stats(cache), runs * len(case.units)
        if counts["hits"] != expected:
            sys.exit(f"{case.name} {case.flags}: {counts['hits']} of {expected} compiles hit")
    for folder in ("hit", "hit-plugin", "miss"):
        case.require_identical(folder)
    shutil.rmtree(case.base)
    return samples


def seconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.2f}"


def replaced_ratio(plain, hit, floor):
    """How much faster the part is that a hit replaces: optimiser and code
    generation. Infinite when the hit is not above the floor."""
    return (plain - floor) / (hit - floor) if hit > floor else float("inf")


def times(value):
    return "not above the floor" if value == float("inf") else f"{value:.0f} x"


def tables(cases, runs, slow_runs):
    """The tables of this benchmark, and the goals with the figures reached."""
    cost, ratio, goals = [], [], []
    for name, flags in cases:
        case = Case(name, flags, projects.PROJECTS[name](),
                    projects.work_folder() / "bench" / (name + flags).replace(" ", ""))
        samples = measured(case, runs, slow_runs)
        middle = {k: median(v) for k, v in samples.items()}
        cpu = {k: v.cpu for k, v in middle.items()}
        title = f"{name} {flags} ({len(case.units)})"
        cost.append([title, *(seconds(getattr(middle[k], kind))
                              for k in ("plain", "miss", "limit", "floor", "hit", "hit, plugin")
                              for kind in ("cpu", "wall"))])
        replaced = replaced_ratio(cpu["plain"], cpu["hit"], cpu["floor"])
        replaced_plugin = replaced_ratio(cpu["plain"], cpu["hit, plugin"], cpu["floor"])
        ratio.append([title, f"{cpu['plain'] / cpu['hit']:.1f} x",
                      f"{middle['plain'].wall / middle['hit'].wall:.1f} x",
                      f"{cpu['hit'] / cpu['limit']:.3f}",
                      f"{cpu['hit, plugin'] / cpu['limit']:.3f}",
                      f"{cpu['hit'] / cpu['floor']:.3f}",
                      times(replaced), times(replaced_plugin),
                      f"{cpu['miss'] / cpu['plain']:.3f}",
                      *(f"{100 * measure.spread(samples[k]):.1f} %"
                        for k in ("plain", "miss", "limit", "floor", "hit"))])
        if not goals:
            goals = [Goal(f"hit / limit, CPU ({name} {flags})", cpu["hit"] / cpu["limit"], 1.05),
                     Goal("part replaced, times faster", replaced, 400, at_most=False),
                     Goal("miss / plain, CPU", cpu["miss"] / cpu["plain"], 1.01)]
    head = ["project, flags (files)"]
    head += [f"{k} {kind}" for k in ("plain", "miss", "limit", "floor", "hit", "plugin hit")
             for kind in ("CPU", "wall")]
    notes = [f"Medians in seconds of {runs} runs ({slow_runs} of plain and miss), interleaved, one "
             "compile at a time.", "limit: the module is emptied at once and nothing is written. "
             "floor: the same, its contents not freed. miss: the cache is empty. hit: through the "
             "launcher. plugin hit: with -fpass-plugin alone."]
    return [Table("Compiles: seconds", head, cost, notes),
            Table("Compiles: ratios",
                  ["project, flags (files)", "plain/hit CPU", "plain/hit wall", "hit/limit CPU",
                   "plugin hit/limit", "hit/floor CPU", "part replaced", "with plugin", "miss/plain CPU",
                   "spread plain", "miss", "limit", "floor", "hit"], ratio,
                  ["part replaced: (plain - floor) / (hit - floor), CPU. spread: (largest - "
                   "smallest) / median of the CPU times."])], goals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--slow-runs", type=int, default=5, help="of plain and miss")
    parser.add_argument("--case", action="append", metavar="PROJECT:FLAGS",
                        help="e.g. 'lua5.4:-O2'; may be given again")
    arguments = parser.parse_args()
    cases = [tuple(c.split(":", 1)) for c in arguments.case] if arguments.case else CASES
    result, goals = tables(cases, arguments.runs, arguments.slow_runs)
    for table in result + [goals_table(goals)]:
        print(table.markdown())


if __name__ == "__main__":
    main()
