# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The projects together with their own tests, which run on objects that come
out of the cache.

Each project gives the compiles (the tests' own sources among them) and a
function that links the objects and runs the tests.
"""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import projects
from projects import CLANG, CLANGXX, FLANG, Unit


class TestFailure(Exception):
    """A program built from cached objects does not do what it should."""


@dataclass
class Built:
    """The objects of one project and a folder to link and run in."""
    objects: dict  # source -> object
    folder: Path

    def of(self, *sources):
        return [str(self.objects[Path(s)]) for s in sources]

    def link(self, name, objects, *more, linker=CLANG):
        program = self.folder / name
        self.run([linker, *objects, *more, "-o", str(program)])
        return str(program)

    def run(self, command, text=None, timeout=1200, cwd=None, env=None):
        """The standard output and errors of a command that must succeed."""
        shown = " ".join(Path(c).name for c in command[:1] + command[-1:])
        try:
            done = subprocess.run(command, cwd=cwd or self.folder, input=text, text=True,
                                  errors="replace", timeout=timeout, env=env,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except subprocess.TimeoutExpired as late:
            raise TestFailure(f"{shown}: no end after {late.timeout} s") from late
        if done.returncode:
            raise TestFailure(f"{shown}: exit {done.returncode}\n{done.stdout[-2000:]}")
        return done.stdout


@dataclass
class Project:
    units: list
    test: Callable  # (Built) -> what ran, in one line; raises TestFailure


def expect(condition, what):
    if not condition:
        raise TestFailure(what)


# --- sqlite3: the shell, and the test scripts of the source tree

SQL = """
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i+1 from n where i < 20000)
  insert into t select i, printf('%05d', i * 7919 % 20000), i / 3.0 from n;
create index tb on t(b);
delete from t where a % 3 = 0;
update t set c = c * 2 where b like '%7%';
select count(*), min(b), max(b), printf('%.3f', sum(c)) from t;
select count(*) from t x join t y on x.b = printf('%05d', y.a);
select group_concat(a) from (select a from t order by b desc limit 5);
select sum(r) from (select rank() over (partition by a % 10 order by c) r from t);
pragma integrity_check;
"""


def sqlite3():
    library = projects.sqlite3()
    tree = library[0].folder
    shell = Unit(CLANG, tree / "shell.c", [f"-I{tree}"], tree)
    speed = Unit(CLANG, tree / "test/speedtest1.c", [f"-I{tree}"], tree)

    def test(built):
        libraries = ["-lm", "-lpthread", "-ldl"]
        core = built.of(library[0].source)
        program = built.link("shell", core + built.of(shell.source), *libraries)
        lines = built.run([program, ":memory:"], SQL).split()
        # sum() and count() of 20000 rows less every third.
        expect(lines[0].startswith("13334|") and lines[-1] == "ok",
               f"the SQL script printed {lines}")
        speedtest = built.link("speedtest1", core + built.of(speed.source), *libraries)
        verified = built.run([speedtest, "--size", "5", "--verify", "--memdb"])
        expect("Verification Hash" in verified or "TOTAL" in verified, verified[-500:])
        return "SQL script, speedtest1 --verify"

    return Project(library + [shell, speed], test)


# Test scripts from all corners that take seconds, and run as root too.
FIXTURE_SCRIPTS = """
aggnested alter analyze attach2 autoinc between bigrow blob boundary1 btree01
cast check collate1 conflict corrupt count cse date default delete2 distinct
e_expr enc expr fkey1 fts3aa func func2 hook in index insert intpkey join json101
like limit merge1 minmax null numcast orderby1 pragma quote rowid savepoint
select1 select2 select4 selectA sort subquery table tempdb trans trigger1 types
unique update upsert1 utf16align vacuum view wal where where2 window1 with1 zeroblob
""".split()


def sqlite3_testfixture():
    units = projects.sqlite3_testfixture()

    def test(built):
        program = built.link("testfixture", built.objects.values(), "-ltcl8.6", "-lz",
                             "-lm", "-lpthread", "-ldl")
        tests = projects.sqlite3()[0].folder / "test"
        scripts = [s for s in FIXTURE_SCRIPTS if (tests / f"{s}.test").exists()]
        count = 0
        for script in scripts:
            text = built.run([program, str(tests / f"{script}.test")])
            good = re.search(r"^0 errors out of (\d+) tests", text, re.M)
            expect(good, f"{script}: {text[-500:]}")
            count += int(good.group(1))
        return f"{len(scripts)} test scripts, {count} tests"

    return Project(units, test)


# --- lua: the package has no test suite, so a script of ours

LUA = """
local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
assert(fib(24) == 46368)
local t = {}
for i = 1, 50000 do t[i] = (i * 7919) % 50021 end
table.sort(t)
for i = 2, #t do assert(t[i-1] <= t[i]) end
assert(("hello world"):gsub("(%w+)", "<%1>") == "<hello> <world>")
assert(string.format("%5.2f|%-5s|%x|%q", 3.14159, "ab", 255, "a\\nb")
       == ' 3.14|ab   |ff|"a\\\\\\nb"')
