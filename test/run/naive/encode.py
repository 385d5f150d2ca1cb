"""Rows -> JSON lines, byte for byte as a sink writes them."""

import base64
import math

import decimals
from values import (ABSENT, FLOATS, INTEGERS, MICROS_PER_DAY, NULL, YEAR_0, YEAR_10000, Reject, dateText,
                    durationText, floatText, timestampText)

SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
TIMESTAMP_SCALES = {"s": 1_000_000, "ms": 1_000, "us": 1}


def jsonString(text):
    return '"' + "".join(SHORT.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in text) + '"'


def jsonValue(value, type_, timestamps="rfc3339"):
    if value is None or value is ABSENT:
        return "null"
    if type_.name == "bool":
        return "true" if value else "false"
    if type_.name in INTEGERS:
        return str(value)
    if type_.name in FLOATS:
        if math.isnan(value) or math.isinf(value):
            raise Reject("encode", f"{value} has no JSON")
        return floatText(value, type_.name)
    if type_.name in ("string", "enum", "open_enum"):
        return jsonString(value)
    if type_.name == "oneof":
        variant, payload = value
        return f"{{{jsonString(variant)}:{jsonValue(payload, type_.field(variant) or NULL, timestamps)}}}"
    if decimals.isDecimal(type_.name):
        return decimals.text(value, type_.name)
    if type_.name == "bytes":
        return '"' + base64.b64encode(value).decode() + '"'
    if type_.name == "date":
        if not YEAR_0 <= value * MICROS_PER_DAY < YEAR_10000:
            raise Reject("encode", "the year does not fit RFC 3339")
        return f'"{dateText(value)}"'
    if type_.name == "timestamp":
        if timestamps != "rfc3339":
            return str(value // TIMESTAMP_SCALES[timestamps])
        if not YEAR_0 <= value < YEAR_10000:
            raise Reject("encode", "the year does not fit RFC 3339")
        return f'"{timestampText(value)}"'
    if type_.name == "duration":
        return f'"{durationText(value)}"'
    if type_.name == "list":
        return "[" + ",".join(jsonValue(item, type_.element, timestamps) for item in value) + "]"
    if type_.name == "record":
        return jsonRow(value, type_.fields, timestamps)
    if type_.name == "null":
        return "null"
    raise AssertionError(type_)


def jsonRow(row, fields, timestamps="rfc3339"):
    if [name for name, _, _ in fields] == [""]:  # a row that is a oneof
        return jsonValue(row[""], fields[0][1], timestamps)
    return "{" + ",".join(f"{jsonString(name)}:{jsonValue(row[name], type_, timestamps)}"
                          for name, type_, _ in fields) + "}"
