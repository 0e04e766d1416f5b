#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Real programs to compile: sources of Debian packages, fetched on demand.

Fetching uses an apt configuration of its own below the work folder, so that the
lists and sources of the machine stay as they are.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LLVM_BIN = Path("/usr/lib/llvm-22/bin")
CLANG, CLANGXX, FLANG = (str(LLVM_BIN / n) for n in ("clang", "clang++", "flang"))


def work_folder():
    """Where sources and builds of the scripts live; outside the repository."""
    base = os.environ.get("HAPAX_WORK") or os.path.join(
        os.environ.get("TMPDIR", "/tmp"), f"hapax-work-{os.getuid()}")
    path = Path(base)
    path.mkdir(parents=True, exist_ok=True)
    return path


@dataclass
class Unit:
    """One compile: a source file and the arguments that are its own."""
    compiler: str
    source: Path
    arguments: list = field(default_factory=list)
    folder: Path = None

    def command(self, flags, output, launcher=()):
        return [*launcher, self.compiler, *flags, *self.arguments, "-c",
                str(self.source), "-o", str(output)]

    def write_ir(self, flags, output):
        """Writes bitcode as the front end hands it to the optimiser (flang's: as
        optimised)."""
        more = [] if self.compiler == FLANG else ["-Xclang", "-disable-llvm-passes"]
        run(self.command([*flags.split(), "-emit-llvm", *more], output), cwd=self.folder)


def mirror():
    """The Debian mirror that this machine already uses."""
    texts = [Path("/etc/apt/sources.list")]
    texts += sorted(Path("/etc/apt/sources.list.d").glob("*"))
    for text in texts:
        if text.is_file():
            found = re.search(r"https?://\S*/debian/?(?=\s)", text.read_text())
            if found:
                return found.group(0)
    return "http://deb.debian.org/debian"


