#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`hapax compile` against one clang for each file: 200 modules of real projects,
as the front end hands them to the optimiser."""

import argparse
import concurrent.futures
import random
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import measure
import projects
from measure import Variant, median
from report import Goal, Table, goals_table

MODULES = 200
FLAGS = ("-O2", "-O2 -g", "-O3")


def write_modules(folder, wanted):
    """Bitcode of so many units, always the same ones."""
    folder.mkdir(parents=True)
    work = [(project.split()[0], flags, unit) for project, units in projects.PROJECTS.items()
            for unit in units() for flags in FLAGS if unit.compiler != projects.FLANG]
    work = random.Random(1).sample(work, min(wanted, len(work)))

    def emit(item):
        number, (project, flags, unit) = item
        file = folder / f"{number:03}-{project}-{Path(unit.source).stem}.bc"
        unit.write_ir(flags, file)
        return file

    with concurrent.futures.ThreadPoolExecutor(batches.JOBS) as pool:
        return list(pool.map(emit, enumerate(work)))


class Bench:
    def __init__(self, wanted):
        self.base = projects.work_folder() / "bench/ir"
        shutil.rmtree(self.base, ignore_errors=True)
        self.files = write_modules(self.base / "modules", wanted)
        self.list = self.base / "list"
        self.list.write_text("".join(f"{f}\n" for f in self.files))

    def clang(self):
        out = self.base / "clang"
        out.mkdir(exist_ok=True)
        return measure.run(["sh", "-c", f"xargs -n 1 -P {batches.JOBS} {projects.CLANG} -O2 -w "
                            f"-c -x ir < {self.list}"], cwd=out, env=batches.environment(None))

    def hapax(self, cache, *options):
        out = self.base / "hapax"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        return measure.run([batches.HAPAX, "compile", "-O2", f"-j{batches.JOBS}",
                            f"--output-dir={out}", *options, *self.files],
                           env=batches.environment(cache))

    def cold(self):
        cache = self.base / "cold"
        shutil.rmtree(cache, ignore_errors=True)
        return self.hapax(cache)

    def require_identical(self):
        for file in self.files:
            ours, theirs = (self.base / f / (file.stem + ".o") for f in ("hapax", "clang"))
            if ours.read_bytes() != theirs.read_bytes():
                sys.exit(f"{file.name}: hapax compile and clang differ")


def table(runs, slow_runs, wanted=MODULES):
    bench = Bench(wanted)
    warm = bench.base / "warm"
    bench.clang()
    for _ in range(2):  # made here, then delivered
        bench.hapax(warm)
        bench.require_identical()
    batches.zero(warm)
    samples = measure.interleaved({
        "clang": Variant(bench.clang, slow_runs),
        "cold": Variant(bench.cold, slow_runs),
        "warm": Variant(lambda: bench.hapax(warm), runs),
    }, "IR files")
    hits = batches.stats(warm)["hits"]
    if hits != runs * len(bench.files):
        sys.exit(f"{hits} of {runs * len(bench.files)} compiles hit")
    bench.require_identical()
    cost = {name: median(s) for name, s in samples.items()}
    names = {"clang": f"xargs -P {batches.JOBS} clang -O2 -c -x ir",
             "cold": f"hapax compile -O2 -j {batches.JOBS}, empty cache",
             "warm": f"hapax compile -O2 -j {batches.JOBS}, all hits"}
    rows = [[names[k], f"{c.cpu:.2f}", f"{c.wall:.2f}", f"{c.wall / cost['clang'].wall:.3f}",
             f"{100 * measure.spread(samples[k]):.1f} %"] for k, c in cost.items()]
    return (Table(f"IR files: {len(bench.files)} modules, {batches.JOBS} jobs",
                  ["way", "CPU s", "wall s", "wall / clang", "spread"], rows,
                  [f"Medians of {slow_runs} runs ({runs} of all hits), interleaved; objects "
                   "compared byte for byte."]),
            [Goal("hapax compile, empty cache / xargs clang, wall",
                  cost["cold"].wall / cost["clang"].wall, 1.0)])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=3, help="of clang and the empty cache")
    parser.add_argument("--modules", type=int, default=MODULES)
    arguments = parser.parse_args()
    found, goals = table(arguments.runs, arguments.slow_runs, arguments.modules)
    print(found.markdown())
    print(goals_table(goals).markdown())


if __name__ == "__main__":
    main()
