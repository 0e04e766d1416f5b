#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fails on an include that points up or sideways through the layers.

Each file belongs to the room it lies in (runtime/cache/..., plugin/ir/..., and
for headers include/hapax/<Folder>/...). A room may include its own headers and
those of every room below it; rooms of one level do not include each other. The
runtime must not include LLVM.
"""

import re
import sys
from pathlib import Path

# Lowest first; rooms of one inner list stand side by side.
LEVELS = [
    ["core"],
    ["concurrency"],
    ["memory"],
    ["gpu", "cache", "pipeline", "statevector"],
    ["vram"],
    ["ipc"],
    ["ir"],
    ["store"],
    ["session"],
    ["shard", "jit"],
    ["compile"],
    ["top"],
]
LEVEL_OF = {room: i for i, rooms in enumerate(LEVELS) for room in rooms}
RUNTIME = {room for rooms in LEVELS[:6] for room in rooms}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def room_of(path):
    """The room of a file, from its path below the repository root."""
    parts = path.parts
    if parts[:2] == ("include", "hapax") and len(parts) > 3:
        return parts[2].lower()
    if parts[0] in ("runtime", "plugin") and len(parts) > 2:
        return parts[1].lower()
    if parts[0] in ("tools", "plugin"):
        return "top"
    return None


def included_room(name, source, root):
    """The room that an include names; None for what is not ours."""
    if name.startswith("hapax/"):
        return name.split("/")[1].lower()
    # Rooms of the plugin name each other from its folder: "ir/BuildIds.h".
    for folder in (source.parent, root / "plugin"):
        local = (folder / name).resolve()
        if local.is_file() and root in local.parents:
            return room_of(local.relative_to(root))
    return None


def faults(root):
    for top in ("include", "runtime", "plugin", "tools"):
        for source in sorted((root / top).rglob("*")):
            if source.suffix not in {".h", ".cpp", ".c", ".cu", ".cuh"}:
                continue
            where = source.relative_to(root)
            room = room_of(where)
            if room not in LEVEL_OF:
                yield f"{where}: lies in no room that this check knows"
                continue
            for number, line in enumerate(source.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                name = match.group(1)
                if room in RUNTIME and re.match(r"(llvm|clang)(-c)?/", name):
                    yield f"{where}:{number}: the runtime includes {name}"
                target = included_room(name, source, root)
                if target is None or target == room:
                    continue
                if target not in LEVEL_OF:
                    yield f"{where}:{number}: {name} is in no known room"
                elif LEVEL_OF[target] >= LEVEL_OF[room]:
                    yield (f"{where}:{number}: room '{room}' must not include "
                           f"{name} of room '{target}'")


def main():
    root = Path(sys.argv[1]).resolve()
    found = list(faults(root))
    for fault in found:
        print(fault)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
