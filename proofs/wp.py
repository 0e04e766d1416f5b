#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs Frama-C's WP on one file of the core with one prover, and reads what it
says. Used by prove.py and mutants.py."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "runtime/core"
HEADERS = ROOT / "include/hapax/Core"
PROVERS = ("cvc4", "z3")
# Seconds of CPU time a prover has for a goal, so that a busy machine does not
# change the outcome, and how many times as long it may take by the clock.
LIMIT = 15
PATIENCE = 10

# The memory model: typed, where pointers to different types do not alias. With
# "+ref", a parameter that is only ever dereferenced is taken for a reference,
# under hypotheses that WP prints (docs/PROOFS.md).
MODEL = {"KeyIndex": "Typed+ref", "Lru": "Typed+ref"}
DEFAULT_MODEL = "Typed"

# Where several provers were asked and none is sure, the brackets say how it ended.
GOAL = re.compile(r"^\[wp\] \[([^\]]+)\] Goal typed_(?:ref_)?([A-Za-z0-9]+)_(\S+)"
                  r"(?: : (\w+))?")
SMOKE = re.compile(r"^\[wp\] \[(\w+)\] \(?Smoke-test\)? ?(?:Goal )?typed_(\S+)")
COUNTS = re.compile(r"^\[wp\] Proved goals:\s+(\d+) / (\d+)")
# Warnings that are told in another way.
TOLD_ELSEWHERE = ("Memory model hypotheses", "Failed smoke-test")


@dataclass(frozen=True, order=True)
class Goal:
    function: str
    property: str

    def __str__(self):
        return f"{self.function}_{self.property}"


@dataclass
class Answer:
    """What one prover made of the goals of one file."""
    goals: dict = field(default_factory=dict)  # Goal -> "Qed", prover's name or None
    statuses: dict = field(default_factory=dict)  # Goal -> Valid, Unknown, Timeout, ...
    doomed: list = field(default_factory=list)  # smoke tests that found a contradiction
    smoke: int = 0  # smoke tests run
    faults: list = field(default_factory=list)  # what makes the run worthless
    log: str = ""

    def unproved(self):
        return {g for g, by in self.goals.items() if by is None}


def configuration(limit):
    """Why3's settings with that limit on each prover's CPU time."""
    text = (ROOT / "proofs/why3.conf").read_text()
    return re.sub(r'^(command\w* = ")', rf"\1prlimit --cpu={limit} ", text, flags=re.MULTILINE)


def run(source, prover, functions=(), properties=(), smoke=False, limit=LIMIT,
        include=ROOT / "include", model=None, jobs=1):
    """The answer of one prover about one file."""
    source = Path(source)
    command = [
        # A mutant lies elsewhere than the headers beside its original.
        "frama-c", f"-cpp-extra-args=-I{include} -I{CORE} -std=c11",
        # No overflow either where C would let it wrap.
        "-warn-unsigned-overflow",
        "-wp", "-wp-rte", "-wp-cache", "none",
        "-wp-model", model or MODEL.get(source.stem, DEFAULT_MODEL),
        "-wp-prover", prover, "-wp-par", str(jobs), "-wp-timeout", str(limit * PATIENCE),
    ]
    if functions:
        command += ["-wp-fct", ",".join(functions)]
    if properties:
        command += ["-wp-prop", ",".join(properties)]
    if smoke:
        command += ["-wp-smoke-tests", "-wp-smoke-timeout", "1"]
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as config:
        config.write(configuration(limit))
        config.flush()
        done = subprocess.run([*command, str(source)], cwd=ROOT, text=True,
                              env={**os.environ, "WHY3CONFIG": config.name},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    answer = read(done.stdout)
    if done.returncode:
        answer.faults.append(f"frama-c exits with {done.returncode}")
    return answer


def read(text):
    """Makes an Answer of the log. A warning is a fault: WP warns where it left
    something out."""
    answer = Answer(log=text)
    counted = None
    # Most warnings come with their text on the next line.
    for line in re.sub(r"Warning:\s+", "Warning: ", text).splitlines():
        if match := GOAL.match(line):
            by, function, prop, status = match.groups()
            goal = Goal(function, prop)
            if goal in answer.goals:
                answer.faults.append(f"two goals are called {goal}")
            answer.goals[goal] = by if status == "Valid" else None
            answer.statuses[goal] = status or by
        elif "Smoke" in line and (match := SMOKE.match(line)):
            answer.smoke += 1
            if match.group(1) != "Passed":
                answer.doomed.append(match.group(2))
        elif match := COUNTS.match(line):
            counted = tuple(map(int, match.groups()))
        elif "Warning" in line and not any(t in line for t in TOLD_ELSEWHERE):
            answer.faults.append(line.strip())
        elif "error" in line.lower() and line.startswith("["):
            answer.faults.append(line.strip())
    proved = sum(by is not None for by in answer.goals.values())
    if counted is None:
        answer.faults.append("no goals were counted")
    elif counted != (proved + answer.smoke - len(answer.doomed),
                     len(answer.goals) + answer.smoke):
        answer.faults.append(f"WP counts {counted}, its log has {proved} of {len(answer.goals)} "
                             f"goals and {answer.smoke} smoke tests")
    return answer
