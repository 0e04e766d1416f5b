# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random edits of C and C++ sources, like those that people make.

What a source consists of is found with regular expressions, which suits the way
that the projects are written (a function ends with the first "}" that begins a
line) and no more: many an edit gives a source that does not compile. The caller
takes such edits back.
"""

import re
from dataclasses import dataclass

OPAQUE = re.compile(r"""//[^\n]* | /\*.*?\*/ | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'
                        | ^[ \t]*\#(?:\\\n|[^\n])*""", re.M | re.S | re.X)
FUNCTION = re.compile(r"""^(?P<head>[A-Za-z_][^;{}=]*?\b(?P<name>[A-Za-z_]\w*)[ ]*
                          \((?P<parameters>[^;{}]*)\)
                          (?:\s*\n[ \t]+[^{}()=]*;)*   # parameters of old
                          [^;{}()=]*)
                          \{(?P<body>.*?)^\}""", re.M | re.S | re.X)
NUMBER = re.compile(r"(?<![\w.])(?:0x[0-9a-fA-F]+|\d+)(?![\w.'])")
STRING = re.compile(r'"(?:\\.|[^"\\\n])+"')
STATEMENT = re.compile(r"^[ \t]+\w+\([^;{}\n]*\);[ \t]*$", re.M)
LOCAL = re.compile(r"^[ \t]+(?:const )?(?P<type>unsigned int|unsigned|int|long|char|size_t|short"
                   r"|u8|u16|u32|i64|uint32_t|uint64_t|double|lua_Integer|uInt|uLong)[ ]+\w", re.M)
STRUCT = re.compile(r"^(?:typedef )?struct\b[^;(){}=]*\{", re.M)


def blank(found):
    return re.sub(r"[^\n]", " ", found.group())


@dataclass
class Function:
    """Places in the text: [start, end) is all of it, `body` is behind the "{"."""
    name: str
    parameters: str
    start: int
    body: int
    end: int


class Source:
    """A text, the same without comments, strings and the preprocessor's lines
    (blanks stand for them), and its functions."""

    def __init__(self, text):
        self.text = text
        self.code = OPAQUE.sub(blank, text)
        self.functions = [Function(m["name"], m["parameters"], m.start(), m.start("body"), m.end())
                          for m in FUNCTION.finditer(self.code)]

    def of(self, function):
        return self.text[function.start:function.end]

    def places(self, pattern, function, text=None):
        """Matches in a function's body."""
        return list(pattern.finditer(text or self.code, function.body, function.end))

    def outside(self, pattern, text=None):
        """Matches that are in no function."""
        inside = iter(self.functions)
        current = next(inside, None)
        found = []
        for match in pattern.finditer(text or self.code):
            while current and current.end <= match.start():
                current = next(inside, None)
            if not current or match.start() < current.start:
                found.append(match)
        return found

    def replaced(self, start, end, new):
        return self.text[:start] + new + self.text[end:]

    def inserted(self, place, new):
        return self.replaced(place, place, new)


class NoPlace(Exception):
    """The source has nothing that could be edited this way."""


@dataclass
class Edit:
    """What an edit has to go by. `number` is no other edit's: it makes new names
    and values that the unit did not have."""
    files: dict  # path -> Source: all of the unit
    path: object  # the one to be edited
    before: Source  # as it was before all edits
    random: object
    number: int

    @property
    def source(self):
        return self.files[self.path]

    def one_of(self, things):
        if not things:
            raise NoPlace
        return self.random.choice(things)

    def function(self):
        return self.one_of(self.source.functions)

    def is_cxx(self):
        return any(p.suffix == ".cc" for p in self.files)

    def with_number(self, match):
        """The text with another number in the place of this one."""
        old = int(match.group(), 0) if not re.fullmatch("0[0-9]+", match.group()) else 0
        new = old + self.random.choice((1, 2, 16, self.number))
        return self.source.replaced(*match.span(), str(new))

    def with_string(self, match):
        return self.source.inserted(match.end() - 1, f" {self.number}")


