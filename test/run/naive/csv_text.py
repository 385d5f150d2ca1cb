"""CSV as the reference describes it: records and cells of a file, cells as values, rows as lines. Byte by byte."""

import base64
import math
import re

import decimals
from values import (ABSENT, FLOATS, INTEGERS, MICROS_PER_DAY, YEAR_0, YEAR_10000, Reject, dateText, durationText,
                    floatText, parseDate, parseDuration, parseTimestamp, roundToF32, symbolsOf, timestampText)

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Cell:
    def __init__(self, text, quoted):
        self.text, self.quoted = text, quoted


class Record:
    """`cells` is None when the record cannot be taken apart; `raw` is its bytes without the line end."""

    def __init__(self, offset, raw, cells):
        self.offset, self.raw, self.cells = offset, raw, cells


def readRecord(data, start, delimiter, quote):
    """The record at `start`: (Record, where the next one begins). Record None: its quote never closes."""
    cells, cell, malformed = [], bytearray(), False
    place, was_quoted, at = "cell start", False, start
    while at < len(data):
        c = data[at:at + 1]
        if place == "quoted":
            if c != quote:
                cell += c
            elif data[at + 1:at + 2] == quote:
                cell += c
                at += 1
            else:
                place = "behind quote"
        elif c == delimiter:
            cells.append(Cell(bytes(cell), was_quoted))
            cell, place, was_quoted = bytearray(), "cell start", False
        elif c == b"\n":
            break
        elif c == quote and place == "cell start":
            place, was_quoted = "quoted", True
        elif c == b"\r" and data[at + 1:at + 2] in (b"\n", b""):
            pass
        else:
            malformed |= c == quote or place == "behind quote"
            cell += c
            place = "in cell" if place != "behind quote" else place
        at += 1
    if place == "quoted":
        return None, at
    raw = data[start:at]
    raw = raw[:-1] if raw.endswith(b"\r") else raw
    cells.append(Cell(bytes(cell), was_quoted))
    return Record(start, raw, None if malformed else cells), at + 1


def records(data, delimiter, quote):
    """All records of a file; those whose quote never closes are their first line, with cells None."""
    found, at = [], 3 if data.startswith(BYTE_ORDER_MARK) else 0
    while at < len(data):
        record, after = readRecord(data, at, delimiter, quote)
        if record is None:
            end = data.find(b"\n", at)
            end = len(data) if end < 0 else end
            record, after = Record(at, data[at:end], None), end + 1
        if record.raw:
            found.append(record)
        at = after
    return found


def leaves(fields, path=()):
    """[(path, type)] of a row type: the cells of a record."""
    found = []
    for name, type_, _ in fields:
        found += leaves(type_.fields, path + (name,)) if type_.name == "record" else [(path + (name,), type_)]
    return found


class BadHeader(Exception):
    pass


class CsvFile:
    """A file against a row type: `rows` is [(Record, {path: Cell or None} or the Reject)]."""

    def __init__(self, data, options, fields, demanded):
        delimiter, quote = (options.get(name, usual).encode() for name, usual in (("delimiter", ","), ("quote", '"')))
        self.null = options["null"].encode() if "null" in options else None
        found = records(data, delimiter, quote)
        all_leaves = leaves(fields)
        if not options.get("header", True):
            names = [".".join(path) for path, _ in all_leaves]
        elif found:
            header = found.pop(0)
            names = [cell.text.decode(errors="replace") for cell in header.cells or []]
        else:
            names = []
        self.position = {}
        for path, type_ in all_leaves:
            name = ".".join(path)
            if path in demanded and found and (names.count(name) > 1 or name not in names and not type_.optional):
                raise BadHeader(name)
            self.position[path] = names.index(name) if name in names else None
        self.records, self.count = found, len(names)

    def cells(self, record, max_record):
        if len(record.raw) > max_record:
            raise Reject("decode", "longer than max_record")
        if record.cells is None:
            raise Reject("decode", "quotes where none may stand")
        if len(record.cells) != self.count:
            raise Reject("decode", f"{len(record.cells)} cells instead of {self.count}")
        return record.cells

    def value(self, cells, path, type_):
        at = self.position[path]
        if at is None:
            return None if type_.optional else ABSENT
        cell = cells[at]
        if type_.optional and not cell.quoted and (not cell.text or cell.text == self.null):
            return None
        return scalar(cell.text, type_)


