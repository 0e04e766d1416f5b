# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""flip.py STORE FILE: changes one byte of every copy of FILE's content that lies
uncompressed in the store; the copies must be there."""
import os
import sys

store, path = sys.argv[1:]
part = open(path, "rb").read()[64:256]
copies = 0
for folder, _, names in os.walk(store):
    for name in names:
        with open(os.path.join(folder, name), "r+b") as file:
            content = file.read()
            place = content.find(part)
            while place >= 0:
                file.seek(place)
                file.write(bytes([content[place] ^ 1]))
                copies += 1
                place = content.find(part, place + 1)
sys.exit(0 if copies else "the store holds no such content")
