# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""As much of C as the proof scripts need: comments, contracts, functions. It
relies on the house style (clang-format, one declaration a name) and refuses
what it cannot read."""

import re
from dataclasses import dataclass

COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
# A name at the left margin's declaration, with its parameters, then ';' or '{'.
DECLARATION = re.compile(r"^(?:[A-Za-z_]\w*[ \*]+)+(\w+)\(([^;{}]*)\)\s*([;{])", re.MULTILINE)
CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof"}


def is_annotation(comment):
    return comment.startswith(("/*@", "//@"))


def blank(text):
    """Spaces in place of everything but line ends, so that offsets hold."""
    return re.sub(r"[^\n]", " ", text)


def annotations(text):
    """The ACSL comments."""
    return [m.group() for m in COMMENT.finditer(text) if is_annotation(m.group())]


def code(text):
    """The text with comments, annotations and preprocessor lines blanked."""
    text = COMMENT.sub(lambda m: blank(m.group()), text)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group()), text,
                  flags=re.MULTILINE)


@dataclass(frozen=True)
class Function:
    name: str
    start: int  # offset of the body's '{'
    end: int    # offset behind its '}'


def functions(text):
    """The functions that are defined, in order."""
    plain = code(text)
    found = []
    for match in DECLARATION.finditer(plain):
        if match.group(3) != "{":
            continue
        start = match.end() - 1
        depth = 0
        for end in range(start, len(plain)):
            depth += {"{": 1, "}": -1}.get(plain[end], 0)
            if depth == 0:
                break
        if depth:
            raise ValueError(f"{match.group(1)}: the body has no end")
        found.append(Function(match.group(1), start, end + 1))
    return found


def prototypes(text):
    """The names of the functions that a header declares."""
    return [m.group(1) for m in DECLARATION.finditer(code(text)) if m.group(3) == ";"]


def calls(text):
    """Function -> the names it calls."""
    plain = code(text)
    return {f.name: set(CALL.findall(plain[f.start:f.end])) - KEYWORDS for f in functions(text)}


def cycle(graph):
    """A function that can reach itself, or None."""
    done = set()

    def visit(name, above):
        if name in above:
            return name
        if name in done:
            return None
        done.add(name)
        for called in sorted(graph.get(name, ())):
            if found := visit(called, above | {name}):
                return found
        return None

    for name in graph:
        if found := visit(name, frozenset()):
            return found
    return None


def loops(text):
    """The number of loops, those of ghost code included."""
    plain = code(text)
    ghost = " ".join(a for a in annotations(text) if re.search(r"\bghost\b", a))
    return sum(len(re.findall(r"\b(?:for|while)\s*\(|\bdo\s*\{", t)) for t in (plain, ghost))


def variants(text):
    return sum(len(re.findall(r"\bloop\s+variant\b", a)) for a in annotations(text))
