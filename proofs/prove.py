#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Proves the core: every goal of every file in runtime/core. docs/PROOFS.md says
what that means. The files that BOTH names are put to each prover alone. Of the
others, each goal is put to both at once; with --shares, each prover is asked
everything alone, which takes many times as long, and smoke tests are run.

It fails unless
  - every goal is proved by a prover, and in the files that BOTH names by each;
  - every public function has a contract that says what it assigns and ensures;
  - nothing is assumed: no admit, axiom or lemma, no warning of WP;
  - every loop has a variant and no function can reach itself, so that every
    call comes to an end;
  - what the provers read is what ships: every function that is called is proved
    too, and no text is there for Frama-C alone;
  - no contract contradicts itself (WP's smoke tests, asked of z3).
"""

import argparse
import concurrent.futures
import os
import re
import sys
import time

import csource
import wp

# Files whose every goal each prover proves without the other one.
BOTH = {"Buffer", "Region", "Resource"}
# Of the other files, with --shares: CPU seconds for a goal at first. Where one prover
# is enough, it is no use to wait long for the other. What neither proves is asked
# again.
QUICK = 4
ASSUMING = re.compile(r"\b(admit|axiom|axiomatic|lemma)\b")


def public_functions(stem):
    header = wp.HEADERS / f"{stem}.h"
    return csource.prototypes(header.read_text()) if header.is_file() else []


def faults_of_text(name, texts, proved):
    """What the text itself gives away. texts: of the source and its header.
    proved: the names of all functions that are."""
    for text in texts:
        for annotation in csource.annotations(text):
            for word in sorted(set(ASSUMING.findall(annotation))):
                yield f"{name}: an annotation says '{word}'"
        if csource.loops(text) != csource.variants(text):
            yield (f"{name}: {csource.loops(text)} loops, "
                   f"{csource.variants(text)} loop variants")
        if "__FRAMAC__" in text:
            yield f"{name}: has text for Frama-C alone"
    calls = csource.calls(texts[0])
    if function := csource.cycle(calls):
        yield f"{name}: {function}() can reach itself"
    for called in sorted(set().union(*calls.values()) - proved):
        yield f"{name}: calls {called}(), which is not proved"


def faults_of_contracts(stem, functions, goals):
    for function in functions:
        own = [g.property for g in goals if g.function == function]
        for kind in ("assigns", "ensures"):
            if not any(re.search(rf"(^|_){kind}(_|$)", p) for p in own):
                yield f"{stem}: {function}() has no contract that says what it {kind}"


def faults_of_goals(stem, answers):
    everything = {g for a in answers.values() for g in a.goals}
    for prover, answer in answers.items():
        yield from (f"{stem}, {prover}: {fault}" for fault in answer.faults)
        yield from (f"{stem}: {test}: what is assumed here contradicts itself"
                    for test in answer.doomed)
        if set(answer.goals) != everything:
            yield f"{stem}: {prover} was asked other goals than the other prover"
    unproved = {prover: a.unproved() for prover, a in answers.items()}
    by_none = set.intersection(*unproved.values())
    yield from (f"{stem}: {goal} is not proved" for goal in sorted(by_none))
    if stem in BOTH:
        for prover, goals in unproved.items():
            yield from (f"{stem}: {goal} is not proved by {prover}"
                        for goal in sorted(goals - by_none))
    if not everything:
        yield f"{stem}: no goals"


def ask_again(stem, answers):
    """Gives each prover all the time there is for the functions that have goals
    which neither has proved, and takes over what it proves."""
    left = set.intersection(*(a.unproved() for a in answers.values()))
    if not left:
        return
    for prover, answer in answers.items():
        again = wp.run(wp.CORE / f"{stem}.c", prover,
                       functions=sorted({g.function for g in left}))
        answer.faults += again.faults
        answer.log += again.log
        for goal in left:
            answer.goals[goal] = again.goals.get(goal)


def ask(stem, arguments):
    """The answers about one file, by prover; where they were asked together, each
    has the answer of both."""
    source = wp.CORE / f"{stem}.c"
    first, second = wp.PROVERS
    if stem in BOTH or arguments.shares:
        answers = {prover: wp.run(source, prover,
                                  smoke=prover == second and not arguments.no_smoke,
                                  limit=wp.LIMIT if stem in BOTH else QUICK)
                   for prover in wp.PROVERS}
        if stem not in BOTH:
            ask_again(stem, answers)
        return answers
    # Both at once for each goal: whoever is first ends the other's search.
    answer = wp.run(source, ",".join(wp.PROVERS))
    return {first: answer, second: wp.Answer(goals=dict(answer.goals))}


def row(stem, answers, shares):
    """What the table says of a file. A prover that was not asked everything has no
    share."""
    goals = {g for a in answers.values() for g in a.goals}
    unproved = [a.unproved() for a in answers.values()]
    proved = goals - set.intersection(*unproved)
    by_qed = {g for a in answers.values() for g, by in a.goals.items() if by == "Qed"}
    cells = [stem, len(goals), len(proved), len(by_qed)]
    for prover in wp.PROVERS:
        alone = len(answers[prover].goals) - len(answers[prover].unproved())
        cells.append(f"{alone} ({100 * alone / max(1, len(goals)):.1f} %)" if shares else "-")
    cells.append(sum(a.smoke for a in answers.values()))
    return cells


def table(rows):
    head = ["file", "goals", "proved", "by Qed", *(f"Qed + {p} alone" for p in wp.PROVERS),
            "smoke tests"]
    lines = [head, *([str(c) for c in r] for r in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-smoke", action="store_true", help="leave out the smoke tests")
    parser.add_argument("--shares", action="store_true",
                        help="ask each prover alone about every file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--logs", help="write the provers' answers into this folder")
    parser.add_argument("files", nargs="*", metavar="FILE", help="e.g. Buffer (default: all)")
    arguments = parser.parse_args()
    stems = arguments.files or sorted(p.stem for p in wp.CORE.glob("*.c"))

    proved = {f.name for p in wp.CORE.glob("*.c") for f in csource.functions(p.read_text())}
    # WP sees macros expanded: what stands in them is proved where they are used.
    proved |= {name for p in wp.CORE.glob("*.h")
               for name in re.findall(r"^#define (\w+)\(", p.read_text(), re.M)}
    started = time.monotonic()
    faults = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        asked = {stem: pool.submit(ask, stem, arguments) for stem in stems}
        rows = []
        for stem in stems:
            answers = asked[stem].result()
            if arguments.logs:
                os.makedirs(arguments.logs, exist_ok=True)
                for prover, answer in answers.items():
                    with open(f"{arguments.logs}/{stem}-{prover}.log", "w") as log:
                        log.write(answer.log)
            sources = [wp.CORE / f"{stem}.c", wp.HEADERS / f"{stem}.h"]
            faults += faults_of_text(stem, [s.read_text() for s in sources if s.is_file()],
                                     proved)
            faults += faults_of_goals(stem, answers)
            faults += faults_of_contracts(stem, public_functions(stem), answers["z3"].goals)
            rows.append(row(stem, answers, arguments.shares or stem in BOTH))
    table(rows)
    for fault in faults:
        print(f"prove: {fault}", file=sys.stderr)
    goals, proved = (sum(r[i] for r in rows) for i in (1, 2))
    print(f"{proved} of {goals} goals proved in {time.monotonic() - started:.0f} s")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
