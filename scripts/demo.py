#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The demonstration behind scripts/demo: one row a project."""

import argparse
import shutil
import sys

import batches
import projects


def row(name, units, flags, base):
    cache = base / "cache"
    shutil.rmtree(base, ignore_errors=True)
    launcher = [str(batches.HAPAX)]
    env = batches.environment(cache)
    plain = batches.batch(units, flags, base / "plain", env=env)
    cold = batches.batch(units, flags, base / "cold", launcher, env)
    batches.zero(cache)
    hit = batches.batch(units, flags, base / "hit", launcher, env)
    counts = batches.stats(cache)
    wrong = batches.differing(plain, cold) + batches.differing(plain, hit)
    identical = "yes" if not wrong else "NO"
    print(f"{name:<16}{len(units):>6}{plain.cpu:>9.2f}s"
          f"{cold.cpu / plain.cpu:>9.2f}{plain.cpu / hit.cpu:>9.1f}x"
          f"{plain.wall / hit.wall:>9.1f}x{counts['hits']:>6}/{len(units):<6}"
          f"{identical:>9}", flush=True)
    return not wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flags", default="-O2", help="compiler flags (default: -O2)")
    parser.add_argument("projects", nargs="*", help="only these projects")
    arguments = parser.parse_args()
    chosen = arguments.projects or list(projects.PROJECTS)
    unknown = set(chosen) - set(projects.PROJECTS)
    if unknown:
        parser.error(f"unknown project {', '.join(unknown)}; there are: "
                     f"{', '.join(projects.PROJECTS)}")
    units = {name: projects.PROJECTS[name]() for name in chosen}
    print(f"{'project':<16}{'files':>6}{'plain':>10}{'cold':>9}{'hit':>10}"
          f"{'hit':>10}{'hits':>10}{'':>3}{'identical':>9}")
    print(f"{'':<16}{'':>6}{'CPU':>10}{'/plain':>9}{'CPU':>10}{'wall':>10}")
    good = True
    for name in chosen:
        base = projects.work_folder() / "demo" / name.split()[0]
        good &= row(name, units[name], arguments.flags.split(), base)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
