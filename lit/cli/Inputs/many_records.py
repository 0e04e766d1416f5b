# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""many_records.py FOLDER COUNT DIRECTORY: records of COUNT compiles below
DIRECTORY, as compilers write them (plugin/store/CompileRecord.cpp)."""
import sys
from pathlib import Path

folder, count, directory = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
folder.mkdir(parents=True, exist_ok=True)
for n in range(count):
    hit = n % 3
    (folder / f"{n:016x}").write_text(
        "hapax-record 1\n"
        f"outcome {'hit' if hit else 'miss'}\nreason {'source-ir' if hit else 'absent'}\n"
        f"source {directory}/src/file{n}.c\ndirectory {directory}\ntier disk\n"
        f"time {1_700_000_000_000 + 50 * n}\ncost {n % 97}\nsaved {n % 89}\n"
        f"wall {1000 * (n % 97 + 1)}\nfront {1000 * (n % 53)}\nend\n")
