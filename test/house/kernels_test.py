#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""cmake/HapaxKernels.cmake with an nvcc that comes, breaks and is mended.

kernels_test.py SOURCE_DIR CMAKE
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE, CMAKE = Path(sys.argv.pop(1)), sys.argv.pop(1)

PROJECT = """cmake_minimum_required(VERSION 3.25)
project(Kernels CXX)
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_SOURCE_DIR}/cmake)
include(HapaxKernels)
add_library(kernels STATIC)
set_target_properties(kernels PROPERTIES CXX_STANDARD 20)
hapax_embed_kernels(kernels Kernels.cu Kernels.h)
"""
# Notes each call; writes its output file.
NVCC = """#!/bin/sh
echo call >> {log}
while [ $# -gt 0 ]; do [ "$1" = -o ] && echo kernels > "$2"; shift; done
exit {code}
"""


class KernelsTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(SOURCE / "cmake", self.root / "cmake")
        (self.root / "gpu").mkdir()
        shutil.copy(SOURCE / "runtime/gpu/KernelImage.h", self.root / "gpu")
        (self.root / "CMakeLists.txt").write_text(PROJECT)
        for name in ("Kernels.cu", "Kernels.h"):
            (self.root / name).write_text("")
        self.nvcc = self.root / "nvcc"

    def make_nvcc(self, code=0, name="nvcc"):
        self.nvcc = self.root / name
        self.nvcc.write_text(NVCC.format(log=self.root / "log", code=code))
        self.nvcc.chmod(0o755)
        # The time stamps of one second must not look alike.
        times = getattr(self, "times", 1_600_000_000) + 10
        self.times = times
        os.utime(self.nvcc, (times, times))

    def calls(self):
        log = self.root / "log"
        return log.read_text().count("call") if log.exists() else 0

    def build(self):
        """Whether kernels are embedded afterwards."""
        for arguments in (["-S", self.root, "-B", self.root / "build",
                           f"-DHAPAX_NVCC={self.nvcc}"],
                          ["--build", self.root / "build"]):
            done = subprocess.run([CMAKE, *arguments], capture_output=True,
                                  text=True)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        image = (self.root / "build/Kernels.fatbin").read_bytes()
        return bool(image)

    def test_a_verdict_holds_as_long_as_its_nvcc(self):
        self.make_nvcc(code=1)
        self.assertFalse(self.build())
        self.assertFalse(self.build())
        self.make_nvcc()
        self.assertTrue(self.build())
        # What worked is not tried again.
        calls = self.calls()
        self.assertTrue(self.build())
        self.assertEqual(self.calls(), calls)
        self.make_nvcc(code=1)
        self.assertFalse(self.build())
        self.make_nvcc(name="other-nvcc")
        self.assertTrue(self.build())


if __name__ == "__main__":
    unittest.main()
