#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tests that check_safety.py finds what it is there for."""

import tempfile
import unittest
from pathlib import Path

import check_safety

DOCUMENT = """
## Concurrency

### include/hapax/Concurrency/A.h, runtime/concurrency/A.cpp

| place | before | after | carried by |
|---|---|---|---|
| `push`, `A::pop` | x | y | model `RingOf2`; `ATest.Works` |
"""


class CheckSafetyTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.root = Path(self.folder.name)
        self.addCleanup(self.folder.cleanup)
        self.write("docs/SAFETY.md", DOCUMENT)
        self.write("include/hapax/Concurrency/A.h",
                   "push(std::memory_order_release); pop();")
        self.write("runtime/concurrency/A.cpp", "reinterpret_cast<int *>(P);")
        self.write("test/a/ATest.cpp", "TEST(ATest, Works) {}")
        self.write("test/modelcheck/A.cpp", '{"RingOf2", Header}')
        self.write("test/fuzz/AFuzz.cpp", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def expect(self, *parts):
        found = list(check_safety.faults(self.root))
        self.assertEqual(len(found), len(parts), found)
        for fault, part in zip(found, parts):
            self.assertIn(part, fault)

    def test_a_complete_case_passes(self):
        self.expect()

    def test_a_file_without_a_section(self):
        self.write("runtime/memory/B.cpp", "X.load(std::memory_order_acquire)")
        self.expect("runtime/memory/B.cpp: needs a section")

    def test_comments_need_none(self):
        self.write("runtime/memory/B.cpp", "// std::memory_order_acquire\n")
        self.expect()

    def test_a_function_that_is_gone(self):
        self.write("include/hapax/Concurrency/A.h", "push();")
        self.expect("there is no A::pop")

    def test_a_test_that_is_gone(self):
        self.write("test/a/ATest.cpp", "TEST(ATest, Other) {}")
        self.expect("there is no test ATest.Works")

    def test_a_suite_that_is_gone(self):
        self.write("test/a/ATest.cpp", "")
        self.expect("there is no suite ATest")

    def test_a_scenario_that_is_gone(self):
        self.write("test/modelcheck/A.cpp", "")
        self.expect("there is no scenario RingOf2")

    def test_a_file_that_is_gone(self):
        (self.root / "runtime/concurrency/A.cpp").unlink()
        self.expect("there is no runtime/concurrency/A.cpp")


if __name__ == "__main__":
    unittest.main()
