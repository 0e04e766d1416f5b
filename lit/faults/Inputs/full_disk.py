# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""full_disk.py WORK CLANG PLUGIN SOURCE: compiles with the cache on small file
systems, filled to different degrees. Needs its own mount name space."""

import os
import subprocess
import sys
from pathlib import Path

work, clang, plugin, source = sys.argv[1:]
work = Path(work)


def compile(output, **env):
    command = [clang, "-O2", "-g", "-std=c++17", "-c", source, "-o", str(output)]
    if env:
        command.insert(1, f"-fpass-plugin={plugin}")
    return subprocess.run(command, env={**os.environ, **env}, stderr=subprocess.PIPE,
                          text=True)


compile(work / "plain.o")
wanted = (work / "plain.o").read_bytes()
compiles = failed = wrong = 0
disk = work / "disk"
disk.mkdir()
for megabytes in (1, 2, 8):
    subprocess.check_call(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", disk])
    for used in (0, 0, megabytes * 1024 - 512, 0, megabytes * 1024, 0):
        filler = disk / "filler"
        filler.unlink(missing_ok=True)
        if used:
            try:
                filler.write_bytes(b"x" * (used * 1024))
            except OSError:
                pass
        done = compile(work / "out.o", HAPAX_DIR=str(disk / "cache"))
        compiles += 1
        failed += done.returncode != 0
        lines = done.stderr.splitlines()
        if (work / "out.o").read_bytes() != wanted or len(lines) > 1 or any(
                not line.startswith("hapax: warning: ") for line in lines):
            wrong += 1
            print(done.stderr)
    subprocess.check_call(["umount", disk])
print(f"{compiles} compiles, {failed} failed, {wrong} wrong")
