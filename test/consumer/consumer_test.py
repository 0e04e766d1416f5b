#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Installs Hapax, moves the installation elsewhere, and builds a project of somebody
else against it.

consumer_test.py CMAKE BUILD_DIR WORK_DIR CXX [LLVM_DIR]

CXX is a compiler that Hapax does not cache. LLVM_DIR: the build has the plugin; there
lies LLVM with the compilers that it serves.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

CMAKE, OTHER_CXX = sys.argv[1], sys.argv[4]
BUILD, WORK = (Path(word).resolve() for word in sys.argv[2:4])
LLVM = sys.argv[5] if len(sys.argv) > 5 else None
del sys.argv[1:]
PROJECT = Path(__file__).resolve().parent / "project"
PREFIX = WORK / "moved"
with_llvm = unittest.skipUnless(LLVM, "the build has no plugin")


def run(*command, environment=None):
    return subprocess.run([str(word) for word in command], text=True,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def setUpModule():
    shutil.rmtree(WORK, ignore_errors=True)
    installed = run(CMAKE, "--install", BUILD, "--prefix", WORK / "installed")
    if installed.returncode:
        raise RuntimeError(installed.stdout)
    (WORK / "installed").rename(PREFIX)


class Consumer(unittest.TestCase):
    def setUp(self):
        self.folder = WORK / self.id().rsplit(".", 1)[-1]
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("HAPAX_", "CMAKE_", "CCACHE_"))}
        self.environment |= {
            "HAPAX_CONFIG": "/dev/null", "HAPAX_DAEMON": "off",
            "HAPAX_DIR": str(self.folder / "cache"),
            "CCACHE_DIR": str(self.folder / "ccache")}

    def run_here(self, *command):
        done = run(*command, environment=self.environment)
        self.assertEqual(0, done.returncode, f"{command}\n{done.stdout}")
        return done.stdout

    def configure(self, *options, good=True):
        done = run(CMAKE, "-G", "Ninja", "-S", PROJECT, "-B", self.folder / "build",
                   f"-DCMAKE_PREFIX_PATH={PREFIX}", *options,
                   environment=self.environment)
        self.assertEqual(good, done.returncode == 0, done.stdout)
        return done.stdout

    def clang(self):
        return (f"-DCMAKE_C_COMPILER={LLVM}/bin/clang",
                f"-DCMAKE_CXX_COMPILER={LLVM}/bin/clang++")

    def build(self, *targets):
        self.run_here(CMAKE, "--build", self.folder / "build", "--clean-first",
                      *(("--target", *targets) if targets else ()))
        return {path: path.read_bytes()
                for path in (self.folder / "build").rglob("*.o")}

    def built(self, name, *words):
        return self.run_here(self.folder / "build" / name, *words).strip()

    def counts(self):
        return json.loads(self.run_here(PREFIX / "bin/hapax", "stats", "--json"))

    def test_runtime_without_looking_for_llvm(self):
        said = self.configure(f"-DCMAKE_CXX_COMPILER={OTHER_CXX}",
                              "-DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON",
                              f"-DCONSUMER_HEADERS={'OFF' if LLVM else 'ON'}")
        self.assertIn("Hapax: C is not cached: " if LLVM else
                      "Hapax: nothing is cached: there is no program hapax", said)
        self.build()
        self.assertRegex(self.built("runtime-user"), "^[0-9a-f]{32}$")

    def test_ir_is_missed_with_its_reason(self):
        said = self.configure("-DCONSUMER_IR=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_LLVM=ON",
                              good=False)
        why = "LLVM 22.1 was not found" if LLVM else "built without LLVM"
        self.assertRegex(re.sub(r"\s+", " ", said), f"Hapax::IR is not available: .*{why}")

    @with_llvm
    def test_everything_is_cached(self):
        said = self.configure(f"-DCMAKE_PREFIX_PATH={PREFIX};{LLVM}", "-DCONSUMER_IR=ON",
                              "-DCONSUMER_HEADERS=ON", *self.clang())
        self.assertIn(f"Hapax: C is cached, through {PREFIX}/bin/hapax", said)
        cold = self.build()
        before = self.counts()
        warm = self.build("early", "program", "chosen", "runtime-user", "ir-user")
        after = self.counts()
        self.assertEqual(warm, {path: cold[path] for path in warm})
        self.assertEqual(before["misses"], after["misses"])
        self.assertEqual(5, len(warm))
        self.assertEqual(5, after["hits"] - before["hits"])
        self.assertEqual(0, after["errors"])
        self.assertRegex(self.built("ir-user", self.folder / "store"), "^[0-9a-f]{32}$")
        self.assertEqual("ran", self.built("below/chosen"))

    @with_llvm
    def test_a_launcher_that_is_set_stays(self):
        log = self.folder / "log"
        other = self.folder / "other"
        self.folder.mkdir()
        other.write_text(f'#!/bin/sh\necho "$@" >> {log}\nexec "$@"\n')
        other.chmod(0o755)
        said = self.configure(f"-DCONSUMER_LAUNCHER={other}", *self.clang())
        self.assertIn(f"Hapax: chosen runs its compiler through {other}", said)
        self.build("chosen")
        self.assertIn("program.c", log.read_text())
        self.assertEqual("ran", self.built("below/chosen"))

    @with_llvm
    @unittest.skipUnless(shutil.which("ccache"), "no ccache")
    def test_ccache_stays_and_hapax_serves_what_it_compiles(self):
        said = self.configure("-DCONSUMER_LAUNCHER=ccache", *self.clang())
        self.assertNotIn("runs its compiler through", said)
        self.build("chosen")
        shutil.rmtree(self.folder / "ccache")
        before = self.counts()
        self.build("chosen")
        self.assertEqual(1, self.counts()["hits"] - before["hits"])
        self.build("chosen")  # by ccache alone
        self.assertEqual(1, self.counts()["hits"] - before["hits"])

    @with_llvm
    def test_the_installation_is_whole(self):
        self.run_here(PREFIX / "bin/hapax", "doctor")
        for link in ("clang", "clang++", "clang-22", "clang++-22", "flang-22"):
            self.assertEqual((PREFIX / "bin/hapax").resolve(),
                             (PREFIX / "libexec/hapax/bin" / link).resolve())

    def test_the_unit_names_the_daemon_where_it_was_installed(self):
        unit = (PREFIX / "lib/systemd/user/hapaxd.service").read_text()
        self.assertIn(f"ExecStart={WORK}/installed/bin/hapaxd\n", unit)
        self.assertIn("hapaxd ", self.run_here(PREFIX / "bin/hapaxd", "--version"))
        self.assertTrue((PREFIX / "lib/systemd/user/hapaxd.socket").is_file())


if __name__ == "__main__":
    unittest.main()
