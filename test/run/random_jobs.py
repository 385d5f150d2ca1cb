"""Random jobs against the naive evaluator: expressions of every type over records full of limits, windows and aggregates.

A seed makes a job and its input, always the same. What differs is reported as run_jobs.py does, and the job stays in the
scratch directory.

    random_jobs.py --streamc build/bin/streamc [--seed 1] [--count 12] [--variant jit]
"""

import argparse
import json
import random
import re
import shutil
import sys
from pathlib import Path

import run_jobs

INTEGERS = {"i8": 8, "i16": 16, "i32": 32, "i64": 64, "u8": 8, "u16": 16, "u32": 32, "u64": 64}
FIELDS = {  # name -> type; two of most types, so that operators have something to meet
    **{f"{name}_{n}": name for name in INTEGERS for n in "ab"},
    "f_a": "f64", "f_b": "f64", "g_a": "f32", "g_b": "f32", "s_a": "string", "s_b": "string", "y_a": "bool", "y_b": "bool",
    "t_a": "timestamp", "t_b": "timestamp", "d_a": "duration", "d_b": "duration",
    "c_a": "decimal(12, 2)", "c_b": "decimal(12, 2)", "z_a": "decimal(30, 6)", "z_b": "decimal(30, 6)",
    "q_a": "date", "q_b": "date",
}
DECIMALS = {"decimal(12, 2)": (12, 2), "decimal(30, 6)": (30, 6)}
DATES = ["1970-01-01", "1969-12-31", "2024-02-29", "0001-01-01", "9999-12-31", "2000-03-01"]
ROUNDINGS = ["half_away", "half_even", "floor", "ceil", "trunc"]
OPTIONAL = {"o_i": "i64", "o_n": "i16", "o_f": "f64", "o_s": "string", "o_y": "bool", "o_t": "timestamp",
            "o_c": "decimal(12, 2)"}
TYPES = ["type Kind = enum { low, high, `not so` }", "type Open = open enum { p, q }",
         "type Event = oneof { a: { x: i64, s: string }, b: f64, c, d: i64? }"]
VARIANTS = {"k_a": "Kind", "k_b": "Kind", "k_o": "Kind?", "w_a": "Open", "e_a": "Event", "e_o": "Event?"}
KINDS = ["low", "high", "not so"]
TEXTS = ["", "a", "b", "ab", "abc,d,,e", "  trim me\t", "ÄÖü", "😀x", "x\u0000y", "12", "-7", "1.5", "true", "Z" * 40]
TIMES = ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2024-02-29T12:34:56.789Z", "0001-01-01T00:00:00Z",
         "9999-12-31T23:59:59Z", "2000-01-01T00:00:00.000001Z"]
DURATIONS = ["0s", "1us", "-1us", "1h30m", "-36h", "10s", "365d", "999ms"]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 1e308, -1e308, 5e-324, 2.5, 1e16, 4503599627370497.5, 123456.789]


