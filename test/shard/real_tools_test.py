#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What real tools say of merged objects.

Each program is compiled as one module and, cut into parts by llvm-split, as
several; the parts' objects are merged. The merged object must be without fault
for readelf, objdump and the verifier of debug information, have the sections and
symbols of the other, be taken by every linker that is here in every way, and the
program must print the same.

    real_tools_test.py BUILD LLVM_BIN
"""

import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

INPUTS = Path(__file__).resolve().parent / "inputs"
MERGE = LLVM = None  # set by main
SUFFIX = ".hapax"
NAME = r'@("[^"\n]+"|[-\w$.]+)'
TEXT = r'c"[^"\n]*"'  # may have anything in it
LINKERS = [name for name, tool in (("bfd", "ld.bfd"), ("lld", "ld.lld"), ("gold", "ld.gold"))
           if shutil.which(tool)]


def run(*command, **options):
    return subprocess.run([str(word) for word in command], check=True,
                          capture_output=True, text=True, **options)


def promote(ir):
    """The module with its local names made ready to be seen by other parts, and
    all of its definitions kept by whichever part has them."""
    local = set(re.findall(rf"^{NAME} = (?:dso_local )?(?:private|internal) ", ir, re.M))
    local |= set(re.findall(rf"^define (?:internal|private) [^@\n]*{NAME}\(", ir, re.M))
    ir = re.sub(r"\b(linkonce_odr|available_externally)\b", "weak_odr", ir)

    def rename(match):
        if match[1] not in local:
            return match[0]
        name = match[1].strip('"') + SUFFIX
        return f'@"{name}"'

    return re.sub(f"{TEXT}|{NAME}", rename, ir)


class Program:
    """A program in folder, whole.o and merged.o."""

    def __init__(self, folder, source, flags, parts=4):
        self.folder = folder
        compiler = LLVM / ("clang++" if source.suffix == ".cpp" else "clang")
        self.compiler = compiler
        run(compiler, *flags, "-c", source, "-o", folder / "whole.o")
        ir = run(compiler, *flags, "-Xclang", "-disable-llvm-passes", "-S", "-emit-llvm",
                 source, "-o", "-").stdout
        (folder / "all.ll").write_text(promote(ir))
        run(LLVM / "llvm-split", "-j", parts, folder / "all.ll", "-o", folder / "part")
        self.parts = []
        for part in range(parts):
            self.parts.append(folder / f"{part}.o")
            run(compiler, *flags, "-ffunction-sections", "-fdata-sections", "-x", "ir",
                "-c", folder / f"part{part}", "-o", self.parts[-1])
        order = re.findall(rf"^define [^@\n]*{NAME}\(", ir, re.M)
        (folder / "order").write_text("\n".join(order))
        self.options = [f"--suffix={SUFFIX}", f"--order={folder / 'order'}"]
        self.options += [f"--{kind}-sections" for kind in ("function", "data")
                         if f"-f{kind}-sections" in flags]
        self.merged = self.merge("merged.o")
        self.whole = folder / "whole.o"

    def merge(self, name):
        run(MERGE, *self.options, "-o", self.folder / name, *self.parts)
        return self.folder / name

    def link(self, item, linker, *flags):
        """Links and runs; what it prints."""
        program = self.folder / "program"
        run(self.compiler, f"-fuse-ld={linker}", *flags, item, "-o", program)
        return run(program).stdout


def alloc_sections(item):
    """Names of the sections that are loaded, without their numbers."""
    text = run(LLVM / "llvm-readelf", "-SW", item).stdout
    return {m[1] for m in re.finditer(
        r"^ *\[ *\d+\] (\S+) +\S+ +[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ [0-9a-f]+ +\w*A\w* ",
        text, re.M)}


def symbols(item):
    """Kinds and names, without those that number what a function has."""
    names = [line[17:] for line in run("nm", item).stdout.splitlines()]
    return sorted(name for name in names
                  if not re.match(r"r (\.L|\.str|__const|__PRETTY|GCC_except_table)", name)
                  and not name.endswith(".DW.stub"))


def code_order(item):
    """Functions in .text, by address."""
    lines = run("nm", "-n", item).stdout.splitlines()
    return [line[19:] for line in lines if line[17] in "tT"]


class RealTools(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def check_sound(self, program):
        for tool in (["readelf", "-aW"], ["objdump", "-drwx"],
                     [LLVM / "llvm-readelf", "-aW"], [LLVM / "llvm-objdump", "-dr"]):
            result = run(*tool, program.merged)
            self.assertEqual("", result.stderr, tool)
            self.assertNotRegex(result.stdout, "(?i)<corrupt|<unknown|warning:", tool)
        run(LLVM / "llvm-dwarfdump", "--verify", program.merged)
        again = program.merge("again.o")
        self.assertEqual(program.merged.read_bytes(), again.read_bytes())

    def check_runs(self, program, flags):
        expected = program.link(program.whole, LINKERS[0], *flags)
        self.assertIn("\n", expected)
        for linker in LINKERS:
            for more in ([], ["-static"], ["-Wl,--gc-sections"]):
                with self.subTest(linker=linker, more=more):
                    self.assertEqual(
                        expected, program.link(program.merged, linker, *flags, *more))
            with self.subTest(linker=linker, more="-r"):
                joined = self.folder / "joined.o"
                run(program.compiler, f"-fuse-ld={linker}", "-r", "-nostdlib",
                    program.merged, "-o", joined)
                self.assertEqual(expected, program.link(joined, linker, *flags))

    def check_shared(self, program):
        expected = program.link(program.whole, LINKERS[0])
        for linker in LINKERS:
            with self.subTest(linker=linker):
                library = self.folder / "libprogram.so"
                run(program.compiler, f"-fuse-ld={linker}", "-shared", "-Wl,-z,defs",
                    "-Wl,-z,text", program.merged, "-o", library)
                (self.folder / "nothing.c").write_text("")
                got = program.link(self.folder / "nothing.c", linker, library,
                                   f"-Wl,-rpath,{self.folder}", "-Wl,-u,main")
                self.assertEqual(expected, got)

    def check(self, name, *flags, shared=False):
        program = Program(self.folder, INPUTS / name, flags)
        self.check_sound(program)
        self.check_runs(program, [f for f in flags if f in ("-no-pie", "-pie")])
        if shared:
            self.check_shared(program)
        return program

    def check_same_shape(self, program):
        """As the parts are not optimised, nothing but the cut made a difference."""
        self.assertEqual(alloc_sections(program.whole), alloc_sections(program.merged))
        self.assertEqual(symbols(program.whole), symbols(program.merged))
        self.assertEqual(code_order(program.whole), code_order(program.merged))

    def test_c(self):
        self.check_same_shape(self.check("language.c", "-O0", "-g"))

    def test_c_optimised(self):
        self.check("language.c", "-O2", "-g", "-fcommon")

    def test_c_with_sections(self):
        self.check_same_shape(self.check("language.c", "-O0", "-ffunction-sections",
                                         "-fdata-sections"))

    def test_c_for_libraries(self):
        self.check("language.c", "-O2", "-fPIC", "-gdwarf-4", shared=True)

    def test_c_at_fixed_addresses(self):
        self.check("language.c", "-Os", "-fno-pic", "-no-pie")

    def check_without_unreferenced(self, name):
        program = self.check(name, "-O2")
        before = len(symbols(program.merged))
        program.options.append("--drop-unreferenced")
        program.merged = program.merge("merged.o")
        self.check_sound(program)
        self.check_runs(program, [])
        return before, len(symbols(program.merged))

    def test_c_without_the_unreferenced(self):
        before, after = self.check_without_unreferenced("language.c")
        self.assertLess(after, before)

    def test_cpp_without_the_unreferenced(self):
        self.check_without_unreferenced("language.cpp")

    def test_c_large_code_model(self):
        self.check("language.c", "-O1", "-mcmodel=large", "-fno-pic", "-no-pie")

    def test_cpp(self):
        self.check("language.cpp", "-O0", "-g", "-std=c++17")

    def test_cpp_optimised(self):
        self.check("language.cpp", "-O2", "-g", "-std=c++17", "-fPIC", shared=True)

    def test_cpp_type_units(self):
        self.check("language.cpp", "-O1", "-g", "-fdebug-types-section", "-std=c++17")

    def test_cpp_with_sections(self):
        self.check("language.cpp", "-O2", "-std=c++17", "-ffunction-sections",
                   "-fdata-sections")


if __name__ == "__main__":
    build, llvm = map(Path, sys.argv[1:3])
    MERGE, LLVM = build / "bin/hapax-merge-objects", llvm
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
