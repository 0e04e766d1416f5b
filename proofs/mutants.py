#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Do the contracts say enough? Breaks each function of the core by rule
(mutation.py) and asks whether the proof notices.

mutants.txt names for each mutant the goals that must then fail, or says why its
meaning is that of the original. The gate fails unless
  - of a broken function every named goal is left unproved by both provers (a
    time-out elsewhere is no kill);
  - a rewrite that keeps the meaning is proved in full, under the same limit;
  - mutants.txt names exactly the mutants that the rules make.

--record completes mutants.txt, for a person to read: for each mutant that is new
or has changed it names goals that fail, or marks it SURVIVES, which the gate
does not accept. Give such a line a reason (kept: ...), or a contract a clause.
"""

import argparse
import concurrent.futures
import datetime
import functools
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import mutation
import wp

TABLE = wp.ROOT / "proofs/mutants.txt"
# Seconds of CPU time a prover has for a goal of a mutant or a rewrite.
LIMIT = 4
# Seconds when looking for goals that fail, before the gate tries them.
LOOKING = 1
# Files that the gate has not passed yet, left out unless named on the command
# line; docs/PROOFS.md tells how far they are.
OUTSTANDING = {"KeyIndex", "Lru"}
SURVIVES = "SURVIVES"


@dataclass
class Expected:
    change: str
    fails: tuple = ()   # properties of the function
    kept: str = ""      # why the meaning is the same


@dataclass
class Verdict:
    mutant: mutation.Mutant
    good: bool
    text: str
    goals: tuple = ()


# --- the table

def read_table():
    table = {}
    for line in TABLE.read_text().splitlines() if TABLE.is_file() else ():
        if not line or line.startswith("#"):
            continue
        name, change, outcome = line.split(" | ")
        word, _, rest = outcome.partition(" ")
        table[name] = Expected(change, *{"fails": (tuple(rest.split()),), "kept:": ((), rest)}
                               .get(word, ()))
    return table


def outcome_text(expected):
    if expected.kept:
        return f"kept: {expected.kept}"
    return f"fails {' '.join(expected.fails)}" if expected.fails else SURVIVES


def write_table(stems, mutants, outcomes, old):
    """Writes what is known: of the files in stems the outcomes, of the others
    what the table had."""
    lines = [f"{m.name()} | {m.change()} | {outcomes[m.name()]}"
             for m in mutants if m.name() in outcomes]
    lines += [f"{name} | {e.change} | {outcome_text(e)}"
              for name, e in old.items() if name.split()[0] not in stems]
    lines.sort(key=lambda line: line.split()[0])
    TABLE.write_text("# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception\n"
                     "# file function rule number | change | what must fail, or why nothing does.\n"
                     "# Written by `proofs/mutants.py --record`, read by a person.\n"
                     + "\n".join(lines) + "\n")


# --- asking the provers

def ask(mutant, text, prover, properties=(), limit=LIMIT):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"{mutant.file}.c"
        source.write_text(mutant.apply(text))
        return wp.run(source, prover, functions=[mutant.function], properties=properties,
                      limit=limit)


def selector(prop):
    """What -wp-prop selects the goal by: the clause's name where it has one."""
    if match := re.search(r"(?:ensures|invariant|requires|assert_rte|assert)_([A-Za-z]\w*?)"
                          r"(?:_(?:established|preserved))?(?:_part\d+)?(?:_\d+)?$", prop):
        return match.group(1)
    return next((f"@{kind}" for kind in ("assigns", "variant") if kind in prop), "")


def selectors(props):
    """What selects all of them; nothing, which is everything, where one has no
    selector."""
    found = {selector(p) for p in props}
    return sorted(found) if all(found) else []


def both(mutant, text, properties=(), limit=LIMIT):
    """The answer of both provers at once: unproved is what neither proves."""
    return ask(mutant, text, ",".join(wp.PROVERS), properties, limit)


