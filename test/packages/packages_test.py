#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the Debian packages hold and say. (scripts/packages-check installs them.)

packages_test.py CPACK BUILD_DIR WORK_DIR
"""

import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

CPACK = sys.argv[1]
BUILD, WORK = (Path(word).resolve() for word in sys.argv[2:4])
del sys.argv[1:]

# Besides headers, and what CMake names itself.
FILES = {
    "hapax": {
        "usr/bin/hapax", "usr/bin/hapaxd", "usr/libexec/hapax/hapax-tool",
        "usr/lib/systemd/user/hapaxd.service", "usr/lib/systemd/user/hapaxd.socket",
        "usr/share/man/man1/hapax.1.gz", "usr/share/man/man1/hapaxd.1.gz",
        "usr/share/bash-completion/completions/hapax",
        "usr/share/bash-completion/completions/hapaxd"} | {
            f"usr/libexec/hapax/bin/{name}" for name in
            ("clang", "clang++", "clang-22", "clang++-22", "flang-22")},
    "hapax-plugin": {"usr/lib/hapax/Hapax.so"},
    "libhapax-dev": {
        "usr/lib/libhapax_core.a", "usr/lib/libhapax_runtime.a", "usr/lib/libhapax_ir.a",
        "usr/lib/cmake/Hapax/HapaxConfig.cmake",
        "usr/lib/cmake/Hapax/HapaxConfigVersion.cmake",
        "usr/lib/cmake/Hapax/HapaxEnable.cmake"},
}
TARGETS = re.compile(r"usr/lib/cmake/Hapax/Hapax(Runtime|IR)Targets(-\w+)?\.cmake")


def setUpModule():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    made = subprocess.run([CPACK, "--config", BUILD / "CPackConfig.cmake"], cwd=WORK,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if made.returncode:
        raise RuntimeError(made.stdout)
    shutil.rmtree(WORK / "_CPack_Packages")


def ask(package, option, *words):
    file, = WORK.glob(f"{package}_*.deb")
    return subprocess.check_output(["dpkg-deb", option, file, *words], text=True)


class Packages(unittest.TestCase):
    def listed(self, package):
        """Mode, owner and path of all but folders."""
        for line in ask(package, "--contents").splitlines():
            mode, owner, *_, path = line.split(" -> ")[0].split(None, 5)
            self.assertEqual("root/root", owner, line)
            if not mode.startswith("l"):
                self.assertNotRegex(mode[1:], "^.{4}w|^.{7}w", f"others may write: {line}")
            if not mode.startswith("d"):
                yield mode, path.removeprefix("./")

    def test_files(self):
        for package, wanted in FILES.items():
            found = {path for _, path in self.listed(package)}
            documents = {f"usr/share/doc/{package}/{name}"
                         for name in ("copyright", "changelog.Debian.gz")}
            others = {path for path in found - documents - wanted
                      if not path.startswith("usr/include/hapax/") and
                      not TARGETS.fullmatch(path)}
            self.assertEqual(set(), wanted - found, package)
            self.assertEqual(set(), documents - found, package)
            self.assertEqual(set(), others, package)

    def test_dependencies(self):
        def field(package, name):
            return ask(package, "--field", name).strip()

        version = field("hapax", "Version")
        for package in ("hapax", "hapax-plugin"):
            self.assertIn("libllvm22", field(package, "Depends"))
        self.assertIn(f"hapax-plugin (= {version})", field("hapax", "Depends"))
        self.assertIn("clang-22", field("hapax", "Recommends"))
        self.assertIn("libzstd-dev", field("libhapax-dev", "Depends"))
        self.assertNotIn("llvm", field("libhapax-dev", "Depends"))
        summaries = {field(package, "Description").splitlines()[0] for package in FILES}
        self.assertEqual(len(FILES), len(summaries))

    def test_nothing_names_the_folders_it_was_built_in(self):
        for package in FILES:
            folder = WORK / package
            ask(package, "--extract", folder)
            for path in folder.rglob("*"):
                if path.is_file() and path.suffix not in (".gz", ".a"):
                    content = path.read_bytes()
                    self.assertNotIn(str(BUILD).encode(), content, path)
                    self.assertNotIn(b"/usr/local", content, path)

    def test_the_unit_names_the_daemon(self):
        ask("hapax", "--extract", WORK / "unit")
        unit = (WORK / "unit/usr/lib/systemd/user/hapaxd.service").read_text()
        self.assertIn("ExecStart=/usr/bin/hapaxd\n", unit)

    def test_no_configuration_files(self):
        for package in FILES:
            self.assertEqual("", ask(package, "--field", "Conffiles").strip())


if __name__ == "__main__":
    unittest.main()
