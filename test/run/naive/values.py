"""Types and values of the language, as plainly as Python can say them.

Values: bool, int (integers; timestamps and durations in microseconds), float (f32 values are floats that f32 can hold),
Fraction (decimals), int (dates: days since 1970), bytes, str (also symbols of enums), dict (records), (variant,
payload) for oneofs, list, None (null). Untyped literals are ints and Fractions until a context gives them a type.
"""

import re
import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Optional

import decimals
from syntax import DURATION_UNITS, Unsupported, durationMicros


class Reject(Exception):
    """A record fails. `place` is filled in by the innermost expression that knows it."""

    def __init__(self, cause, message, place=None):
        super().__init__(message)
        self.cause, self.message, self.place = cause, message, place


class Absent:
    """Stands for the value of a field that nobody demands and that could not be had."""

    def __repr__(self):
        return "<absent>"


ABSENT = Absent()


@dataclass(frozen=True)
class Type:
    # bool i8…u64 f32 f64 string timestamp duration record list enum open_enum oneof; int_literal fraction_literal null
    name: str
    optional: bool = False
    fields: tuple = ()  # record: ((name, Type, default or None), …); enum: symbols as names; oneof: variants
    element: Optional["Type"] = None  # list

    def field(self, name):
        for field_name, field_type, _ in self.fields:
            if field_name == name:
                return field_type
        return None