@functools.cache
def usual(file, function, prover, properties=()):
    """The goals of the function as it ships that the prover finds soon: only what
    is found soon there, and not here, says something about a mutant."""
    answer = wp.run(wp.CORE / f"{file}.c", prover, functions=[function],
                    properties=properties, limit=LOOKING)
    return {g.property for g in set(answer.goals) - answer.unproved()}


def rank(prop):
    """Which goals to name: statements about results before those about the way."""
    order = ["ensures", "invariant", "requires", "assigns", "assert"]
    return next((i for i, word in enumerate(order) if word in prop), len(order)), prop


def candidates(mutant, failing):
    """The goals that z3 leaves unproved (with their statuses), the best to name
    first: those that it proves of the original, then those that cvc4 proves; among
    these, those it gave up at once before those it ran out of time on. What
    neither proves soon of the original is none of them."""
    def order(props):
        return sorted(props, key=lambda p: (failing[p] != "Unknown", rank(p)))

    known = usual(mutant.file, mutant.function, "z3")
    yield from order(p for p in failing if p in known)
    others = {p for p in failing if p not in known}
    if others:
        known = usual(mutant.file, mutant.function, "cvc4", tuple(selectors(others)))
        yield from order(others & known)


def record(mutant, text):
    """What the table should say of the mutant: a goal is named only when neither
    prover proves it in the time that the gate gives them."""
    first = ask(mutant, text, "z3", limit=LOOKING)
    if first.faults:
        return f"{SURVIVES} {first.faults[0]}"
    failing = {g.property: first.statuses[g] for g in first.unproved()}
    for prop in candidates(mutant, failing):
        answer = both(mutant, text, selectors([prop]))
        if not answer.faults and prop in {g.property for g in answer.unproved()}:
            return f"fails {prop}"
    return SURVIVES


def record_all(pool, stems, texts, everything, chosen, table):
    """Asks about every broken mutant among the chosen that the table does not have
    an outcome for, and writes the table after each, so that nothing is lost."""
    outcomes = {}
    asked = {}
    for m in everything:
        known = table.get(m.name())
        if m.keeps_meaning:
            continue
        if known and known.change == m.change() and (known.kept or known.fails):
            outcomes[m.name()] = outcome_text(known)
        elif m in chosen:
            asked[pool.submit(record, m, texts[m.file])] = m.name()
    for future in concurrent.futures.as_completed(asked):
        outcomes[asked[future]] = future.result()
        write_table(stems, everything, outcomes, table)
    write_table(stems, everything, outcomes, table)
    survivors = [n for n, o in outcomes.items() if o.startswith(SURVIVES)]
    print("\n".join(f"{n}: {outcomes[n]}" for n in survivors))
    print(f"{len(outcomes)} mutants, {len(survivors)} survive")


def judge_broken(mutant, text, expected):
    """Whether the named goals fail."""
    answer = both(mutant, text, selectors(expected.fails))
    if answer.faults:
        return Verdict(mutant, False, answer.faults[0])
    goals = {g.property for g in answer.goals}
    unproved = {g.property for g in answer.unproved()}
    for prop in expected.fails:
        if prop not in goals:
            return Verdict(mutant, False, f"there is no goal {prop}")
        if prop not in unproved:
            return Verdict(mutant, False, f"{prop} is still proved")
    return Verdict(mutant, True, "killed", expected.fails)


def judge_kept(mutant, text):
    """Whether everything is proved still, by either prover."""
    answer = both(mutant, text)
    left = answer.unproved()
    if answer.faults or left:
        return Verdict(mutant, False, "no longer proved: "
                       + ", ".join(answer.faults or sorted(map(str, left))))
    return Verdict(mutant, True, "kept")


def judge(mutant, text, table):
    if mutant.keeps_meaning:
        return judge_kept(mutant, text)
    expected = table.get(mutant.name())
    if expected is None or expected.change != mutant.change():
        return Verdict(mutant, False, "mutants.txt does not name it; see --record")
    if expected.kept:
        return judge_kept(mutant, text)
    if not expected.fails:
        return Verdict(mutant, False, "survives")
    return judge_broken(mutant, text, expected)


