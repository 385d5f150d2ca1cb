"""Expressions: a parse tree and a scope of types -> an Expression that knows its type, its uses and how to compute.

An Expression is `evaluate(row) -> value` beside its type; a failing one raises Reject with the place of the operation
that failed. `uses` holds the paths of row fields that the value depends on, `path` is set when the expression is just
such a path (then a consumer that demands only a part of it demands only that part of the row).
"""

from fractions import Fraction

import aggregates
import decimals
import demand as demands
import functions
import syntax
from syntax import Unsupported, child, children, place, rule
from values import (ABSENT, BOOL, DATE, DURATION, F64, FLOATS, FRACTION_LITERAL, I64, INT_LITERAL, INTEGERS,
                    META, MICROS_PER_DAY, NULL, STRING, TIMESTAMP, WINDOW, Reject, Type, checked, commonType, convert,
                    floatResult, parseTimestamp, plain, record, settled, symbolsOf, textOf, truncatedDivision)


class Expression:
    def __init__(self, type_, evaluate, uses=frozenset(), path=None, place=None):
        self.type, self.uses, self.path, self.place = type_, frozenset(uses), path, place
        self.compute = evaluate

    def partial(self, row):
        """The value, which may be ABSENT or a record with absent parts."""
        try:
            return self.compute(row)
        except Reject as failure:
            failure.place = failure.place or self.place
            raise

    def evaluate(self, row):
        value = self.partial(row)
        if value is ABSENT:
            raise Reject("decode", "a value that nobody demands", self.place)
        return value

    def to(self, target):
        """The same expression, widened."""
        if self.type == target:
            return self
        source = self.type
        return Expression(Type(target.name, source.optional or source == NULL, target.fields, target.element),
                          lambda row: convert(self.evaluate(row), source, target), self.uses, self.path, self.place)


def constant(type_, value):
    return Expression(type_, lambda row: value)


class Scope:
    """What names mean: fields of the row, constants (params), and the facets of the stream."""

    def __init__(self, fields, constants=None, has_time=False, has_window=False, environment=None):
        self.fields = fields  # {name: Type}
        self.constants = constants or {}  # {name: (Type, value)}
        self.has_time, self.has_window, self.environment = has_time, has_window, environment or {}
        self.bindings = {}  # {name: Expression} of the arm of a `match`
        self.narrowed = {}  # {field: variant} that a condition around has found
        self.enum = None  # the enum whose symbols are names where an operand stands
        self.found_aggregates = None  # a list while the expression of an `aggregate` step is compiled

    def lookup(self, name):
        """The expression of a bare name; fields first."""
        if name in self.bindings:
            return self.bindings[name]
        if self.enum is not None and name in symbolsOf(self.enum):
            if name not in self.fields or plain(self.fields[name]) != plain(self.enum):
                return constant(plain(self.enum), name)
        if name in self.fields:
            whole = Expression(self.fields[name], lambda row: row.fields[name], {(name,)}, (name,))
            variant = self.narrowed.get(name)
            if variant is not None and self.fields[name].field(variant) is not None:
                return payloadOf(whole, variant)
            return whole
        if name == "event_time" and self.has_time:
            return Expression(TIMESTAMP, lambda row: row.event_time)
        if name == "window" and self.has_window:
            return Expression(WINDOW, lambda row: {"start": row.window[0], "end": row.window[1]})
        if name == "meta":
            return Expression(META, lambda row: row.meta)
        if name in self.constants:
            return constant(*self.constants[name])
        raise Unsupported(f"unknown name {name}")


def compileExpression(tree, scope):
    """The typed expression of a tree of rule `expr` or below."""
    made = compileNode(tree, scope)
    if made.place is None:
        made.place = place(tree)
    return made


def compileNode(tree, scope):
    kind = rule(tree)
    if kind is None:
        return scope.lookup(syntax.unquote(tree)) if tree.type == "NAME" else literal(tree, scope)
    parts = tree.children
    if kind == "literal":
        return literal(parts[0], scope)
    if kind in PASS_THROUGH and len(parts) == 1:
        return compileExpression(parts[0], scope)
    return RULES[kind](tree, scope)


# ---- literals ----


