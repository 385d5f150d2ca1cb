"""The parser's oracle: do the hand-written parser and the LALR grammar accept the same texts?

Both get every file of examples/ and bad/, thousands of mutations of their tokens, and texts generated from the grammar.
Everything is drawn from one seed, so a failure repeats; a disagreement is shrunk before it is shown. Run by ctest, or
by hand for longer:  oracle_test.py PROBE --count 100000 --seed 7
"""

import argparse
import collections
import glob
import os
import random
import re
import subprocess
import sys

from lark import Lark, Token
from lark.exceptions import LarkError
from lark.lexer import PatternStr

HERE = os.path.dirname(os.path.abspath(__file__))

# What the grammar accepts and the parser rightly does not, by the codes of the parser's errors. Nothing is allowed the
# other way round.
EXCEPTIONS = {
    "E0107": "a flow, a statement or a definition begins with a word that can continue what stands before it. The "
             "grammar's lexer allows some of them in some places, by accident of its tables; the language allows none",
    "E0114": "an escape that does not exist: a matter of values, not of grammar",
    "E0116": "a number, duration, size or instant that cannot be represented: likewise",
}

NAMES = ["a", "b", "x", "orders", "item_id", "price", "`order by`", "R", "n"]
SAMPLES = {
    "RATE": ["100/s", "1.5k/h", "2_000/m"],
    "DURATION": ["5s", "1h30m", "1.5d", "20ms"],
    "SIZE": ["64KB", "4GiB", "10B"],
    "FLOAT": ["1.5", "0.25e-3", "1_0.0"],
    "INT": ["3", "50k", "1_000", "0"],
    "TIMESTAMP": ["@2024-10-08", "@2024-10-08T00:00:01Z", "@2024-01-01T00:00+05:30", "@2024-01-01T01:02:03.5"],
    "STRING": ['"s"', '"a \\" b"', '"""c\nd"""', '""'],
    "FSTRING": ['f"x{a}y"', 'f"{a.b + 1}"', 'f"{{}}"', 'f""', 'f"{ {p: 1}.p }"'],
    "RAWSTRING": ['r"\\d+"', 'r""'],
}
# The terminals, tried in this order; good enough to cut texts into pieces.
PIECES = re.compile(r'"""(?:.|\n)*?"""|[fr]?"(?:\\.|[^"\\\n])*"|`[^`\n]+`|\#[^\n]*|@[\dT:.+Z-]+|\d[\w.]*(?:/[smhd]\b)?'
                    r'|[A-Za-z_]\w*|\.\.\.|[-=]>|[=!<>]=|\?[.?]|\n|[^\s]')


def wholeWords(grammar):
    """The grammar with its keywords as whole words, and those words by the names of their terminals. Left alone, the
    generated lexer would cut `price orders` into `price or ders` wherever only a keyword may stand, which no rule of the
    language says."""
    words = {}

    def name(match):
        terminal = "W_" + ("UNDERSCORE" if match.group(1) == "_" else match.group(1).upper())
        words[terminal] = match.group(1)
        return terminal

    rules, tokens = grammar.split("// ---------- tokens ----------")
    rules = re.sub(r'"([A-Za-z_]+)"', name, rules)
    terminals = [f"{terminal}.1: /{word}(?![A-Za-z0-9_])/" for terminal, word in words.items()]
    return rules + tokens + "\n".join(terminals) + "\n", words


class Oracle:
    def __init__(self, probe):
        with open(os.path.join(HERE, "stream.lark"), encoding="utf-8") as file:
            grammar, self.words = wholeWords(file.read())
        self.lark = Lark(grammar, parser="lalr", start=["file", "expr"], maybe_placeholders=False)
        self.probe = probe

    def accepts(self, text, start="file"):
        try:
            tree = self.lark.parse(text, start=start)
        except LarkError:
            return False
        strings = tree.scan_values(lambda value: isinstance(value, Token) and value.type == "FSTRING")
        return all(self.acceptsFString(str(value)) for value in strings)

    def acceptsFString(self, literal):
        """The grammar takes an f-string as one piece; its expressions are checked here."""
        text, at, parts = literal[2:-1], 0, []
        while at < len(text):
            if text[at] == "\\":
                at += 2
                if text[at - 1] == "u" and text[at:at + 1] == "{":
                    at = text.find("}", at) + 1 or len(text)
            elif text[at:at + 2] in ("{{", "}}"):
                at += 2
            elif text[at] == "}":
                return False
            elif text[at] == "{":
                end, depth = at + 1, 1
                while end < len(text) and depth:
                    depth += {"{": 1, "}": -1}.get(text[end], 0)
                    end += 1
                if depth:
                    return False
                parts.append(text[at + 1:end - 1])
                at = end
            else:
                at += 1
        return all(self.accepts(part.replace('\\"', '"'), start="expr") for part in parts)

    def codes(self, texts):
        """For each text the set of the parser's error codes; empty: accepted."""
        data = "\0".join(texts) + "\0"
        run = subprocess.run([self.probe], input=data.encode(), stdout=subprocess.PIPE, check=True)
        lines = run.stdout.decode().splitlines()
        assert len(lines) == len(texts), "the probe lost count"
        return [set() if line == "ok" else set(line.split()) for line in lines]

    def disagreement(self, text, codes):
        accepted = self.accepts(text)
        if accepted == (not codes) or (accepted and codes <= set(EXCEPTIONS)):
            return None
        return f"the grammar {'accepts' if accepted else 'rejects'} it, the parser says {' '.join(sorted(codes)) or 'ok'}"

    def shrink(self, pieces):
        """Leaves out pieces as long as the disagreement stays."""
        at = 0
        while at < len(pieces):
            shorter = pieces[:at] + pieces[at + 1:]
            text = join(shorter)
            if self.disagreement(text, self.codes([text])[0]):
                pieces = shorter
            else:
                at += 1
        return join(pieces)


