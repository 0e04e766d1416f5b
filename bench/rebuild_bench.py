#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A real project (git, about 400 C files) rebuilt from clean by its own makefile:
with the plain compiler, with ccache, with the cache, and with the cache below
ccache; then again with a comment added to a header that every file includes, and
with that comment's text changed.

All builds happen in one tree, in turns; every object must be that of the plain
build. Each way has a cache folder of its own.
"""

import argparse
import hashlib
import itertools
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import measure
import projects
from measure import Variant, median
from report import Table

HEADER = "git-compat-util.h"
LIMIT = batches.BUILD / "lib/EmptyModule.so"


@dataclass(eq=False)
class Way:
    """One way to build. The folders of its caches lie below `base`."""
    name: str
    base: Path
    ccache: bool = False
    hapax: bool = False
    plugin: Path = None
    settings: dict = field(default_factory=dict)

    def compiler(self):
        """What make calls. Below ccache, the cache stands in the settings."""
        words = ["ccache"] if self.ccache else [str(batches.HAPAX)] if self.hapax else []
        if self.plugin:
            return f"{projects.CLANG} -fpass-plugin={self.plugin}"
        return " ".join([*words, projects.CLANG])

    def env(self):
        """Nothing of the user's own settings; each cache in its folder."""
        env = {k: v for k, v in batches.environment().items()
               if not k.startswith("CCACHE_")}
        env.update(self.settings, CCACHE_CONFIGPATH="/dev/null",
                   CCACHE_DIR=str(self.base / "ccache"), HAPAX_DIR=str(self.base / "hapax"))
        return env

    def forget(self):
        shutil.rmtree(self.base, ignore_errors=True)

    def zero(self):
        if self.ccache:
            subprocess.check_call(["ccache", "-z"], env=self.env(), stdout=subprocess.DEVNULL)
        if self.hapax:
            batches.zero(self.base / "hapax")

    def hits(self):
        """Hits since zero(), as text."""
        parts = []
        if self.ccache:
            text = subprocess.check_output(["ccache", "--print-stats"], text=True,
                                           env=self.env())
            values = dict(line.split("\t") for line in text.splitlines())
            parts.append(("ccache", int(values["direct_cache_hit"])
                          + int(values["preprocessed_cache_hit"])))
        if self.hapax:
            parts.append(("hapax", batches.stats(self.base / "hapax")["hits"]))
        if len(parts) == 1:
            return str(parts[0][1])
        return ", ".join(f"{name} {count}" for name, count in parts) or "-"


def ways(base):
    return [
        Way("plain", base / "plain"),
        Way("ccache, preprocessor mode", base / "preprocessor", ccache=True,
            settings={"CCACHE_NODIRECT": "1"}),
        Way("ccache, direct mode", base / "direct", ccache=True),
        Way("hapax", base / "hapax", hapax=True),
        Way("hapax below ccache, direct", base / "both", ccache=True, hapax=True,
            settings={"CCACHE_PREFIX": str(batches.HAPAX)}),
        Way("limit: modules emptied at once", base / "limit", plugin=LIMIT),
    ]