def limits(name):
    bits = INTEGERS[name]
    return (0, 2**bits - 1) if name[0] == "u" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.seed = seed

    def pick(self, options):
        return self.random.choice(options)

    # ---- input ----

    def value(self, name):
        if name in INTEGERS:
            low, high = limits(name)
            return self.pick([low, high, low + 1, high - 1, 0, 1, 2, 3, 7, 10, max(low, -1), max(low, -5), high // 2,
                              self.random.randint(low, high), self.random.randint(max(low, -20), 20)])
        if name in ("f64", "f32"):
            narrow = [value for value in FLOATS if name == "f64" or abs(value) < 1e38]
            return self.pick(narrow + [self.random.randrange(-1000, 1000) / 8])
        if name in DECIMALS:
            digits, scale = DECIMALS[name]
            most = 10**digits - 1
            units = self.pick([0, 1, -1, most, -most, 5, -5, 10**scale, 15 * 10 ** (scale - 1), self.random.randint(-most, most),
                               self.random.randint(-(10 ** (scale + 2)), 10 ** (scale + 2))])
            sign, text = "-" if units < 0 else "", str(abs(units)).rjust(scale + 1, "0")
            return f"{sign}{text[:-scale]}.{text[-scale:]}"  # a text, so that Python does not round it
        return self.pick({"date": DATES, "string": TEXTS, "timestamp": TIMES, "duration": DURATIONS, "bool": [True, False]}[name])

    def record(self, index):
        row = {"n": index, "t": self.random.randrange(-50, 600), "key": self.random.randrange(5)}
        row |= {name: self.value(type_) for name, type_ in FIELDS.items()}
        row |= {name: self.value(type_) for name, type_ in OPTIONAL.items() if self.random.random() < 0.6}
        row |= {"k_a": self.pick(KINDS), "k_b": self.pick(KINDS), "w_a": self.pick(["p", "q", "", "other", "r"])}
        row |= {"e_a": self.event(), "k_o": self.pick(KINDS + [None])}
        if self.random.random() < 0.6:
            row["e_o"] = self.pick([None, self.event()])
        row["xs"] = [self.value("i64") for _ in range(self.random.randrange(4))]
        row["r"] = {"x": self.value("i32"), "y": self.value("string")}
        if self.random.random() < 0.04:
            row[self.pick(list(FIELDS) + list(VARIANTS))] = self.pick([None, "wrong", [], 1.5, {}, {"c": 1}, {"a": {"x": 1}}])
        return json.dumps(row, ensure_ascii=self.random.random() < 0.5)

    def event(self):
        return self.pick([{"a": {"x": self.value("i64"), "s": self.value("string")}}, {"b": self.value("f64")}, {"c": None},
                          {"d": self.pick([None, self.value("i64")])}])

    # ---- expressions; every one has its parentheses ----

    def leaf(self, name):
        fields = [field for field, type_ in FIELDS.items() if type_ == name]
        return self.literal(name) if self.random.random() < 0.15 else self.pick(fields)

    def literal(self, name):
        if name in INTEGERS:
            return str(self.pick([1, 2, 3, 7, 100]))
        return {"decimal(12, 2)": self.pick(["1.50", "0.01", "100.00"]), "decimal(30, 6)": self.pick(["0.000001", "2.5"]),
                "date": 'date("2024-02-29")', "f64": self.pick(["0.5", "1.0", "3.0", "1000.25"]), "f32": self.pick(["0.5", "2.0", "8.25"]),
                "string": self.pick(['""', '"a"', '","', '"ü"']), "bool": "true", "timestamp": "@2024-02-29T00:00:00Z",
                "duration": self.pick(["1s", "1h", "250ms"])}[name]

    def expression(self, name, depth):
        if depth == 0:
            return self.leaf(name)
        below = lambda type_: self.expression(type_, depth - 1)
        shared = [
            lambda: f"(if {below('bool')} then {self.typed(name, below)} else {self.typed(name, below)})",
            lambda: f"({self.typed(name, below)} catch {self.literal(name)})",
        ]
        optional = [field for field, type_ in OPTIONAL.items() if type_ == name]
        if optional:
            shared.append(lambda: f"({self.pick(optional)} ?? {below(name)})")
            shared.append(lambda: f"{self.pick(optional)}!")
        own = getattr(self, "integer" if name in INTEGERS else "decimal" if name in DECIMALS else name)(name, below)
        return self.pick(own * 3 + shared)()

    def typed(self, name, below):
        """An expression that has a type of its own: how far the context of literals reaches is no subject here."""
        text = below(name)
        return text if re.search(r"\b[a-z0-9]+_[a-z]\b|xs", text) else self.pick(self.fields(name))

    def integer(self, name, below):
        other = self.pick(list(INTEGERS))
        made = [lambda: f"({below(name)} {self.pick(['+', '-', '*', 'div', 'mod'])} {self.pick(self.fields(name))})",
                lambda: f"({self.typed(name, below)} {self.pick(['+', '-', '*'])} {self.literal(name)})",
                lambda: f"{name}({below(other)})", lambda: f"{name}({below('f64')})", lambda: f"({name}({below('string')}) catch {self.literal(name)})",
                lambda: f"{self.pick(['min', 'max', 'wrapping_add', 'saturating_sub'])}({below(name)}, {self.pick(self.fields(name))})"]
        if name[0] == "i":
            made += [lambda: f"(-{below(name)})", lambda: f"abs({below(name)})"]
        if name == "i64":
            part = self.pick(["year", "month", "day", "hour", "minute", "second", "weekday"])
            made += [lambda: f"length({below('string')})", lambda: f"({below('timestamp')}).{part}", lambda: "xs.count()",
                     lambda: f"unix_ms({below('timestamp')})", lambda: f"micros({below('duration')})",
                     lambda: f"xs[{below('i64')}]", lambda: "(xs.first() ?? 0)", lambda: f"sign({below('i32')})",
                     lambda: f"(({below('string')}).index_of({below('string')}) ?? -1)",
                     lambda: f"(match e_a {{ a v => v.x, d v => v ?? {below('i64')}, _ => {self.typed('i64', below)} }})",
                     lambda: f"(if e_a is a and e_a.x > 3 then e_a.x else {self.typed('i64', below)})",
                     lambda: f"(match e_o {{ null => i64_a, a v => v.x, b => {self.typed('i64', below)}, c => 1, d v => v ?? 2 }})",
                     lambda: f"(match k_a {{ low => {self.typed('i64', below)}, high => i64_a, `not so` => 3 }})",
                     lambda: f"i64({self.typed(self.pick(list(DECIMALS)), below)})", lambda: f"sign({self.typed('decimal(30, 6)', below)})",
                     lambda: f"({below('date')}).{self.pick(['year', 'month', 'day', 'weekday'])}"]
        return made

    def decimal(self, name, below):
        digits, scale = DECIMALS[name]
        typed = lambda: self.typed(name, below)
        cast = lambda text: f"decimal({text}, {digits}, {scale})"
        mode = self.pick(ROUNDINGS)
        factor = self.pick(self.fields(name) if digits < 19 else ["i8_a", "u8_b", "i16_a", "3"])
        divisor = self.pick([*self.fields(name), "i32_a", "u64_b", "7"])
        other = self.pick(list(DECIMALS))
        return [lambda: cast(f"({typed()} {self.pick('+-')} {self.pick(self.fields(name))})"),
                lambda: cast(f"({typed()} {self.pick('+-')} {self.literal(name)})"),
                lambda: cast(f"round({typed()} * {factor}, {scale}, rounding: {mode})"),
                lambda: cast(f"divide({typed()}, {divisor}, scale: {scale}, rounding: {mode})"),
                lambda: cast(f"round({self.typed(other, below)}, {scale}, rounding: {mode})"),
                lambda: cast(f"{self.pick(['floor', 'ceil', 'trunc', 'round'])}({typed()})"),
                lambda: cast(f"{self.pick(['i8_a', 'i32_a', 'i64_b', 'u64_a'])}"), lambda: cast(f"{self.pick(['f_a', 'g_b'])}"),
                lambda: f"({cast(below('string'))} catch {self.literal(name)})", lambda: f"(-{typed()})",
                lambda: f"abs({typed()})", lambda: f"{self.pick(['min', 'max'])}({typed()}, {self.pick(self.fields(name))})"]

    def date(self, name, below):
        return [lambda: f"date({below('timestamp')})", lambda: f"(date({below('string')}) catch q_b)",
                lambda: f"{self.pick(['min', 'max'])}({below('date')}, {self.pick(self.fields('date'))})"]

    def fields(self, name):
        return [field for field, type_ in FIELDS.items() if type_ == name]

    def f64(self, name, below):
        return [lambda: f"({below('f64')} {self.pick('+-*/')} {self.pick(['f_a', 'f_b', '0.5', '3.0'])})",
                lambda: f"({below('i32')} / {self.pick(['i32_a', 'i32_b', '7'])})", lambda: f"f64({below('i64')})",
                lambda: f"f64({below('u64')})", lambda: f"f64({below('f32')})", lambda: f"(-{below('f64')})",
                lambda: f"{self.pick(['round', 'floor', 'ceil', 'trunc', 'sqrt', 'abs'])}({below('f64')})",
                lambda: f"{self.pick(['min', 'max'])}({below('f64')}, {below('f64')})",
                lambda: f"f64({self.typed(self.pick(list(DECIMALS)), below)})",
                lambda: f"round({below('f64')}, {self.pick('0123')})", lambda: f"({below('duration')} / 1h)"]

    def f32(self, name, below):
        return [lambda: f"({below('f32')} {self.pick('+-*/')} {self.pick(['g_a', 'g_b', '0.5'])})",
                lambda: f"f32({below('i32')})", lambda: f"(-{below('f32')})", lambda: f"abs({below('f32')})"]

    def string(self, name, below):
        function = self.pick(["lower", "upper", "trim", "reverse"])
        kind = self.pick(["i32", "u64", "bool", "f64", "timestamp", "duration", "string", "f32", "date", *DECIMALS])
        return [lambda: f"({below('string')}).{function}()", lambda: f"string({self.typed(kind, below)})",
                lambda: f"({below('string')}).slice({self.pick('012')}, {self.pick('345')})",
                lambda: f"({below('string')}).replace({self.literal('string')}, {below('string')})",
                lambda: f"(({below('string')}).split(\",\").last() ?? {below('string')})",
                lambda: f"({below('string')}).split({self.literal('string')}).join(\"-\")",
                lambda: f"f\"<{{{self.pick(self.fields('string'))}}}|{{{self.pick(self.fields(kind))}}}>\"",
                lambda: f"({below('string')}).pad_left({self.pick('3579')}, \"*\")",
                lambda: f"string({self.pick(['k_a', 'k_b', 'w_a'])})", lambda: 'f"{k_a}/{w_a}"',
                lambda: f"(match w_a {{ p => {self.typed('string', below)}, q => s_a, other v => v.upper() }})",
                lambda: "(match e_a { a v => v.s, b v => string(v), c => \"c\", d v => f\"{v ?? 1}\" })"]

    def bool(self, name, below):
        type_ = self.pick([*INTEGERS, "f64", "f32", "string", "timestamp", "duration", "date", *DECIMALS])
        order = self.pick(["==", "!=", "<", "<=", ">", ">="])
        return [lambda: f"({below(type_)} {order} {self.pick(self.fields(type_))})",
                lambda: f"({below('bool')} {self.pick(['and', 'or', '==', '!='])} {below('bool')})",
                lambda: f"(not {below('bool')})", lambda: f"({self.pick(list(OPTIONAL))} is {self.pick(['', 'not '])}null)",
                lambda: f"({below('string')}).{self.pick(['contains', 'starts_with', 'ends_with'])}({below('string')})",
                lambda: f"({below('i64')} in [1, 2, i64_a])", lambda: f"xs.contains({below('i64')})",
                lambda: f"({self.pick(['k_a', 'k_b'])} {self.pick(['==', '!='])} {self.pick(['k_b', 'low', '`not so`', 'k_o'])})",
                lambda: f"({self.pick(['k_a', 'k_o'])} is {self.pick(['', 'not '])}{self.pick(['low', 'high'])})",
                lambda: f"({self.pick(['e_a', 'e_o'])} is {self.pick(['', 'not '])}{self.pick('abcd')})",
                lambda: f"(w_a is {self.pick(['p', 'other', 'not other'])})", lambda: "(k_b in [low, `not so`])",
                lambda: f"is_nan({below('f64')})", lambda: "(o_s == s_a)", lambda: "(o_c == c_a)", lambda: f"(o_i == {below('i64')})"]

    def timestamp(self, name, below):
        return [lambda: f"({below('timestamp')} {self.pick('+-')} {below('duration')})",
                lambda: f"({below('timestamp')}).{self.pick(['floor', 'ceil'])}({self.pick(['1h', '7s', '1d'])})",
                lambda: f"timestamp_ms({below('i64')})", lambda: f"timestamp_s(i64({below('i32')}))",
                lambda: f"timestamp({below('date')})"]

    def duration(self, name, below):
        return [lambda: f"({below('timestamp')} - {below('timestamp')})", lambda: f"({below('duration')} * i64_a)",
                lambda: f"({below('duration')} {self.pick('+-')} {below('duration')})"]

    # ---- the job ----

    def aggregate(self, index):
        of = self.pick(["i8", "i64", "u16", "f64", "string", "timestamp", "i32", "date", *DECIMALS])
        function = self.pick(["min", "max", "first", "last", "any"] + ["sum", "avg"] * (of in (*INTEGERS, "f64", *DECIMALS)))
        below = lambda type_: self.expression(type_, 1)
        call = "count()" if self.random.random() < 0.2 else f"{function}({self.typed(of, below)})"
        if self.random.random() < 0.1:
            call = f"{self.pick(['first', 'last', 'any'])}({self.pick(['k_a', 'w_a'])})"
        where = f" where {self.expression('bool', 1)}" if self.random.random() < 0.3 else ""
        return f"a{index}: {call}{where}"

    def shared(self):
        """A stream with a name that several others read, and the errors of some of them."""
        text = [f"stream base = rows | extend {{ x0: {self.expression('i64', 2)}, x1: {self.expression('string', 2)} }}"
                f" | where {self.expression('bool', 2)} | drop u8_b | rename s_b as s_c | set {{ i32_a: x0 }}",
                "base | select { n, i32_a, s_c, x1, r } | to file(\"base.jsonl\", format: json)",
                "stream left_half = base | where x0 > 0 | select { n, x: x0 * 3, s: x1 }",
                "stream right_half = base | where x0 <= 0 | select { n, x: x0 - 9_000_000_000_000_000_000, s: s_c }",
                "union(left_half, right_half, (left_half | where n mod 2 == 0)) | to file(\"halves.jsonl\", format: json)",
                "base | window tumble 2m | aggregate { n: count(), first: first(x1), last: last(x1), least: min(x1) }"
                " by key | to file(\"base_windows.jsonl\", format: json)"]
        readers = {"rows": "row_errors", "base": "base_errors", "right_half": "half_errors"}
        for stream, file in readers.items():
            if self.random.random() < 0.6:
                text.append(f'{stream}.errors | to file("{file}.jsonl", format: json)')
        return text

    def stateless(self):
        """route, sample, limit, throttle in any order before and behind each other."""
        gates = [lambda: f"sample {self.pick(['0.1', '0.5', '0.9'])}", lambda: f"limit {self.random.randrange(1, 160)}",
                 lambda: "throttle 1M/s", lambda: f"where {self.expression('bool', 1)}"]
        chain = lambda most: "".join(self.pick(gates)() + " | " for _ in range(self.random.randrange(most + 1)))
        arms = []
        for arm in range(self.random.randrange(1, 4)):
            steps = f"{chain(1)}extend {{ e: {self.expression(self.pick(['i64', 'string', 'f64']), 1)} }} | select {{ n, e }}"
            arms.append(f'when {self.expression("bool", 2)} => {steps} | to file("arm_{arm}.jsonl", format: json)')
        if self.random.random() < 0.5:
            arms.append('else => select { n } | to file("arm_else.jsonl", format: json)')
        to_all = self.pick(["", "all "])
        return [f"stream routed = rows | {chain(2)}route {to_all}{{ {' '.join(arms)} }} | {chain(1)}select {{ n, t, s_a }}",
                'routed | to file("routed.jsonl", format: json)',
                f"union(routed, (rows | {chain(2)}select {{ n, t, s_a }})) | window tumble {self.pick(['20s', '3m'])}"
                ' | aggregate { n: count(), last: last(s_a) } by third: t mod 3 == 0 | to file("routed_windows.jsonl", format: json)']

    def job(self):
        types = [*INTEGERS, "f64", "f32", "string", "bool", "timestamp", "duration", "date", *DECIMALS, *DECIMALS]
        columns = ["n: i64", "t: i64", "key: i32"] + [f"{name}: {type_}" for name, type_ in FIELDS.items()]
        columns += [f"{name}: {type_}" for name, type_ in VARIANTS.items()]
        columns += [f"{name}: {type_}?" for name, type_ in OPTIONAL.items()] + ["xs: list<i64>", "r: { x: i32, y: string }"]
        text = [f"# Made from seed {self.seed}.", "job random_job with { errors: rejects }",
                *TYPES, "type Row = { " + ", ".join(columns) + " }",
                f'source rows: Row from file("random_{self.seed}.jsonl", format: json)',
                f"  time timestamp_s(t) wait {self.pick(['0s', '30s', '10m'])}",
                'sink rejects to file("errors.jsonl", format: json)']
        for flow in range(6):
            made = [f"e{i}: {self.expression(self.pick(types), self.pick([1, 2, 3]))}" for i in range(3)]
            where = f"where {self.expression('bool', 2)} | " if self.random.random() < 0.4 else ""
            text.append(f"rows | {where}extend {{ {', '.join(made)} }} | select {{ n, {self.pick(['e_a', 'e_o', 'k_a', 'k_o', 'w_a'])}, e0, e1, e2 }}"
                        f' | to file("flow_{flow}.jsonl", format: json)')
        text += self.shared() + self.stateless()
        for index in range(3):
            keys = {"key": "key", "k_a": "k_a", "k_o, w_a": "k_o, w_a", "s_a": "s_a", "y_a, i8_a": "y_a, i8_a", "r.y": "y",
                    "o_s": "o_s", "t_a": "t_a", "c_a": "c_a", "z_a, q_a": "z_a, q_a", "o_c": "o_c",
                    f"k: {self.expression('i64', 1)}": "k"}
            key = self.pick(list(keys))
            aggregates = ", ".join(self.aggregate(i) for i in range(4))
            text.append(f"stream windowed_{index} = rows | where {self.expression('bool', 1)} | window tumble "
                        f"{self.pick(['10s', '1m', '7m offset 11s'])} | aggregate {{ {aggregates}, total: count() }} by {key}")
            text.append(f"windowed_{index} | select {{ start: window.start, {keys[key]}, a0, a1, a2, a3, total }}"
                        f' | to file("windows_{index}.jsonl", format: json)')
            again = f" by {keys[key].split(',')[0]}" if self.random.random() < 0.5 else ""
            text.append(f"windowed_{index} | window tumble {self.pick(['1m', '10m', '1d'])} | aggregate {{ n: count(), "
                        f"sum: sum(total), most: max(total) }}{again} | to file(\"again_{index}.jsonl\", format: json)")
        # .late does not demand: half of these fields are wrong in some record and no other step asks for them.
        text.append('windowed_0.late | select { n, late_by, r, xs, i8_b, s_b, o_t, d_b } | to file("late.jsonl", format: json)')
        made = [f"e{i}: {self.expression(self.pick(types), 2)}" for i in range(4)]
        text.append(f"stream lenient = rows | extend {{ {', '.join(made)} }} | window tumble 30s"
                    " | aggregate { n: count() } by key")
        text.append('lenient | to file("lenient.jsonl", format: json)')
        text.append('lenient.late | drop u8_a | to file("lenient_late.jsonl", format: json)')
        text.append(f"lenient.late | where {self.expression('bool', 1)} | select {{ n, e0, again: e1 == e1, "
                    f"e4: {self.expression(self.pick(types), 1)} }}"
                    ' | to file("lenient_some.jsonl", format: json)')
        return "\n".join(text) + "\n", "".join(self.record(i) + "\n" for i in range(150))


