# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""killed.py WORK CLANG PLUGIN SOURCE: kills compiles that store at many moments,
then checks that the next compiles are right and hit."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

work, clang, plugin, source = sys.argv[1:]
work = Path(work)
dice = random.Random(3)
env = {**os.environ, "HAPAX_DIR": str(work / "cache"), "HAPAX_LOG": str(work / "log")}


def start(output, number, cached=True):
    command = [clang, "-O2", f"-falign-functions={16 << number % 5}", "-c", source,
               "-o", str(output), f"-frandom-seed={number}"]
    if cached:
        command.insert(1, f"-fpass-plugin={plugin}")
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


begun = time.monotonic()
process = start(work / "warm.o", 0)
process.communicate()
usual = time.monotonic() - begun
killed = failed = wrong = 0
for number in range(60):
    victim = start(work / "victim.o", number)
    time.sleep(dice.uniform(0.3, 1.1) * usual)
    if victim.poll() is None:
        victim.send_signal(signal.SIGKILL)
        killed += 1
    victim.communicate()
    if number % 6 == 5:
        start(work / "plain.o", number, cached=False).communicate()
        after = start(work / "after.o", number)
        errors = after.communicate()[1]
        failed += after.returncode != 0
        if errors or (work / "after.o").read_bytes() != (work / "plain.o").read_bytes():
            wrong += 1
            print(errors)
(work / "log").unlink()
start(work / "after.o", 59).communicate()
last = "hit" if ": hit (" in (work / "log").read_text() else "missed"
print(f"killed {killed}, {failed} failed, {wrong} wrong, last one {last}")
