# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""damage.py WORK CLANG PLUGIN SOURCE: damages a filled store in many places,
one after another, and compiles with it, twice each."""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

work, clang, plugin, source = sys.argv[1:]
work = Path(work)
pristine, cache, log = work / "pristine", work / "cache", work / "log"
dice = random.Random(7)


def compile(output, directory=None):
    command = [clang, "-O2", "-c", source, "-o", str(output)]
    env = dict(os.environ)
    if directory:
        command.insert(1, f"-fpass-plugin={plugin}")
        env.update(HAPAX_DIR=str(directory), HAPAX_LOG=str(log))
    return subprocess.run(command, env=env, stderr=subprocess.PIPE, text=True)


def copy_sparse(source, target):
    """The store's files are mostly holes."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.check_call(["cp", "-r", "--sparse=always", source, target])


def places(path):
    """(offset, length) of what is really there: the data between the holes."""
    with open(path, "rb") as f:
        size, at = os.fstat(f.fileno()).st_size, 0
        while at < size:
            try:
                at = os.lseek(f.fileno(), at, os.SEEK_DATA)
                end = os.lseek(f.fileno(), at, os.SEEK_HOLE)
            except OSError:
                return
            for start in range(at, end, 4096):
                yield start, min(4096, end - start)
            at = end


def overwrite(path, start, length):
    with open(path, "r+b") as f:
        f.seek(start)
        f.write(dice.randbytes(length))


compile(work / "plain.o")
wanted = (work / "plain.o").read_bytes()
compile(work / "out.o", pristine)
files = [p.relative_to(pristine) for p in sorted(pristine.rglob("*")) if p.is_file()]
cases = []
for name in files:
    regions = list(places(pristine / name))
    for start, length in dice.sample(regions, min(len(regions), 12)):
        cases.append((name, lambda p, s=start, n=length: overwrite(p, s, n)))
    size = (pristine / name).stat().st_size
    for keep in {0, 1, 16, 4096, size // 2, max(0, size - 1)}:
        if keep < size:
            cases.append((name, lambda p, k=keep: os.truncate(p, k)))

compiles = failed = wrong = 0
log.unlink(missing_ok=True)
for name, damage in cases:
    copy_sparse(pristine, cache)
    damage(cache / name)
    for _ in range(2):
        (work / "out.o").unlink(missing_ok=True)
        done = compile(work / "out.o", cache)
        compiles += 1
        failed += done.returncode != 0
        lines = done.stderr.splitlines()
        if done.returncode or (work / "out.o").read_bytes() != wanted or len(lines) > 1 or any(
                not line.startswith("hapax: warning: ") for line in lines):
            wrong += 1
            print(name, done.stderr)
hits = log.read_text().count(": hit (")
print(f"{compiles} compiles, {failed} failed, {wrong} wrong, {hits} hits")
