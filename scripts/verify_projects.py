#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Whole projects through the cache under HAPAX_VERIFY=1, and their own tests on
objects that come out of it.

Each project, at each set of flags, is compiled four times: plain, into an empty
cache, from the cache while every hit is compiled as well and compared, and from
the cache alone. All four must leave the same bytes and messages, the verifying
run must find no mismatch, and at least 95 % of its compiles must hit. Then the
project's programs are linked from the objects of the last run, and its own tests
must pass.
"""

import argparse
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

import batches
import project_tests
import projects

FLAGS = ("-O0", "-O2", "-O2 -g")
HIT_SHARE = 0.95


@dataclass
class Outcome:
    """What one project did at one set of flags."""
    name: str
    flags: str
    units: int
    hits: int = 0
    misses: int = 0
    bypasses: dict = field(default_factory=dict)
    errors: int = 0
    mismatches: int = 0
    differing: list = field(default_factory=list)
    tests: str = ""
    shards: dict = None
    faults: list = field(default_factory=list)


def check(name, flags, base, jobs, shards=False):
    shutil.rmtree(base, ignore_errors=True)
    project = project_tests.PROJECTS[name]()
    units, words, cache = project.units, flags.split(), base / "cache"
    outcome = Outcome(name, flags, len(units))

    def compiled(folder, launcher=(), **settings):
        env = batches.environment(cache, **settings)
        return batches.batch(units, words, base / folder, launcher, env, jobs)

    launcher = [str(batches.HAPAX)]
    settings = {"HAPAX_SHARDS": "1", "HAPAX_SHARDS_MIN": "0"} if shards else {}
    cold = compiled("cold", launcher, **settings)
    # In shards, the code is not that of the whole.
    plain = cold if shards else compiled("plain")
    outcome.shards = batches.stats(cache)["shards"] if shards else None
    outcome.errors = batches.stats(cache)["errors"]
    batches.zero(cache)
    verified = compiled("verified", launcher, HAPAX_VERIFY="1", **settings)
    stats = batches.stats(cache)
    outcome.hits, outcome.misses = stats["hits"], stats["misses"]
    outcome.errors += stats["errors"]
    outcome.bypasses = stats["bypass_reasons"]
    matches, outcome.mismatches = (stats["verify"][k] for k in ("matches", "mismatches"))
    batches.zero(cache)
    hit = compiled("hit", launcher, **settings)
    again = batches.stats(cache)["hits"]

    outcome.differing = [f"{kind}/{o}" for kind, run in
                         (("cold", cold), ("verified", verified), ("hit", hit))
                         for o in batches.differing(plain, run)]
    if outcome.mismatches:
        outcome.faults.append(f"{outcome.mismatches} mismatches")
    if matches + outcome.mismatches != outcome.hits:  # else nothing was verified
        outcome.faults.append(f"{outcome.hits} hits, but {matches} were compared")
    if outcome.errors:
        outcome.faults.append(f"{outcome.errors} errors")
    if outcome.differing:
        outcome.faults.append(f"not as compiled plain: {', '.join(outcome.differing[:5])}")
    if outcome.hits < HIT_SHARE * len(units) or again != outcome.hits:
        outcome.faults.append(f"{outcome.hits}, then {again} of {len(units)} hit")

    folder = base / "tests"
    folder.mkdir()
    objects = dict(zip((Path(u.source) for u in units), hit.outputs))
    try:
        outcome.tests = project.test(project_tests.Built(objects, folder))
    except project_tests.TestFailure as failure:
        outcome.faults.append(f"own tests: {failure}")
    return outcome


def lines(outcome):
    """The outcome as text."""
    bypassed = ", ".join(f"{n} {r}" for r, n in outcome.bypasses.items()) or "none"
    text = [f"{outcome.name:<20}{outcome.flags:<8}{outcome.units:>5} compiles"
            f"{outcome.hits:>5} hits{outcome.misses:>4} misses"
            f"{outcome.mismatches:>3} mismatches   bypasses: {bypassed}"]
    if outcome.shards:
        inside, outside = (outcome.shards[k] for k in ("functions", "functions_outside"))
        refused = ", ".join(f"{n} {r}" for r, n in outcome.shards["refused_reasons"].items())
        text.append(f"{'':<28}{outcome.shards['modules']} modules in {outcome.shards['compiled']} "
                    f"shards, {100 * inside / max(1, inside + outside):.1f} % of "
                    f"{inside + outside} functions; kept whole: {refused or 'none'}")
    if outcome.tests:
        text.append(f"{'':<28}own tests pass: {outcome.tests}")
    return text + [f"{'':<28}FAULT: {fault}" for fault in outcome.faults]


def run(names, flag_sets, jobs, keep=False, shards=False):
    """All outcomes; each is shown as soon as it is there."""
    outcomes = []
    for name in names:
        for flags in flag_sets:
            base = projects.work_folder() / "verify" / (name + flags).replace(" ", "")
            outcomes.append(check(name, flags, base, jobs, shards))
            print("\n".join(lines(outcomes[-1])), flush=True)
            if not keep and not outcomes[-1].faults:
                shutil.rmtree(base)
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flags", action="append", metavar="FLAGS",
                        help=f"as --flags=-O0; may be given again (default: {', '.join(FLAGS)})")
    parser.add_argument("--jobs", type=int, default=batches.JOBS)
    parser.add_argument("--shards", action="store_true",
                        help="with HAPAX_SHARDS=1, where the first compile in shards takes the "
                             "place of the plain one")
    parser.add_argument("--keep", action="store_true", help="keep what was built")
    parser.add_argument("projects", nargs="*", metavar="PROJECT",
                        help=f"of {', '.join(project_tests.PROJECTS)} (default: all)")
    arguments = parser.parse_args()
    unknown = set(arguments.projects) - set(project_tests.PROJECTS)
    if unknown:
        parser.error(f"unknown project {', '.join(sorted(unknown))}")
    outcomes = run(arguments.projects or list(project_tests.PROJECTS),
                   arguments.flags or FLAGS, arguments.jobs, arguments.keep, arguments.shards)
    bad = sum(bool(o.faults) for o in outcomes)
    print(f"{sum(o.units for o in outcomes)} compiles verified, "
          f"{sum(o.mismatches for o in outcomes)} mismatches, "
          f"{len(outcomes) - bad} of {len(outcomes)} good")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
