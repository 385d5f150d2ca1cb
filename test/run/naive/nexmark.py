"""The events of `nexmark(…)`, one by one: what runtime-lib/connectors/nexmark_events.h says, computed plainly.

An event is (variant, {field: value}); it depends on the seed, the rate and its number alone. Of 50 events the first is a
person, the next three are auctions, the others bids.
"""

import functools

WORD = (1 << 64) - 1
START_US = 1_436_918_400_000_000  # 2015-07-15T00:00:00Z
FIRST = {"person": 1000, "auction": 1000}
FIRST_NAMES = "Peter Paul Luke John Saul Vicky Kate Julie Sarah Deiter Walter".split()
LAST_NAMES = "Shultz Abrams Spencer White Bartels Walton Smith Jones Noris".split()
CITIES = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"]
STATES = "AZ CA ID OR WA WY".split()
HOT_CHANNELS = "Google Facebook Baidu Apple".split()
POOL = 1 << 20
PERSON_BYTES, AUCTION_BYTES, BID_BYTES = 200, 500, 100
FIELDS = {
    "person": ["id", "name", "email", "card", "city", "state", "at", "extra"],
    "auction": ["id", "item", "description", "initial_bid", "reserve", "at", "expires", "seller", "category", "extra"],
    "bid": ["auction", "bidder", "price", "channel", "url", "at", "extra"],
}


class Draw:
    """SplitMix64, started by seed and event."""

    def __init__(self, seed, event):
        self.state = (seed ^ (event * 0xD1342543DE82EF95 + 0x632BE59BD9B4E019)) & WORD
        self.next()

    def next(self):
        self.state = z = (self.state + 0x9E3779B97F4A7C15) & WORD
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        return z ^ (z >> 31)

    def below(self, limit):
        return (self.next() * limit) >> 64

    def oneOf(self, texts):
        return texts[self.below(len(texts))]

    def letter(self):
        return chr(ord("a") + self.below(26))

    def word(self, most, blank):
        return "".join(blank if self.below(13) == 0 else self.letter() for _ in range(3 + self.below(most - 3)))

    def url(self):
        return "https://www.nexmark.com/{}/{}/{}/item.htm?query=1".format(*(self.word(5, "_") for _ in range(3)))

    def price(self):
        """10 to the power of a number below 6, as a series of + and *, so that all machines agree."""
        y = (self.next() >> 11) * 2.0**-53 * 6 * 3.321928094887362
        z, total = (y - int(y)) * 0.6931471805599453, 1.0
        for k in range(14, 0, -1):
            total = 1 + z * total / k
        return int(total * float(1 << int(y)) * 100 + 0.5)


class Pools:
    def __init__(self, seed):
        draw = Draw(seed, WORD)
        letters, words = [], []
        for _ in range(POOL):
            letters.append(draw.letter())
            words.append(" " if draw.below(13) == 0 else draw.letter())
        self.letters, self.words = "".join(letters), "".join(words)
        self.names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        self.emails, self.cards, self.channels, self.urls = [], [], [], []
        for i in range(10_000):
            user = draw.word(7, " ")
            self.emails.append(f"{user}@{draw.word(5, ' ')}.com")
            self.cards.append(" ".join(f"{draw.below(10_000):04}" for _ in range(4)))
            self.channels.append(f"channel-{i}")
            url = draw.url()
            if draw.below(10) > 0:
                url += f"&channel_id={int(f'{i:032b}'[::-1], 2) & 0x7FFFFFFF}"
            self.urls.append(url)
        self.hot_urls = [draw.url() for _ in HOT_CHANNELS]


@functools.lru_cache(maxsize=None)
def poolsOf(seed):
    return Pools(seed)


def ratio(per_second):
    """(events, microseconds): a rate as a whole number of events in a whole time."""
    for seconds in (1, 60, 3600, 86_400):
        events = per_second * seconds
        if round(events) >= 1 and abs(events - round(events)) <= 1e-9 * events:
            return round(events), seconds * 1_000_000
    return round(per_second * 1e6), 1_000_000_000_000