def join(pieces):
    return "".join(token + gap for token, gap in pieces)


class Generator:
    """Texts from the productions of the grammar, of bounded length."""

    def __init__(self, lark, words, rng):
        self.rng = rng
        self.used = collections.Counter()
        self.rules, self.words = {}, dict(words)
        for rule in lark.rules:
            self.rules.setdefault(rule.origin.name, []).append(rule.expansion)
        for terminal in lark.terminals:
            if isinstance(terminal.pattern, PatternStr):
                self.words[terminal.name] = terminal.pattern.value
        self.keywords = sorted(words.values())
        self.height = {}
        changed = True
        while changed:
            changed = False
            for name, expansions in self.rules.items():
                heights = [self.heightOf(expansion) for expansion in expansions]
                best = min((h for h in heights if h is not None), default=None)
                if best is not None and best < self.height.get(name, 1 << 30):
                    self.height[name], changed = best, True

        # Symbol -> the symbols that its productions can contain, itself included.
        self.reach = {name: {name} for name in self.rules}
        changed = True
        while changed:
            changed = False
            for name, expansions in self.rules.items():
                inner = {part.name for e in expansions for part in e if not part.is_term}
                more = set().union(*(self.reach[n] for n in inner)) - self.reach[name] if inner else set()
                self.reach[name] |= more
                changed |= bool(more)
        self.wanted, self.wanted_symbols = set(), set()

    def heightOf(self, expansion):
        parts = [1 if symbol.is_term else self.height.get(symbol.name) for symbol in expansion]
        return None if None in parts else 1 + max(parts, default=0)

    def terminal(self, name):
        if name in self.words:
            return self.words[name]
        if name == "NAME":
            return self.rng.choice(self.keywords if self.rng.random() < 0.04 else NAMES)
        return self.rng.choice(SAMPLES[name])

    def leadsToWanted(self, symbol, expansion):
        return (symbol, tuple(expansion)) in self.wanted or any(
            not part.is_term and self.reach[part.name] & self.wanted_symbols for part in expansion)

    def aimAtUnused(self):
        """From here on, prefer what leads to productions that were not used yet. False if all were."""
        self.wanted = self.unused()
        self.wanted_symbols = {name for name, _ in self.wanted}
        return bool(self.wanted)

    def unused(self):
        return {(name, tuple(e)) for name, es in self.rules.items() for e in es if name != "file"} - set(self.used)

    def generate(self, symbol, budget, out):
        """Any production while the budget lasts, the shortest then; the parts of a production share its budget."""
        choices = self.rules[symbol]
        if budget <= 0:
            expansion = min(choices, key=self.heightOf)
        elif self.rng.random() < 0.4:
            expansion = min(choices, key=lambda c: self.used[symbol, tuple(c)])
        elif self.wanted and self.rng.random() < 0.7:
            expansion = self.rng.choice([c for c in choices if self.leadsToWanted(symbol, c)] or choices)
        else:
            expansion = self.rng.choice(choices)
        self.used[symbol, tuple(expansion)] += 1
        inner = [part for part in expansion if not part.is_term]
        left = budget - (len(expansion) > 1)
        for part in expansion:
            if part.is_term:
                out.append(self.terminal(part.name))
                continue
            inner.pop()
            share = self.rng.randint(0, max(left, 0)) if inner else left
            left -= share
            self.generate(part.name, share, out)
        return out


def separated(tokens, rng):
    """Tokens with something between them: usually a blank, sometimes a line, and sometimes nothing at all."""
    pieces = []
    for token in tokens:
        gap = rng.random()
        pieces.append((token, "\n" if gap < 0.1 else "" if gap < 0.13 else " "))
    return pieces