def literal(token, scope):
    text = str(token)
    if text in ("true", "false"):
        return constant(BOOL, text == "true")
    if text == "null":
        return constant(NULL, None)
    if text == "this" and "" in scope.fields:
        return scope.lookup("")
    if text == "this":
        return Expression(record(scope.fields), lambda row: dict(row.fields), {()})
    if token.type == "INT":
        return constant(INT_LITERAL, syntax.integerLiteral(text))
    if token.type == "FLOAT":
        return constant(FRACTION_LITERAL, syntax.Fraction(text.replace("_", "")))
    if token.type == "DURATION":
        return constant(DURATION, syntax.durationMicros(text))
    if token.type == "SIZE":
        return constant(I64, syntax.sizeBytes(text))
    if token.type == "RATE":
        return constant(Type("rate"), syntax.rateLiteral(text))
    if token.type == "STRING":
        return constant(STRING, syntax.stringLiteral(text))
    if token.type == "RAWSTRING":
        return constant(STRING, text[2:-1])
    if token.type == "TIMESTAMP":
        return constant(TIMESTAMP, timestampLiteral(text[1:]))
    if token.type == "FSTRING":
        return interpolation(token, scope)
    raise Unsupported(f"literal {text}")


def timestampLiteral(text):
    if "T" not in text:
        text += "T00:00:00Z"
    day, clock = text.split("T")
    zone = next((clock[i:] for i, c in enumerate(clock) if c in "Z+-"), "")
    clock = clock[: len(clock) - len(zone)]
    if clock.count(":") == 1:
        clock += ":00"
    return parseTimestamp(day + "T" + clock + (zone or "Z"))


def interpolation(token, scope):
    """f"…{expr}…": text parts and expressions, by hand; {{ and }} are braces."""
    body, parts, text, index = str(token)[2:-1], [], "", 0
    while index < len(body):
        if body[index] == "\\":
            text += body[index : index + 2]
            index += 2
        elif body[index : index + 2] in ("{{", "}}"):
            text += body[index]
            index += 2
        elif body[index] == "{":
            depth, end = 1, index + 1
            while depth:
                depth += {"{": 1, "}": -1}.get(body[end], 0)
                end += 1
            parts.append(constant(STRING, syntax.unescape(text)))
            inner = syntax.parseExpression(body[index + 1 : end - 1], token.line, token.column + 2 + index + 1)
            parts.append(compileExpression(inner, scope))
            text, index = "", end
        else:
            text += body[index]
            index += 1
    parts.append(constant(STRING, syntax.unescape(text)))
    return combine(parts, STRING, lambda *values: "".join(textOf(v, p.type) for v, p in zip(values, parts)))


def combine(operands, type_, function):
    """All operands first, from left to right, then the function."""
    uses = frozenset().union(*(operand.uses for operand in operands))
    return Expression(type_, lambda row: function(*[operand.evaluate(row) for operand in operands]), uses)


# ---- variants ----


def operand(tree, scope, enum):
    """An operand whose other side is of that type: of an enum, its symbols are names."""
    outer, scope.enum = scope.enum, enum if symbolsOf(enum) else scope.enum
    try:
        return compileExpression(tree, scope)
    finally:
        scope.enum = outer


def isSymbolName(tree, scope):
    """Whether a tree is a bare name that means nothing by itself."""
    while syntax.isTree(tree) and len(tree.children) == 1:
        tree = tree.children[0]
    return not syntax.isTree(tree) and tree.type == "NAME" and syntax.unquote(tree) not in scope.fields \
        and syntax.unquote(tree) not in scope.bindings


def isVariant(subject, name):
    type_ = plain(subject.type)
    known = symbolsOf(type_)
    if type_.name == "oneof":
        matches = lambda value: value is not None and value[0] == name
    elif type_.name == "open_enum" and name == "other" and name not in known:
        matches = lambda value: value is not None and value not in known
    else:
        if name not in known:
            raise Unsupported(f"no symbol {name}")
        matches = lambda value: value == name
    uses = subject.uses
    if type_.name == "oneof" and subject.path is not None:
        uses = (uses - {subject.path}) | {subject.path + (demands.TAG,)}
    return Expression(BOOL, lambda row: matches(subject.partial(row)), uses)


def payloadOf(subject, variant):
    """The payload of a oneof that is known to be that variant; of an open enum its text."""
    if plain(subject.type).name == "open_enum":
        return Expression(STRING, subject.partial, subject.uses, subject.path)
    path = None if subject.path is None else subject.path + (variant,)
    uses = subject.uses if path is None else (subject.uses - {subject.path}) | {path, subject.path + (demands.TAG,)}
    return Expression(plain(subject.type).field(variant), lambda row: subject.partial(row)[1], uses, path)