class Events:
    def __init__(self, seed, per_second):
        self.seed, self.pools = seed, poolsOf(seed)
        self.events, self.per_us = ratio(per_second)

    def timeOf(self, n):
        return START_US + n * self.per_us // self.events

    def event(self, n):
        draw, place = Draw(self.seed, n), n % 50
        variant = "person" if place < 1 else "auction" if place < 4 else "bid"
        made = getattr(self, variant)(draw, n, self.timeOf(n))
        return variant, {name: made[name] for name in FIELDS[variant]}

    def lastAuction(self, n):
        place = n % 50 - 1
        return n // 50 * 3 + min(place, 2) if place >= 0 else n // 50 * 3 - 1

    def somePerson(self, draw, n):
        persons = n // 50 + 1
        active = min(persons, 1000)
        return persons - active + draw.below(active + 10)

    def someAuction(self, draw, n):
        last = self.lastAuction(n)
        first = max(last - 100, 0)
        return first + draw.below(last - first + 11)

    def cut(self, pool, draw, size):
        at = draw.next() % (len(pool) - size)
        return pool[at:at + size]

    def extra(self, draw, used, average):
        """Fills an event up to its average size, give or take a fifth of what is missing."""
        missing = average - used
        if missing < 0:
            return ""
        spread = (missing * 2 + 5) // 10
        size = missing - spread + (draw.below(2 * spread) if spread > 0 else 0)
        return self.cut(self.pools.letters, draw, size)

    def person(self, draw, n, at):
        made = {"id": n // 50 + FIRST["person"], "at": at}
        for field, texts in (("name", self.pools.names), ("email", self.pools.emails), ("card", self.pools.cards),
                             ("city", CITIES), ("state", STATES)):
            made[field] = draw.oneOf(texts)
        used = 8 + sum(len(made[field]) for field in ("name", "email", "card", "city", "state"))
        return made | {"extra": self.extra(draw, used, PERSON_BYTES)}

    def auction(self, draw, n, at):
        made = {"id": self.lastAuction(n) + FIRST["auction"], "at": at}
        hot = draw.below(4) > 0
        made["seller"] = (n // 50 // 100 * 100 if hot else self.somePerson(draw, n)) + FIRST["person"]
        made["category"] = 10 + draw.below(5)
        made["initial_bid"] = draw.price()
        horizon = self.timeOf(n + 100 * 50 // 3) - at
        made["expires"] = at + 1000 + draw.below(max(2 * horizon, 1))
        for field, most in (("item", 17), ("description", 97)):
            # The place is drawn before the size.
            place = draw.next()
            size = 3 + draw.below(most)
            place %= POOL - size
            made[field] = self.pools.words[place:place + size]
        made["reserve"] = made["initial_bid"] + draw.price()
        return made | {"extra": self.extra(draw, 48 + len(made["item"]) + len(made["description"]), AUCTION_BYTES)}

    def bid(self, draw, n, at):
        made = {"at": at}
        hot = draw.below(2) > 0
        made["auction"] = (self.lastAuction(n) // 100 * 100 if hot else self.someAuction(draw, n)) + FIRST["auction"]
        hot = draw.below(4) > 0
        made["bidder"] = (n // 50 // 100 * 100 + 1 if hot else self.somePerson(draw, n)) + FIRST["person"]
        made["price"] = draw.price()
        if draw.below(2) > 0:
            i = draw.below(len(HOT_CHANNELS))
            made["channel"], made["url"] = HOT_CHANNELS[i], self.pools.hot_urls[i]
        else:
            i = draw.below(10_000)
            made["channel"], made["url"] = self.pools.channels[i], self.pools.urls[i]
        return made | {"extra": self.extra(draw, 32, BID_BYTES)}
