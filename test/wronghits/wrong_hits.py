#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Looks for wrong hits: many compiles that differ in one flag or one token go
through one cache, and each must leave exactly what a plain compile leaves: exit
status, messages, and every file in the folder.

Each case runs plain once (twice where the first comparison fails, to set aside
what differs by itself, such as timings), then twice through the cache. At the
end stands how many cases hit on the second run, and every bypass by reason.

    wrong_hits.py flags [--sample N] [--launcher]
    wrong_hits.py tokens [--sample N] [--launcher]
"""

import argparse
import collections
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LLVM_BIN = Path("/usr/lib/llvm-22/bin")

# Values for options that want one. Options not named here get each of the
# values that the help text lists, else the defaults below.
VALUES = {
    "-O": ["0", "1", "2", "3", "s", "z", "fast", "g"],
    "-std=": ["c89", "gnu11", "c23"],
    "-march=": ["x86-64-v3", "haswell", "znver4"],
    "-mtune=": ["skylake"],
    "-mcmodel=": ["small", "medium", "large"],
    "-mstack-alignment=": ["32"],
    "-mstack-probe-size=": ["8192"],
    "-falign-functions=": ["64"],
    "-falign-loops=": ["32"],
    "-fsanitize=": ["address", "undefined", "thread", "memory", "leak", "kcfi",
                    "safe-stack", "integer", "float-divide-by-zero", "bounds",
                    "shadow-call-stack", "function", "alignment", "null"],
    "-fsanitize-coverage=": ["trace-pc-guard", "inline-8bit-counters", "edge,trace-cmp"],
    "-fveclib=": ["libmvec", "SVML", "AMDLIBM"],
    "-fvisibility=": ["hidden", "protected"],
    "-ftls-model=": ["local-exec", "initial-exec", "local-dynamic"],
    "-fstack-clash-protection": [""],
    "-ftrivial-auto-var-init=": ["zero", "pattern"],
    "-ffp-model=": ["strict", "fast", "precise", "aggressive"],
    "-ffp-contract=": ["off", "on", "fast"],
    "-fdebug-prefix-map=": ["/tmp=/elsewhere"],
    "-ffile-prefix-map=": ["/tmp=/elsewhere"],
    "-fdebug-compilation-dir=": ["/elsewhere"],
    "-fbasic-block-sections=": ["all", "none"],
    "-fpatchable-function-entry=": ["4", "4,2"],
    "-fcf-protection=": ["full", "branch"],
    "-fzero-call-used-regs=": ["used", "all"],
    "-fexceptions": [""],
    "-g": ["", "1", "2", "3", "dwarf-4", "dwarf-5", "line-tables-only", "gdb", "lldb",
           "split-dwarf", "z", "codeview"],
    "-gz=": ["zlib", "zstd", "none"],
    "-x": [],
    "-mprefer-vector-width=": ["128", "256", "512"],
    "-mllvm": [],
    "-fmessage-length=": ["40"],
    "-ftemplate-depth=": ["100"],
    "-mtls-dialect=": ["gnu", "gnu2"],
    "-fxray-instruction-threshold=": ["1"],
    "-fprofile-generate=": ["prof"],
    "-fprofile-instr-generate=": ["prof.raw"],
    "-fopenmp=": ["libomp"],
    "-mregparm=": ["3"],
    "-working-directory": [],
    "--config=": [], "--sysroot=": [], "-isysroot": [], "-T": [], "-u": [], "-e": [],
    "--target=": ["x86_64-linux-gnu", "i386-linux-gnu", "aarch64-linux-gnu"],
}
DEFAULT_VALUES = ["1", "all"]

# Flags that no compile could be compared under: they read a terminal or a
# file that we do not have, run other programs, or never return.
SKIP = re.compile(
    r"^-(E|M|MM|fsyntax-only|#|v$|-help|help|print|-print|-version|dump(machine|version)|"
    r"ccc-|cc1|fcrash|gen-reproducer|-gpu-|cuda|hip|offload|-offload|nogpu|fcuda|fhip|"
    r"-hip|-cuda|-rocm|rocm|dpf|no-canonical|fdriver-only|interactive|"
    r"fmodules-cache|fbuild-session|index-|module-|fmodule|fprebuilt|include|-serialize|"
    r"serialize|filelist|save-temps|-save-temps|working-dir|-config|resource-dir|"
    r"fintegrated-cc1|fno-integrated-cc1|fproc-stat|time$|ivfs|emit-|-analyze|rewrite|"
    r"objcmt|verify-pch|mios|mmac|arch|darwin|mthread-model|mtvos|mwatchos|wdr|"
    r"fdepfile|fdump|fthinlto-index|fprofile-(use|sample|remap)|fprofile-instr-use|fauto-profile|"
    r"fno-pch|-migrate|-emit|MF|MJ|MQ|MT|mappletvos|miphone|mxr|mvision)")

MLLVM = ["-inline-threshold=20", "-unroll-threshold=10", "-vectorizer-min-trip-count=4",
         "-force-vector-width=4", "-enable-gvn-hoist", "-disable-licm-promotion",
         "-x86-asm-syntax=intel", "-align-all-functions=5", "-enable-ipra",
         "-tail-merge-threshold=1", "-stackmap-version=3", "-disable-tail-duplicate",
         "-fast-isel", "-global-isel", "-regalloc=basic", "-regalloc=greedy",
         "-pre-RA-sched=source", "-enable-misched=false", "-print-after-all",
         "-stats", "-debug-pass=Structure", "-force-attribute=noinline",
         "-asan-stack=0", "-sanitizer-coverage-level=3", "-no-x86-call-frame-opt",
         "-enable-split-machine-functions", "-function-sections", "-addrsig"]

EXTRA = [["-O2", "-O0"], ["-O0", "-O2"], ["-w"], ["-Wall", "-Wextra"], ["-DUNUSED=1"],
         ["-UUNUSED"], ["-I."], ["-g", "-O0"], ["-g", "-fdebug-types-section"],
         ["-S"], ["-S", "-fverbose-asm"], ["-emit-llvm"], ["-emit-llvm", "-S"],
         ["-flto"], ["-flto=thin"], ["-fno-integrated-as"], ["-save-temps"],
         ["-MD"], ["-MMD", "-MF", "deps.d"], ["-fstack-usage"], ["--coverage"],
         ["-fprofile-arcs"], ["-ftest-coverage"], ["-fsave-optimization-record"],
         ["-Rpass=inline"], ["-ftime-report"], ["-ftime-trace"], ["-gsplit-dwarf"],
         ["-fembed-bitcode"], ["-ffat-lto-objects", "-flto"], ["-fopenmp"],
         ["-fopenmp", "-fopenmp-targets=x86_64-pc-linux-gnu"], ["-ffast-math"],
         ["-fsanitize=address", "-fsanitize-recover=address"],
         ["-fprofile-instr-generate", "-fcoverage-mapping"], ["-march=native"],
         ["-Xclang", "-fno-pch-timestamp"], ["-Xclang", "-disable-llvm-passes"],
         ["-Xclang", "-disable-O0-optnone"], ["-Wa,--noexecstack"], ["-pg"], ["-pipe"],
         ["-Wframe-larger-than=1"], ["-frecord-command-line"], ["-grecord-command-line", "-g"],
         ["-fdiagnostics-format=msvc"], ["-fno-discard-value-names", "-S", "-emit-llvm"]]


def help_flags():
    """Flags out of the driver's help, with values where they want one."""
    text = subprocess.check_output([LLVM_BIN / "clang", "--help-hidden"], text=True)
    for match in re.finditer(r"^  (-\S+?)(?:[ =]?(<[^>]*>\S*))?(?:\s{2,}(.*))?$", text, re.M):
        flag, value, description = match.group(1), match.group(2), match.group(3) or ""
        if SKIP.match(flag) or "LSP" in description:
            continue
        whole = match.group(0).strip().split("  ")[0].strip()
        joined = "=" in whole and flag.split("=")[0] + "="
        key = joined or flag
        if key in VALUES:
            values = VALUES[key]
        elif value or whole.endswith("="):
            listed = re.findall(r"'([\w.+-]+)'", description)
            values = listed[:4] or DEFAULT_VALUES
        elif "=" in flag:
            values = None
        else:
            values = None
        if values is None:
            yield [flag]
            continue
        for v in values:
            if joined:
                yield [f"{joined}{v}"]
            elif whole.startswith(f"{flag} "):
                yield [flag, v]
            else:
                yield [f"{flag}{v}"]


