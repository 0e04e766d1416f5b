# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""documents.py links | reference PROGRAM | commands BUILD

links:     every relative link in README.md and docs/ leads to a file, and every
           file in docs/ is linked to.
reference: docs/REFERENCE.md is what PROGRAM prints.
commands:  every block marked "sh" runs, in a copy of the folder sample, with
           the programs of BUILD. Of one marked "sh ci", which CI itself runs or
           which changes the machine, the programs are there. Other blocks must
           say what they are.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def without_code(text):
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S)


def links():
    faults, reached = [], {ROOT / "README.md"}
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)]*)\)", without_code(document.read_text())):
            if re.match(r"[a-z]+:|#", target):
                continue
            path = (document.parent / target.split("#")[0]).resolve()
            reached.add(path)
            if not path.exists():
                faults.append(f"{document.name}: {target} is not there")
    faults += [f"docs/{path.name}: nothing links to it"
               for path in (ROOT / "docs").iterdir()
               if path.is_file() and path not in reached]
    return faults


def reference(program):
    printed = subprocess.check_output([program], text=True)
    if (ROOT / "docs/REFERENCE.md").read_text() == printed:
        return []
    return [f"docs/REFERENCE.md is not what the code says; run: {program} > docs/REFERENCE.md"]


def blocks(text):
    """(mark, commands) of each fenced block."""
    return re.findall(r"^```([^\n]*)\n(.*?)^```$", text, flags=re.S | re.M)


def missing_programs(commands):
    for line in commands.splitlines():
        words = line.split("#")[0].split()
        if words and not ((ROOT / words[0]).exists() or shutil.which(words[0])):
            yield words[0]


def run(commands, build, folder):
    """What went wrong, if anything."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    work = folder / "work"
    shutil.copytree(Path(__file__).parent / "sample", work)
    env = {name: value for name, value in os.environ.items()
           if not name.startswith(("HAPAX_", "CCACHE_", "XDG_", "MAKE"))}
    env |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home),
            "PATH": f"{build}/bin:{env['PATH']}"}
    done = subprocess.run(["bash", "-euxo", "pipefail", "-c", commands], cwd=work, env=env,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    subprocess.run([f"{build}/bin/hapaxd", "--stop"], env=env, stderr=subprocess.DEVNULL)
    if done.returncode:
        return f"ended with {done.returncode}:\n{done.stdout}"
    # A warning is the mark of a fault that was survived.
    return done.stdout if "hapax: warning:" in done.stdout else None


def commands(build):
    faults = []
    for document in DOCUMENTS:
        if document.name == "RECIPES.md":
            continue  # lit/recipes runs these
        for mark, text in blocks(document.read_text()):
            where = f"{document.name}: the block with '{text.splitlines()[0]}'"
            if mark == "sh":
                with tempfile.TemporaryDirectory() as folder:
                    if fault := run(text, Path(build).resolve(), Path(folder)):
                        faults.append(f"{where} {fault}")
            elif mark == "sh ci":
                faults += [f"{where}: no {name}" for name in missing_programs(text)]
            elif not mark:
                faults.append(f"{where} does not say what it is")
    return faults


def main():
    what, *arguments = sys.argv[1:]
    faults = {"links": links, "reference": reference, "commands": commands}[what](*arguments)
    print("\n".join(faults))
    sys.exit(bool(faults))


main()