def variantFacts(tree):
    """{field: variant} of a condition that holds: `a is b`, also in a chain of `and`; "" is `this`."""
    while syntax.isTree(tree) and len(tree.children) == 1:
        tree = tree.children[0]
    if rule(tree) == "and_expr":
        facts = {}
        for part in tree.children[::2]:
            facts |= variantFacts(part)
        return facts
    if rule(tree) == "primary":
        return variantFacts(tree.children[1])
    if rule(tree) != "cmp_expr" or not syntax.hasWord(tree, "is") or syntax.hasWord(tree, "not"):
        return {}
    subject, variant = tree.children[0], str(tree.children[-1])
    while syntax.isTree(subject) and len(subject.children) == 1:
        subject = subject.children[0]
    if syntax.isTree(subject) or variant == "null":
        return {}
    return {"" if str(subject) == "this" else syntax.unquote(subject): syntax.unquote(variant)}


def within(scope, facts, compile_):
    outer, scope.narrowed = scope.narrowed, scope.narrowed | {
        name: variant for name, variant in facts.items()
        if name in scope.fields and plain(scope.fields[name]).name == "oneof"}
    try:
        return compile_()
    finally:
        scope.narrowed = outer


def matchExpression(tree, scope):
    subject = compileExpression(tree.children[1], scope)
    type_ = plain(subject.type)
    arms = []  # (test or None, value)
    for arm in children(tree, "match_arm"):
        case, body = child(arm, "case"), arm.children[-1]
        first, outer = case.children[0], dict(scope.bindings)
        facts = {}
        if rule(first) == "literal":
            wanted = compileExpression(first, scope)
            if wanted.type == NULL:
                test = combine([subject], BOOL, lambda value: value is None)
            else:
                wanted = wanted.to(Type(type_.name, False, type_.fields, type_.element))
                test = combine([subject, wanted], BOOL, lambda value, case: value == case)
        elif str(first) == "_":
            test = None
        else:
            variant = syntax.unquote(first)
            test = isVariant(subject, variant)
            if len(case.children) > 1:
                scope.bindings[syntax.unquote(case.children[1])] = payloadOf(subject, variant)
            if subject.path is not None and len(subject.path) == 1 and type_.name == "oneof":
                facts = {subject.path[0]: variant}
        arms.append((test, within(scope, facts, lambda: compileExpression(body, scope))))
        scope.bindings = outer
    result = arms[0][1].type
    for _, value in arms[1:]:
        result = commonType(result, value.type)
    arms = [(test, value.to(result)) for test, value in arms]

    def evaluate(row):
        for test, value in arms:
            if test is None or test.evaluate(row):
                return value.evaluate(row)
        raise AssertionError("a match covers everything")

    uses = frozenset().union(*(part.uses for arm in arms for part in arm if part is not None))
    return Expression(result, evaluate, uses)


# ---- control ----


def catchExpression(tree, scope):
    value, default = (compileExpression(part, scope) for part in tree.children[::2])
    type_ = commonType(value.type, default.type)
    value, default = value.to(type_), default.to(type_)

    def evaluate(row):
        try:
            return value.evaluate(row)
        except Reject:
            return default.evaluate(row)

    return Expression(type_, evaluate, value.uses | default.uses)


def ifExpression(tree, scope):
    condition = compileExpression(tree.children[1], scope)
    yes = within(scope, variantFacts(tree.children[1]), lambda: compileExpression(tree.children[3], scope))
    no = compileExpression(tree.children[5], scope)
    type_ = commonType(yes.type, no.type)
    yes, no = yes.to(type_), no.to(type_)
    return Expression(type_, lambda row: yes.evaluate(row) if condition.evaluate(row) else no.evaluate(row),
                      condition.uses | yes.uses | no.uses)


def orExpression(tree, scope):
    operands = [compileExpression(part, scope) for part in tree.children[::2]]
    return Expression(BOOL, lambda row: any(operand.evaluate(row) for operand in operands),
                      frozenset().union(*(o.uses for o in operands)))


def andExpression(tree, scope):
    operands, facts = [], {}
    for part in tree.children[::2]:
        operands.append(within(scope, facts, lambda: compileExpression(part, scope)))
        facts |= variantFacts(part)
    return Expression(BOOL, lambda row: all(operand.evaluate(row) for operand in operands),
                      frozenset().union(*(o.uses for o in operands)))


def notExpression(tree, scope):
    return combine([compileExpression(tree.children[-1], scope)], BOOL, lambda value: not value)


