# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""parallel.py WORK CLANG PLUGIN SOURCE: many compiles at once into an empty
cache: each of six kinds eight times."""

import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path

work, clang, plugin, source = sys.argv[1:]
work = Path(work)
kinds = ["-O0", "-O1", "-O2", "-O3", "-Os", "-Oz"]
env = {**os.environ, "HAPAX_DIR": str(work / "cache")}


def compile(numbered):
    number, kind = numbered
    output = work / f"{number}.o"
    done = subprocess.run([clang, f"-fpass-plugin={plugin}", kind, "-c", source, "-o", output],
                          env=env, stderr=subprocess.PIPE)
    return done.returncode, done.stderr, output.read_bytes(), kind


plain = {}
for kind in kinds:
    subprocess.check_call([clang, kind, "-c", source, "-o", work / "plain.o"])
    plain[kind] = (work / "plain.o").read_bytes()
with concurrent.futures.ThreadPoolExecutor(2 * os.cpu_count()) as pool:
    results = list(pool.map(compile, enumerate(kinds * 8)))
failed = sum(code != 0 for code, *_ in results)
wrong = sum(bool(errors) or output != plain[kind] for _, errors, output, kind in results)
print(f"{len(results)} compiles, {failed} failed, {wrong} wrong")
