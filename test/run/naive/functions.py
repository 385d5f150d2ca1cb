"""The builtin functions, one Python function each, and how a call finds its function and its result type."""

import math
from decimal import ROUND_HALF_UP, Decimal

from syntax import Unsupported
from values import (BOOL, DURATION, F64, FLOATS, I64, INTEGERS, MICROS_PER_DAY, STRING, TIMESTAMP, Reject, Type, checked,
                    civilFromDays, commonType, parseDuration, parseTimestamp, plain, roundToF32, settled, textOf,
                    truncatedDivision)

# White_Space of Unicode.
BLANKS = ("\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
          "\u2028\u2029\u202f\u205f\u3000")


def optionalOf(type_):
    return Type(type_.name, True, type_.fields, type_.element)


# ---- numbers ----


def roundTo(value, digits):
    """Half away from zero, on the exact value of the float."""
    if math.isnan(value) or math.isinf(value):
        return value
    unit = Decimal(1).scaleb(-digits)
    rounded = float(Decimal(value).quantize(unit, rounding=ROUND_HALF_UP, context=WIDE))
    return math.copysign(rounded, value)


def wideContext():
    from decimal import Context

    return Context(prec=800)


WIDE = wideContext()


def lesser(left, right):
    """IEEE 754-2019 minimum: NaN when either is, and -0.0 < 0.0."""
    return min(left, right, key=signedOrder) if not hasNan(left, right) else math.nan


def greater(left, right):
    return max(left, right, key=signedOrder) if not hasNan(left, right) else math.nan


def hasNan(*values):
    return any(isinstance(value, float) and math.isnan(value) for value in values)


def signedOrder(value):
    return (value, math.copysign(1.0, value)) if isinstance(value, float) else value


def clamp(value, low, high):
    return lesser(greater(value, low), high)


def wrapped(value, type_name):
    """The value modulo 2^bits, as the type represents it."""
    low, high = INTEGERS[type_name]
    return (value - low) % (high - low + 1) + low


def saturated(value, type_name):
    low, high = INTEGERS[type_name]
    return min(max(value, low), high)


def remainder(left, right):
    return left - right * truncatedDivision(left, right)


INTEGER_PAIRS = {
    "div": lambda a, b, type_: checked(truncatedDivision(a, b), type_),
    "mod": lambda a, b, type_: remainder(a, b),
    "wrapping_add": lambda a, b, type_: wrapped(a + b, type_.name),
    "wrapping_sub": lambda a, b, type_: wrapped(a - b, type_.name),
    "wrapping_mul": lambda a, b, type_: wrapped(a * b, type_.name),
    "saturating_add": lambda a, b, type_: saturated(a + b, type_.name),
    "saturating_sub": lambda a, b, type_: saturated(a - b, type_.name),
}


def squareRoot(value):
    return math.nan if math.isnan(value) or value < 0 else math.sqrt(value)


def wholeFloat(function):
    def whole(value):
        if math.isnan(value) or math.isinf(value):
            return value
        return math.copysign(float(function(value)), value)

    return whole


# ---- casts ----


def toInteger(value, source, target):
    low, high = INTEGERS[target]
    if source.name in FLOATS + ("fraction_literal",):
        if value != value or value in (math.inf, -math.inf):
            raise Reject("cast", f"{value} is no {target}")
        value = int(value)  # the fraction is cut off
    elif source.name == "string":
        digits = value[1:] if value[:1] in ("-", "+") else value
        if not (digits.isascii() and digits.isdigit()):
            raise Reject("cast", f"`{value}` is no {target}")
        value = int(value)
    elif source.name == "bool":
        value = int(value)
    if not low <= value <= high:
        raise Reject("cast", f"{value} does not fit {target}")
    return value


def toFloat(value, source, target):
    if source.name == "string":
        import re

        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", value, re.ASCII):
            raise Reject("cast", f"`{value}` is no {target}")
        made = float(value)
    else:
        made = float(value)
    narrowed = roundToF32(made) if target == "f32" else made
    if math.isinf(narrowed) and source.name == "string":
        raise Reject("cast", f"{value} is out of range of {target}")
    return narrowed


