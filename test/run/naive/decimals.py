"""Decimals, exactly: a value is a Fraction, its type is named `decimal(p, s)`.

How many digits a type has matters where a value is written, rounded or refused; in between there are only fractions.
"""

import math
import re
from fractions import Fraction

DIGITS_MAX = 38
ROUNDINGS = ("half_away", "half_even", "floor", "ceil", "trunc")


def typeName(precision, scale):
    return f"decimal({precision}, {scale})"


def digitsOf(name):
    """(precision, scale) of a type's name, or None when it is no decimal."""
    match = re.fullmatch(r"decimal\((\d+), (\d+)\)", name)
    return (int(match.group(1)), int(match.group(2))) if match else None


def isDecimal(name):
    return digitsOf(name) is not None


def fits(value, precision, scale):
    """Whether the value has at most so many digits in all and behind the point."""
    units = value * 10**scale
    return units == int(units) and abs(units) < 10**precision


def roundUnits(units, rounding):
    """A Fraction of units to a whole number of them."""
    below = math.floor(units)
    rest = units - below
    if rest == 0 or rounding == "floor":
        return below
    if rounding == "ceil":
        return below + 1
    if rounding == "trunc":
        return below if units > 0 else below + 1
    if rest == Fraction(1, 2):
        if rounding == "half_even":
            return below if below % 2 == 0 else below + 1
        return below + 1 if units > 0 else below
    return below if rest < Fraction(1, 2) else below + 1


def rounded(value, scale, rounding="half_away"):
    return Fraction(roundUnits(Fraction(value) * 10**scale, rounding), 10**scale)


def text(value, name):
    """All digits, plainly: 150.00"""
    scale = digitsOf(name)[1]
    units = value * 10**scale
    assert units == int(units), (value, name)
    digits = str(abs(int(units))).rjust(scale + 1, "0")
    sign = "-" if units < 0 else ""
    return sign + digits[: len(digits) - scale] + ("." + digits[len(digits) - scale :] if scale else "")


def parse(literal, name):
    """The value of a number's text; ValueError when it is none, or has digits that do not fit."""
    match = re.fullmatch(r"([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?)(\d+))?", literal, re.ASCII)
    if not match:
        raise ValueError(literal)
    sign, whole, behind, exponent_sign, exponent = match.groups()
    digits = int(whole + (behind or ""))
    if digits == 0:
        return Fraction(0)
    power = min(int(exponent or 0), 100_000) * (-1 if exponent_sign == "-" else 1) - len(behind or "")
    value = Fraction(digits) * (Fraction(10) ** power) * (-1 if sign == "-" else 1)
    if not fits(value, *digitsOf(name)):
        raise ValueError(literal)
    return value


INTEGER_DIGITS = {"i8": (3, 0), "u8": (3, 0), "i16": (5, 0), "u16": (5, 0), "i32": (10, 0), "u32": (10, 0),
                  "i64": (19, 0), "u64": (20, 0), "int_literal": (1, 0)}


def numberDigits(name):
    """(precision, scale) of a number in arithmetic with decimals; None when it is no exact number."""
    return digitsOf(name) or INTEGER_DIGITS.get(name)