# --- all of them

def sample(mutants, count, seed):
    """So many of the broken ones and a fourth as many of the rewrites."""
    chosen = random.Random(seed)
    rewrites = [m for m in mutants if m.keeps_meaning]
    broken = [m for m in mutants if not m.keeps_meaning]
    return (chosen.sample(broken, min(count, len(broken)))
            + chosen.sample(rewrites, min(count // 4, len(rewrites))))


def report(verdicts, table, seconds):
    """The outcome as Markdown."""
    rows = defaultdict(Counter)
    for v in verdicts:
        m = v.mutant
        kept = m.keeps_meaning or bool(table.get(m.name(), Expected("")).kept)
        row = rows[m.file, m.function]
        row["rewrites" if kept else "broken"] += 1
        row["proved" if kept else "killed"] += v.good
    keys = ("broken", "killed", "rewrites", "proved")
    lines = [f"# Mutants of the core, {datetime.date.today()}", "",
             f"`proofs/mutants.py`, {LIMIT} s of CPU time a goal and prover, {seconds:.0f} s "
             "in all. Broken: the goals that proofs/mutants.txt names must be left unproved by "
             "both provers. "
             "Rewrites: changes that keep the meaning, which must be proved in full.", "",
             "| file | function | broken | killed | rewrites | still proved |",
             "|---|---|---|---|---|---|"]
    for (file, function), row in sorted(rows.items()):
        lines.append(f"| {file} | {function} | " + " | ".join(str(row[k]) for k in keys) + " |")
    total = sum(rows.values(), Counter())
    lines.append("| all | | " + " | ".join(str(total[k]) for k in keys) + " |")
    bad = [v for v in verdicts if not v.good]
    lines += ["", "Survivors and lost proofs: " + ("none." if not bad else "")]
    lines += [f"- {v.mutant.name()}: {v.mutant.change()}: {v.text}" for v in bad]
    kept = [(n, e) for n, e in table.items() if e.kept and n in {v.mutant.name() for v in verdicts}]
    lines += ["", "Mutants by rule that keep the meaning:", ""]
    lines += [f"- {name}: {e.change}: {e.kept}" for name, e in kept]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, help="only so many broken ones, and some rewrites")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="at a time")
    parser.add_argument("--record", action="store_true", help="complete mutants.txt")
    parser.add_argument("--results", type=Path, help="write the outcome to this file")
    parser.add_argument("files", nargs="*", metavar="FILE", help="e.g. Buffer (default: all)")
    arguments = parser.parse_args()
    stems = arguments.files or sorted({p.stem for p in wp.CORE.glob("*.c")} - OUTSTANDING)
    texts = {stem: (wp.CORE / f"{stem}.c").read_text() for stem in stems}
    everything = [m for stem in stems for m in mutation.mutants(stem, texts[stem])]
    table = read_table()
    started = time.monotonic()

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        chosen = (sample(everything, arguments.sample, arguments.seed)
                  if arguments.sample else everything)
        if arguments.record:
            record_all(pool, stems, texts, everything, chosen, table)
            return 0
        verdicts = list(pool.map(lambda m: judge(m, texts[m.file], table), chosen))

    names = {m.name() for m in everything}
    stale = [n for n in table if n.split()[0] in stems and n not in names]
    for v in verdicts:
        if not v.good:
            print(f"mutants: {v.mutant.name()}: {v.mutant.change()}: {v.text}", file=sys.stderr)
    for name in stale:
        print(f"mutants: mutants.txt names {name}, which no rule makes", file=sys.stderr)
    seconds = time.monotonic() - started
    if arguments.results:
        arguments.results.write_text(report(verdicts, table, seconds))
    print(f"{sum(v.good for v in verdicts)} of {len(verdicts)} mutants and rewrites "
          f"as they should be, {seconds:.0f} s; of {', '.join(stems)}")
    return 1 if stale or not all(v.good for v in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
