#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""change_build_id.py FROM TO: a copy with another build id and the same code."""
import re
import subprocess
import sys

source, target = sys.argv[1:]
notes = subprocess.check_output(["llvm-readelf", "-n", source], text=True)
build_id = bytes.fromhex(re.search(r"Build ID: ([0-9a-f]+)", notes)[1])
content = open(source, "rb").read()
assert content.count(build_id) == 1
other = bytes(255 - byte for byte in build_id)
with open(target, "wb") as copy:
    copy.write(content.replace(build_id, other))