local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
assert(co() + co() + co() == 6)
local object = setmetatable({}, {__index = function(_, k) return k .. "!" end,
                                 __add = function() return "sum" end,
                                 __close = function() t.closed = true end})
assert(object.x == "x!" and object + 1 == "sum")
do local scoped <close> = object end
assert(t.closed)
assert(not pcall(error, {code = 1}) and select(2, pcall(error, "e", 0)) == "e")
assert(load("return ...")(42) == 42 and load("x = = 1") == nil)
assert(string.pack("<i4d", 7, 0.5):len() == 12 and utf8.len("h\\u{e9}") == 2)
assert(1 // 0.0 == math.huge and 7 // -2 == -4 and 7 % -3 == -2 and 1 << 62 > 0)
goto done
error("unreachable")
::done::
local weak = setmetatable({}, {__mode = "k"})
weak[{}] = 1
collectgarbage() collectgarbage("generational") collectgarbage()
assert(next(weak) == nil)
assert(load(string.dump(function(a) return a * 2 end))(21) == 42)
print("ok")
"""


def lua():
    units = projects.lua()

    def test(built):
        program = built.link("lua", [o for s, o in built.objects.items()
                                     if s.name != "luac.c"], "-lm", "-ldl")
        script = built.folder / "test.lua"
        script.write_text(LUA)
        expect(built.run([program, str(script)]) == "ok\n", "the script did not end")
        compiler = built.link("luac", [o for s, o in built.objects.items()
                                       if s.name != "lua.c"], "-lm", "-ldl")
        built.run([compiler, "-o", "test.luac", str(script)])
        expect(built.run([program, "test.luac"]) == "ok\n", "luac")
        return "a script over the language, by lua and luac (the package has no tests)"

    return Project(units, test)


# --- zlib: what its `make test` does

def zlib():
    library = projects.zlib()
    tree = library[0].folder
    programs = [Unit(CLANG, tree / f"test/{name}.c", [f"-I{tree}"] + library[0].arguments, tree)
                for name in ("example", "minigzip", "infcover")]

    def test(built):
        objects = built.of(*[u.source for u in library])
        example, minigzip, infcover = (
            built.link(u.source.stem, objects + built.of(u.source)) for u in programs)
        built.run([example, "test.gz"])
        built.run([infcover])
        source = (tree / "ChangeLog").read_text(errors="replace")
        (built.folder / "text").write_text(source)
        built.run([minigzip, "-9", "text"])
        built.run([minigzip, "-d", "text.gz"])
        expect((built.folder / "text").read_text() == source, "minigzip changed the text")
        return "example, infcover, minigzip there and back"

    return Project(library + programs, test)


# --- fmt and re2: their unit tests

FMT_TESTS = ("args", "chrono", "color", "compile", "core", "format", "os", "ostream",
             "printf", "ranges", "scan", "std", "unicode", "xchar")


def fmt():
    library = projects.fmt()
    tree = library[0].folder
    arguments = [*library[0].arguments, f"-I{tree}/src"]
    common = [Unit(CLANGXX, tree / "test" / name, arguments, tree)
              for name in ("test-main.cc", "gtest-extra.cc", "util.cc")]
    tests = [Unit(CLANGXX, tree / f"test/{name}-test.cc", arguments, tree)
             for name in FMT_TESTS]
    tests.append(Unit(CLANGXX, tree / "test/ranges-odr-test.cc", arguments, tree))

    def test(built):
        objects = built.of(*[u.source for u in library + common])
        count = 0
        for unit in tests[:-1]:
            own = built.of(unit.source)
            if unit.source.name == "ranges-test.cc":
                own += built.of(tests[-1].source)
            program = built.link(unit.source.stem, own + objects, "-lgmock", "-lgtest",
                                 "-lpthread", linker=CLANGXX)
            text = built.run([program, "--gtest_brief=0"])
            count += int(text.split("[  PASSED  ] ")[1].split()[0])
        return f"{len(tests) - 1} test programs, {count} tests"

    return Project(library + common + tests, test)


RE2_SUPPORT = ("backtrack", "dump", "exhaustive_tester", "null_walker", "regexp_generator",
               "string_generator", "tester")
RE2_TESTS = ("charclass", "compile", "filtered_re2", "mimics_pcre", "parse",
             "possible_match", "re2", "re2_arg", "regexp", "required_prefix", "search",
             "set", "simplify", "string_generator")


def re2():
    library = projects.re2()
    tree = library[0].folder
    arguments = library[0].arguments
    sources = [tree / f"re2/testing/{name}.cc" for name in RE2_SUPPORT] + [tree / "util/test.cc"]
    support = [Unit(CLANGXX, s, arguments, tree) for s in sources]
    tests = [Unit(CLANGXX, tree / f"re2/testing/{name}_test.cc", arguments, tree)
             for name in RE2_TESTS]

    def test(built):
        objects = built.of(*[u.source for u in library + support])
        for unit in tests:
            program = built.link(unit.source.stem, built.of(unit.source) + objects,
                                 "-lpthread", linker=CLANGXX)
            text = built.run([program])
            expect("PASS" in text.split(), f"{unit.source.name}: {text[-500:]}")
        return f"{len(tests)} test programs"

    return Project(library + support + tests, test)


# --- BLAS: the testers of the double precision routines, all three levels

def blas():
    library = projects.blas()
    folder = library[0].folder.parent / "TESTING"
    testers = [Unit(FLANG, folder / f"dblat{level}.f", [], folder) for level in (1, 2, 3)]

    def test(built):
        objects = built.of(*[u.source for u in library])
        for unit in testers:
            # Levels 2 and 3 bring an XERBLA of their own.
            mine = [o for o in objects if "xerbla" not in o or "1" in unit.source.stem]
            program = built.link(unit.source.stem, built.of(unit.source) + mine, linker=FLANG)
            given = folder / f"{unit.source.stem}.in"
            text = built.run([program], given.read_text() if given.exists() else "")
            if given.exists():  # which names the file of its results
                text = (built.folder / f"{unit.source.stem}.out").read_text()
            expect("FAIL" not in text.upper() and "PASS" in text.upper(),
                   f"{unit.source.stem}: {text[-1000:]}")
        return "dblat1, dblat2, dblat3"

    return Project(library + testers, test)


# --- git: scripts of its test suite

GIT_SCRIPTS = """t0000-basic t0001-init t0002-gitfile t0004-unwritable t0005-signals
t0006-date t0008-ignores t0040-parse-options t1300-config t1400-update-ref t2000-conflict-when-checking-files-out
t3200-branch t3400-rebase t3700-add t4000-diff-format t4013-diff-various t5300-pack-object
t6000-rev-list-misc t6012-rev-list-simplify t7001-mv""".split()

# What make compares its settings with; newer settings make all objects old.
GIT_STAMPS = ["GIT-CFLAGS", "GIT-LDFLAGS", "GIT-PREFIX", "GIT-USER-AGENT", "GIT-VERSION-FILE"]
# In a tree that was never built, the folders for dependencies are missing; made
# after the objects, they too would make all of them old.
GIT_DEPEND_FOLDERS = "--eval=depend-folders: ; @mkdir -p $(dep_dirs)"


def git():
    units = projects.git()
    tree = projects.git_tree()

    def test(built):
        # git's own makefile links; the objects lie where it expects them and
        # are not older than anything that they are made from.
        jobs = os.cpu_count() or 1
        tree.clean()
        built.run([*tree.make(CLANG, "", jobs, GIT_STAMPS + ["depend-folders"]),
                   GIT_DEPEND_FOLDERS], cwd=tree.folder)
        for source, made in built.objects.items():
            shutil.copy(made, source.with_suffix(".o"))
        before = {o: (tree.folder / o).stat().st_mtime_ns for o in tree.objects}
        built.run(tree.make(CLANG, "", jobs, ["all"]), cwd=tree.folder)
        remade = [o for o in tree.objects if (tree.folder / o).stat().st_mtime_ns != before[o]]
        expect(not remade, f"make compiled {len(remade)} objects again, e.g. {remade[:3]}")
        ran = 0
        env = {**os.environ, "GIT_TEST_OPTS": "", "TEST_NO_MALLOC_CHECK": "1"}
        for script in GIT_SCRIPTS:
            file = tree.folder / f"t/{script}.sh"
            if file.exists():
                built.run(["sh", file.name], cwd=tree.folder / "t", env=env)
                ran += 1
        tree.clean()
        return f"{ran} scripts of its test suite"

    return Project(units, test)


PROJECTS = {"sqlite3": sqlite3, "lua5.4": lua, "zlib": zlib, "fmtlib": fmt, "re2": re2,
            "blas (Fortran)": blas, "sqlite3 testfixture": sqlite3_testfixture, "git": git}