def run(command, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def fetch(package):
    """The unpacked source of a Debian source package."""
    target = work_folder() / "src" / package
    tree = target / "tree"
    if tree.exists():
        return tree
    apt = work_folder() / "apt"
    for sub in ("lists/partial", "cache/archives/partial"):
        (apt / sub).mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    sources = apt / "sources.list"
    options = []
    for key, value in {"Dir::Etc::sourcelist": sources, "Dir::Etc::sourceparts": "-",
                       "Dir::State::lists": apt / "lists", "Dir::Cache": apt / "cache",
                       "APT::Sandbox::User": "root",
                       "Acquire::Languages": "none"}.items():
        options += ["-o", f"{key}={value}"]
    if not sources.exists():
        text = ("deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
                f"{mirror()} bookworm main\n")
        sources.write_text(text)
        run(["apt-get", *options, "update"])
    print(f"fetching {package} ...", file=sys.stderr)
    run(["apt-get", *options, "source", "--download-only", "-qq", package], cwd=target)
    dsc = next(target.glob("*.dsc"))
    # Under its name only once it is whole, since a run may be interrupted; another
    # run may have been faster.
    part = target / f"tree.{os.getpid()}"
    shutil.rmtree(part, ignore_errors=True)
    run(["dpkg-source", "--no-check", "-x", dsc.name, part.name], cwd=target)
    try:
        part.rename(tree)
    except OSError:
        if not tree.exists():
            raise
        shutil.rmtree(part)
    return tree


def sqlite3():
    tree = fetch("sqlite3")
    if not (tree / "sqlite3.c").exists():
        print("building the sqlite3 amalgamation ...", file=sys.stderr)
        run(["./configure", "--disable-tcl"], cwd=tree)
        run(["make", "sqlite3.c"], cwd=tree)
    return [Unit(CLANG, tree / "sqlite3.c", folder=tree)]


def lua():
    tree = fetch("lua5.4") / "src"
    made = tree / "lua5.4-deb-multiarch.h"  # by the package's build
    if not made.exists():
        made.write_text('#define DEB_HOST_MULTIARCH "x86_64-linux-gnu"\n')
    return [Unit(CLANG, f, ["-DLUA_USE_POSIX", "-std=gnu99"], tree)
            for f in sorted(tree.glob("*.c"))]


def zlib():
    tree = fetch("zlib")
    if not (tree / "zconf.h").exists():
        run(["sh", "./configure"], cwd=tree)
    return [Unit(CLANG, f, ["-DHAVE_UNISTD_H", "-D_LARGEFILE64_SOURCE=1"], tree)
            for f in sorted(tree.glob("*.c"))]


def fmt():
    tree = fetch("fmtlib")
    files = [tree / "src/format.cc", tree / "src/os.cc"]
    return [Unit(CLANGXX, f, ["-std=c++17", f"-I{tree}/include"], tree) for f in files]


def re2():
    tree = fetch("re2")
    tables = [f"re2/{name}.cc" for name in
              ("perl_groups", "unicode_casefold", "unicode_groups")]
    made = tree / ".tables-made"
    if not made.exists():
        # Made by scripts that want the system's Python for its packages.
        run(["make", "-B", "REBUILD_TABLES=1", *tables], cwd=tree,
            env={**os.environ, "PATH": "/usr/bin:/bin:" + os.environ["PATH"]})
        made.touch()
    return [Unit(CLANGXX, f, ["-std=c++17", f"-I{tree}", "-pthread"], tree)
            for f in sorted((tree / "re2").glob("*.cc"))
            + sorted((tree / "util").glob("*.cc"))
            if f.name not in ("benchmark.cc", "fuzz.cc", "test.cc")]


def blas():
    tree = fetch("lapack") / "BLAS/SRC"
    files = sorted(tree.glob("d*.f")) + sorted(tree.glob("d*.f90"))
    files += [tree / name for name in ("idamax.f", "lsame.f", "xerbla.f")]
    return [Unit(FLANG, f, [], tree) for f in files]


def sqlite3_testfixture():
    """The program that runs sqlite's own test scripts: the amalgamation with
    every test interface compiled in, and some eighty files of tests."""
    source = sqlite3()[0].folder
    folder = work_folder() / "src/sqlite3/fixture"
    make = ["make", "CC=cc", "BCC=cc"]
    if not (folder / ".complete").exists():
        print("preparing sqlite's testfixture ...", file=sys.stderr)
        folder.mkdir(exist_ok=True)
        run([str(source / "configure"), "--with-tcl=/usr/lib/tcl8.6"], cwd=folder)
        run([*make, "sqlite3.c", "sqlite3.h", "fts5.c", "parse.h"], cwd=folder)
        (folder / ".complete").touch()
    text = run([*make, "-n", "testfixture"], cwd=folder).replace("\\\n", " ")
    line = next(x for x in text.splitlines() if "-o testfixture " in x)
    words = shlex.split(line)
    own = [w for w in words if w[:2] in ("-D", "-I")]
    return [Unit(CLANG, folder / w, own + ["-Wno-everything"], folder)
            for w in words if w.endswith(".c")]


GIT_MAKE = ["make", "NO_OPENSSL=1", "NO_CURL=1", "NO_EXPAT=1", "NO_GETTEXT=1",
            "NO_TCLTK=1", "NO_PERL=1", "NO_PYTHON=1",
            "COMPUTE_HEADER_DEPENDENCIES=yes"]  # else it tries the compiler first


@dataclass
class GitTree:
    """git's source tree, ready to be built by its own makefile."""
    folder: Path
    objects: list  # names of the object files of the program `git`

    def make(self, compiler, flags, jobs, targets=None):
        """The command that builds the targets (default: the object files)."""
        return [*GIT_MAKE, f"-j{jobs}", f"CC={compiler}", f"CFLAGS={flags}",
                *(targets or self.objects)]

    def clean(self):
        """Removes all objects; generated sources stay."""
        for name in self.objects:
            (self.folder / name).unlink(missing_ok=True)
        for depend in self.folder.rglob(".depend"):
            for file in depend.iterdir():
                file.unlink()


def git_commands(folder, flags):
    """All compile commands of the program `git`, as words after the compiler."""
    text = run([*GIT_MAKE, "-n", "CC=@CC@", f"CFLAGS={flags}", "git"], cwd=folder)
    for line in text.replace("\\\n", " ").splitlines():
        _, found, rest = line.partition(";@CC@ ")
        words = shlex.split(rest) if found else []
        if "-c" in words:
            yield words


def git_tree():
    folder = fetch("git")
    if not (folder / "hook-list.h").exists():
        run([*GIT_MAKE, "command-list.h", "config-list.h", "hook-list.h"], cwd=folder)
    objects = [w[w.index("-o") + 1] for w in git_commands(folder, "")]
    tree = GitTree(folder, sorted(set(objects)))
    tree.clean()
    return tree


def git():
    tree = git_tree().folder
    units = {}
    for words in git_commands(tree, ""):
        own, skip = [], False
        for word in words[:-1]:
            if word in ("-o", "-MF", "-MQ"):
                skip = True
            elif skip:
                skip = False
            elif word not in ("-c", "-MMD", "-MP"):
                own.append(word)
        units[words[-1]] = Unit(CLANG, tree / words[-1], own, tree)
    return [units[name] for name in sorted(units)]


PROJECTS = {"sqlite3": sqlite3, "lua5.4": lua, "zlib": zlib, "fmtlib": fmt,
            "re2": re2, "blas (Fortran)": blas}

# More of them, for long runs.
MORE_PROJECTS = {"sqlite3 testfixture": sqlite3_testfixture, "git": git}