def constant(edit):
    function = edit.function()
    return edit.with_number(edit.one_of(edit.source.places(NUMBER, function)))


def constant_of_variable(edit):
    lines = [m for m in edit.source.outside(NUMBER)
             if edit.source.code[m.end():m.end() + 1] in (",", "}", " ", ";")]
    return edit.with_number(edit.one_of(lines))


def string(edit):
    text = edit.source.text
    found = (edit.source.outside(STRING, text) if edit.random.random() < 0.2 else
             edit.source.places(STRING, edit.function(), text))
    return edit.with_string(edit.one_of(found))


def new_call(edit):
    """A statement once more, or a call of a function that stands above."""
    source, function = edit.source, edit.function()
    if edit.random.random() < 0.5:
        again = edit.one_of(source.places(STATEMENT, function))
        return source.inserted(again.end(), "\n" + source.text[slice(*again.span())])
    callee = edit.one_of([f for f in source.functions if f.start < function.start])
    count = len(callee.parameters.split(",")) if callee.parameters.strip() not in ("", "void") else 0
    return source.inserted(function.body, f"\n  (void){callee.name}({', '.join('0' * count)});")


STATICS = (
    "static int {v} = {n}; static int {f}(int x) {{ return x * {n} + {v}++; }}",
    "static const int {v}[4] = {{{n}, 2, 3, 5}}; static int {f}(int x) {{ return {v}[x & 3]; }}",
    "static __thread int {v}; static int {f}(int x) {{ return {v} += x + {n}; }}",
    "static int {v}[{n}]; __attribute__((noinline)) static int {f}(int x) {{ return {v}[x] += x; }}",
    "static int {f}_(int x) {{ return x / {n}; }} static int (*volatile {v})(int) = {f}_; "
    "static int {f}(int x) {{ return {v}(x); }}",
    "int {v} = {n}; int {f}(int x) {{ return x ? {v} + {f}(x >> 1) : 0; }}",
    "__attribute__((weak)) int {v} = {n}; __attribute__((always_inline)) static inline int {f}(int x)"
    " {{ while (x > {n}) x -= {v}; return x; }}",
)


def new_static(edit):
    source, function = edit.source, edit.function()
    names = {"v": f"hapax_v{edit.number}", "f": f"hapax_f{edit.number}", "n": edit.number}
    text = source.inserted(function.body, f"\n  hapax_f{edit.number}({edit.random.randrange(9)});")
    line = edit.random.choice(STATICS).format(**names) + "\n"
    # Above what belongs to the head ("template <...>").
    above = source.code.rfind("\n\n", 0, function.start) + 2
    place = above if edit.is_cxx() else function.start
    return text[:place] + line + text[place:]


def deleted(edit):
    source, function = edit.source, edit.function()
    if edit.random.random() < 0.5:
        return source.replaced(function.start, function.end, "")
    return source.replaced(function.body, function.end, " __builtin_trap(); }")


def renamed(edit):
    name = edit.function().name
    pattern = re.compile(rf"\b{name}\b")
    return {path: pattern.sub(f"{name}_{edit.number}", source.text)
            for path, source in edit.files.items() if name in source.text}


ATTRIBUTES = ("noinline", "always_inline", "cold", "hot", "used", "unused", "weak", "optnone, noinline",
              'visibility("hidden")', "aligned(64)", 'section(".text.own")', "flatten", "minsize",
              "noreturn", "pure", "const", "nothrow", "constructor", "retain, used")


def attribute(edit):
    source, function = edit.source, edit.function()
    linkage = re.match(r"static\s+", source.of(function))
    if edit.random.random() < 0.25:
        if linkage:
            return source.replaced(function.start, function.start + linkage.end(), "")
        return source.inserted(function.start, "static ")
    return source.inserted(function.start,
                           f"__attribute__(({edit.random.choice(ATTRIBUTES)})) ")


TYPES = ("int", "long", "unsigned", "short", "unsigned char", "long long", "double")


