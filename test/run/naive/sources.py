"""Where records come from: JSON lines of a file or stdin, and `generate`; decoded as far as the program demands."""

import base64
import decimal
import glob
import json
import os
import re
import sys
import time

import csv_text
import decimals
import nexmark
from demand import part
from encode import TIMESTAMP_SCALES, jsonRow
from values import (ABSENT, FLOATS, I64, I64_MAX, I64_MIN, INTEGERS, Reject, checked, parseDate, parseDuration,
                    parseTimestamp, roundToF32, symbolsOf)

sys.setrecursionlimit(20_000)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
RAW_MAX = 64 * 1024  # of raw bytes in an error row
UNSPECIFIED = "<unspecified>"
ENDLESS = 10_000  # rows of a source without an end: more than any job here looks at


class Number(str):
    """The text of a JSON number."""


class Origin:
    """Where a row came from, for error rows; `order` puts all rows of all sources in one order."""

    def __init__(self, source, partition, offset, text, meta=None):
        now = time.time_ns() // 1000
        self.meta = {"received_at": now, "time": now} | (meta or {})  # what `meta` is
        self.source, self.partition, self.offset, self.text = source.name, partition, offset, text
        self.order = (source.number, partition, offset)


class Row:
    """fields: {name: value}; watermark: of the partition just before this record; window: (start, end)."""

    def __init__(self, fields, event_time, watermark, window, origin):
        self.fields, self.event_time, self.watermark, self.window = fields, event_time, watermark, window
        self.origin = origin
        self.meta = origin.meta if origin is not None else None  # also behind an exchange
        self.place = origin.order if origin is not None else None  # of the record; also behind an exchange

    def replace(self, **changes):
        row = Row(self.fields, self.event_time, self.watermark, self.window, self.origin)
        row.__dict__.update(self.__dict__ | changes)
        return row


# ---- lines ----


def lines(data):
    """[(offset, bytes without the line end)], blank lines left out."""
    found, offset = [], 0
    for line in data.split(b"\n"):
        start, size = offset, len(line)
        offset += size + 1
        if start == 0 and line.startswith(BYTE_ORDER_MARK):
            line, start = line[3:], 3
        if line.endswith(b"\r"):
            line = line[:-1]
        if line.strip(b" \t\r"):
            found.append((start, line))
    return found


def rawText(line):
    """The raw bytes of a record as text, or base64 when they are not UTF-8."""
    try:
        return line[:RAW_MAX].decode()
    except UnicodeDecodeError:
        return base64.b64encode(line[:RAW_MAX]).decode()


def parseLine(line, max_record):
    if len(line) > max_record:
        raise Reject("decode", f"longer than max_record ({max_record} bytes)")
    text = line.decode(errors="surrogateescape")  # bytes that are not UTF-8 are found where somebody wants the text
    try:
        value = json.loads(text, parse_int=Number, parse_float=Number, parse_constant=noConstant)
    except ValueError as failure:
        raise Reject("decode", f"no JSON: {failure}") from None
    if not isinstance(value, dict):
        raise Reject("decode", "no JSON object")
    return value


def noConstant(name):
    raise ValueError(name)


def metaOf(path, data, offset):
    return {"path": path, "line": data[:offset].count(b"\n") + 1}


# ---- values ----


def decodeRecord(fields, value, demand, timestamps):
    """{name: value}; fields outside the demand are decoded when they can be, else they are null: ABSENT where their type
    has no null."""
    decoded = {}
    if [name for name, _, _ in fields] == [""]:  # a row that is a oneof
        value = {"": value}
    for name, type_, default in fields:
        wanted = part(demand, name)
        try:
            if default is not None and name not in value:
                decoded[name] = default
            else:
                decoded[name] = decodeValue(type_, value.get(name), {} if wanted is None else wanted, timestamps, name)
        except Reject:
            if wanted is not None:
                raise
            decoded[name] = None if type_.optional else ABSENT
    return decoded


def decodeValue(type_, value, demand, timestamps, name):
    if value is None:
        if type_.optional:
            return None
        raise Reject("decode", f"`{name}` is missing or null")
    by_type = decodeDecimal if decimals.isDecimal(type_.name) else decodeNumber
    made = DECODERS.get(type_.name, by_type)(type_, value, demand, timestamps, name)
    if made is ABSENT:
        raise Reject("decode", f"`{name}` is no {type_.name}: {value!r}")
    return made


def decodeDecimal(type_, value, demand, timestamps, name):
    try:
        return decimals.parse(value, type_.name) if isinstance(value, str) else ABSENT
    except ValueError:
        return ABSENT


def decodeDate(type_, value, demand, timestamps, name):
    try:
        return parseDate(value) if isText(value) else ABSENT
    except ValueError:
        return ABSENT


