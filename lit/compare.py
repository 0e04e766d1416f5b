#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare.py [OPTION]... SCRIPT...

The question that most tests ask: does a compile through the cache leave exactly
what it leaves without it? Each SCRIPT is a shell command line that names the
compilers clang, clang++, flang, opt and llc. All of them run, in order,

    once    without Hapax,
    twice   with the plugin   (-fpass-plugin=, -load-pass-plugin=; clang's front
                              end is told to keep its arguments to itself, so
                              that the driver's command line has to do),
    twice   with the launcher (hapax clang ...; opt and llc: the plugin),

each time in the same folder, emptied and filled with the inputs. A script must
then have the exit status, standard output, standard error and files of its run
without Hapax, byte for byte. Several scripts share one cache (one for the
plugin, one for the launcher), so a pair of commands that differ in one flag
finds a wrong hit. At the end the counters must be those expected: hits, misses,
errors and bypass:<reason>; those not named must be zero.
"""

import argparse
import fnmatch
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

COMPILERS = ["clang", "clang++", "flang", "opt", "llc"]


def parse_arguments():
    parser = argparse.ArgumentParser()
    add = parser.add_argument
    # Given by the lit configuration.
    add("--hapax", required=True, help="the tool")
    add("--plugin", required=True, help="Hapax.so")
    add("--llvm", required=True, help="folder of the compilers")
    add("--work", required=True, type=Path, help="folder of this test")
    # Given by the tests.
    add("--inputs", type=Path, help="input files (default: <work>/in)")
    add("--expect", help="counters in the end, e.g. 'hits=1 misses=1'")
    add("--expect-plugin", help="the same where the plugin differs")
    add("--expect-launcher", help="the same where the launcher differs")
    add("--no-counters", action="store_true", help="the cache does not work")
    add("--only", choices=["plugin", "launcher"])
    add("--rounds", type=int, default=2)
    add("--env", action="append", default=[], metavar="NAME=VALUE",
        help="set in every run")
    add("--hapax-env", action="append", default=[], metavar="NAME=VALUE",
        help="set in the runs with Hapax")
    add("--keep-cache", action="store_true", help="do not begin with an empty cache")
    add("--file", action="append", default=[], metavar="GLOB",
        help="a file that the plain run must leave")
    add("--text", action="append", default=[],
        help="text that must be printed, with and without Hapax")
    add("--differ", action="store_true",
        help="no two scripts leave the same *.o, *.s, *.bc, *.ll and out")
    add("--same", action="store_true", help="all scripts leave the same of these")
    add("--status", type=int, default=0, help="exit status of the plain run")
    add("--volatile", action="append", default=[], metavar="GLOB",
        help="files that must be there but differ from run to run")
    add("--mask", action="append", default=[], metavar="REGEX",
        help="what differs in the texts from run to run")
    add("--warning", metavar="TEXT",
        help="each run with Hapax also prints one line 'hapax: warning: ...TEXT'")
    add("scripts", nargs="+")
    return parser.parse_args()


class Result:
    """What one script left behind."""

    def __init__(self, status, out, err, files):
        self.status, self.out, self.err, self.files = status, out, err, files


def write_compilers(options, mode):
    """A folder with one script per compiler, to stand first on the PATH."""
    folder = options.work / f"tools-{mode}"
    folder.mkdir(parents=True)
    for name in COMPILERS:
        real = os.path.join(options.llvm, name)
        before, behind = "", ""
        if mode != "plain" and name in ("opt", "llc"):
            behind = f"-load-pass-plugin={options.plugin}"
        elif mode == "plugin":
            behind = f"-fpass-plugin={options.plugin}"
            if name != "flang":
                behind += " -Xclang -gno-codeview-command-line"
        elif mode == "launcher":
            before = options.hapax
        script = folder / name
        script.write_text(f'#!/bin/sh\nexec {before} {real} {behind} "$@"\n')
        script.chmod(0o755)
    return folder


def environment(options, mode, tools):
    env = {name: value for name, value in os.environ.items()
           if not name.startswith("HAPAX_")}
    env["HOME"] = str(options.work / "home")
    env["PATH"] = f"{tools}{os.pathsep}{env['PATH']}"
    settings = list(options.env)
    if mode != "plain":
        env["HAPAX_CONFIG"] = "/dev/null"
        env["HAPAX_DAEMON"] = "off"
        env["HAPAX_DIR"] = str(options.work / f"cache-{mode}")
        settings += options.hapax_env
    for setting in settings:
        name, value = setting.split("=", 1)
        env[name] = value
    return env


def run(options, script, env):
    work = options.work / "work"
    shutil.rmtree(work, ignore_errors=True)
    inputs = options.inputs or options.work / "in"
    if inputs.exists():
        shutil.copytree(inputs, work)  # with times: some outputs record them
    else:
        work.mkdir(parents=True)
    process = subprocess.Popen(["sh", "-c", script], cwd=work, env=env,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, start_new_session=True)
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        sys.exit(f"'{script}' does not come to an end")
    files = {str(path.relative_to(work)): path.read_bytes()
             for path in sorted(work.rglob("*")) if path.is_file()}
    return Result(process.returncode, out, err, files)


def take_warning(options, result, complain):
    """Takes the one warning line that is allowed out of the messages."""
    lines = result.err.splitlines(keepends=True)
    ours = [line for line in lines if line.startswith(b"hapax: warning:")]
    if len(ours) != 1 or options.warning.encode() not in ours[0]:
        complain(f"wanted one warning with '{options.warning}', found {ours}")
    result.err = b"".join(line for line in lines if line not in ours)


def first_difference(a, b):
    """The first lines that differ, for people."""
    rows = itertools.zip_longest(a.splitlines(), b.splitlines())
    for number, (ours, theirs) in enumerate(rows, 1):
        if ours != theirs:
            return f"line {number} is {theirs}, without Hapax {ours}"
    return "line ends"


def compare(options, plain, cached, complain):
    for text in options.text:
        if text.encode() in plain.out + plain.err and \
           text.encode() not in cached.out + cached.err:
            complain(f"no '{text}'")
    if plain.status != cached.status:
        complain(f"exit status {cached.status}, without Hapax {plain.status}\n"
                 f"{cached.err.decode(errors='replace')}")
    if options.warning is not None:
        take_warning(options, cached, complain)

    def masked(text):
        for mask in options.mask:
            text = re.sub(mask.encode(), b"", text)
        return text

    for name, a, b in [("standard output", plain.out, cached.out),
                       ("standard error", plain.err, cached.err)]:
        if masked(a) != masked(b):
            complain(f"{name} differs: {first_difference(masked(a), masked(b))}")
    if plain.files.keys() != cached.files.keys():
        complain(f"files {sorted(cached.files)}, without Hapax {sorted(plain.files)}")
    for name in plain.files.keys() & cached.files.keys():
        if any(fnmatch.fnmatch(name, pattern) for pattern in options.volatile):
            continue
        if plain.files[name] != cached.files[name]:
            complain(f"{name} differs")


def check_counters(options, mode, expected, complain):
    env = dict(os.environ, HAPAX_CONFIG="/dev/null", HAPAX_DAEMON="off",
               HAPAX_DIR=str(options.work / f"cache-{mode}"))
    stats = json.loads(subprocess.check_output([options.hapax, "stats", "--json"],
                                               env=env))
    found = {name: stats[name] for name in ("hits", "misses", "errors")}
    found |= {f"bypass:{name}": count
              for name, count in stats["bypass_reasons"].items()}
    found = {name: count for name, count in found.items() if count}
    wanted = {}
    for item in expected.split():
        name, count = item.split("=")
        wanted[name] = int(count)
    wanted = {name: count for name, count in wanted.items() if count}
    if found != wanted:
        complain(f"counters are {found}, wanted {wanted}")
    if stats["bypasses"] != sum(stats["bypass_reasons"].values()):
        complain("some bypasses have no reason")


def main():
    options = parse_arguments()
    options.work = options.work.resolve()
    failures = []

    def run_mode(mode):
        shutil.rmtree(options.work / f"tools-{mode}", ignore_errors=True)
        return environment(options, mode, write_compilers(options, mode))

    env = run_mode("plain")
    plains = [run(options, script, env) for script in options.scripts]
    for script, plain in zip(options.scripts, plains):
        if plain.status != options.status:
            sys.exit(f"without Hapax, '{script}' ends with {plain.status}:\n"
                     f"{plain.err.decode(errors='replace')}")
    for pattern in options.file:
        if not any(fnmatch.filter(plain.files, pattern) for plain in plains):
            sys.exit(f"no {pattern} without Hapax: {sorted(plains[0].files)}")
    for text in options.text:
        if not any(text.encode() in plain.out + plain.err for plain in plains):
            sys.exit(f"no '{text}' without Hapax:\n"
                     f"{plains[0].err.decode(errors='replace')}")

    left = [{name: content for name, content in plain.files.items()
             if name == "out" or name.endswith((".o", ".s", ".bc", ".ll"))}
            for plain in plains]
    for second in range(len(left)):
        for first in range(second):
            same = left[first] == left[second]
            if (options.differ and same) or (options.same and not same):
                sys.exit(f"scripts {first + 1} and {second + 1} leave "
                         f"{'the same' if same else 'different'} output without Hapax")

    for mode in [options.only] if options.only else ["plugin", "launcher"]:
        if not options.keep_cache:
            shutil.rmtree(options.work / f"cache-{mode}", ignore_errors=True)
        env = run_mode(mode)
        for turn in range(options.rounds):
            for script, plain in zip(options.scripts, plains):
                compare(options, plain, run(options, script, env),
                        lambda text: failures.append(
                            f"{mode}, run {turn + 1} of '{script}': {text}"))
        expected = getattr(options, f"expect_{mode}")
        if expected is None:
            expected = options.expect
        if not options.no_counters:
            if expected is None:
                sys.exit("no counters expected; say --expect or --no-counters")
            check_counters(options, mode, expected,
                           lambda text: failures.append(f"{mode}: {text}"))
    sys.exit("\n".join(failures) if failures else 0)


main()