class Bench:
    """The tree, and the builds of it that are measured."""

    def __init__(self, flags, jobs):
        self.tree = projects.git_tree()
        self.flags, self.jobs = flags, jobs
        self.base = projects.work_folder() / "bench/rebuild"
        shutil.rmtree(self.base, ignore_errors=True)
        self.ways = ways(self.base)
        self.header = self.tree.folder / HEADER
        # Kept in a file too: a benchmark that was killed leaves its comment.
        pristine = self.base.with_name(f"{HEADER}.original")
        if not pristine.exists():
            pristine.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(self.header, pristine)
        self.original = pristine.read_bytes()
        self.header.write_bytes(self.original)
        self.reference = None  # digest of all objects
        self.comments = itertools.count(1)
        self.lines = {}  # of the comment in the last build of a way
        self.hits = {}  # (scenario, way) -> text

    def close(self):
        self.header.write_bytes(self.original)
        self.tree.clean()
        shutil.rmtree(self.base, ignore_errors=True)

    def digest(self):
        total = hashlib.sha256()
        for name in self.tree.objects:
            total.update((self.tree.folder / name).read_bytes())
        return total.hexdigest()

    def build(self, way, scenario):
        """Builds all objects from clean; the cost of that."""
        self.tree.clean()
        way.zero()
        cost = measure.run(self.tree.make(way.compiler(), self.flags, self.jobs),
                           cwd=self.tree.folder, env=way.env())
        self.hits[scenario, way.name] = way.hits()
        digest = self.digest()
        self.reference = self.reference or digest
        if digest != self.reference and not way.plugin:
            raise SystemExit(f"{way.name}, {scenario}: objects differ from the plain build's")
        return cost

    def cold(self, way):
        way.forget()
        return self.build(way, "cold")

    def warm(self, way):
        return self.build(way, "warm")

    def with_comment(self, way, scenario, text):
        self.header.write_bytes(text + self.original)
        # ccache's direct mode does not trust a header as young as the compile.
        time.sleep(1.1)
        try:
            return self.build(way, scenario)
        finally:
            self.header.write_bytes(self.original)

    def comment(self, way):
        """A comment is new on lines of its own. No two builds have one of as
        many lines, so that line numbers are new each time."""
        self.lines[way] = next(self.comments)
        return self.with_comment(way, "comment", b"// One more line.\n" * self.lines[way])

    def edit(self, way):
        """As in this way's last build with a comment, but the text is new."""
        text = b"// The text of change %d.\n" % next(self.comments)
        return self.with_comment(way, "edit", text * self.lines[way])


def measured(bench, runs, slow_runs):
    """Samples by scenario and way. Builds that compile are run less often."""
    plain, *caches, limit = bench.ways
    bench.build(plain, "warm-up")
    every = {
        "cold": {w: Variant(lambda w=w: bench.cold(w), slow_runs) for w in (plain, *caches)},
        "warm": {w: Variant(lambda w=w: bench.warm(w), runs) for w in (*caches, limit)},
        "comment": {w: Variant(lambda w=w: bench.comment(w), runs if w.hapax else slow_runs)
                    for w in caches},
        "edit": {w: Variant(lambda w=w: bench.edit(w), runs) for w in caches},
    }
    return {scenario: measure.interleaved({w.name: v for w, v in variants.items()},
                                          f"git {bench.flags}, {scenario}")
            for scenario, variants in every.items()}


TITLES = {"cold": "empty cache", "warm": "rebuilt from clean",
          "comment": "comment added to a header", "edit": "its text changed"}


def table(flags, jobs, runs, slow_runs):
    bench = Bench(flags, jobs)
    try:
        results = measured(bench, runs, slow_runs)
    finally:
        bench.close()
    plain = median(results["cold"]["plain"])
    rows = []
    for scenario, samples in results.items():
        for way, costs in samples.items():
            cost = median(costs)
            rows.append([f"{TITLES[scenario]}: {way}", f"{cost.cpu:.2f}", f"{cost.wall:.2f}",
                         f"{cost.cpu / plain.cpu:.3f}", f"{plain.cpu / cost.cpu:.1f} x",
                         f"{plain.wall / cost.wall:.1f} x", bench.hits[scenario, way]])
    return Table(f"git rebuilt: {len(bench.tree.objects)} C files, {flags}, make -j{jobs}",
                 ["build", "CPU s", "wall s", "CPU / plain", "plain / CPU", "plain / wall",
                  "hits"], rows,
                 [f"Medians of {runs} builds where a cache hits, else of {slow_runs}; the time "
                  "of make is in.", f"The comment stands on lines of its own at the top of "
                  f"{HEADER}, which shifts the lines below it; changing its text does not."])


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flags", default="-O2", help="as --flags=-O0 (default: -O2)")
    parser.add_argument("--jobs", type=int, default=batches.JOBS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=1, help="of builds that compile")
    arguments = parser.parse_args()
    print(table(arguments.flags, arguments.jobs, arguments.runs,
                arguments.slow_runs).markdown())


if __name__ == "__main__":
    main()