def coalesce(tree, scope):
    value, default = (compileExpression(part, scope) for part in tree.children[::2])
    type_ = commonType(plain(value.type) if value.type != NULL else NULL, default.type)
    value, default = value.to(type_), default.to(type_)

    def evaluate(row):
        found = value.evaluate(row)
        return default.evaluate(row) if found is None else found

    return Expression(type_, evaluate, value.uses | default.uses)


# ---- comparison ----

COMPARISONS = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def comparison(tree, scope):
    parts = tree.children
    if isSymbolName(parts[0], scope) and not syntax.hasWord(tree, "is") and not syntax.hasWord(tree, "in"):
        right = compileExpression(parts[-1], scope)  # added == op
        left = operand(parts[0], scope, plain(right.type))
    else:
        left = compileExpression(parts[0], scope)
        if syntax.hasWord(tree, "is"):
            negated = syntax.hasWord(tree, "not")
            if str(parts[-1]) != "null":
                made = isVariant(left, syntax.unquote(parts[-1]))
                return combine([made], BOOL, lambda value: value != negated)
            return combine([left], BOOL, lambda value: (value is None) != negated)
        right = operand(parts[-1], scope, plain(left.type))
    if syntax.hasWord(tree, "in"):
        negated = syntax.hasWord(tree, "not")
        if plain(right.type).name != "list":
            raise Unsupported("`in` needs a list")
        element = commonType(left.type, right.type.element)
        left, right = left.to(element), right.to(Type("list", element=element))
        return combine([left, right], BOOL, lambda value, items: (any(item == value for item in items)) != negated)
    if DATE in (plain(left.type), plain(right.type)):
        left, right = asDate(left), asDate(right)
    common = commonType(left.type, right.type)
    return combine([left.to(common), right.to(common)], BOOL, COMPARISONS[str(parts[1].children[0])])


def asDate(side):
    """@2024-10-08 beside a date is one."""
    if side.type != TIMESTAMP:
        return side
    return combine([side], DATE, lambda micros: micros // MICROS_PER_DAY)


# ---- arithmetic ----


def chain(tree, scope):
    """a + b - c, from left to right; a failure in the middle is placed where the whole begins."""
    result = compileExpression(tree.children[0], scope)
    for operator, operand in zip(tree.children[1::2], tree.children[2::2]):
        result = binary(str(operator), result, compileExpression(operand, scope))
        result.place = place(tree)
    return result


def binary(operator, left, right):
    kinds = plain(left.type).name, plain(right.type).name
    if "timestamp" in kinds or "duration" in kinds:
        return timeArithmetic(operator, left, right, kinds)
    if operator == "/":
        literals = ("f32", "int_literal", "fraction_literal")
        narrow = "f32" in kinds and kinds[0] in literals and kinds[1] in literals
        divided = Type("f32") if narrow else F64
        return combine([left, right], divided,
                       lambda a, b: floatDivision(convert(a, left.type, divided), convert(b, right.type, divided), divided))
    if decimals.isDecimal(kinds[0]) or decimals.isDecimal(kinds[1]):
        return decimalArithmetic(operator, left, right, kinds)
    common = commonType(left.type, right.type)
    name = plain(common).name
    left, right = left.to(common), right.to(common)
    if name in FLOATS:
        return combine([left, right], common, lambda a, b: floatResult(floatOperation(operator, a, b), common))
    if name in INTEGERS or name in ("int_literal", "fraction_literal"):
        return combine([left, right], common, lambda a, b: exactOperation(operator, a, b, common))
    raise Unsupported(f"{left.type.name} {operator} {right.type.name}")


def decimalArithmetic(operator, left, right, kinds):
    """Exact; of the type only the scale matters. A fraction literal takes the scale of the other side."""
    scales = []
    for kind, other in (kinds, kinds[::-1]):
        digits = decimals.digitsOf(other) if kind == "fraction_literal" else decimals.numberDigits(kind)
        if digits is None:
            raise Unsupported(f"{kinds[0]} {operator} {kinds[1]}")
        scales.append(digits[1])
    scale = sum(scales) if operator == "*" else max(scales)
    function = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b}[operator]
    return combine([left, right], Type(decimals.typeName(decimals.DIGITS_MAX, scale)),
                   lambda a, b: function(Fraction(a), Fraction(b)))


def floatDivision(left, right, type_):
    if right == 0:
        raise Reject("divide_by_zero", "division by zero")
    try:
        return floatResult(float(left) / float(right), type_)
    except OverflowError:
        return float("inf")