def cc1_flags():
    """Valueless flags of the front end proper."""
    text = subprocess.run([LLVM_BIN / "clang", "-cc1", "-help"], text=True,
                          capture_output=True).stdout
    skip = re.compile(r"-(E|P|ast|emit|fsyntax|dump|print|help|version|verify|init-only|"
                      r"analy|code-completion|rewrite|plugin|load|migrate|arcmt|eagerly|"
                      r"fcuda|fopenmp-is|fdump|parse|ivfs|token|x$|S$|M|Eonly|templight|dependency|"
                      r"stats|ftime|print-stats|fixit|extract-api|fhalf-no-semantic|round-trip|"
                      r"disable-free|gen-|module|fmodule|cl-|fsycl-is|fno-validate)")
    for match in re.finditer(r"^  (-[\w-]+)(?:\s{2,}.*)?$", text, re.M):
        if not skip.match(match.group(1)):
            yield ["-Xclang", match.group(1)]


def flag_cases():
    seen = set()
    flags = [*EXTRA, *help_flags(), *cc1_flags(), *([["-mllvm", m] for m in MLLVM])]
    for flag in flags:
        for source in ("probe.c", "probe.cpp"):
            key = (source, *flag)
            if key not in seen and (source == "probe.c" or len(seen) % 3 == 0):
                seen.add(key)
                text = (HERE / source).read_text()
                yield source, text, ["-O2", *flag]


TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|\w+(?:\.\w+)?|[-+*/%&|^<>=!]=?|\S', re.S)
SWAPS = {"+": ["-", "*"], "-": ["+"], "*": ["+"], "/": ["%", "*"], "<": ["<=", ">"],
         ">": ["<"], "<=": ["<"], "==": ["!="], "&": ["|"], "|": ["&"], "<<": [">>"],
         "int": ["long", "unsigned", "short"], "float": ["double"], "double": ["float"],
         "unsigned": ["signed"], "char": ["short"], "static": ["", "extern"],
         "const": ["", "volatile"], "volatile": [""], "extern": ["static"],
         "weak": ["used", "cold"], "noinline": ["always_inline", "cold"],
         "restrict": [""], "__thread": ["", "static __thread"],
         "thread_local": ["", "static"], "struct": ["union"], "inline": ["static inline"],
         "virtual": [""], "final": [""], "__ATOMIC_SEQ_CST": ["__ATOMIC_RELAXED"]}


def token_cases():
    for source in ("probe.c", "probe.cpp"):
        text = (HERE / source).read_text()
        for match in TOKEN.finditer(text):
            token = match.group(0)
            if token.startswith(("//", "/*")):
                new = [token.replace(" ", "  ", 1)]
            elif token.startswith('"'):
                new = [token[:-1] + "z\""] if not token.endswith('.h"') else []
            elif re.fullmatch(r"\d+", token):
                new = [str(int(token) + 1), str(int(token) * 2 + 5)]
            elif re.fullmatch(r"\d+\.\d+f?", token):
                new = ["3.5" + ("f" if token.endswith("f") else "")]
            else:
                new = SWAPS.get(token, [])
            if re.fullmatch(r"[a-z_]\w{3,}", token) and token not in SWAPS:
                new = [token + "q"]
            for replacement in new:
                changed = text[:match.start()] + replacement + text[match.end():]
                for flags in (["-O2"], ["-O0", "-g"]):
                    yield source, changed, flags


