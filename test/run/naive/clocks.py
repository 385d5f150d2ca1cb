"""Time zones and strftime patterns, on Python's own zone database."""

import datetime
import re
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1)
UTC = datetime.timezone.utc
MICRO = datetime.timedelta(microseconds=1)
MONTHS = ("January February March April May June July August September October November December").split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def local(micros, zone):
    """The aware local time of an instant. OverflowError when it is outside the years 1 to 9999."""
    return (EPOCH + micros * MICRO).replace(tzinfo=UTC).astimezone(zoneinfo.ZoneInfo(zone))


def instants(naive, zone):
    """The instants at which the clocks of the zone show that time, in order."""
    found = set()
    for fold in (0, 1):
        instant = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=fold).astimezone(UTC)
        if instant.astimezone(zoneinfo.ZoneInfo(zone)).replace(tzinfo=None) == naive:
            found.add((instant.replace(tzinfo=None) - EPOCH) // MICRO)
    return sorted(found)


def stepped(micros, step, zone, up):
    """floor and ceil by the clocks of a zone; None when they skip that time."""
    shown = (local(micros, zone).replace(tzinfo=None) - EPOCH) // MICRO
    at = -(-shown // step) * step if up else shown // step * step
    found = [t for t in instants(EPOCH + at * MICRO, zone) if not up or t >= micros]
    return found[0] if found else None


EXPANSIONS = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y"}


def offsetText(at, colon):
    seconds = int(at.utcoffset().total_seconds())
    minutes = abs(seconds) // 60
    return f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}{colon}{minutes % 60:02d}"


WRITERS = {
    "Y": lambda t: f"{t.year:04d}", "y": lambda t: f"{t.year % 100:02d}", "m": lambda t: f"{t.month:02d}",
    "d": lambda t: f"{t.day:02d}", "e": lambda t: f"{t.day:2d}", "j": lambda t: f"{t.timetuple().tm_yday:03d}",
    "H": lambda t: f"{t.hour:02d}", "I": lambda t: f"{t.hour % 12 or 12:02d}", "M": lambda t: f"{t.minute:02d}",
    "S": lambda t: f"{t.second:02d}", "f": lambda t: f"{t.microsecond:06d}", "p": lambda t: "AM" if t.hour < 12 else "PM",
    "b": lambda t: MONTHS[t.month - 1][:3], "h": lambda t: MONTHS[t.month - 1][:3], "B": lambda t: MONTHS[t.month - 1],
    "a": lambda t: DAYS[t.weekday()][:3], "A": lambda t: DAYS[t.weekday()], "u": lambda t: str(t.isoweekday()),
    "w": lambda t: str(t.isoweekday() % 7), "G": lambda t: f"{t.isocalendar()[0]:04d}",
    "V": lambda t: f"{t.isocalendar()[1]:02d}", "z": lambda t: offsetText(t, ""), "Z": lambda t: t.tzname(),
    "s": lambda t: str((t.astimezone(UTC).replace(tzinfo=None) - EPOCH) // datetime.timedelta(seconds=1)),
    "n": lambda t: "\n", "t": lambda t: "\t", "%": lambda t: "%",
}


def expanded(pattern):
    return re.sub(r"%([FTRD%])", lambda m: EXPANSIONS.get(m.group(1), m.group(0)), pattern)


def format_(micros, pattern, zone):
    """The text, or None when the pattern is none."""
    at = local(micros, zone)

    def piece(match):
        return offsetText(at, ":") if match.group(1) == ":z" else WRITERS[match.group(1)](at)

    try:
        return re.sub(r"%(:z|.?)", piece, expanded(pattern), flags=re.DOTALL)
    except KeyError:
        return None


NAMES = {"b": MONTHS, "h": MONTHS, "B": MONTHS, "a": DAYS, "A": DAYS}
DIGITS = {"Y": 4, "y": 2, "m": 2, "d": 2, "e": 2, "j": 3, "H": 2, "I": 2, "M": 2, "S": 2}


def parse(text, pattern, zone, later):
    """Microseconds, or None when the text does not follow the pattern or names no time of the zone."""
    expression, kinds = "", []
    for match in re.finditer(r"%(:z|.?)|\s+|.", expanded(pattern), re.DOTALL):
        kind = match.group(1)
        if kind is None:
            expression += r"[ \t-\r]*" if match.group(0).isspace() else re.escape(match.group(0))
            continue
        if kind in ("n", "t"):
            expression += r"[ \t-\r]*"
        elif kind == "%":
            expression += "%"
        elif kind in DIGITS:
            expression += (r"[ \t-\r]*" if kind == "e" else "") + rf"(\d{{1,{DIGITS[kind]}}}+)"
            kinds.append(kind)
        elif kind in NAMES:
            expression += "(?i:(" + "|".join(f"{name}|{name[:3]}" for name in NAMES[kind]) + "))"
            kinds.append(kind)
        elif kind in ("f", "p", "z", ":z", "s"):
            expression += {"f": r"(\d++)", "p": "([aApP][mM])", "s": r"(-?\d{1,12}+)"}.get(
                kind, r"([Zz]|[+-]\d{1,2}+:?(?:\d{1,2}+)?)")
            kinds.append(kind)
        else:
            return None
    match = re.fullmatch(expression, text, re.ASCII)
    if not match:
        return None
    got = dict(zip(kinds, match.groups()))
    fraction = got.get("f", "0")
    if fraction[6:].strip("0"):
        return None
    micros = int(fraction[:6].ljust(6, "0"))
    if "s" in got:
        return int(got["s"]) * 1_000_000 + micros
    if "Y" not in got and "y" not in got:
        return None
    year = int(got["Y"]) if "Y" in got else int(got["y"]) + (2000 if int(got["y"]) < 69 else 1900)
    month = next((index + 1 for kind in "bhB" if kind in got for index, name in enumerate(MONTHS)
                  if got[kind].lower() in (name.lower(), name[:3].lower())), int(got.get("m", 1)))
    hour = int(got.get("H", got.get("I", 0)))
    if "I" in got and not 1 <= int(got["I"]) <= 12:
        return None
    if "p" in got:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if got["p"].lower() == "pm" else 0)
    try:
        naive = datetime.datetime(year, month, int(got.get("d", got.get("e", 1))), hour, int(got.get("M", 0)),
                                  int(got.get("S", 0)))
        if "j" in got:
            naive = naive.replace(month=1, day=1) + datetime.timedelta(days=int(got["j"]) - 1)
            if naive.year != year or int(got["j"]) < 1:
                return None
    except ValueError:
        return None
    offset = got.get("z", got.get(":z"))
    if offset is not None:
        seconds = 0
        if offset not in "Zz":
            digits = re.fullmatch(r"([+-])(\d{1,2}):?(\d{0,2})", offset)
            hours, minutes = int(digits.group(2)), int(digits.group(3) or 0)
            if hours > 23 or minutes > 59:
                return None
            seconds = (hours * 3600 + minutes * 60) * (-1 if digits.group(1) == "-" else 1)
        return (naive - EPOCH) // MICRO - seconds * 1_000_000 + micros
    found = instants(naive, zone)
    return found[-1 if later else 0] + micros if found else None
