#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""check_kernel_symbols.py NM OBJECT...: fails when an object file of kernels
offers a C++ function that another object file may offer as well.

The linker keeps one of such functions. If that is the one compiled for a newer
instruction set, it runs on processors that lack it.
"""

import subprocess
import sys


def shared_symbols(nm, path):
    listed = subprocess.run([nm, path], check=True, capture_output=True, text=True)
    for line in listed.stdout.splitlines():
        kind, symbol = line.split()[-2:]
        if kind in "WVuwv" and symbol.startswith("_Z"):
            yield symbol


def main():
    nm, objects = sys.argv[1], sys.argv[2:]
    kernels = [path for path in objects if "Avx" in path]
    if not kernels:
        print("no object file of kernels among those given")
        return 1
    found = [(path, symbol) for path in kernels for symbol in shared_symbols(nm, path)]
    for path, symbol in found:
        print(f"{path}: {symbol} is weak")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