def toBool(value):
    if value not in ("true", "false"):
        raise Reject("cast", f"`{value}` is no bool")
    return value == "true"


def parsed(parse, what):
    def cast(value):
        try:
            return parse(value)
        except ValueError:
            raise Reject("cast", f"`{value}` is no {what}") from None

    return cast


# ---- text ----


def slice_(value, start, end):
    size = len(value)
    start, end = min(max(start, 0), size), min(max(end, 0), size)
    return value[start:end] if start < end else value[:0]


def indexOf(text, part):
    position = text.find(part)
    return None if position < 0 else position


def lastIndexOf(text, part):
    position = text.rfind(part)
    return None if position < 0 else position


def simpleCase(change):
    """Code point by code point; a mapping to several code points is not simple and leaves it as it is."""
    return lambda text: "".join(change(c) if len(change(c)) == 1 else c for c in text)


def padding(length, text, fill):
    missing = max(length - len(text), 0) if fill else 0
    return (fill * missing)[:missing]


# ---- time ----


def fromUnix(scale):
    return lambda count: checked(count * scale, I64)


def floorTo(t, step):
    if step <= 0:
        raise Reject("divide_by_zero", "a step of no length")
    return checked(t // step * step, I64)


def ceilTo(t, step):
    if step <= 0:
        raise Reject("divide_by_zero", "a step of no length")
    return checked(-(-t // step) * step, I64)


TIMESTAMP_PARTS = {
    "year": lambda t: civilFromDays(t // MICROS_PER_DAY)[0],
    "month": lambda t: civilFromDays(t // MICROS_PER_DAY)[1],
    "day": lambda t: civilFromDays(t // MICROS_PER_DAY)[2],
    "hour": lambda t: t % MICROS_PER_DAY // 3_600_000_000,
    "minute": lambda t: t // 60_000_000 % 60,
    "second": lambda t: t // 1_000_000 % 60,
    "weekday": lambda t: (t // MICROS_PER_DAY + 3) % 7 + 1,  # 1970-01-01 was a Thursday, day 4
}


def truncatedUnits(scale):
    return lambda micros: -(-micros // scale) if micros < 0 else micros // scale


# ---- the table ----

# name -> (parameter types, result type, function); a tuple stands for what a string method takes.
FIXED = {
    "length": ((STRING,), I64, len),
    "byte_length": ((STRING,), I64, lambda s: len(s.encode())),
    "lower": ((STRING,), STRING, simpleCase(str.lower)),
    "upper": ((STRING,), STRING, simpleCase(str.upper)),
    "trim": ((STRING,), STRING, lambda s: s.strip(BLANKS)),
    "starts_with": ((STRING, STRING), BOOL, str.startswith),
    "ends_with": ((STRING, STRING), BOOL, str.endswith),
    "index_of": ((STRING, STRING), optionalOf(I64), indexOf),
    "last_index_of": ((STRING, STRING), optionalOf(I64), lastIndexOf),
    "reverse": ((STRING,), STRING, lambda s: s[::-1]),
    "bool": ((STRING,), BOOL, toBool),
    "timestamp": ((STRING,), TIMESTAMP, parsed(parseTimestamp, "RFC 3339 timestamp")),
    "duration": ((STRING,), DURATION, parsed(parseDuration, "duration")),
    "floor": ((F64,), F64, wholeFloat(math.floor)),
    "ceil": ((F64,), F64, wholeFloat(math.ceil)),
    "trunc": ((F64,), F64, wholeFloat(math.trunc)),
    "replace": ((STRING, STRING, STRING), STRING, lambda s, old, new: s.replace(old, new) if old else s),
    "split": ((STRING, STRING), Type("list", element=STRING), lambda s, by: s.split(by) if by else list(s)),
    "join": ((Type("list", element=STRING), STRING), STRING, lambda parts, by: by.join(parts)),
    "repeat": ((STRING, I64), STRING, lambda s, times: s * times),
    "sqrt": ((F64,), F64, squareRoot),
    "timestamp_s": ((I64,), TIMESTAMP, fromUnix(1_000_000)),
    "timestamp_ms": ((I64,), TIMESTAMP, fromUnix(1_000)),
    "timestamp_us": ((I64,), TIMESTAMP, fromUnix(1)),
    "unix_s": ((TIMESTAMP,), I64, lambda t: t // 1_000_000),
    "unix_ms": ((TIMESTAMP,), I64, lambda t: t // 1_000),
    "unix_us": ((TIMESTAMP,), I64, lambda t: t),
    "seconds": ((DURATION,), I64, truncatedUnits(1_000_000)),
    "millis": ((DURATION,), I64, truncatedUnits(1_000)),
    "micros": ((DURATION,), I64, lambda d: d),
}

# Two functions of one name: the number of arguments, or the first one, decides.
WITH_OPTIONS = {
    ("round", 1): ((F64,), F64, lambda x: roundTo(x, 0)),
    ("round", 2): ((F64, I64), F64, roundTo),
    ("slice", 2): ((STRING, I64), STRING, lambda s, start: slice_(s, start, len(s))),
    ("slice", 3): ((STRING, I64, I64), STRING, slice_),
    ("pad_left", 2): ((STRING, I64), STRING, lambda s, n: padding(n, s, " ") + s),
    ("pad_left", 3): ((STRING, I64, STRING), STRING, lambda s, n, fill: padding(n, s, fill) + s),
    ("pad_right", 2): ((STRING, I64), STRING, lambda s, n: s + padding(n, s, " ")),
    ("pad_right", 3): ((STRING, I64, STRING), STRING, lambda s, n, fill: s + padding(n, s, fill)),
    ("floor", 2): ((TIMESTAMP, DURATION), TIMESTAMP, floorTo),
    ("ceil", 2): ((TIMESTAMP, DURATION), TIMESTAMP, ceilTo),
}


def resolve(name, operands):
    """(result type, function of values, converted operands) of a call."""
    row = WITH_OPTIONS.get((name, len(operands))) or FIXED.get(name)
    if row is not None:
        parameters, result, function = row
        if len(parameters) != len(operands):
            raise Unsupported(f"{name} takes {len(parameters)} arguments")
        for operand, type_ in zip(operands, parameters):
            if commonType(plain(operand.type), type_) != type_:
                raise Unsupported(f"{name} takes no {operand.type.name}")
        return result, function, [operand.to(type_) for operand, type_ in zip(operands, parameters)]
    first = plain(operands[0].type) if operands else None
    if name in INTEGERS:
        return Type(name), lambda value: toInteger(value, first, name), operands
    if name in FLOATS:
        return Type(name), lambda value: toFloat(value, first, name), operands
    if name == "string":
        return STRING, lambda value: textOf(value, first), operands
    if name == "timestamp":
        return TIMESTAMP, lambda value: toTimestamp(value, first), operands
    if name == "abs":
        first = settled(first)
        operands = [operands[0].to(first)]
        if first.name in FLOATS:
            return first, abs, operands
        return first, lambda value: checked(abs(value), first), operands
    if name in ("min", "max", "clamp"):
        common = operands[0].type
        for operand in operands[1:]:
            common = commonType(common, operand.type)
        function = {"min": lesser, "max": greater, "clamp": clamp}[name]
        return common, function, [operand.to(common) for operand in operands]
    if name in INTEGER_PAIRS:
        common = settled(commonType(operands[0].type, operands[1].type))
        function = INTEGER_PAIRS[name]
        return common, lambda a, b: function(a, b, common), [operand.to(common) for operand in operands]
    if name == "sign":
        return I64, lambda value: (value > 0) - (value < 0), operands
    if name == "is_nan":
        return BOOL, lambda value: value != value, operands
    if first is not None and first.name == "list":
        if name == "contains":
            element = commonType(first.element, operands[1].type)
            operands = [operands[0].to(Type("list", element=element)), operands[1].to(element)]
            return BOOL, lambda items, value: any(item == value for item in items), operands
        if name == "count":
            return I64, len, operands
        if name == "first":
            return optionalOf(first.element), lambda items: items[0] if items else None, operands
        if name == "last":
            return optionalOf(first.element), lambda items: items[-1] if items else None, operands
    if name == "contains":
        return BOOL, lambda text, part: part in text, [operand.to(STRING) for operand in operands]
    raise Unsupported(f"function {name}")
