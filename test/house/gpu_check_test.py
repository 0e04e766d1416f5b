#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What scripts/gpu-check makes of what its tools say. They are all stand-ins.

gpu_check_test.py SOURCE_DIR
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(sys.argv.pop(1))

PASSED = "[  PASSED  ] 12 tests.\n"


def skipped(**reasons):
    """What GoogleTest says when 12 tests pass and these are skipped."""
    tests = {name.replace("_", ".", 1): why for name, why in reasons.items()}
    return ("".join(f"[ RUN      ] {name}\ntest.cpp:81: Skipped\n{why}\n\n"
                    f"[  SKIPPED ] {name} (0 ms)\n"
                    for name, why in tests.items()) + PASSED +
            f"[  SKIPPED ] {len(tests)} tests, listed below:\n" +
            "".join(f"[  SKIPPED ] {name}\n" for name in tests))


STUB = {"CudaLoaderTest_TheToolkitsStub": "no CUDA Toolkit here"}
KERNEL = {"RealDeviceTest_ManyPiecesInOneKernel": "no device with kernels"}
DEVICE = {"RealDeviceTest_MapsMemory": "not on this machine"}


class GpuCheckTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "scripts").mkdir()
        shutil.copy(SOURCE / "scripts/gpu-check", self.root / "scripts")
        self.build = self.root / "build/gpu-check"
        for folder in (self.build / "bin", self.build / "runtime",
                       self.root / "path", self.root / "dev"):
            folder.mkdir(parents=True)
        self.tool("path/cmake")
        self.bench("yes")
        self.image("kernels")
        self.stand_in("GpuTests", PASSED)
        self.stand_in("VramTests", PASSED)

    def tool(self, name, script=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    def bench(self, kernels, code=0):
        self.tool("build/gpu-check/bin/gpu-bench",
                  f"echo 'batched copies: yes, kernels: {kernels}'\nexit {code}")

    def image(self, content):
        (self.build / "runtime/Kernels.fatbin").write_text(content)

    def stand_in(self, name, output, code=0):
        self.tool(f"build/gpu-check/bin/{name}",
                  f"echo \"$HAPAX_TEST_DEVICE $*\" >> {self.root}/{name}.log\n"
                  f"cat <<'X'\n{output}X\nexit {code}")

    def check(self, **environment):
        """The exit code and the table."""
        table = self.root / "table.md"
        table.unlink(missing_ok=True)
        done = subprocess.run(
            [self.root / "scripts/gpu-check", table], capture_output=True,
            text=True, env={"PATH": f"{self.root}/path:{os.environ['PATH']}",
                            "HAPAX_DEVICE_NODES": str(self.root / "dev"),
                            **environment})
        return done.returncode, table.read_text() if table.exists() else ""

    def test_all_is_well(self):
        code, table = self.check()
        self.assertEqual(code, 0)
        self.assertIn("Tests: 12 passed. The cache's, on the card: 12 passed.",
                      table)
        self.assertIn("Kernels: run.", table)
        # The cache's tests are told to use the card.
        self.assertTrue((self.root / "VramTests.log").read_text()
                        .startswith("real "))

    def test_no_card(self):
        self.bench("no", 77)
        self.assertEqual(self.check()[0], 77)

    def test_a_card_that_cannot_be_used(self):
        self.bench("no", 1)
        self.assertEqual(self.check()[0], 1)
        self.bench("no", 77)
        (self.root / "dev/nvidia0").touch()
        self.assertEqual(self.check()[0], 1)

    def test_what_is_skipped_is_said(self):
        self.stand_in("GpuTests", skipped(**STUB, **KERNEL))
        code, table = self.check()
        self.assertEqual(code, 1)
        self.assertIn("12 passed, 2 skipped (CudaLoaderTest.TheToolkitsStub "
                      "RealDeviceTest.ManyPiecesInOneKernel), AMONG THEM",
                      table)
        self.stand_in("GpuTests", skipped(**STUB))
        code, table = self.check()
        self.assertEqual(code, 0)
        self.assertIn("1 skipped (CudaLoaderTest.TheToolkitsStub).", table)

    def test_kernels_that_do_not_run(self):
        self.bench("no")
        code, table = self.check()
        self.assertEqual(code, 1)
        self.assertIn("BUILT, BUT DO NOT RUN", table)

    def test_kernels_that_were_not_built(self):
        self.bench("no")
        self.image("")
        self.stand_in("GpuTests", skipped(**STUB, **KERNEL))
        code, table = self.check()
        self.assertEqual(code, 0)
        self.assertIn("Kernels: not built", table)
        self.assertIn("2 skipped", table)
        # But what needs none has no reason to be skipped.
        self.stand_in("GpuTests", skipped(**DEVICE, **KERNEL))
        code, table = self.check()
        self.assertEqual(code, 1)
        self.assertIn("RealDeviceTest.ManyPiecesInOneKernel), AMONG THEM",
                      table)

    def test_tests_that_fail(self):
        for name in ("GpuTests", "VramTests"):
            self.stand_in(name, "[  FAILED  ] 1 test\n", 1)
            self.assertEqual(self.check()[0], 1)
            self.stand_in(name, PASSED)

    def test_the_sanitizer_is_found_beside_nvcc(self):
        self.tool("cuda/bin/nvcc")
        self.assertIn("compute-sanitizer: not there", self.check()[1])
        for place in ("cuda/bin", "cuda/compute-sanitizer"):
            self.sanitizer(PASSED, place=place)
            table = self.check(CUDA_PATH=str(self.root / "cuda"))[1]
            self.assertIn("compute-sanitizer: no errors, 12 passed", table)
            (self.root / place / "compute-sanitizer").unlink()

    def sanitizer(self, output, code=0, place="path"):
        self.tool("path/nvcc")
        self.tool(f"{place}/compute-sanitizer",
                  f"cat <<'X'\n{output}X\nexit {code}")

    def test_the_sanitizers_errors_are_failures(self):
        self.sanitizer(PASSED, 9)
        self.assertEqual(self.check()[0], 1)

    def test_a_machine_that_the_sanitizer_does_not_know(self):
        self.sanitizer("Error: Device not supported\n", 1)
        code, table = self.check()
        self.assertEqual(code, 0)
        self.assertIn("compute-sanitizer: does not support this machine",
                      table)

    def test_a_sanitizer_under_which_nothing_runs(self):
        for output in ("", "[  PASSED  ] 0 tests.\n", skipped(**DEVICE)):
            self.sanitizer(output)
            code, table = self.check()
            self.assertEqual(code, 1, output)
            self.assertIn("compute-sanitizer: ", table)
        self.assertIn("1 skipped (RealDeviceTest.MapsMemory), AMONG THEM",
                      table)
        # Kernels that were not built have no test there either.
        self.sanitizer(skipped(**KERNEL))
        self.assertEqual(self.check()[0], 1)
        self.bench("no")
        self.image("")
        self.assertEqual(self.check()[0], 0)

    def test_no_test_at_all_is_no_success(self):
        self.stand_in("VramTests", "[  PASSED  ] 0 tests.\n")
        self.assertEqual(self.check()[0], 1)


if __name__ == "__main__":
    unittest.main()
