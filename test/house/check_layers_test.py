#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The layer check must find what it is there to find."""

import tempfile
import unittest
from pathlib import Path

import check_layers


class CheckLayers(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder).resolve()
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return list(check_layers.faults(root))

    def test_down_is_fine(self):
        self.assertEqual([], self.faults({
            "plugin/store/A.cpp": '#include "hapax/IR/B.h"\n#include "C.h"\n',
            "plugin/store/C.h": "#include <vector>\n",
            "tools/hapax/main.cpp": '#include "hapax/Store/D.h"\n'}))

    def test_up(self):
        found = self.faults({"runtime/cache/A.cpp": '#include "hapax/IR/B.h"\n'})
        self.assertEqual(1, len(found))
        self.assertIn("must not include", found[0])

    def test_up_by_relative_path(self):
        found = self.faults({"plugin/ir/A.cpp": '#include "../store/B.h"\n',
                             "plugin/store/B.h": "\n"})
        self.assertEqual(1, len(found))

    def test_up_from_the_plugins_folder(self):
        found = self.faults({"plugin/session/A.cpp": '#include "compile/B.h"\n',
                             "plugin/compile/B.h": "\n"})
        self.assertEqual(1, len(found))

    def test_sideways(self):
        found = self.faults({"runtime/gpu/A.cpp": '#include "hapax/Cache/B.h"\n'})
        self.assertEqual(1, len(found))

    def test_runtime_without_llvm(self):
        found = self.faults({"include/hapax/Cache/A.h": "#include <llvm/ADT/Twine.h>\n"})
        self.assertEqual(1, len(found))

    def test_unknown_room(self):
        self.assertEqual(1, len(self.faults({"plugin/attic/A.cpp": "\n"})))


if __name__ == "__main__":
    unittest.main()
