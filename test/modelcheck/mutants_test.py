#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests that mutants.py finds every order and invents none."""

import unittest

import mutants


class MutantsTest(unittest.TestCase):
    def rows(self, text):
        sites = []
        changed = mutants.mutate("A.h", text, sites)
        return changed, mutants.table(sites).splitlines()

    def test_each_order_has_its_next_weaker_ones(self):
        for order, count in (("acquire", 1), ("release", 1), ("acq_rel", 2),
                             ("seq_cst", 1), ("relaxed", 0)):
            _, rows = self.rows(f"X.load(std::memory_order_{order});")
            self.assertEqual(len(rows), count, order)

    def test_fences_are_weakened_and_removed(self):
        _, rows = self.rows("Atomics::fence(std::memory_order_seq_cst);")
        self.assertEqual(len(rows), 2)
        self.assertIn('"no fence"', rows[1])
        _, rows = self.rows("Atomics::fence(std::memory_order_release);")
        self.assertEqual(len(rows), 1)

    def test_two_orders_on_a_line_are_two_sites(self):
        changed, rows = self.rows(
            "X.compare_exchange_weak(A, B, std::memory_order_acq_rel,\n"
            "    std::memory_order_acquire); Y.load(std::memory_order_acquire)")
        self.assertEqual(len(rows), 4)
        self.assertIn("at(2, std::memory_order_acquire)", changed)

    def test_comments_are_left_alone(self):
        changed, rows = self.rows("int A; // std::memory_order_acquire")
        self.assertEqual(rows, [])
        self.assertIn("// std::memory_order_acquire", changed)

    def test_other_spellings_are_refused(self):
        for text in ("X.load(std::memory_order::acquire);",
                     "using std::memory_order_acquire_;",
                     "void f(std::memory_order Order);"):
            with self.assertRaises(mutants.Unknown):
                mutants.mutate("A.h", text, [])


if __name__ == "__main__":
    unittest.main()