def mutate(tokens, alphabet, rng):
    tokens = list(tokens)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        at = rng.randrange(len(tokens)) if tokens else 0
        kind = rng.randrange(5)
        if kind == 0 and tokens:
            del tokens[at]
        elif kind == 1 and tokens:
            tokens.insert(at, tokens[at])
        elif kind == 2 and len(tokens) > 1:
            other = rng.randrange(len(tokens))
            tokens[at], tokens[other] = tokens[other], tokens[at]
        elif kind == 3:
            tokens.insert(at, rng.choice(alphabet))
        elif tokens:
            tokens[at] = rng.choice(alphabet)
    return tokens


def corpus():
    files = sorted(glob.glob(os.path.join(HERE, "examples", "**", "*.stream"), recursive=True) +
                   glob.glob(os.path.join(HERE, "bad", "*.stream")))
    texts = {}
    for name in files:
        with open(name, encoding="utf-8", newline="") as file:
            texts[os.path.relpath(name, HERE)] = file.read()
    return texts


def chunks(text):
    """Runs of one to three declarations, as lists of tokens."""
    decls = re.split(r"\n(?=[A-Za-z])", text)
    tokens = [[t for t in PIECES.findall(decl) if t != "\n" and not t.startswith("#")] for decl in decls]
    for width in (1, 2, 3):
        for at in range(len(tokens) - width + 1):
            run = sum(tokens[at:at + width], [])
            if run:
                yield run


def checkWordLists(oracle):
    """The lists of keywords.h against the tables of the grammar."""
    lark = oracle.lark
    words = {name: word for name, word in oracle.words.items() if word != "_"}
    table = lark.parser.parser._parse_table

    def wordsIn(row):
        return {words[name] for name in row if name in words}

    declarations = wordsIn(table.states[table.start_states["file"]])
    beside = set().union(*(wordsIn(row) for row in table.states.values() if {"NAME", "W_USE"} <= set(row)))
    statements = set.intersection(*(wordsIn(row) for row in table.states.values()
                                    if {"NAME", "W_LET", "W_REJECT", "W_CANCEL"} <= set(row)))
    with open(os.path.join(HERE, "..", "..", "frontend", "parse", "keywords.h"), encoding="utf-8") as header:
        text = header.read()
    failures = []
    for name, expected in (("kDeclarationWords", declarations), ("kContinuationWords", beside - declarations),
                           ("kStatementWords", statements)):
        listed = set(re.findall(r'"(\w+)"', re.search(name + r"\s*=\s*\{(.*?)\}", text, re.S).group(1)))
        if listed != expected:
            failures.append(f"{name}: missing {sorted(expected - listed)}, too many {sorted(listed - expected)}")
    return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("probe")
    parser.add_argument("--count", type=int, default=4000, help="mutated texts; at least half as many are generated, until "
                        "every production was used")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    oracle = Oracle(options.probe)
    failures = checkWordLists(oracle)

    texts = corpus()
    assert len(texts) >= 34, "the example files are missing"
    cases = [([(text, "")], name) for name, text in texts.items()]
    runs = [run for text in texts.values() for run in chunks(text)]
    generator = Generator(oracle.lark, oracle.words, rng)
    alphabet = sorted({t for run in runs for t in run} | set(generator.words.values()))
    for i in range(options.count):
        cases.append((separated(mutate(rng.choice(runs), alphabet, rng), rng), f"mutation {i}"))
    for i in range(options.count * 10):
        if i >= options.count // 2 and i % 20 == 0 and not generator.aimAtUnused():
            break
        tokens = generator.generate("decl", rng.randrange(4, 60), [])
        if len(tokens) > 400:
            continue
        if rng.random() < 0.3:
            tokens = mutate(tokens, alphabet, rng)
        cases.append((separated(tokens, rng), f"generated {i}"))

    accepted = excepted = 0
    verdicts = oracle.codes([join(pieces) for pieces, _ in cases])
    for (pieces, name), codes in zip(cases, verdicts):
        text = join(pieces)
        reason = oracle.disagreement(text, codes)
        accepted += not codes
        excepted += bool(codes) and codes <= set(EXCEPTIONS) and reason is None and oracle.accepts(text)
        if reason:
            shrunk = oracle.shrink(pieces) if len(pieces) > 1 else text
            failures.append(f"{name}: {reason}\n--- shrunk\n{shrunk}\n---")
        if len(failures) >= 10:
            break
    print(f"{len(cases)} texts, {accepted} accepted by both, {excepted} under an exception, {len(failures)} failures")
    if accepted < len(cases) // 10:
        failures.append("hardly any text was accepted: the generators are broken")
    if generator.unused():
        failures.append(f"productions that were never generated: {sorted(map(str, generator.unused()))[:10]}")
    for failure in failures:
        print("FAIL", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