def changed_type(edit):
    source = edit.source
    if edit.random.random() < 0.25:
        structure = edit.one_of(source.outside(STRUCT))
        return source.inserted(structure.end(),
                               f" {edit.random.choice(TYPES)} hapax_field{edit.number};")
    local = edit.one_of(source.places(LOCAL, edit.function()))
    return source.replaced(*local.span("type"), edit.random.choice(TYPES))


def lines(edit):
    function = edit.function()
    place = edit.random.choice((0, function.start, function.body))
    return edit.source.inserted(place, f"\n/* {edit.number} */" * edit.random.randrange(1, 5) + "\n")


def reordered(edit):
    source = edit.source
    if len(source.functions) < 2:
        raise NoPlace
    index = edit.random.randrange(len(source.functions) - 1)
    last = min(index + 4, len(source.functions) - 1)
    a, b = source.functions[index], source.functions[edit.random.randrange(index + 1, last + 1)]
    return (source.text[:a.start] + source.of(b) + source.text[a.end:b.start] + source.of(a)
            + source.text[b.end:])


STATEMENTS = (
    "static int {v}; {v} += {n};",
    "volatile double {v} = {n}.5; {v} = {v} * 0.1;",
    '__builtin_puts("{n} of hapax");',
    "volatile int {v} = {n}; switch ({v}) {{ case 0: {v} = 7; break; case 1: {v} = 3; break; "
    "case 2: {v} = 4; break; case 3: {v} = 1; break; case 4: {v} = 9; break; }}",
    "static void *{v}[] = {{&&{v}_a, &&{v}_b}}; static volatile int {v}_i; goto *{v}[{v}_i & 1]; "
    "{v}_a: {v}_i = {n}; {v}_b:;",
    "static const char *const {v}[] = {{\"a{n}\", \"b\"}}; static volatile int {v}_i; "
    "__builtin_puts({v}[{v}_i & 1]);",
    "static __thread long {v}; {v} ^= {n};",
    "volatile char {v}[{n}]; __builtin_memset((char *){v}, 3, {n});",
    "extern int hapax_out{n}(int); hapax_out{n}({n});",
    "extern __attribute__((weak)) int hapax_weak{n}; if (&hapax_weak{n}) hapax_weak{n} = 1;",
)
STATEMENTS_CXX = (
    "try {{ throw {n}; }} catch (int) {{ }}",
    "auto {v} = [](int x) {{ return x + {n}; }}; static volatile int {v}_i; {v}_i = {v}({v}_i);",
    "struct {v}_t {{ {v}_t(); ~{v}_t(); int i; }}; extern {v}_t &{v}_r; static {v}_t {v}; {v}.i = {n};",
    "struct {v}_t {{ virtual int f() {{ return {n}; }} virtual ~{v}_t() {{}} }}; "
    "static {v}_t *volatile {v} = new {v}_t; {v}->f(); delete {v};",
)


def new_code(edit):
    source, function = edit.source, edit.function()
    snippet = edit.random.choice(STATEMENTS + (STATEMENTS_CXX if edit.is_cxx() else ()))
    return source.inserted(function.body,
                           f"\n  {{ {snippet.format(v=f'hapax_v{edit.number}', n=edit.number)} }}")


def restored(edit):
    """A function as it was before all edits."""
    before = {f.name: f for f in edit.before.functions}
    changed = [f for f in edit.source.functions if f.name in before
               and edit.before.of(before[f.name]) != edit.source.of(f)]
    function = edit.one_of(changed)
    return edit.source.replaced(function.start, function.end,
                                edit.before.of(before[function.name]))


KINDS = {
    "constant": constant, "constant of a variable": constant_of_variable, "string": string,
    "new call": new_call, "new static": new_static, "new code": new_code,
    "function deleted": deleted, "function renamed": renamed, "attribute": attribute,
    "type": changed_type, "lines added": lines, "functions reordered": reordered,
    "function restored": restored,
}


def apply(kind, edit):
    """The new texts, by path; raises NoPlace."""
    new = KINDS[kind](edit)
    return new if isinstance(new, dict) else {edit.path: new}