def scalar(text, type_):
    """A cell as a value, or ABSENT."""
    try:
        text = text.decode()
        if type_.name == "string":
            return text
        if type_.name == "open_enum":
            return text
        if type_.name == "enum":
            return text if text in symbolsOf(type_) else ABSENT
        if type_.name == "bool":
            return {"true": True, "false": False}.get(text, ABSENT)
        if type_.name in INTEGERS:
            digits = text[1:] if text[:1] in ("+", "-") else text
            if not digits or not digits.isascii() or not digits.isdigit():
                return ABSENT
            low, high = INTEGERS[type_.name]
            return int(text) if low <= int(text) <= high else ABSENT
        if type_.name in FLOATS:
            if not text.isascii() or set(text) - set("0123456789.eE+-") or text != text.strip():
                return ABSENT
            made = float(text) if type_.name == "f64" else roundToF32(float(text))
            return ABSENT if math.isinf(made) else made
        if type_.name == "timestamp":
            return parseTimestamp(text)
        if type_.name == "duration":
            return parseDuration(text)
        if type_.name == "date":
            return parseDate(text)
        if type_.name == "bytes":
            made = base64.b64decode(text, validate=True)
            return made if base64.b64encode(made).decode() == text else ABSENT
        if decimals.isDecimal(type_.name):
            behind = re.match(r"[^.]*\.(\d*)", text, re.ASCII)
            if behind and len(behind.group(1)) > decimals.digitsOf(type_.name)[1]:
                return ABSENT
            return decimals.parse(text, type_.name)
    except ValueError:
        return ABSENT
    raise AssertionError(type_)


def decodeRow(file, cells, fields, demand, part, path=()):
    """{name: value}; what is not demanded is ABSENT when it cannot be had."""
    decoded = {}
    for name, type_, _ in fields:
        wanted = part(demand, name)
        if type_.name == "record":
            decoded[name] = decodeRow(file, cells, type_.fields, {} if wanted is None else wanted, part, path + (name,))
            continue
        made = file.value(cells, path + (name,), type_)
        if made is ABSENT and wanted is not None:
            raise Reject("decode", f"`{name}` is no {type_.name}")
        decoded[name] = made
    return decoded


# ---- rows -> lines ----


def valueText(value, type_):
    if type_.name == "bool":
        return "true" if value else "false"
    if type_.name in INTEGERS:
        return str(value)
    if type_.name in FLOATS:
        if math.isnan(value) or math.isinf(value):
            raise Reject("encode", f"{value} has no CSV")
        return floatText(value, type_.name)
    if type_.name in ("string", "enum", "open_enum"):
        return value
    if type_.name == "timestamp":
        if not YEAR_0 <= value < YEAR_10000:
            raise Reject("encode", "the year does not fit RFC 3339")
        return timestampText(value)
    if type_.name == "duration":
        return durationText(value)
    if type_.name == "date":
        if not YEAR_0 <= value * MICROS_PER_DAY < YEAR_10000:
            raise Reject("encode", "the year does not fit RFC 3339")
        return dateText(value)
    if type_.name == "bytes":
        return base64.b64encode(value).decode()
    if decimals.isDecimal(type_.name):
        return decimals.text(value, type_.name)
    raise AssertionError(type_)


def cellText(text, options, always=False):
    delimiter, quote = options.get("delimiter", ","), options.get("quote", '"')
    if always or not text or text == options.get("null") or any(c in text for c in (delimiter, quote, "\n", "\r")):
        return quote + text.replace(quote, quote + quote) + quote
    return text


def rowLine(row, fields, options):
    cells = []
    for path, type_ in leaves(fields):
        value = row
        for name in path:
            value = value[name]
        cells.append(options.get("null", "") if value is None or value is ABSENT
                     else cellText(valueText(value, type_), options))
    line = options.get("delimiter", ",").join(cells)
    if not line:
        raise Reject("encode", "a blank line")
    return line


def headerLine(fields, options):
    names = [".".join(path) for path, _ in leaves(fields)]
    return options.get("delimiter", ",").join(cellText(name, options) for name in names)
