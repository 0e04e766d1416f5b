# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""tags.py REFERENCE < KEYS: whether each tag in the output of `hapax key` stands
in the reference's table."""
import re
import sys
from pathlib import Path

table = Path(sys.argv[1]).read_text().split("## What is in a key")[1].split("\n## ")[0]
known = set(re.findall(r"^\| `([^`]+)` \|", table, re.M))
used = {line.split()[0].split(".")[0] for line in sys.stdin}
if "argument" not in used or used - known - {"key"}:
    sys.exit(f"not in the reference: {sorted(used - known - {'key'})}")
