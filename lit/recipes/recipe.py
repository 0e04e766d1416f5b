#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""recipe.py [OPTION]... SECTION: runs the commands of a section of docs/RECIPES.md.

Each block of shell commands builds a fresh copy of a small project three times, in
one folder: with Hapax switched off, from an empty cache, and from a full one. What
is built must be the same each time, and the third time each source file must hit.
With --ccache its cache is emptied each time, so that Hapax is asked; a fourth build
must then be ccache's alone.

recipe.py --untested: prints sections with commands that have no test here.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent.parent / "docs/RECIPES.md"
LINKS = "/usr/libexec/hapax/bin"  # as the document names it
SOURCES = ["main.c", "square.c", "cube.cpp"]


def sections():
    """The blocks of shell commands of each section."""
    found, title = {}, None
    for part in re.split(r"^(## .*)$", DOCUMENT.read_text(), flags=re.M):
        if part.startswith("## "):
            title = part[3:].lower()
        elif title:
            found[title] = re.findall(r"^```sh\n(.*?)^```$", part, re.M | re.S)
    return {title: blocks for title, blocks in found.items() if blocks}


class Recipe:
    def __init__(self, options, block):
        self.block = block.replace(LINKS, options.links)
        self.hapax = os.path.join(options.bin, "hapax")
        self.inputs = [HERE / "Inputs/sources", HERE / "Inputs" / options.section]
        self.work = options.work / "project"
        self.caches = [options.work / "cache", options.work / "ccache"]
        self.environment = dict(
            os.environ, HAPAX_DIR=str(self.caches[0]), CCACHE_DIR=str(self.caches[1]),
            PATH=os.pathsep.join([options.bin, "/usr/bin", "/bin"]))
        for name in ("CC", "CXX", "CFLAGS", "CXXFLAGS", "MAKEFLAGS", "DESTDIR"):
            self.environment.pop(name, None)

    def build(self, **settings):
        """Builds anew. Returns what was built."""
        shutil.rmtree(self.work, ignore_errors=True)
        for folder in self.inputs:
            shutil.copytree(folder, self.work, dirs_exist_ok=True)
        process = subprocess.run(
            ["bash", "-euc", self.block], cwd=self.work, text=True,
            env=self.environment | settings, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
        if process.returncode:
            sys.exit(f"{self.block}\nends with {process.returncode}:\n{process.stdout}")
        built = {path.relative_to(self.work): path.read_bytes()
                 for path in self.work.rglob("*")
                 if path.is_file() and (path.suffix == ".o" or path.name == "program")}
        if len(built) < len(SOURCES) + 1:
            sys.exit(f"{self.block}\nbuilds only {sorted(map(str, built))}")
        return built

    def ask(self, *words):
        return subprocess.run([*words], cwd=self.work, env=self.environment, text=True,
                              check=True, stdout=subprocess.PIPE).stdout

    def counts(self):
        return json.loads(self.ask(self.hapax, "stats", "--json"))

    def expect(self, condition, text):
        if not condition:
            sys.exit(f"{self.block}\n{text}\n{self.ask(self.hapax, 'stats')}")

    def run(self, with_ccache):
        for cache in self.caches:
            shutil.rmtree(cache, ignore_errors=True)
        plain = self.build(HAPAX_DISABLE="1")
        self.expect(self.counts()["misses"] == 0, "is not switched off")

        shutil.rmtree(self.caches[1], ignore_errors=True)
        self.expect(self.build() == plain, "builds something else from an empty cache")
        cold = self.counts()
        self.expect(cold["misses"] >= len(SOURCES), "does not ask Hapax")
        self.ask(self.hapax, "zero")

        shutil.rmtree(self.caches[1], ignore_errors=True)
        self.expect(self.build() == plain, "builds something else from a full cache")
        warm = self.counts()
        self.expect(warm["hits"] >= len(SOURCES), "does not hit")
        self.expect(cold["errors"] + warm["errors"] == 0, "meets errors")
        for source in SOURCES:
            why = self.ask(self.hapax, "why", source)
            self.expect(": hit (" in why, f"{source} does not hit: {why}")

        if with_ccache:
            self.expect(self.build() == plain, "builds something else from ccache")
            self.expect(self.counts() == warm, "asks Hapax where ccache has a result")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", help="folder of hapax")
    parser.add_argument("--links", help="folder of the links that stand for compilers")
    parser.add_argument("--work", type=Path, help="folder of this test")
    parser.add_argument("--ccache", action="store_true")
    parser.add_argument("--untested", action="store_true")
    parser.add_argument("section", nargs="?")
    options = parser.parse_args()
    if options.untested:
        print(*(title for title in sections()
                if not (HERE / f"{title}.test").exists()), sep="", end="")
        return
    for block in sections()[options.section]:
        Recipe(options, block).run(options.ccache)


main()
