"""Text of a .stream file -> parse tree, and the few questions that the evaluator asks of a tree.

The grammar is test/oracle/stream.lark, the LALR grammar of the language reference; nothing here is shared with the
compiler's own lexer and parser.
"""

import functools
import re
from fractions import Fraction
from pathlib import Path

from lark import Lark, Token, Tree

GRAMMAR = Path(__file__).resolve().parents[2] / "oracle" / "stream.lark"


class Unsupported(Exception):
    """The program uses something that this evaluator does not cover, or is not valid."""


@functools.cache
def parser(start):
    return Lark(GRAMMAR.read_text(), parser="lalr", start=start, maybe_placeholders=False, propagate_positions=True,
                keep_all_tokens=True)


def parse(text):
    return parser("file").parse(text)


def parseExpression(text, line, column):
    """One expression inside an f-string, with its place in the file."""
    tree = parser("expr").parse(text)
    for part in tree.iter_subtrees():
        if not part.meta.empty:
            part.meta.column += column - 1 if part.meta.line == 1 else 0
            part.meta.line += line - 1
    for token in tree.scan_values(lambda value: isinstance(value, Token)):
        token.column += column - 1 if token.line == 1 else 0
        token.line += line - 1
    return tree


def isTree(node):
    return isinstance(node, Tree)


def rule(node):
    """The grammar rule of a tree, or None for a token."""
    if not isTree(node):
        return None
    return node.data.value if hasattr(node.data, "value") else node.data


def children(tree, *rules):
    return [child for child in tree.children if isTree(child) and rule(child) in rules]


def child(tree, *rules):
    found = children(tree, *rules)
    return found[0] if found else None


def hasWord(tree, word):
    return any(not isTree(part) and part == word for part in tree.children)


def after(tree, word):
    """The child that follows a keyword, or None."""
    for index, part in enumerate(tree.children):
        if not isTree(part) and part == word:
            return tree.children[index + 1]
    return None


def names(tree):
    return [unquote(part) for part in tree.children if not isTree(part) and part.type == "NAME"]


def unquote(token):
    text = str(token)
    return text[1:-1] if text.startswith("`") else text


def pathOf(tree):
    return [unquote(part) for part in tree.children if part != "."]


def place(node):
    """(line, column) of the first character of a node."""
    if isTree(node):
        return (node.meta.line, node.meta.column)
    return (node.line, node.column)


# ---- literals ----

DURATION_UNITS = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1,
                  "ns": Fraction(1, 1000)}


def durationMicros(text):
    """`1h30m` -> microseconds. ValueError when the text is no duration or not a whole number of microseconds."""
    if not re.fullmatch(r"(\d+(\.\d+)?(ns|us|ms|s|m|h|d))+", text):
        raise ValueError(text)
    total = Fraction(0)
    for number, _, unit in re.findall(r"(\d+(\.\d+)?)(ns|us|ms|s|m|h|d)", text):
        total += Fraction(number) * DURATION_UNITS[unit]
    if total.denominator != 1:
        raise ValueError(text)
    return int(total)


def integerLiteral(text):
    text = text.replace("_", "")
    scale = {"k": 1000, "M": 1000_000, "G": 1000_000_000}.get(text[-1])
    return int(text[:-1]) * scale if scale else int(text)


def sizeBytes(text):
    number, prefix, binary = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT]?)(i?)B", text).groups()
    return int(Fraction(number) * (1024 if binary else 1000) ** " KMGT".index(prefix or " "))


def rateLiteral(text):
    """`10k/s` -> records per microsecond, exactly."""
    number, prefix, unit = re.fullmatch(r"([\d_]+(?:\.\d+)?)([kMG]?)/([smhd])", text).groups()
    count = Fraction(number.replace("_", "")) * {"": 1, "k": 1000, "M": 1000_000, "G": 1000_000_000}[prefix]
    return count / DURATION_UNITS[unit]


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", '"': '"', "\\": "\\", "{": "{", "}": "}", "b": "\b", "f": "\f",
           "/": "/"}


def unescape(text):
    def replace(match):
        body = match.group(1)
        if body[0] == "u":
            return chr(int(body.strip("u{}"), 16))
        if body not in ESCAPES:
            raise Unsupported(f"escape \\{body}")
        return ESCAPES[body]

    return re.sub(r"\\(u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|.)", replace, text, flags=re.S)


def stringLiteral(text):
    if text.startswith('"""'):
        return text[3:-3]
    return unescape(text[1:-1])
