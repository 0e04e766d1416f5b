#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fails on a source or script file that does not name its licence.

Each tracked file has the line `SPDX-License-Identifier: Apache-2.0 WITH
LLVM-exception` among its first five, but for

 - documents (.md): LICENSE speaks for them, as for the whole repository,
 - JSON, which has no comments,
 - inputs of tests: what lies in a folder Inputs or inputs,
 - links.

LICENSE must name the same identifier.
"""

import subprocess
import sys
from pathlib import Path

LINE = "SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception"
WITHOUT = {".md", ".json"}


def is_exempt(path):
    return path.suffix in WITHOUT or not {"Inputs", "inputs"}.isdisjoint(path.parts[:-1])


def faults(root, names):
    for name in names:
        file = root / name
        if is_exempt(Path(name)) or file.is_symlink() or not file.is_file():
            continue
        if not any(LINE in line for line in file.read_text(errors="replace").splitlines()[:5]):
            yield f"{name}: needs the line '{LINE}'"
    if "LICENSE" not in names:
        yield "there is no LICENSE"


def main():
    root = Path(sys.argv[1])
    names = subprocess.run(["git", "-C", root, "ls-files", "-z"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.split("\0")[:-1]
    found = list(faults(root, names))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
