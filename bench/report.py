# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Tables of results, for a terminal and as Markdown, and what they were
measured on."""

import datetime
import os
import platform
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import projects

RESULTS = projects.ROOT / "bench/results"


@dataclass
class Goal:
    """A figure that is to be reached."""
    what: str
    value: float
    limit: float
    at_most: bool = True

    def reached(self):
        return self.value <= self.limit if self.at_most else self.value >= self.limit

    def row(self):
        return [self.what, f"{'≤' if self.at_most else '≥'} {self.limit:.4g}",
                f"{self.value:.3f}" if self.value < 10 else f"{self.value:.0f}",
                "yes" if self.reached() else "NO"]


@dataclass
class Table:
    title: str
    head: list
    rows: list
    notes: list = field(default_factory=list)

    def markdown(self):
        """Aligned, so that it reads well as plain text too. The first column is
        text, the others are figures."""
        cells = [self.head] + self.rows
        widths = [max(len(str(row[i])) for row in cells) for i in range(len(self.head))]

        def line(row):
            padded = [str(c).ljust(w) if i == 0 else str(c).rjust(w)
                      for i, (c, w) in enumerate(zip(row, widths))]
            return "| " + " | ".join(padded) + " |"

        rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":"
                              for i, w in enumerate(widths)) + "|"
        text = [f"## {self.title}", "", line(self.head), rule, *map(line, self.rows)]
        if self.notes:
            text += ["", *self.notes]
        return "\n".join(text) + "\n"


def goals_table(goals):
    return Table("Goals", ["figure", "goal", "measured", "reached"],
                 [g.row() for g in goals])


def first_line(*command):
    try:
        return subprocess.check_output(command, text=True,
                                       stderr=subprocess.DEVNULL).splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def processor():
    found = re.search(r"^model name\s*:\s*(.*)$", Path("/proc/cpuinfo").read_text(), re.M)
    return found.group(1).strip() if found else platform.machine()


def memory_gib():
    found = re.search(r"^MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(), re.M)
    return int(found.group(1)) / 2**20


def machine():
    """What the figures stand on, as Markdown."""
    revision = first_line("git", "-C", str(projects.ROOT), "describe",
                          "--always", "--dirty")
    rows = [f"- machine: {processor()}, {os.cpu_count()} cores, {memory_gib():.0f} GiB, "
            f"Linux {platform.release()}",
            f"- clang: {first_line(projects.CLANG, '--version')}",
            f"- flang: {first_line(projects.FLANG, '--version')}",
            f"- compiler of the plugin: {first_line('c++', '--version')}",
            f"- ccache: {first_line('ccache', '--version')}",
            f"- revision: {revision}"]
    return "\n".join(rows) + "\n"


def today():
    return datetime.date.today().isoformat()


def result_file(kind=""):
    """bench/results/[<kind>-]<date>-<processor>.md"""
    name = re.sub(r"[^a-z0-9]+", "-", processor().lower().replace("(r)", "")).strip("-")
    return RESULTS / f"{kind + '-' if kind else ''}{today()}-{name}.md"


def write(path, title, parts):
    """Writes Markdown: a title, the machine, and the parts (tables or text)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = [f"# {title}, {today()}\n", machine()]
    text += [p.markdown() if isinstance(p, Table) else p for p in parts]
    path.write_text("\n".join(text))
