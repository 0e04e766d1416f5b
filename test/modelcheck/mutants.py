#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Copies lock-free headers with every memory order made replaceable.

    mutants.py INCLUDE_DIR OUT_DIR HEADER...

Each HEADER (a path below INCLUDE_DIR/hapax) is copied to OUT_DIR/hapax with each
std::memory_order_X replaced by a call that may answer with a weaker order, and
OUT_DIR/Mutants.inc lists all weaker orders: every order one step weaker, which
for acq_rel is two mutants, and every fence removed as well. None is picked by
hand and none is left out.
"""

import re
import sys
from pathlib import Path

WEAKER = {
    "seq_cst": ["acq_rel"],
    "acq_rel": ["acquire", "release"],
    "acquire": ["relaxed"],
    "release": ["relaxed"],
    "relaxed": [],
}
ORDER = re.compile(r"\bstd::memory_order_(\w+)")
FENCE = re.compile(r"\bfence\(\s*$")
COMMENT = re.compile(r"//.*")


class Unknown(Exception):
    """An order in a form that this script does not see through."""


def weaker_orders(order, is_fence):
    """The orders to try in place of one; a relaxed fence is none."""
    found = list(WEAKER[order])
    if is_fence and "relaxed" not in found:
        found.append("relaxed")
    return found


def mutate(header, text, sites):
    """The text with replaceable orders; appends (line, order, is_fence)."""
    out = []
    for number, line in enumerate(text.splitlines(), 1):
        code = COMMENT.sub("", line)
        spelled = len(re.findall(r"memory_order", code))
        found = list(ORDER.finditer(code))
        if spelled != len(found):
            raise Unknown(f"{header}:{number}: an order is not written as "
                          "std::memory_order_...")
        end = 0
        new = []
        for match in found:
            if match.group(1) not in WEAKER:
                raise Unknown(f"{header}:{number}: {match.group(0)}")
            new.append(line[end:match.start()])
            new.append(f"::modelcheck::mutants::at({len(sites)}, "
                       f"{match.group(0)})")
            end = match.end()
            is_fence = bool(FENCE.search(code[:match.start()]))
            sites.append((header, number, match.group(1), is_fence))
        out.append("".join(new) + line[end:])
    return "\n".join(out) + "\n"


def table(sites):
    """The initialisers of all mutants."""
    rows = []
    for site, (header, line, order, is_fence) in enumerate(sites):
        for weaker in weaker_orders(order, is_fence):
            to = "no fence" if is_fence and weaker == "relaxed" else weaker
            rows.append(f'{{"{header}", {line}, "{order}", "{to}", {site}, '
                        f"std::memory_order_{weaker}}},\n")
    return "".join(rows)


def main():
    include, out = Path(sys.argv[1]), Path(sys.argv[2])
    sites = []
    try:
        for header in sys.argv[3:]:
            text = (include / "hapax" / header).read_text()
            copy = out / "hapax" / header
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text('#include "Mutants.h"\n' +
                            mutate(header, text, sites))
    except Unknown as fault:
        print(fault, file=sys.stderr)
        return 1
    (out / "Mutants.inc").write_text(table(sites))
    return 0


if __name__ == "__main__":
    sys.exit(main())
