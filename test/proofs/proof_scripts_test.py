#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests that scripts/prove and the mutant gate notice what they are there for:
on small texts and on logs of WP, without a prover. First argument: the folder
proofs."""

import sys
import unittest

sys.path.insert(0, sys.argv.pop(1))
import csource
import mutation
import prove
import wp

SOUND = """\
#include "x.h"
/*@ assigns \\nothing; ensures exact: \\result == A; */
static int same(int A) { return A; }

// for (it) { is no loop }
int walk(int N) {
  int Sum = 0;
  /*@ loop invariant 0 <= I; loop assigns I, Sum; loop variant N - I; */
  for (int I = 0; I < N; ++I)
    Sum = same(Sum);
  if (Sum > 3)
    return 1;
  Sum += 1;
  Sum -= N;
  return Sum;
}
"""

LOG = """\
[kernel] Parsing Buffer.c (with preprocessing)
[wp] 3 goals scheduled
[wp] [Qed] Goal typed_f_assigns : Valid (1ms)
[wp] [Z3 4.8.12] Goal typed_f_ensures_exact : Valid (Qed:1ms) (20ms) (1)
[wp] [Z3 4.8.12] Goal typed_ref_g_ensures_done : Failed
  Unknown error
[wp] Proved goals:    2 / 3
"""


def faults(text, proved=frozenset({"same", "walk"})):
    return list(prove.faults_of_text("x", [text], proved))


class Text(unittest.TestCase):
    def test_sound(self):
        self.assertEqual(faults(SOUND), [])

    def test_assumptions(self):
        for word in ("admit", "axiom", "axiomatic", "lemma"):
            self.assertEqual(faults(SOUND + f"/*@ {word} L: \\true; */\n"),
                             [f"x: an annotation says '{word}'"])
            self.assertEqual(len(faults(SOUND + f"//@ {word} L: \\true;\n")), 1)
            # Prose may.
            self.assertEqual(faults(SOUND + f"// no {word} here\n"), [])

    def test_loop_without_variant(self):
        self.assertEqual(faults(SOUND.replace("loop variant N - I;", "")),
                         ["x: 1 loops, 0 loop variants"])

    def test_ghost_loop_without_variant(self):
        ghost = "/*@ ghost\n /@ loop assigns I; @/ while (I < 3) ++I; */\n"
        self.assertEqual(faults(SOUND + ghost), ["x: 2 loops, 1 loop variants"])

    def test_recursion(self):
        again = SOUND.replace("{ return A; }", "{ return walk(A); }")
        self.assertEqual(faults(again), ["x: same() can reach itself"])

    def test_unproved_callee(self):
        self.assertEqual(faults(SOUND.replace("return Sum;", "return abs(Sum);")),
                         ["x: calls abs(), which is not proved"])

    def test_text_for_the_prover_alone(self):
        self.assertEqual(len(faults(SOUND + "#ifdef __FRAMAC__\n#endif\n")), 1)

    def test_prototypes(self):
        header = ("/*@ assigns \\nothing; */\nbool one(const int *A,\n         int B);\n"
                  "// void two(int);\ntypedef struct S {\n  int A;\n} S;\nS three(void);\n")
        self.assertEqual(csource.prototypes(header), ["one", "three"])


class Log(unittest.TestCase):
    def test_goals(self):
        answer = wp.read(LOG)
        self.assertEqual(answer.faults, [])
        self.assertEqual({str(g): by for g, by in answer.goals.items()},
                         {"f_assigns": "Qed", "f_ensures_exact": "Z3 4.8.12",
                          "g_ensures_done": None})
        self.assertEqual([str(g) for g in answer.unproved()], ["g_ensures_done"])

    def test_a_goal_that_the_log_lost(self):
        lines = LOG.splitlines()
        self.assertTrue(wp.read("\n".join(lines[:2] + lines[3:])).faults)
        self.assertTrue(wp.read("\n".join(lines[:-1])).faults)

    def test_warnings_are_faults(self):
        warning = "[wp] Buffer.c:3: Warning: Missing assigns clause"
        self.assertEqual(wp.read(f"{LOG}{warning}\n").faults, [warning])
        on_two_lines = warning.replace("Warning: ", "Warning: \n  ")
        self.assertEqual(wp.read(f"{LOG}{on_two_lines}\n").faults, [warning])

    def test_hypotheses_of_the_memory_model_are_told_elsewhere(self):
        hypotheses = "[wp] Lru.c:3: Warning: \n  Memory model hypotheses for function 'f':\n"
        self.assertEqual(wp.read(LOG + hypotheses).faults, [])

    def test_contradictions(self):
        smoke = LOG.replace("2 / 3", "3 / 5") + (
            "[wp] [Passed] Smoke-test typed_f_wp_smoke_default_requires\n"
            "[wp] [Failed] Smoke-test typed_g_wp_smoke_default_requires\n"
            "[wp] Buffer.c:2: Warning: Failed smoke-test\n")
        answer = wp.read(smoke)
        self.assertEqual(answer.faults, [])
        self.assertEqual(answer.smoke, 2)
        self.assertEqual(answer.doomed, ["g_wp_smoke_default_requires"])


class Verdicts(unittest.TestCase):
    def answers(self, **unproved):
        goals = [wp.Goal("f", p) for p in ("assigns", "ensures_exact")]
        return {prover: wp.Answer(goals={g: None if str(g) in unproved.get(prover, ())
                                         else "Qed" for g in goals})
                for prover in wp.PROVERS}

    def test_all_proved(self):
        self.assertEqual(list(prove.faults_of_goals("Buffer", self.answers())), [])

    def test_one_prover_is_enough_unless_both_are_asked_for(self):
        answers = self.answers(z3=["f_ensures_exact"])
        self.assertEqual(list(prove.faults_of_goals("Other", answers)), [])
        self.assertEqual(list(prove.faults_of_goals("Buffer", answers)),
                         ["Buffer: f_ensures_exact is not proved by z3"])

    def test_proved_by_neither(self):
        answers = self.answers(z3=["f_assigns"], cvc4=["f_assigns"])
        self.assertEqual(list(prove.faults_of_goals("Other", answers)),
                         ["Other: f_assigns is not proved"])

    def test_no_goals(self):
        nothing = {prover: wp.Answer() for prover in wp.PROVERS}
        self.assertEqual(list(prove.faults_of_goals("Other", nothing)), ["Other: no goals"])

    def test_functions_without_contract(self):
        goals = [wp.Goal("f", "ok_ensures_exact"), wp.Goal("f", "assigns_part2"),
                 wp.Goal("g", "call_f_requires")]
        self.assertEqual(list(prove.faults_of_contracts("x", ["f"], goals)), [])
        self.assertEqual(len(list(prove.faults_of_contracts("x", ["g"], goals))), 2)


class Mutants(unittest.TestCase):
    def made(self, rule):
        return [m for m in mutation.mutants("x", SOUND) if m.rule == rule]

    def test_each_is_one_change_of_the_code(self):
        for mutant in mutation.mutants("x", SOUND):
            changed = mutant.apply(SOUND)
            self.assertNotEqual(changed, SOUND)
            self.assertEqual(csource.annotations(changed), csource.annotations(SOUND))

    def test_rules(self):
        self.assertEqual([m.change() for m in self.made("boundary")],
                         ["< => <=", "> => >="])
        self.assertEqual([m.change() for m in self.made("dropped-check")],
                         ["if (Sum > 3) return 1; => ;"])
        self.assertEqual([m.old for m in self.made("dropped-statement")],
                         ["Sum = same(Sum)", "Sum += 1", "Sum -= N"])
        self.assertEqual([m.change() for m in self.made("swapped-statements")],
                         ["Sum += 1; Sum -= N => Sum -= N; Sum += 1"])
        self.assertEqual([m.new for m in self.made("turned")], ["3 < Sum"])
        self.assertEqual([m.new for m in self.made("spelled-out")],
                         ["Sum = Sum + (1)", "Sum = Sum - (N)"])


if __name__ == "__main__":
    unittest.main()