def decodeBytes(type_, value, demand, timestamps, name):
    try:
        made = base64.b64decode(value, validate=True) if isText(value) and value.isascii() else ABSENT
    except ValueError:
        return ABSENT
    return made if made is not ABSENT and base64.b64encode(made).decode() == value else ABSENT


def decodeNumber(type_, value, demand, timestamps, name):
    if not isinstance(value, Number):
        return ABSENT
    if type_.name in FLOATS:
        made = float(value) if type_.name == "f64" else roundToF32(float(value))
        return ABSENT if made in (float("inf"), float("-inf")) else made
    exact = exactInteger(value)
    low, high = INTEGERS[type_.name]
    return ABSENT if exact is None or not low <= exact <= high else exact


def exactInteger(text):
    """The integer that a JSON number is, or None; numbers of more than 400 digits are never in range."""
    mantissa, _, power = text.lower().partition("e")
    digits = mantissa.replace("-", "").replace(".", "").strip("0")
    if not digits:
        return 0
    if len(power) > 6 or abs(int(power or 0)) > 100_000:
        return None
    number = decimal.Context(prec=max(400, len(text) + 10)).create_decimal(text)
    if number.adjusted() > 400 or number != number.to_integral_value():
        return None
    return int(number)


def decodeBool(type_, value, demand, timestamps, name):
    return value if isinstance(value, bool) else ABSENT


def isText(value):
    return isinstance(value, str) and not isinstance(value, Number)


def decodeString(type_, value, demand, timestamps, name):
    if not isText(value) or re.search("[\ud800-\udfff]", value):
        return ABSENT  # a lone surrogate, or bytes that are not UTF-8
    return value


def decodeTimestamp(type_, value, demand, timestamps, name):
    if timestamps != "rfc3339":
        count = exactInteger(value) if isinstance(value, Number) else None
        if count is None or not I64_MIN <= count * TIMESTAMP_SCALES[timestamps] <= I64_MAX:
            return ABSENT
        return count * TIMESTAMP_SCALES[timestamps]
    try:
        return parseTimestamp(value) if isText(value) else ABSENT
    except ValueError:
        return ABSENT


def decodeDuration(type_, value, demand, timestamps, name):
    try:
        return parseDuration(value) if isText(value) else ABSENT
    except ValueError:
        return ABSENT


def decodeList(type_, value, demand, timestamps, name):
    if not isinstance(value, list):
        return ABSENT
    return [decodeValue(type_.element, item, True, timestamps, f"{name}[{i}]") for i, item in enumerate(value)]


def decodeNested(type_, value, demand, timestamps, name):
    return decodeRecord(type_.fields, value, demand, timestamps) if isinstance(value, dict) else ABSENT


def decodeSymbol(type_, value, demand, timestamps, name):
    return value if isText(value) and value in symbolsOf(type_) else ABSENT


def decodeOneof(type_, value, demand, timestamps, name):
    """{"variant": payload}: (variant, payload). Of a payload that nobody demands nothing is checked."""
    if not isinstance(value, dict) or len(value) != 1:
        return ABSENT
    (variant, raw), = value.items()
    if variant not in [known for known, _, _ in type_.fields]:
        return ABSENT
    payload, wanted = type_.field(variant), part(demand, variant)
    if payload is None:
        return (variant, None) if raw is None else ABSENT
    try:
        return variant, decodeValue(payload, raw, {} if wanted is None else wanted, timestamps, f"{name}.{variant}")
    except Reject:
        if wanted is not None:
            raise
        return variant, ABSENT


DECODERS = {"enum": decodeSymbol, "open_enum": decodeString, "oneof": decodeOneof, "bool": decodeBool,
            "string": decodeString, "timestamp": decodeTimestamp, "duration": decodeDuration, "list": decodeList,
            "record": decodeNested, "date": decodeDate, "bytes": decodeBytes}


def demandedLeaves(fields, demand, path=()):
    """The paths of the leaves that a demand names."""
    found = set()
    for name, type_, _ in fields:
        wanted = part(demand, name)
        if wanted is None:
            continue
        if type_.name == "record":
            found |= demandedLeaves(type_.fields, wanted, path + (name,))
        else:
            found.add(path + (name,))
    return found


# ---- sources ----