def floatOperation(operator, left, right):
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    raise Unsupported(f"{operator} on floats")


def exactOperation(operator, left, right, type_):
    """Integers without a limit, then the check of the type. (Literals stay exact.)"""
    if operator == "+":
        value = left + right
    elif operator == "-":
        value = left - right
    elif operator == "*":
        value = left * right
    elif operator == "div":
        value = truncatedDivision(left, right)
    else:
        value = functions.remainder(left, right)
    return checked(value, type_) if type_.name in INTEGERS else value


def timeArithmetic(operator, left, right, kinds):
    signature = kinds[0], operator, kinds[1]
    micros = {
        ("timestamp", "+", "duration"): TIMESTAMP,
        ("duration", "+", "timestamp"): TIMESTAMP,
        ("timestamp", "-", "duration"): TIMESTAMP,
        ("timestamp", "-", "timestamp"): DURATION,
        ("duration", "+", "duration"): DURATION,
        ("duration", "-", "duration"): DURATION,
    }
    if signature in micros:
        sign = 1 if operator == "+" else -1
        return combine([left, right], micros[signature], lambda a, b: checked(a + sign * b, I64))
    if signature == ("duration", "/", "duration"):
        return combine([left, right], F64, lambda a, b: floatDivision(a, b, F64))
    other = right if kinds[0] == "duration" else left
    if operator == "*" and (other.type.name in INTEGERS or other.type == INT_LITERAL):
        return combine([left, right], DURATION, lambda a, b: checked(a * b, I64))
    raise Unsupported(" ".join(signature))


def unary(tree, scope):
    operand = compileExpression(tree.children[-1], scope)
    if plain(operand.type).name in FLOATS:
        return combine([operand], operand.type, lambda value: -value)
    if operand.type in (INT_LITERAL, FRACTION_LITERAL) or decimals.isDecimal(operand.type.name):
        return combine([operand], operand.type, lambda value: -value)
    return combine([operand], operand.type, lambda value: checked(-value, operand.type))


# ---- paths, indexes, calls ----


def postfix(tree, scope):
    parts = tree.children
    if rule(parts[1]) == "args":
        return call(parts[0], parts[1], scope)
    operator = str(parts[1])
    base = compileExpression(parts[0], scope)
    if operator == "!":
        def present(value):
            if value is None:
                raise Reject("null", "null asserted to be present")
            return value
        made = combine([base], plain(base.type), present)
        made.path = base.path
        return made
    if operator == "[":
        index = compileExpression(parts[2], scope)
        element = base.type.element

        def item(items, position):
            if not 0 <= position < len(items):
                raise Reject("missing", f"no element {position} in a list of {len(items)}")
            return items[position]
        return combine([base, index], element, item)
    return member(base, syntax.unquote(parts[2]), operator == "?.")


def member(base, name, optional):
    kind = plain(base.type)
    if kind.name == "date" and name in functions.DATE_PARTS:
        of_day = functions.TIMESTAMP_PARTS[name]
        return combine([base], Type("i64", base.type.optional),
                       lambda days: None if days is None else of_day(days * MICROS_PER_DAY))
    if kind.name == "timestamp" and name in functions.TIMESTAMP_PARTS:
        part = functions.TIMESTAMP_PARTS[name]
        return combine([base], Type("i64", base.type.optional), lambda t: None if t is None else part(t))
    if kind.name != "record" or kind.field(name) is None:
        raise Unsupported(f"no field {name} in {kind.name}")
    type_ = kind.field(name)
    if optional:
        type_ = Type(type_.name, True, type_.fields, type_.element)
    path = base.path + (name,) if base.path is not None else None
    uses = base.uses if path is None else (base.uses - {base.path}) | {path}
    return Expression(type_, lambda row: fieldOf(base.partial(row), name), uses, path)


def fieldOf(value, name):
    return value if value is None or value is ABSENT else value[name]


