# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A project built from the cache: from the disk, with hapaxd asked before or
after it, and from hapaxd alone; with the files of the store in the page cache,
and without them."""

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scripts"))

import batches
import hapaxd
import projects
from report import Goal, Table

PROJECT, FLAGS = "lua5.4", ["-O2"]
WAYS = {  # HAPAX_DAEMON, and whether the store has the entries
    "disk alone": ("off", True),
    "hapaxd after the disk": ("after-disk", True),
    "hapaxd before the disk": ("before-disk", True),
    "hapaxd, nothing on the disk": ("after-disk", False),
}


def drop(folder):
    """Takes what lies below the folder out of the page cache."""
    for file in folder.rglob("*"):
        if file.is_file():
            descriptor = os.open(file, os.O_RDONLY)
            os.fsync(descriptor)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)


def table(rounds):
    units = projects.PROJECTS[PROJECT]()
    launcher = [str(batches.HAPAX)]
    rows, goals = [], []
    with tempfile.TemporaryDirectory(prefix="hapax-bench-") as base:
        base = Path(base)
        with hapaxd.Daemon(base) as daemon:
            def build(way, cold):
                use, stored = WAYS[way]
                cache = base / ("full" if stored else "empty")
                if not stored:
                    shutil.rmtree(cache, ignore_errors=True)
                if cold:
                    drop(cache)
                env = batches.environment(cache, HAPAX_SOCKET=str(daemon.socket),
                                          HAPAX_DAEMON=use, HAPAX_DAEMON_TIMEOUT="1000")
                return batches.batch(units, FLAGS, base / "out", launcher, env)

            # Fills the store and the daemon.
            plain = batches.batch(units, FLAGS, base / "plain")
            build("hapaxd before the disk", False)
            for cold in (False, True):
                costs = {way: [] for way in WAYS}
                for _ in range(rounds):
                    for way in WAYS:
                        built = build(way, cold)
                        if batches.differing(plain, built):
                            sys.exit(f"{way}: {batches.differing(plain, built)} differ")
                        costs[way].append((built.wall, built.cpu))
                pages = "not in the page cache" if cold else "in the page cache"
                first = None
                for way, found in costs.items():
                    wall, cpu = (statistics.median(c) for c in zip(*found))
                    first = first or (wall, cpu)
                    rows.append([f"{way}, store {pages}", f"{wall:.2f}", f"{cpu:.2f}",
                                 f"{wall / first[0]:.3f}", f"{cpu / first[1]:.3f}"])
                    if way == "hapaxd after the disk" and not cold:
                        goals.append(Goal("warm build with hapaxd / without", wall / first[0],
                                          1.0))
    return Table(f"{PROJECT} ({len(units)} files, {' '.join(FLAGS)}) from the cache",
                 ["way", "wall s", "CPU s", "wall / disk alone", "CPU / disk alone"], rows,
                 [f"medians of {rounds} builds in turns; hapaxd on "
                  "the memory that it finds (a GPU's or the host's)"]), goals