INTEGERS = {f"i{bits}": (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for bits in (8, 16, 32, 64)}
INTEGERS |= {f"u{bits}": (0, 2**bits - 1) for bits in (8, 16, 32, 64)}
FLOATS = ("f32", "f64")
I64_MIN, I64_MAX = INTEGERS["i64"]
EXACT_BITS = {"f32": 24, "f64": 53}  # integers up to this many bits are exact

BOOL, I64, F64, STRING = Type("bool"), Type("i64"), Type("f64"), Type("string")
TIMESTAMP, DURATION = Type("timestamp"), Type("duration")
INT_LITERAL, FRACTION_LITERAL, NULL = Type("int_literal"), Type("fraction_literal"), Type("null")
WINDOW = Type("record", fields=(("start", TIMESTAMP, None), ("end", TIMESTAMP, None)))
META = Type("record", fields=(("path", STRING, None), ("line", Type("i64"), None), ("received_at", TIMESTAMP, None),
                              ("time", TIMESTAMP, None)))


def record(fields):
    """A record type from {name: Type}."""
    return Type("record", fields=tuple((name, type_, None) for name, type_ in fields.items()))


def plain(type_):
    return Type(type_.name, False, type_.fields, type_.element)


def symbolsOf(type_):
    """The symbols of an enum, or of an optional one; of other types none."""
    return [name for name, _, _ in type_.fields] if type_.name in ("enum", "open_enum") else []


def commonType(left, right):
    """The type of `if c then left else right`, of list elements and of both sides of an operator."""
    optional = left.optional or right.optional or left == NULL or right == NULL
    if left == NULL or right == NULL:
        base = plain(right if left == NULL else left)
    else:
        base = commonPlain(plain(left), plain(right))
    return Type(base.name, optional and base != NULL, base.fields, base.element)


def commonPlain(left, right):
    if left == right:
        return left
    if left.name == right.name == "record":
        if [f[0] for f in left.fields] != [f[0] for f in right.fields]:
            raise Unsupported("records of different shape")
        return Type("record", fields=tuple((a[0], commonType(a[1], b[1]), None)
                                           for a, b in zip(left.fields, right.fields)))
    if left.name == right.name == "list":
        return Type("list", element=commonType(left.element, right.element))
    if decimals.isDecimal(left.name) and decimals.isDecimal(right.name):
        (p1, s1), (p2, s2) = decimals.digitsOf(left.name), decimals.digitsOf(right.name)
        precision = max(p1 - s1, p2 - s2) + max(s1, s2)
        if precision > decimals.DIGITS_MAX:
            raise Unsupported("decimals that meet in more than 38 digits")
        return Type(decimals.typeName(precision, max(s1, s2)))
    for meeting in (right, left, Type("i16"), Type("i32"), I64, F64):
        if widens(left, meeting) and widens(right, meeting):
            return meeting
    raise Unsupported(f"no common type of {left.name} and {right.name}")


def widens(one, other):
    """Whether every value of a type is exactly a value of another; literals take the type of their context."""
    if one == other:
        return True
    if decimals.isDecimal(other.name):
        if one.name in ("int_literal", "fraction_literal"):
            return True
        digits = decimals.numberDigits(one.name)
        precision, scale = decimals.digitsOf(other.name)
        return digits is not None and digits[1] <= scale and digits[0] - digits[1] <= precision - scale
    if one.name == "int_literal":
        return other.name in INTEGERS or other.name in FLOATS + ("fraction_literal",)
    if one.name == "fraction_literal":
        return other.name in FLOATS
    if one.name in INTEGERS and other.name in INTEGERS:
        return INTEGERS[other.name][0] <= INTEGERS[one.name][0] and INTEGERS[one.name][1] <= INTEGERS[other.name][1]
    if one.name in INTEGERS and other.name in FLOATS:
        return INTEGERS[one.name][1].bit_length() <= EXACT_BITS[other.name]
    return one.name == "f32" and other.name == "f64"


def settled(type_):
    """The type of a value that no context asks anything of."""
    if type_.name == "int_literal":
        return Type("i64", type_.optional)
    if type_.name == "fraction_literal":
        return Type("f64", type_.optional)
    if type_.name == "list":
        return Type("list", type_.optional, element=settled(type_.element))
    if type_.name == "record":
        return Type("record", type_.optional, fields=tuple((n, settled(t), d) for n, t, d in type_.fields))
    return type_


def convert(value, source, target):
    """Implicit widening: exact by construction, except that literals are rounded to the float they become."""
    if value is None or value is ABSENT or source == target:
        return value
    if target.name == "list":
        return [convert(item, source.element, target.element) for item in value]
    if target.name == "record":
        return {name: convert(value[name], source.field(name), type_) for name, type_, _ in target.fields}
    if target.name == "date":
        return value // MICROS_PER_DAY if source.name == "timestamp" else value
    if decimals.isDecimal(target.name):
        value = Fraction(value)
        if not (value * 10 ** decimals.digitsOf(target.name)[1]).denominator == 1:
            raise Unsupported(f"literal {value} has more digits than {target.name}")
        return value
    if target.name == "f64":
        return float(value)
    if target.name == "f32":
        return roundToF32(value)
    if target.name in INTEGERS:
        low, high = INTEGERS[target.name]
        if not low <= value <= high:
            raise Unsupported(f"literal {value} is no {target.name}")
    return value


def roundToF32(value):
    """The nearest f32, infinite when out of range."""
    try:
        return struct.unpack("<f", struct.pack("<f", float(value)))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


# ---- text of values: the same for string(x), f-strings and JSON ----


def floatText(value, type_name="f64"):
    """Shortest text that reads back as the same value; always with a point or an exponent, as Python lays it out."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if type_name == "f64" or value == 0:
        return repr(value)
    digits, _, exponent = shortestF32(abs(value)).partition("e")
    sign = "-" if value < 0 else ""
    if -4 <= int(exponent) < 16:  # the digits in the layout of an f64 that has no more of them
        return sign + repr(float(f"{digits}e{exponent}"))
    return sign + f"{digits}e{exponent}".replace(".0e", "e")


def shortestF32(value):
    for precision in range(1, 10):
        text = f"{value:.{precision - 1}e}"
        if roundToF32(float(text)) == value:
            return text
    raise AssertionError(value)


MICROS_PER_DAY = 86_400_000_000
DATE, BYTES = Type("date"), Type("bytes")


def civilFromDays(days):
    """Days since 1970-01-01 -> (year, month, day) of the proleptic Gregorian calendar, by counting."""
    year = 1970 + days // 366 if days >= 0 else 1970 + days // 365
    while daysFromCivil(year + 1, 1, 1) <= days:
        year += 1
    month = 1
    while month < 12 and daysFromCivil(year, month + 1, 1) <= days:
        month += 1
    return year, month, days - daysFromCivil(year, month, 1) + 1


MONTH_DAYS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)


def isLeap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def daysFromCivil(year, month, day):
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400 - (1969 // 4 - 1969 // 100 + 1969 // 400)
    return (year - 1970) * 365 + leaps + MONTH_DAYS[month - 1] + (month > 2 and isLeap(year)) + day - 1


def dateText(days):
    year, month, day = civilFromDays(days)
    sign = "" if 0 <= year <= 9999 else "+" if year > 0 else "-"
    width = 5 if sign else 4
    return f"{sign}{abs(year):0{width}d}-{month:02d}-{day:02d}"


def timestampText(micros):
    days, rest = divmod(micros, MICROS_PER_DAY)
    seconds, fraction = divmod(rest, 1_000_000)
    text = f"{dateText(days)}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if fraction % 1000:
        text += f".{fraction:06d}"
    elif fraction:
        text += f".{fraction // 1000:03d}"
    return text + "Z"


YEAR_0 = daysFromCivil(0, 1, 1) * MICROS_PER_DAY
YEAR_10000 = daysFromCivil(10000, 1, 1) * MICROS_PER_DAY


def parseDate(text):
    """YYYY-MM-DD -> days since 1970. ValueError when there is no such day."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(text)
    return parseTimestamp(text + "T00:00:00Z") // MICROS_PER_DAY


def parseTimestamp(text):
    """RFC 3339 -> microseconds. ValueError when it is not one, or finer than that."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)", text, re.ASCII)
    if not match:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    if not 1 <= month <= 12 or hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    if (match.group(7) or "")[6:].strip("0"):
        raise ValueError(text)
    month_days = daysFromCivil(year + month // 12, month % 12 + 1, 1) - daysFromCivil(year, month, 1)
    if not 1 <= day <= month_days:
        raise ValueError(text)
    micros = daysFromCivil(year, month, day) * MICROS_PER_DAY
    micros += (hour * 3600 + minute * 60 + second) * 1_000_000
    micros += int((match.group(7) or "0")[:6].ljust(6, "0"))
    zone = match.group(8)
    if zone not in "Zz":
        hours, minutes = int(zone[1:3]), int(zone[4:6])
        if hours > 23 or minutes > 59:
            raise ValueError(text)
        offset = (hours * 60 + minutes) * 60_000_000
        micros -= offset if zone[0] == "+" else -offset
    return micros


def durationText(micros):
    """Largest units first: 1d12h, 1m30s, 0s; -1m30s for negative ones."""
    if micros == 0:
        return "0s"
    text, rest = "", abs(micros)
    for unit in ("d", "h", "m", "s", "ms", "us"):
        count, rest = divmod(rest, DURATION_UNITS[unit])
        if count:
            text += f"{count}{unit}"
    return ("-" if micros < 0 else "") + text


def parseDuration(text):
    sign = -1 if text.startswith("-") else 1
    micros = sign * durationMicros(text.removeprefix("-"))
    if not I64_MIN <= micros <= I64_MAX:
        raise ValueError(text)
    return micros


def textOf(value, type_):
    """string(x) and the inside of an f-string."""
    if value is None:
        return "null"
    if type_.name == "bool":
        return "true" if value else "false"
    if type_.name in ("string", "enum", "open_enum"):
        return value
    if type_.name in FLOATS:
        return floatText(value, type_.name)
    if type_.name == "timestamp":
        return timestampText(value)
    if type_.name == "duration":
        return durationText(value)
    if type_.name in INTEGERS:
        return str(value)
    if decimals.isDecimal(type_.name):
        return decimals.text(value, type_.name)
    if type_.name == "date":
        return dateText(value)
    if type_.name == "fraction_literal":
        return floatText(float(value))
    if type_.name == "int_literal":
        return str(value)
    raise Unsupported(f"string({type_.name})")


# ---- checked arithmetic ----


def checked(value, type_):
    low, high = INTEGERS.get(type_.name, INTEGERS["i64"])
    if not low <= value <= high:
        raise Reject("overflow", f"{value} does not fit {type_.name}")
    return value


def truncatedDivision(left, right):
    if right == 0:
        raise Reject("divide_by_zero", "division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def floatResult(value, type_):
    return roundToF32(value) if type_.name == "f32" else value
