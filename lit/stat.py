#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""stat.py HAPAX EXPRESSION...: checks counters of the cache, e.g. hits=1 misses=1.

Names are those at the top level of `hapax stats --json`, or bypass:<reason>,
shards:<what>, whole:<reason> (why modules were not compiled in shards).
"""
import json
import subprocess
import sys

stats = json.loads(subprocess.check_output([sys.argv[1], "stats", "--json"]))
for expression in sys.argv[2:]:
    name, wanted = expression.split("=")
    if name.startswith("bypass:"):
        found = stats["bypass_reasons"].get(name.removeprefix("bypass:"), 0)
    elif name.startswith("shards:"):
        found = stats["shards"][name.removeprefix("shards:")]
    elif name.startswith("whole:"):
        found = stats["shards"]["refused_reasons"].get(name.removeprefix("whole:"), 0)
    else:
        found = stats[name]
    if found != int(wanted):
        sys.exit(f"{name} is {found}, wanted {wanted}; all: {json.dumps(stats)}")
