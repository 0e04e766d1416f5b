#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The licence check must find what it is there to find."""

import tempfile
import unittest
from pathlib import Path

import check_licence

LICENCE = {"LICENSE": f"{check_licence.LINE}\n\nIts text.\n"}


class CheckLicence(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return list(check_licence.faults(root, list(files)))

    def test_line_near_the_top(self):
        self.assertEqual([], self.faults(LICENCE | {
            "a.cpp": f"//===- a.cpp ---===//\n// {check_licence.LINE}\n",
            "run": f"#!/bin/sh\n# {check_licence.LINE}\n"}))

    def test_line_missing_or_too_late(self):
        found = self.faults(LICENCE | {"lit/a.test": "RUN: true\n", "run": "",
                                       "b.c": "\n" * 5 + f"// {check_licence.LINE}\n"})
        self.assertEqual(3, len(found))

    def test_another_licence(self):
        self.assertEqual(1, len(self.faults(
            LICENCE | {"a.c": "// SPDX-License-Identifier: Apache-2.0\n"})))

    def test_exempt(self):
        self.assertEqual([], self.faults(LICENCE | {
            "docs/A.md": "# A\n", "presets.json": "{}\n", "lit/a/Inputs/b.c": "int b;\n"}))

    def test_a_name_is_no_folder(self):
        self.assertEqual(1, len(self.faults(LICENCE | {"src/inputs": "x\n"})))

    def test_licence_missing_or_of_another_name(self):
        self.assertEqual(1, len(self.faults({})))
        self.assertEqual(1, len(self.faults({"LICENSE": "Apache License\n"})))


if __name__ == "__main__":
    unittest.main()
