"""The builtin functions, one Python function each, and how a call finds its function and its result type."""

import base64
import hashlib
import math
import struct
import urllib.parse
import zlib
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import clocks
import decimals
import xxh64

from syntax import Unsupported
from values import (BOOL, BYTES, DATE, DURATION, F64, FLOATS, I64, I64_MAX, I64_MIN, INTEGERS, MICROS_PER_DAY, STRING,
                    TIMESTAMP, Reject, Type, checked, civilFromDays, commonType, parseDate, parseDuration, parseTimestamp,
                    plain, roundToF32, settled, textOf,
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


# exp, ln, log10, pow: correctly rounded, from seventy digits.


PRECISE = Context(prec=70, Emax=10**7, Emin=-(10**7))


def nearestFloat(value):
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def exponential(x):
    if math.isnan(x):
        return x
    if abs(x) > 1000:
        return math.inf if x > 0 else 0.0
    return nearestFloat(PRECISE.exp(Decimal(x)))


def naturalLogarithm(x):
    if math.isnan(x) or x < 0:
        return math.nan
    return -math.inf if x == 0 else x if math.isinf(x) else float(PRECISE.ln(Decimal(x)))


def decimalLogarithm(x):
    if math.isnan(x) or x <= 0 or math.isinf(x):
        return naturalLogarithm(x)
    return float(PRECISE.divide(PRECISE.ln(Decimal(x)), PRECISE.ln(Decimal(10))))


def power(x, y):
    if y == 0 or x == 1:
        return 1.0
    if math.isnan(x) or math.isnan(y):
        return math.nan
    if math.isinf(y):
        return 1.0 if abs(x) == 1 else math.inf if (abs(x) > 1) == (y > 0) else 0.0
    is_whole = math.isfinite(y) and y == math.floor(y)
    odd = is_whole and abs(y) < 2**53 and int(y) % 2 != 0
    sign = -1.0 if odd and math.copysign(1.0, x) < 0 else 1.0
    if x == 0 or math.isinf(x):
        return sign * (0.0 if (x == 0) == (y > 0) else math.inf)
    if x < 0 and not is_whole:
        return math.nan
    if is_whole and abs(y) <= 32:
        exact = Fraction(abs(x)) ** int(y)
        try:
            return sign * (exact.numerator / exact.denominator)
        except OverflowError:
            return sign * math.inf
    logarithm = PRECISE.multiply(PRECISE.ln(Decimal(abs(x))), Decimal(y))
    if abs(logarithm) > 1000:
        return sign * (math.inf if logarithm > 0 else 0.0)
    return sign * nearestFloat(PRECISE.exp(logarithm))


# ---- casts ----


def toInteger(value, source, target):
    low, high = INTEGERS[target]
    if decimals.isDecimal(source.name):
        value = int(value)  # the fraction is cut off
    elif source.name in FLOATS + ("fraction_literal",):
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
    if decimals.isDecimal(source.name) and target == "f32":
        return nearestF32(value)
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


def nearestF32(value):
    """Rounded once: the neighbours of what double rounding gives are looked at."""
    made = roundToF32(float(value))
    step = max(abs(made) * 2.0**-23, 2.0**-149)
    candidates = [roundToF32(made + step * k) for k in (-1, -0.5, 0, 0.5, 1)]
    least = min(abs(Fraction(c) - value) for c in candidates)
    nearest = {c for c in candidates if abs(Fraction(c) - value) == least}
    return made if made in nearest and len(nearest) == 1 else min(nearest, key=lambda c: struct.pack("<f", c)[0] & 1)


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


def toDecimal(value, source, precision, scale):
    """Without losing digits, but from a float, which is rounded on its exact value."""
    name = decimals.typeName(precision, scale)
    if source.name == "string":
        try:
            return decimals.parse(value, name)
        except ValueError:
            raise Reject("cast", f"`{value}` is no {name}") from None
    if source.name in FLOATS:
        if math.isnan(value) or math.isinf(value):
            raise Reject("cast", f"{value} is no {name}")
        value = decimals.rounded(Fraction(value), scale)
    if not decimals.fits(Fraction(value), precision, scale):
        raise Reject("cast", f"{value} does not fit {name}")
    return Fraction(value)


def quotient(left, right, scale, rounding):
    if right == 0:
        raise Reject("divide_by_zero", "division by zero")
    value = decimals.rounded(Fraction(left) / Fraction(right), scale, rounding)
    if not decimals.fits(value, 38, scale):
        raise Reject("overflow", f"{value} has more than 38 digits")
    return value


def decimalCall(name, positional, named, compile_):
    """decimal, divide, and round and its kin of a decimal: (type, function, operands), or None."""
    given = list(positional)
    first = plain(given[0].type) if given else None
    rounds = name in ("round", "floor", "ceil", "trunc") and first is not None and decimals.isDecimal(first.name)
    if name not in ("decimal", "divide") and not rounds:
        return None
    rounding = compile_("rounding", named["rounding"]) if "rounding" in named else "half_away"
    for label in ("precision", "scale", "digits"):
        if label in named:
            given.append(compile_(label, named[label]))
    if name == "decimal":
        precision, scale = (int(operand.evaluate(None)) for operand in given[1:])
        return Type(decimals.typeName(precision, scale)), lambda x: toDecimal(x, first, precision, scale), given[:1]
    if name == "divide":
        scale = int(given[2].evaluate(None))
        return (Type(decimals.typeName(38, scale)), lambda a, b: quotient(a, b, scale, rounding), given[:2])
    scale = int(given[1].evaluate(None)) if len(given) > 1 else 0
    if name != "round":
        rounding = name
    precision, had = decimals.digitsOf(first.name)
    if scale >= had:
        return first, lambda x: x, given[:1]
    return (Type(decimals.typeName(min(precision - had + 1 + scale, 38), scale)),
            lambda x: decimals.rounded(x, scale, rounding), given[:1])


def midnight(days):
    micros = days * MICROS_PER_DAY
    if not I64_MIN <= micros <= I64_MAX:
        raise Reject("cast", "the date does not fit timestamp")
    return micros


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


def base64Decoded(text):
    try:
        made = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        made = None
    if made is None or base64.b64encode(made).decode() != text:
        raise Reject("cast", f"`{text}` is no base64")
    return made


def urlDecoded(text):
    import re

    if re.search(r"%(?![0-9a-fA-F]{2})", text, re.ASCII):
        raise Reject("cast", f"`{text}` is not percent-encoded")
    try:
        return urllib.parse.unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Reject("cast", f"`{text}` is no UTF-8") from None


# ---- time ----


def steppedIn(up):
    def step(t, length, zone):
        if length <= 0:
            raise Reject("divide_by_zero", "a step of no length")
        made = clocks.stepped(t, length, zone, up)
        if made is None:
            raise Reject("cast", "a time that the clocks skip")
        return made

    return step


def orCast(function):
    def call(*values):
        made = function(*values)
        if made is None:
            raise Reject("cast", f"{values} by a pattern")
        return made

    return call


# Functions whose arguments may be named: their parameters, with defaults.
NAMED = {
    "floor": ("t", "to", "zone"),
    "ceil": ("t", "to", "zone"),
    "parse_timestamp": ("text", "pattern", ("zone", "UTC"), ("later", False)),
    "format_timestamp": ("t", "pattern", ("zone", "UTC")),
}


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


DATE_PARTS = ("year", "month", "day", "weekday")


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
    "duration": ((STRING,), DURATION, parsed(parseDuration, "duration")),
    "floor": ((F64,), F64, wholeFloat(math.floor)),
    "ceil": ((F64,), F64, wholeFloat(math.ceil)),
    "trunc": ((F64,), F64, wholeFloat(math.trunc)),
    "replace": ((STRING, STRING, STRING), STRING, lambda s, old, new: s.replace(old, new) if old else s),
    "split": ((STRING, STRING), Type("list", element=STRING), lambda s, by: s.split(by) if by else list(s)),
    "join": ((Type("list", element=STRING), STRING), STRING, lambda parts, by: by.join(parts)),
    "repeat": ((STRING, I64), STRING, lambda s, times: s * times),
    "sqrt": ((F64,), F64, squareRoot),
    "exp": ((F64,), F64, exponential),
    "ln": ((F64,), F64, naturalLogarithm),
    "log10": ((F64,), F64, decimalLogarithm),
    "pow": ((F64, F64), F64, power),
    "crc32": ((STRING,), I64, lambda s: zlib.crc32(s.encode())),
    "xxh64": ((STRING,), Type("u64"), lambda s: xxh64.digest(s.encode())),
    "url_encode": ((STRING,), STRING, lambda s: urllib.parse.quote(s, safe="-._~")),
    "url_decode": ((STRING,), STRING, urlDecoded),
    "base64_decode": ((STRING,), BYTES, base64Decoded),
    "parse_timestamp": ((STRING, STRING, STRING, BOOL), TIMESTAMP, orCast(clocks.parse)),
    "format_timestamp": ((TIMESTAMP, STRING, STRING), STRING, orCast(clocks.format_)),
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

DIGESTS = ("md5", "sha256", "hex", "base64_encode")

OF_BYTES = {
    "length": (I64, len),
    "byte_length": (I64, len),
    "slice": (BYTES, lambda b, start, end=None: b[max(start, 0) : len(b) if end is None else max(end, 0)]),
    "md5": (STRING, lambda b: hashlib.md5(b).hexdigest()),
    "sha256": (STRING, lambda b: hashlib.sha256(b).hexdigest()),
    "hex": (STRING, bytes.hex),
    "base64_encode": (STRING, lambda b: base64.b64encode(b).decode()),
    "crc32": (I64, zlib.crc32),
    "xxh64": (Type("u64"), lambda b: xxh64.digest(b)),
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
    ("floor", 3): ((TIMESTAMP, DURATION, STRING), TIMESTAMP, steppedIn(False)),
    ("ceil", 3): ((TIMESTAMP, DURATION, STRING), TIMESTAMP, steppedIn(True)),
    ("floor", 2): ((TIMESTAMP, DURATION), TIMESTAMP, floorTo),
    ("ceil", 2): ((TIMESTAMP, DURATION), TIMESTAMP, ceilTo),
}


def resolve(name, operands):
    """(result type, function of values, converted operands) of a call."""
    if operands and plain(operands[0].type) == BYTES and name in OF_BYTES:
        return (OF_BYTES[name][0], OF_BYTES[name][1], operands)
    if name in OF_BYTES and name in DIGESTS:
        return STRING, lambda s: OF_BYTES[name][1](s.encode()), [operands[0].to(STRING)]
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
    if name == "timestamp":
        if first == DATE:
            return TIMESTAMP, midnight, operands
        return TIMESTAMP, parsed(parseTimestamp, "RFC 3339 timestamp"), [operands[0].to(STRING)]
    if name == "string" and first == BYTES:
        return STRING, parsed(bytes.decode, "UTF-8"), operands
    if name == "string":
        return STRING, lambda value: textOf(value, first), operands
    if name == "date":
        if first == TIMESTAMP:
            return DATE, lambda micros: micros // MICROS_PER_DAY, operands
        return DATE, parsed(parseDate, "date"), [operands[0].to(STRING)]
    if name == "bytes":
        return BYTES, str.encode, [operands[0].to(STRING)]
    if name == "abs":
        first = settled(first)
        operands = [operands[0].to(first)]
        if first.name in FLOATS or decimals.isDecimal(first.name):
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
