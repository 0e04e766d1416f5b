# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Mutants of C functions by rule: changes that break them, and rewrites that
keep their meaning. Rules work on the text of a body with its annotations
blanked, and rely on clang-format's layout."""

import re
from dataclasses import dataclass

import csource

BOUNDARY = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
EQUALITY = {"==": "!=", "!=": "=="}
OPERATOR = re.compile(r"(?<= )(<=|>=|==|!=|<|>)(?= )")
# A plain statement on a line of its own: no declaration, no control flow.
STATEMENT = re.compile(r"^ +((?:\*?[A-Za-z_][\w.\->\[\]+ ]*?) (?:=|\+=|-=) [^;{}]*|"
                       r"[A-Za-z_]\w*\([^;{}]*\));[ \t]*(?://[^\n]*)?$", re.MULTILINE)
DECLARATION = re.compile(r"^(?:const )?[A-Za-z_]\w* \*?[A-Za-z_]\w* =")
GUARD = re.compile(r"if \([^;{}]*\)\n\s+return [^;]*;")
OPERAND = r"[A-Za-z_][\w.\->]*(?:\[[\w.\->]+\])?|\d+"
COMPARISON = re.compile(rf"(?:(?<=\()|(?<=&& )|(?<=\|\| )|(?<=return ))({OPERAND}) (<=|>=|==|!=|<|>) ({OPERAND})"
                        r"(?=\)| &&| \|\||;)", re.ASCII)
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True)
class Mutant:
    file: str
    function: str
    rule: str
    number: int  # of its rule in its function
    offset: int  # in the file
    old: str
    new: str

    @property
    def keeps_meaning(self):
        return self.rule in REWRITES

    def name(self):
        return f"{self.file} {self.function} {self.rule} {self.number}"

    def change(self):
        """The change on one line."""
        return " => ".join(" ".join(t.split()) or "(nothing)" for t in (self.old, self.new))

    def apply(self, text):
        end = self.offset + len(self.old)
        assert text[self.offset:end] == self.old
        return text[:self.offset] + self.new + text[end:]


def boundaries(body):
    for m in OPERATOR.finditer(body):
        if m.group() in BOUNDARY:
            yield m.start(), m.group(), BOUNDARY[m.group()]


def equalities(body):
    for m in OPERATOR.finditer(body):
        if m.group() in EQUALITY:
            yield m.start(), m.group(), EQUALITY[m.group()]


def off_by_one(body):
    for m in re.finditer(r"(?<![\w.])\d+(?![\w.])", body):
        yield m.start(), m.group(), str(int(m.group()) + 1)


def signs(body):
    for m in re.finditer(r"(?<= )([+-])(?= )|(?<= )([+-])(?==)", body):
        yield m.start(), m.group(), "-" if m.group() == "+" else "+"


def logic(body):
    for m in re.finditer(r"&&|\|\|", body):
        yield m.start(), m.group(), "||" if m.group() == "&&" else "&&"


def results(body):
    for m in re.finditer(r"(?<=return )(true|false)(?=;)", body):
        yield m.start(), m.group(), "false" if m.group() == "true" else "true"


def dropped_checks(body):
    for m in GUARD.finditer(body):
        yield m.start(), m.group(), ";"


def statements(body):
    return [m for m in STATEMENT.finditer(body) if not DECLARATION.match(m.group(1))]


def dropped_statements(body):
    for m in statements(body):
        yield m.start(1), m.group(1), ""


def swapped_statements(body):
    found = statements(body)
    for first, second in zip(found, found[1:]):
        between = body[first.end(1):second.start(1)]
        if re.fullmatch(r";\s*", between):
            yield (first.start(1), first.group(1) + between + second.group(1),
                   second.group(1) + between + first.group(1))


def negated_twice(body):
    """if (C) -> if (!!(C))."""
    for m in re.finditer(r"if \(([^;{}]*?)\)(?=\n)", body):
        yield m.start(1), m.group(1), f"!!({m.group(1)})"


def turned(body):
    """A < B -> B > A."""
    for m in COMPARISON.finditer(body):
        left, operator, right = m.groups()
        yield m.start(), m.group(), f"{right} {TURNED[operator]} {left}"


def spelled_out(body):
    """X += 1 -> X = X + 1."""
    for m in statements(body):
        if parts := re.fullmatch(r"(.*?) ([+-])= (.*)", m.group(1), re.DOTALL):
            target, sign, value = parts.groups()
            yield m.start(1), m.group(1), f"{target} = {target} {sign} ({value})"


BREAKING = {
    "boundary": boundaries, "equality": equalities, "off-by-one": off_by_one, "sign": signs,
    "logic": logic, "result": results, "dropped-check": dropped_checks,
    "dropped-statement": dropped_statements, "swapped-statements": swapped_statements,
}
REWRITES = {"negated-twice": negated_twice, "turned": turned, "spelled-out": spelled_out}


def mutants(stem, text):
    """All mutants of a file, function by function."""
    plain = csource.code(text)
    for function in csource.functions(text):
        body = plain[function.start:function.end]
        for rule, changes in {**BREAKING, **REWRITES}.items():
            for number, (at, old, new) in enumerate(changes(body), 1):
                offset = function.start + at
                # A change across an annotation would lose it.
                if text[offset:offset + len(old)] == old:
                    yield Mutant(stem, function.name, rule, number, offset, old, new)