def write(directory, seed):
    text, data = Generator(seed).job()
    path = directory / f"random_{seed}.stream"
    path.write_text(text)
    (directory / f"random_{seed}.jsonl").write_text(data)
    return run_jobs.Job(path)


def variants(seed):
    """JIT on one worker, JIT and AOT with numbers of workers and batch sizes that differ from seed to seed."""
    chosen = random.Random(-seed)
    pick = lambda how: (how, chosen.choice([2, 3, 4, 8]), chosen.choice([1, 2, 3, 16, 100, 4096]))
    return [("jit", 1, 4096), pick("jit"), pick("aot")]


def main(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--streamc", type=Path, required=True)
    parser.add_argument("--scratch", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--variant", default="", help="only variants whose name matches this regular expression")
    options = parser.parse_args(argv)
    streamc = options.streamc.resolve()
    scratch = (options.scratch or streamc.parent.parent / "test-random").resolve()
    shutil.rmtree(scratch, ignore_errors=True)
    (scratch / "jobs").mkdir(parents=True)
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        job = write(scratch / "jobs", seed)
        chosen = [variant for variant in variants(seed) if re.search(options.variant, run_jobs.variantName(variant))]
        failures, _ = run_jobs.Runner(streamc, scratch, chosen).run(job)
        if failures:
            failed += 1
            print(f"FAILED seed {seed}: {job.path}", flush=True)
            run_jobs.report(failures)
    print(f"seeds {options.seed} to {options.seed + options.count - 1}: {options.count - failed} agree, {failed} do not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