class Worker:
    """A folder in which cases run, one after another, always under the same
    path, so that only the cache can tell them apart."""

    def __init__(self, base, number, cache, arguments):
        self.folder = base / f"worker{number}"
        self.log = base / f"log{number}"
        self.cache = cache
        self.launcher = arguments.launcher
        build = Path(arguments.build).resolve()
        self.plugin = build / "lib/Hapax.so"
        self.hapax = build / "bin/hapax"

    def execute(self, source, text, flags, cached, disabled=False):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / source).write_text(text)
        compiler = LLVM_BIN / ("clang++" if source.endswith("cpp") else "clang")
        command = [str(compiler), *flags, "-c", source]
        if "-S" not in flags:
            command += ["-o", "out.o"]
        env = {k: v for k, v in os.environ.items() if not k.startswith("HAPAX_")}
        env["HAPAX_CONFIG"] = "/dev/null"
        env["HAPAX_DAEMON"] = "off"
        if cached:
            env.update(HAPAX_DIR=str(self.cache), HAPAX_LOG=str(self.log))
            if disabled:
                env["HAPAX_DISABLE"] = "1"
            if self.launcher:
                command = [str(self.hapax), *command]
            else:
                command.insert(1, f"-fpass-plugin={self.plugin}")
            self.log.unlink(missing_ok=True)
        try:
            done = subprocess.run(command, cwd=self.folder, env=env, timeout=60,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired:
            return None
        files = {str(p.relative_to(self.folder)): p.read_bytes()
                 for p in sorted(self.folder.rglob("*")) if p.is_file()}
        return done.returncode, done.stdout, files

    def outcome(self):
        """hit, miss, bypass:<reason> or none, of the last cached run."""
        if not self.log.exists():
            return "none"
        found = re.findall(r": (hit|miss|bypass) \(([\w-]+)", self.log.read_text())
        if not found:
            return "none"
        kind, reason = found[-1]
        return kind if kind != "bypass" else f"bypass:{reason}"


def difference(plain, cached):
    """What differs, in one line; empty when nothing does."""
    if plain[0] != cached[0]:
        return f"exit {plain[0]} became {cached[0]}: {cached[1][-300:]!r}"
    if plain[2].keys() != cached[2].keys():
        return f"files {sorted(plain[2])} became {sorted(cached[2])}"
    wrong = [name for name in plain[2] if plain[2][name] != cached[2][name]]
    if wrong:
        return f"content of {', '.join(wrong)}"
    if plain[1] != cached[1]:
        return f"messages {plain[1][-200:]!r} became {cached[1][-200:]!r}"
    return ""


def check(worker, case):
    source, text, flags = case
    plain = worker.execute(source, text, flags, cached=False)
    if plain is None:
        return "timeout", ""
    outcome = ""
    for _ in range(2):
        cached = worker.execute(source, text, flags, cached=True)
        outcome = worker.outcome()
        wrong = "timed out" if cached is None else difference(plain, cached)
        if wrong:
            for _ in range(25):  # some vary only now and then
                again = worker.execute(source, text, flags, cached=False)
                if again is None or difference(plain, again):
                    return "varies by itself", ""
            # Flags that record the command line record the plugin's as well,
            # which the person who compiles has written there.
            idle = worker.execute(source, text, flags, cached=True, disabled=True)
            if cached and idle and not difference(idle, cached):
                return "command line is recorded", ""
            return outcome, f"{' '.join(flags)} {source} ({outcome}): {wrong}"
    return (outcome if plain[0] == 0 else "plain compile fails"), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", choices=["flags", "tokens"])
    parser.add_argument("--sample", type=int, help="only so many cases, chosen by a fixed seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--launcher", action="store_true",
                        help="through the launcher instead of -fpass-plugin alone")
    parser.add_argument("--build", default=str(ROOT / "build/release"))
    parser.add_argument("--verbose", action="store_true", help="print each case's outcome")
    parser.add_argument("--minimum-hits", type=float, default=0.0, metavar="PERCENT",
                        help="fail when fewer of the cases that are no bypass by design hit")
    arguments = parser.parse_args()

    cases = list(flag_cases() if arguments.cases == "flags" else token_cases())
    if arguments.sample and arguments.sample < len(cases):
        cases = random.Random(arguments.seed).sample(cases, arguments.sample)
    outcomes, wrongs = collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="hapax-wronghits-") as base:
        base = Path(base)
        jobs = os.cpu_count() or 1

        def work(number):
            worker = Worker(base, number, base / "cache", arguments)
            return [(case, *check(worker, case)) for case in cases[number::jobs]]

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for part in pool.map(work, range(jobs)):
                for case, outcome, wrong in part:
                    outcomes[outcome] += 1
                    if arguments.verbose:
                        print(f"{outcome:<32}{case[0]} {' '.join(case[2])}")
                    if wrong:
                        wrongs.append(wrong)
    for wrong in wrongs:
        print("WRONG:", wrong)
    for outcome, count in outcomes.most_common():
        print(f"{count:6} {outcome}")
    unplanned = sum(n for o, n in outcomes.items()
                    if o in ("miss", "none", "bypass:unclear-command", "bypass:unclear-output",
                             "bypass:unreadable-file"))
    share = 100.0 * outcomes["hit"] / max(1, outcomes["hit"] + unplanned)
    print(f"{len(cases)} cases, {len(wrongs)} wrong, {share:.1f} % of those that are no bypass "
          "by design hit on the second run")
    return 1 if wrongs or share < arguments.minimum_hits else 0


if __name__ == "__main__":
    sys.exit(main())