class Source:
    """A declared source, or the anonymous one of `from …`; `place` is that of its name."""

    def __init__(self, name, type_, connector, place):
        self.name, self.type, self.connector, self.place = name, type_, connector, place
        self.label = name
        self.number = 0  # among the sources of the job
        self.time, self.wait = None, None  # Expression, microseconds
        self.demand, self.demand_of_steps = {}, {}
        self.partitions = 1

    def read(self, base, stdin):
        """(rows, rejects): rejects are (Row, Reject)."""
        rows, rejects, greatest = [], [], None
        for origin, decode in self.records(base, stdin):
            # Over several files nothing is late here: the least watermark counts, and files wait for their turn.
            watermark = None if greatest is None or self.wait is None or self.partitions > 1 else greatest - self.wait
            row = Row({}, None, watermark, None, origin)
            try:
                row.fields = decode()
                row.event_time = self.eventTime(row)
            except Reject as failure:
                failure.place = failure.place or self.place
                rejects.append((row, failure))
                continue
            if row.event_time is not None:
                greatest = row.event_time if greatest is None else max(greatest, row.event_time)
            rows.append(row)
        return rows, rejects

    def eventTime(self, row):
        if self.time is None:
            return None
        event_time, ahead = self.time.evaluate(row), self.connector.options.get("max_ahead")
        if ahead is not None and event_time > time.time() * 1_000_000 + ahead:
            raise Reject("time", "far ahead of the clock")
        return event_time

    def records(self, base, stdin):
        name, options = self.connector.name, self.connector.options
        if name == "generate":
            return self.generated(options)
        if name == "nexmark":
            return self.nexmarkEvents(options)
        if name == "files":
            paths = sorted(path for path in glob.glob(str(base / options["path"])) if os.path.isfile(path))
            files = [self.recordsOf(open(path, "rb").read(), number, os.path.relpath(path, base))
                     for number, path in enumerate(paths)]
            if "order" in options:
                return self.merged(files, options["order"])
            self.partitions = len(paths)
            return [record for records in files for record in records]
        if name == "file" and options["path"] != "-":
            data = (base / options["path"]).read_bytes()
        elif name in ("stdin", "file"):
            data = stdin()
        else:
            raise AssertionError(name)
        return self.recordsOf(data, 0, options.get("path"))

    def merged(self, files, field):
        """One partition: of the next rows of all files always the least, by a field and then by file."""
        refused, heads = [], []
        for records in files:
            rows = []
            for origin, decode in records:
                try:
                    rows.append((decode(), origin))
                except Reject:
                    refused.append((origin, decode))
            heads.append(rows)
        made = []
        while any(heads):
            _, number = min((rows[0][0][field], number) for number, rows in enumerate(heads) if rows)
            row, origin = heads[number].pop(0)
            made.append((Origin(self, 0, len(made), origin.text, origin.meta), lambda row=row: row))
        return refused + made

    def recordsOf(self, data, partition, path):
        options = self.connector.options
        max_record = options.get("max_record", 16_000_000)
        if options["format"] == "csv":
            file = csv_text.CsvFile(data, options, self.type.fields, demandedLeaves(self.type.fields, self.demand))
            return [(Origin(self, partition, record.offset, rawText(record.raw), metaOf(path, data, record.offset)),
                     self.csvDecoder(file, record, max_record)) for record in file.records]
        timestamps = options.get("timestamps", "rfc3339")
        return [(Origin(self, partition, offset, rawText(line), metaOf(path, data, offset)),
                 self.decoder(line, max_record, timestamps))
                for offset, line in lines(data)]

    def csvDecoder(self, file, record, max_record):
        return lambda: csv_text.decodeRow(file, file.cells(record, max_record), self.type.fields, self.demand, part)

    def decoder(self, line, max_record, timestamps):
        return lambda: decodeRecord(self.type.fields, parseLine(line, max_record), self.demand, timestamps)

    def generated(self, options):
        made = []
        for n in range(options.get("count", ENDLESS)):
            row = {"n": n, "at": checked(int(n / options["rate"]), I64)}
            origin = Origin(self, n % options.get("partitions", 1), n, jsonRow(row, self.type.fields), {"time": row["at"]})
            made.append((origin, lambda row=row: row))
        return made

    def nexmarkEvents(self, options):
        """The events of the variants that the source's type has; of a source of records the bids."""
        events = nexmark.Events(options.get("seed", 0), options.get("rate", 1) * 1_000_000)
        self.partitions = options.get("partitions", 1)
        (first, type_, _), *_ = self.type.fields
        variants = dict((name, payload) for name, payload, _ in type_.fields) if first == "" else {"bid": self.type}
        made, counts = [], [0] * self.partitions
        for n in range(options["events"]):
            variant, fields = events.event(n)
            if variant not in variants:
                continue
            partition = n // 50 % self.partitions
            payload = {field: fields[field] for field, _, _ in variants[variant].fields}
            row = {"": (variant, payload)} if first == "" else payload
            origin = Origin(self, partition, counts[partition], UNSPECIFIED, {"time": fields["at"]})
            counts[partition] += 1
            made.append((origin, lambda row=row: row))
        return made
