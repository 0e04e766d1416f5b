# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""flip.py STORE FILE: changes one byte in every copy of FILE's content that lies
uncompressed in the store; there must be one."""
import os
import sys

store, path = sys.argv[1:]
part = open(path, "rb").read()[64:256]
copies = 0


def stretches(file):
    """Offsets and contents of what a file with holes holds."""
    end = 0
    while True:
        try:
            begin = os.lseek(file.fileno(), end, os.SEEK_DATA)
        except OSError:
            return
        end = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
        yield begin, os.pread(file.fileno(), end - begin, begin)


for folder, _, names in os.walk(store):
    for name in names:
        with open(os.path.join(folder, name), "r+b") as file:
            for begin, content in stretches(file):
                place = content.find(part)
                while place >= 0:
                    os.pwrite(file.fileno(), bytes([part[0] ^ 1]), begin + place)
                    copies += 1
                    place = content.find(part, place + 1)
sys.exit(0 if copies else "the store holds no such content")
