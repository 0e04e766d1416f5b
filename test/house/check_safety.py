#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fails when code that needs a safety case has none, or a case names no test.

 - Each file of the rooms below in which there is a raw memory access or a memory
   order must be named in a heading of docs/SAFETY.md.
 - Each function that a table of that file names must occur in it.
 - Each scenario and each test suite that a table names must exist.

What it does not check: that every function with such an access has a row.
"""

import re
import sys
from pathlib import Path

ROOMS = ("cache", "concurrency", "core", "gpu", "ipc", "memory", "pipeline", "statevector", "vram")
RISKY = re.compile(r"reinterpret_cast|memory_order_|std::launder|mprotect|"
                   r"_mm(256|512)_(load|store)")
HEADING = re.compile(r"^### (.+)$")
CODE = re.compile(r"`([^`]+)`")
TEST = re.compile(r"\b(\w+Test|\w+Stress\w*|Pipeline\w*)\.([A-Z]\w*)\b")
SCENARIO = re.compile(r"^(?:Ring|SharedRing|Queue|Event|Hazard|Pool)[A-Z]\w*$")


def without_comments(text):
    return re.sub(r"//.*", "", text)


def risky_files(root):
    for top in ("include/hapax", "runtime"):
        for path in sorted((root / top).rglob("*")):
            room = path.relative_to(root / top).parts[0].lower()
            if (room in ROOMS and path.suffix in {".h", ".cpp"}
                    and RISKY.search(without_comments(path.read_text()))):
                yield path.relative_to(root)


def sections(text):
    """Pairs of a heading's text and the table rows below it."""
    heading, rows = None, []
    for line in text.splitlines():
        match = HEADING.match(line)
        if match or line.startswith("## "):
            if heading:
                yield heading, rows
            heading, rows = match and match.group(1), []
        elif line.startswith("| ") and not line.startswith("| place"):
            rows.append(line)
    if heading:
        yield heading, rows


def faults(root):
    text = (root / "docs/SAFETY.md").read_text()
    tests = "\n".join(path.read_text()
                      for path in sorted((root / "test").rglob("*.cpp")))
    cases = set(re.findall(
        r"\b(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", tests))
    suites = {suite for suite, _ in cases}
    scenarios = set(re.findall(r'\{"(\w+)",\s', tests))
    named = " ".join(heading for heading, _ in sections(text))

    for path in risky_files(root):
        if path.name not in named:
            yield f"{path}: needs a section in docs/SAFETY.md"

    for suite, case in TEST.findall(text):
        if suite not in suites:
            yield f"docs/SAFETY.md: there is no suite {suite}"
        elif not any(s == suite and c.startswith(case) for s, c in cases):
            yield f"docs/SAFETY.md: there is no test {suite}.{case}"
    known = scenarios | suites | {case for _, case in cases}
    known |= {path.stem for path in (root / "test/fuzz").glob("*.cpp")}
    for name in CODE.findall(text):
        if SCENARIO.match(name) and not any(k.startswith(name) for k in known):
            yield f"docs/SAFETY.md: there is no scenario {name}"

    for heading, rows in sections(text):
        # A file named without its folder lies where the one before it does.
        code, folder = "", root
        for name in re.split(r",\s*", heading):
            path = root / name if "/" in name else folder / name
            folder = path.parent
            if path.is_file():
                code += path.read_text()
            else:
                yield f"docs/SAFETY.md: there is no {path.relative_to(root)}"
        for row in rows:
            for name in CODE.findall(row.split("|")[1]):
                word = re.sub(r"^.*::|\[.*$", "", name)
                if word not in code:
                    yield f"docs/SAFETY.md: {heading}: there is no {name}"


def main():
    found = list(faults(Path(sys.argv[1]).resolve()))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
