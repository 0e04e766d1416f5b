#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The module hash against writing bitcode and hashing that, on the modules that
the front end hands to the optimiser."""

import argparse
import json
import statistics
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import projects
from report import Goal, Table, goals_table

PROGRAM = batches.BUILD / "bin/module-hash-bench"
FLAG_SETS = ("-O2", "-O0", "-O2 -g")


def module(flags, folder):
    """sqlite3's module as bitcode, as it reaches the optimiser."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"sqlite3{flags.replace(' ', '')}.bc"
    projects.sqlite3()[0].write_ir(flags, path)
    return path


def measured(paths, runs):
    """Median milliseconds of CPU by (what, path)."""
    text = subprocess.check_output(
        [PROGRAM, "--benchmark_format=json", f"--benchmark_repetitions={runs}",
         "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.2",
         *map(str, paths)], text=True, stderr=subprocess.DEVNULL)
    times = {}
    for entry in json.loads(text)["benchmarks"]:
        if entry["run_type"] == "iteration":
            what, _, path = entry["run_name"].partition("/")
            assert entry["time_unit"] == "ms"
            times.setdefault((what, path), []).append(entry["cpu_time"])
    return {key: statistics.median(values) for key, values in times.items()}


def table(runs):
    folder = projects.work_folder() / "bench/modules"
    paths = [module(flags, folder) for flags in FLAG_SETS]
    times = measured(paths, runs)
    rows, goals = [], []
    for flags, path in zip(FLAG_SETS, map(str, paths)):
        ours, bitcode, lists = (times[what, path] for what in
                                ("hash", "bitcode", "bitcode-with-use-lists"))
        rows.append([f"sqlite3 {flags}", f"{ours:.2f}", f"{bitcode:.2f}", f"{lists:.2f}",
                     f"{ours / bitcode:.3f}", f"{bitcode / ours:.1f} x"])
        if not goals:
            goals = [Goal(f"module hash / hashed bitcode (sqlite3 {flags})",
                          ours / bitcode, 1 / 6)]
    return Table("Module hash: milliseconds",
                 ["module", "hash", "bitcode", "bitcode, use lists", "hash / bitcode",
                  "bitcode / hash"], rows,
                 [f"CPU, medians of {runs}, in one process, randomly interleaved. bitcode: "
                  "written to memory and hashed."]), goals


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    result, goals = table(parser.parse_args().runs)
    for part in (result, goals_table(goals)):
        print(part.markdown())


if __name__ == "__main__":
    main()
