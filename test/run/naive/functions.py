"""The builtin functions, one Python function each, and how a call finds its function and its result type."""

import math
from decimal import ROUND_HALF_UP, Decimal

from syntax import Unsupported
from values import (BOOL, DURATION, F64, FLOATS, FRACTION_LITERAL, I64, INT_LITERAL, INTEGERS, MICROS_PER_DAY, STRING,
                    TIMESTAMP, Reject, Type, checked, civilFromDays, commonType, parseTimestamp, plain, roundToF32,
                    settled, textOf)

BLANKS = " \t\n\r\v\f"


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


def least(*values):
    return min(values, key=nanLast)


def greatest(*values):
    return max(values, key=nanLast)


def nanLast(value):
    return (isinstance(value, float) and math.isnan(value), value)


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
        if int(value) != value:
            raise Reject("cast", f"{value} has a fraction")
        value = int(value)
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
    finite_before = not math.isinf(made) if source.name in FLOATS else True
    if math.isinf(narrowed) and finite_before:
        raise Reject("cast", f"{value} is out of range of {target}")
    return narrowed


def toBool(value, source):
    if source.name == "bool":
        return value
    if source.name == "string" and value in ("true", "false"):
        return value == "true"
    if source.name in INTEGERS and value in (0, 1):
        return value == 1
    raise Reject("cast", f"{value} is no bool")


def toTimestamp(value, source):
    if source.name == "timestamp":
        return value
    try:
        return parseTimestamp(value)
    except ValueError:
        raise Reject("cast", f"`{value}` is no RFC 3339 timestamp") from None


# ---- text ----


def slice_(value, start, end):
    size = len(value)
    start, end = min(max(start, 0), size), min(max(end, 0), size)
    return value[start:end] if start < end else value[:0]


def indexOf(text, part):
    position = text.find(part)
    return None if position < 0 else position


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
    "lower": ((STRING,), STRING, str.lower),
    "upper": ((STRING,), STRING, str.upper),
    "trim": ((STRING,), STRING, lambda s: s.strip(BLANKS)),
    "starts_with": ((STRING, STRING), BOOL, str.startswith),
    "ends_with": ((STRING, STRING), BOOL, str.endswith),
    "index_of": ((STRING, STRING), optionalOf(I64), indexOf),
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

WHOLE = {"floor": math.floor, "ceil": math.ceil, "trunc": math.trunc}


def resolve(name, operands):
    """(result type, function of values, converted operands) of a call."""
    if name in FIXED and not (name == "length" and plain(operands[0].type).name == "list"):
        parameters, result, function = FIXED[name]
        if len(parameters) != len(operands):
            raise Unsupported(f"{name} takes {len(parameters)} arguments")
        return result, function, [operand.to(plain(type_)) for operand, type_ in zip(operands, parameters)]
    first = plain(operands[0].type) if operands else None
    if name in INTEGERS:
        return Type(name), lambda value: toInteger(value, first, name), operands
    if name in FLOATS:
        return Type(name), lambda value: toFloat(value, first, name), operands
    if name == "bool":
        return BOOL, lambda value: toBool(value, first), operands
    if name == "string":
        return STRING, lambda value: textOf(value, first), operands
    if name == "timestamp":
        return TIMESTAMP, lambda value: toTimestamp(value, first), operands
    if name == "abs":
        if first.name in FLOATS + ("fraction_literal",):
            return first, abs, operands
        limit = first if first.name in INTEGERS else I64  # i64 for durations, too
        return first, lambda value: checked(abs(value), limit), operands
    if name in ("min", "max", "clamp"):
        common = operands[0].type
        for operand in operands[1:]:
            common = commonType(common, operand.type)
        same = [operand.to(common) for operand in operands]
        if name == "clamp":
            return common, lambda value, low, high: least(greatest(value, low), high), same
        return common, least if name == "min" else greatest, same
    if name in ("floor", "ceil") and first.name in ("timestamp", "duration"):
        return first, floorTo if name == "floor" else ceilTo, operands
    if name == "round" or name in WHOLE:
        return rounding(name, operands, first)
    if name == "is_nan":
        return BOOL, math.isnan, operands
    if name == "reverse":
        return first, lambda value: value[::-1], operands
    if name == "slice":
        positions = [operand.to(I64) for operand in operands[1:]]
        if len(positions) == 1:
            return first, lambda value, start: slice_(value, start, len(value)), [operands[0]] + positions
        return first, slice_, [operands[0]] + positions
    if name == "contains":
        if first.name == "string":
            return BOOL, lambda text, part: part in text, operands
        element = commonType(first.element, operands[1].type)
        return BOOL, lambda items, item: item in items, [operands[0].to(Type("list", element=element)),
                                                         operands[1].to(element)]
    if first is not None and first.name == "list":
        if name in ("count", "length"):
            return I64, len, operands
        if name == "first":
            return optionalOf(first.element), lambda items: items[0] if items else None, operands
        if name == "last":
            return optionalOf(first.element), lambda items: items[-1] if items else None, operands
    raise Unsupported(f"function {name}")


def rounding(name, operands, first):
    if first.name in INTEGERS or first == INT_LITERAL:
        return first, lambda value, *digits: value, operands
    type_ = settled(first) if first == FRACTION_LITERAL else first
    narrow = (lambda value: roundToF32(value)) if type_.name == "f32" else (lambda value: value)
    operands = [operands[0].to(type_)] + [operand.to(I64) for operand in operands[1:]]
    if name == "round":
        return type_, lambda value, digits=0: narrow(roundTo(value, digits)), operands
    return type_, wholeFloat(WHOLE[name]), operands
