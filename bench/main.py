#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The benchmark behind scripts/bench: all tables, printed and, where everything
is measured in full, written to bench/results/<date>-<processor>.md."""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import compile_bench
import daemon_bench
import hash_bench
import ir_bench
import rebuild_bench
import report
import runtime_bench
import shard_bench

PARTS = ("compiles", "daemon", "hash", "ir", "rebuild", "runtime", "shards")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="few runs: to try the scripts, not to quote")
    parser.add_argument("--output", type=Path, help="write the results to this file")
    parser.add_argument("parts", nargs="*", metavar="PART",
                        help=f"of {', '.join(PARTS)} (default: all)")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown part {', '.join(sorted(unknown))}")
    chosen = arguments.parts or PARTS

    busy = os.getloadavg()[0]
    if busy > 0.5:
        print(f"warning: the machine is busy (load {busy:.1f}): do not quote these figures",
              file=sys.stderr)
    runs, slow_runs, builds = (3, 1, 1) if arguments.quick else (11, 5, 5)
    tables, goals = [], []
    if "compiles" in chosen:
        found, reached = compile_bench.tables(compile_bench.CASES, runs, slow_runs)
        tables += found
        goals += reached
    if "daemon" in chosen:
        found, reached = daemon_bench.table(builds if arguments.quick else 15)
        tables.append(found)
        goals += reached
    if "hash" in chosen:
        found, reached = hash_bench.table(runs)
        tables.append(found)
        goals += reached
    if "ir" in chosen:
        found, reached = ir_bench.table(*((2, 1, 30) if arguments.quick else (5, 3)))
        tables.append(found)
        goals += reached
    if "rebuild" in chosen:
        tables.append(rebuild_bench.table("-O2", batches.JOBS, builds, 1))
    if "runtime" in chosen:
        found, reached = runtime_bench.tables(*((1, 1, 0.01) if arguments.quick else (3, 3, 0.1)))
        tables += found
        goals += reached
    if "shards" in chosen:
        found, reached = shard_bench.tables(slow_runs, arguments.quick)
        tables += found
        goals += reached
    if goals:
        tables.insert(0, report.goals_table(goals))
    for table in tables:
        print(table.markdown())
    whole = set(chosen) == set(PARTS) and not arguments.quick
    path = arguments.output or (report.result_file() if whole else None)
    if path:
        report.write(path, "Benchmark", tables)
        print(f"written to {path}")


if __name__ == "__main__":
    main()
