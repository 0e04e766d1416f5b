# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Copies of the projects' sources that may be changed, each with one unit to
compile: a big file, a C program as one unit, a C++ file with the headers of its
project."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import projects
from projects import Unit


@dataclass
class Editable:
    """A unit whose source lies in a copy, and those of the copied files that it
    is made of."""
    unit: Unit
    files: list


def copied(unit, tree, names, folder, main=None):
    """The files `names` of the tree, in a folder of their own; `main` is the text
    of a new file that is compiled instead of the unit's source."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tree / name, folder / name)
    source = folder / "one.c"
    if main:
        source.write_text(main)
    else:
        source = folder / unit.source.relative_to(tree)
    arguments = [a.replace(str(tree), str(folder)) for a in unit.arguments]
    return Editable(Unit(unit.compiler, source, arguments, folder),
                    [folder / name for name in names])


def in_folder(tree, *patterns):
    return [f.relative_to(tree) for pattern in patterns for f in sorted(tree.glob(pattern))]


def sqlite3(folder):
    unit = projects.sqlite3()[0]
    return copied(unit, unit.folder, ["sqlite3.c"], folder)


# As the "onelua.c" of Lua's repository does it: everything but main is local.
LUA_FILES = """lzio lctype lopcodes lmem lundump ldump lstate lgc llex lcode lparser
ldebug lfunc lobject ltm lstring ltable ldo lvm lapi lauxlib lbaselib lcorolib ldblib
liolib lmathlib loadlib loslib lstrlib ltablib lutf8lib linit lua""".split()
LUA_HEAD = """#define LUA_CORE
#define LUA_LIB
#define ltable_c
#define lvm_c
#include "luaconf.h"
#undef LUAI_FUNC
#undef LUAI_DDEC
#undef LUAI_DDEF
#undef LUA_API
#undef LUALIB_API
#undef LUAMOD_API
#define LUAI_FUNC static
#define LUAI_DDEC(declaration)
#define LUAI_DDEF static
#define LUA_API static
#define LUALIB_API static
#define LUAMOD_API static
"""


def lua(folder):
    unit = projects.lua()[0]
    main = LUA_HEAD + "".join(f'#include "{name}.c"\n' for name in LUA_FILES)
    files = [f"{name}.c" for name in LUA_FILES] + in_folder(unit.folder, "*.h")
    return copied(unit, unit.folder, files, folder, main)


# Two macros and a function have a namesake in another file.
ZLIB = """#include "trees.c"
#include "deflate.c"
#include "adler32.c"
#include "crc32.c"
#include "compress.c"
#include "uncompr.c"
#include "inftrees.c"
#include "inffast.c"
#include "inflate.c"
#undef PULLBYTE
#define fixedtables back_fixedtables
#include "infback.c"
#undef fixedtables
#undef GZIP
#include "zutil.c"
#include "gzlib.c"
#include "gzread.c"
#include "gzwrite.c"
#include "gzclose.c"
"""
# Headers that nobody includes twice in zlib itself.
ZLIB_UNGUARDED = ("gzguts.h", "inffast.h", "inflate.h", "inftrees.h")


def zlib(folder):
    unit = projects.zlib()[0]
    editable = copied(unit, unit.folder, in_folder(unit.folder, "*.c", "*.h"), folder, ZLIB)
    for name in ZLIB_UNGUARDED:
        header = folder / name
        header.write_text("#pragma once\n" + header.read_text())
    # Its definitions are older than C's prototypes.
    editable.unit.arguments.append("-Wno-deprecated-non-prototype")
    return editable


def seen(editable, *names):
    """The same, less the files that the unit does not include."""
    editable.files = [f for f in editable.files if f.name in names]
    return editable


def fmt(folder):
    unit = projects.fmt()[0]
    names = in_folder(unit.folder, "src/*.cc", "include/fmt/*.h")
    return seen(copied(unit, unit.folder, names, folder),
                "format.cc", "format-inl.h", "format.h", "core.h")


def re2(folder, name="regexp.cc"):
    unit = next(u for u in projects.re2() if u.source.name == name)
    names = in_folder(unit.folder, "re2/*.cc", "re2/*.h", "util/*.h")
    return seen(copied(unit, unit.folder, names, folder),
                name, "regexp.h", "walker-inl.h", "utf.h", "prog.h", "stringpiece.h", "pod_array.h")


def re2_parse(folder):
    return re2(folder, "parse.cc")


def re2_dfa(folder):
    return re2(folder, "dfa.cc")


def fmt_test(folder):
    """Little else than calls of templates."""
    library = projects.fmt()[0]
    tree = library.folder
    unit = Unit(library.compiler, tree / "test/format-test.cc",
                [*library.arguments, f"-I{tree}/src"], tree)
    names = in_folder(tree, "src/*", "include/fmt/*.h", "test/*.h", "test/format-test.cc")
    return copied(unit, tree, names, folder)