def call(callee, arguments, scope):
    """f(a, b), or a.f(b), which is f(a, b)."""
    made = aggregates.callIn(scope, callee, arguments)
    if made is not None:
        return made
    given = children(arguments, "arg")
    named = {syntax.unquote(arg.children[0]): arg.children[2] for arg in given if len(arg.children) == 3}
    positional = [compileExpression(arg.children[0], scope) for arg in given if len(arg.children) == 1]
    optional_receiver = False
    if rule(callee) == "postfix" and len(callee.children) == 3 and str(callee.children[1]) in (".", "?."):
        receiver = compileExpression(callee.children[0], scope)
        name = syntax.unquote(callee.children[2])
        optional_receiver = str(callee.children[1]) == "?."
        positional.insert(0, receiver)
    else:
        while rule(callee) is not None:
            callee = callee.children[0]
        name = syntax.unquote(callee)
    if name == "env":
        return environment(positional, named, scope)
    made = functions.decimalCall(name, positional, named, compileNamed(scope))
    if made is not None:
        return combine(made[2], made[0], made[1])
    if name in functions.NAMED and (named or name not in ("floor", "ceil")):
        positional = inOrder(functions.NAMED[name], positional, named, scope)
        named = {}
    if named:
        raise Unsupported(f"named arguments of {name}")
    type_, function, operands = functions.resolve(name, positional)
    if optional_receiver:
        plain_function = function
        function = lambda first, *rest: None if first is None else plain_function(first, *rest)
        type_ = Type(type_.name, True, type_.fields, type_.element)
    return combine(operands, type_, function)


def inOrder(parameters, positional, named, scope):
    """The arguments of a call by position, with those that were named and the defaults."""
    found = list(positional)
    for parameter in parameters[len(positional) :]:
        name, default = parameter if isinstance(parameter, tuple) else (parameter, None)
        if name in named:
            found.append(compileExpression(named[name], scope))
        elif default is not None:
            found.append(constant(BOOL if isinstance(default, bool) else STRING, default))
    return found


def compileNamed(scope):
    """How decimalCall gets its named arguments: a number as a constant, `rounding` as its word."""

    def compile_(name, tree):
        if name != "rounding":
            return compileExpression(tree, scope)
        while rule(tree) is not None:
            tree = tree.children[0]
        return syntax.unquote(tree)

    return compile_


def environment(positional, named, scope):
    name = positional[0].evaluate(None)
    if name in scope.environment:
        return constant(STRING, scope.environment[name])
    if "default" in named:
        return compileExpression(named["default"], scope)
    raise Unsupported(f"the environment has no {name}")


def primary(tree, scope):
    made = compileExpression(tree.children[1], scope)  # ( expr )
    made.place = place(tree)
    return made


def listLiteral(tree, scope):
    items = [compileExpression(part, scope) for part in children(tree, "expr")]
    element = NULL
    for index, item in enumerate(items):
        element = item.type if index == 0 else commonType(element, item.type)
    return combine([item.to(element) for item in items], Type("list", element=element), lambda *values: list(values))


def recordLiteral(tree, scope):
    columns = recordItems(tree, scope)
    values = [expression for _, expression in columns]
    return combine(values, record({name: e.type for name, e in columns}),
                   lambda *found: {name: value for (name, _), value in zip(columns, found)})


def recordItems(tree, scope):
    """The columns of `{ a: expr, b, p.q, ...r }` as [(name, Expression)], later ones replacing earlier ones."""
    columns = {}
    for item in children(tree, "item"):
        parts = item.children
        if not syntax.isTree(parts[0]) and str(parts[0]) == "...":
            base = compileExpression(parts[1], scope)
            if rule(parts[1]) == "postfix" and base.uses == {()}:  # ...this
                columns |= {name: scope.lookup(name) for name in scope.fields}
                continue
            columns |= {name: member(base, name, False) for name, _, _ in base.type.fields}
        elif rule(parts[0]) == "path":
            path = syntax.pathOf(parts[0])
            found = scope.lookup(path[0])
            for name in path[1:]:
                found = member(found, name, False)
            found.place = place(item)
            columns[path[-1]] = found
        else:
            found = compileExpression(parts[2], scope)
            columns[syntax.unquote(parts[0])] = found.to(settled(found.type))
    return list(columns.items())


PASS_THROUGH = ("expr", "or_expr", "and_expr", "not_expr", "cmp_expr", "coal_expr", "add_expr", "mul_expr", "unary",
                "postfix", "primary", "arg")
RULES = {
    "expr": catchExpression,
    "if_expr": ifExpression,
    "match_expr": matchExpression,
    "or_expr": orExpression,
    "and_expr": andExpression,
    "not_expr": notExpression,
    "cmp_expr": comparison,
    "coal_expr": coalesce,
    "add_expr": chain,
    "mul_expr": chain,
    "unary": unary,
    "postfix": postfix,
    "primary": primary,
    "list": listLiteral,
    "record": recordLiteral,
}
