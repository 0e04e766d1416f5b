#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""man.py BIN DOCS: whether the manual pages name what the programs know: every
command, option and setting, and none that they do not know."""

import re
import subprocess
import sys
from pathlib import Path


def ask(program, word):
    return subprocess.check_output([Path(sys.argv[1]) / program, word], text=True)


def page(name):
    """Options as they are typed, commands, and variables of the page."""
    text = (Path(sys.argv[2]) / name).read_text()
    options = {"-" + word for line in re.findall(r"^\.It .*", text, re.M)
               for word in re.findall(r"Fl (\S+)", line)}
    commands = set(re.findall(r"^\.It Cm (\S+)", text, re.M))
    variables = dict(re.findall(r"^\.It Ev (HAPAX_\S+)(?: , Ic (\S+))?", text, re.M))
    return options, commands, variables


def options_in(text):
    return {word for word in re.findall(r"(?:^|[\s\[|,])(--?[A-Za-z][a-z-]*)", text, re.M)}


def same(what, known, described):
    if known != described:
        sys.exit(f"{what}: not in the page {sorted(known - described)}, "
                 f"only there {sorted(described - known)}")


options, commands, variables = page("hapax.1")
told = ask("hapax", "help")
table = re.search(r"^commands:\n(.*?)\n\n", told, re.M | re.S)[1]
same("commands of hapax", set(re.findall(r"^  (\S+)", table, re.M)), commands)
# What every program has; without the options of compilers in help texts.
same("options of hapax", (options_in(table) - {"-c", "-x", "-fpass-plugin"}) | {"--help", "-h", "--version"},
     options)
same("settings", set(re.findall(r"^  (HAPAX_\S+)", told, re.M)),
     {name for name, setting in variables.items() if setting})
same("names of settings", set(re.findall(r"^([a-z-]+) = ", ask("hapax", "config"), re.M)),
     {setting for setting in variables.values() if setting})
same("other variables", {"HAPAX_CONFIG", "HAPAX_PLUGIN", "HAPAX_PASSED"},
     {name for name, setting in variables.items() if not setting})

options, _, _ = page("hapaxd.1")
same("options of hapaxd", options_in(ask("hapaxd", "--help")), options)
