#include "runtime-lib/connectors/nexmark_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace streamrt {
namespace {

// Of 50 events, in this order: 1 person, 3 auctions, 46 bids.
constexpr int64_t kEpoch = 50, kPersons = 1, kAuctions = 3;
constexpr int64_t kFirstPerson = 1000, kFirstAuction = 1000, kFirstCategory = 10, kCategories = 5;
constexpr int64_t kActivePersons = 1000, kOpenAuctions = 100;  // from which bidders, sellers and auctions are chosen …
constexpr int64_t kLead = 10;                                  // … and so many that do not exist yet
constexpr int64_t kHotEvery = 100;                             // the hot ones are the first of the last hundred
constexpr uint64_t kHotAuctions = 2, kHotSellers = 4, kHotBidders = 4, kHotChannels = 2;  // all but one of these
constexpr int64_t kPersonBytes = 200, kAuctionBytes = 500, kBidBytes = 100;               // on average
constexpr int64_t kStartUs = 1'436'918'400'000'000;                                       // 2015-07-15T00:00:00Z
constexpr uint32_t kChannels = 10'000;
constexpr size_t kPoolBytes = 1 << 20;

constexpr std::string_view kFirstNames[] = {"Peter", "Paul",  "Luke",  "John",   "Saul",  "Vicky",
                                            "Kate",  "Julie", "Sarah", "Deiter", "Walter"};
constexpr std::string_view kLastNames[] = {"Shultz", "Abrams", "Spencer", "White", "Bartels",
                                           "Walton", "Smith",  "Jones",   "Noris"};
constexpr std::string_view kCities[] = {"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland",
                                        "Bend",    "Redmond",     "Seattle",       "Kent",  "Cheyenne"};
constexpr std::string_view kStates[] = {"AZ", "CA", "ID", "OR", "WA", "WY"};
constexpr std::string_view kHotChannelNames[] = {"Google", "Facebook", "Baidu", "Apple"};

StreamString view(std::string_view text) { return {text.data(), static_cast<uint32_t>(text.size()), 0}; }

int64_t lastPerson(int64_t n) { return n / kEpoch; }

int64_t lastAuction(int64_t n) {
  int64_t place = n % kEpoch - kPersons;
  if (place < 0) return n / kEpoch * kAuctions - 1;  // of the epoch before
  return n / kEpoch * kAuctions + std::min(place, kAuctions - 1);
}

// 10 to the power of x, 0 <= x < 6, from + and * alone, so that every machine gets the same prices.
double powerOfTen(double x) {
  double y = x * 3.321928094887362;  // log2(10)
  auto whole = static_cast<int64_t>(y);
  double z = (y - static_cast<double>(whole)) * 0.6931471805599453;  // ln(2)
  double sum = 1;
  for (int k = 14; k > 0; --k) sum = 1 + z * sum / k;
  return sum * static_cast<double>(int64_t{1} << whole);
}

}  // namespace

// The random numbers of one event: SplitMix64 (G. Steele et al., "Fast splittable pseudorandom number generators",
// 2014), started at a place that seed and event choose.
class NexmarkEvents::Draw {
 public:
  Draw(uint64_t seed, uint64_t event) : state_(seed ^ (event * 0xd1342543de82ef95u + 0x632be59bd9b4e019u)) { next(); }

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t limit) {
    return static_cast<uint64_t>((static_cast<unsigned __int128>(next()) * limit) >> 64);
  }
  int64_t price() {
    double unit = static_cast<double>(next() >> 11) * 0x1.0p-53;
    return static_cast<int64_t>(powerOfTen(unit * 6) * 100 + 0.5);
  }
  template <size_t n>
  StreamString oneOf(const std::string_view (&texts)[n]) {
    return view(texts[below(n)]);
  }
  const std::string& oneOf(const std::vector<std::string>& texts) { return texts[below(texts.size())]; }
  std::string word(uint64_t most, char blank) {
    std::string text;
    for (uint64_t left = 3 + below(most - 3); left > 0; --left)
      text += below(13) == 0 ? blank : static_cast<char>('a' + below(26));
    return text;
  }
  std::string url() {
    return fmt::format("https://www.nexmark.com/{}/{}/{}/item.htm?query=1", word(5, '_'), word(5, '_'), word(5, '_'));
  }
  int64_t person(int64_t n) {
    int64_t persons = lastPerson(n) + 1;
    int64_t active = std::min(persons, kActivePersons);
    return persons - active + static_cast<int64_t>(below(static_cast<uint64_t>(active + kLead)));
  }
  int64_t auction(int64_t n) {
    int64_t last = lastAuction(n);
    int64_t first = std::max<int64_t>(last - kOpenAuctions, 0);
    return first + static_cast<int64_t>(below(static_cast<uint64_t>(last - first + 1 + kLead)));
  }

 private:
  uint64_t state_;
};

std::span<const NexmarkField> nexmarkFields() {
  using enum NexmarkKind;
  using enum ColumnType;
  static constexpr NexmarkField kFields[] = {
      {kPerson, "id", kI64, offsetof(NexmarkRow, person.id)},
      {kPerson, "name", kString, offsetof(NexmarkRow, person.name)},
      {kPerson, "email", kString, offsetof(NexmarkRow, person.email)},
      {kPerson, "card", kString, offsetof(NexmarkRow, person.card)},
      {kPerson, "city", kString, offsetof(NexmarkRow, person.city)},
      {kPerson, "state", kString, offsetof(NexmarkRow, person.state)},
      {kPerson, "at", kTimestamp, offsetof(NexmarkRow, at_us)},
      {kPerson, "extra", kString, offsetof(NexmarkRow, person.extra)},
      {kAuction, "id", kI64, offsetof(NexmarkRow, auction.id)},
      {kAuction, "item", kString, offsetof(NexmarkRow, auction.item)},
      {kAuction, "description", kString, offsetof(NexmarkRow, auction.description)},
      {kAuction, "initial_bid", kI64, offsetof(NexmarkRow, auction.initial_bid)},
      {kAuction, "reserve", kI64, offsetof(NexmarkRow, auction.reserve)},
      {kAuction, "at", kTimestamp, offsetof(NexmarkRow, at_us)},
      {kAuction, "expires", kTimestamp, offsetof(NexmarkRow, auction.expires_us)},
      {kAuction, "seller", kI64, offsetof(NexmarkRow, auction.seller)},
      {kAuction, "category", kI64, offsetof(NexmarkRow, auction.category)},
      {kAuction, "extra", kString, offsetof(NexmarkRow, auction.extra)},
      {kBid, "auction", kI64, offsetof(NexmarkRow, bid.auction)},
      {kBid, "bidder", kI64, offsetof(NexmarkRow, bid.bidder)},
      {kBid, "price", kI64, offsetof(NexmarkRow, bid.price)},
      {kBid, "channel", kString, offsetof(NexmarkRow, bid.channel)},
      {kBid, "url", kString, offsetof(NexmarkRow, bid.url)},
      {kBid, "at", kTimestamp, offsetof(NexmarkRow, at_us)},
      {kBid, "extra", kString, offsetof(NexmarkRow, bid.extra)},
  };
  return kFields;
}

NexmarkEvents::NexmarkEvents(uint64_t seed, Rate rate) : seed_(seed), rate_(rate) {
  Draw draw(seed, UINT64_MAX);
  letters_.reserve(kPoolBytes);
  words_.reserve(kPoolBytes);
  for (size_t i = 0; i < kPoolBytes; ++i) {
    letters_ += static_cast<char>('a' + draw.below(26));
    words_ += draw.below(13) == 0 ? ' ' : static_cast<char>('a' + draw.below(26));
  }
  for (std::string_view first : kFirstNames)
    for (std::string_view last : kLastNames) names_.push_back(fmt::format("{} {}", first, last));
  for (uint32_t i = 0; i < kChannels; ++i) {
    emails_.push_back(fmt::format("{}@{}.com", draw.word(7, ' '), draw.word(5, ' ')));
    cards_.push_back(fmt::format("{:04} {:04} {:04} {:04}", draw.below(10'000), draw.below(10'000), draw.below(10'000),
                                 draw.below(10'000)));
    channels_.push_back(fmt::format("channel-{}", i));
    urls_.push_back(draw.url());
    if (draw.below(10) > 0) urls_.back() += fmt::format("&channel_id={}", __builtin_bitreverse32(i) & 0x7fffffffu);
  }
  for (std::string& url : hot_urls_) url = draw.url();
}

int64_t NexmarkEvents::timeOf(int64_t n) const {
  return kStartUs + static_cast<int64_t>(static_cast<__int128>(n) * rate_.per_us / rate_.events);
}

StreamString NexmarkEvents::cut(const std::string& pool, uint64_t at, uint32_t size) const {
  return {pool.data() + at % (pool.size() - size), size, 0};
}

// Fills an event up to its average size, give or take a fifth of what is missing.
StreamString NexmarkEvents::extra(Draw& draw, int64_t used, int64_t average) const {
  if (used > average) return view("");
  int64_t missing = average - used;
  int64_t spread = (missing * 2 + 5) / 10;
  int64_t size = missing - spread;
  if (spread > 0) size += static_cast<int64_t>(draw.below(static_cast<uint64_t>(2 * spread)));
  return cut(letters_, draw.next(), static_cast<uint32_t>(size));
}

void NexmarkEvents::make(int64_t n, NexmarkRow& row) const {
  Draw draw(seed_, static_cast<uint64_t>(n));
  row = {};
  row.at_us = timeOf(n);
  int64_t place = n % kEpoch;
  if (place < kPersons) {
    row.kind = NexmarkKind::kPerson;
    auto& person = row.person;
    person.id = lastPerson(n) + kFirstPerson;
    person.name = view(draw.oneOf(names_));
    person.email = view(draw.oneOf(emails_));
    person.card = view(draw.oneOf(cards_));
    person.city = draw.oneOf(kCities);
    person.state = draw.oneOf(kStates);
    int64_t used = 8 + person.name.size + person.email.size + person.card.size + person.city.size + person.state.size;
    person.extra = extra(draw, used, kPersonBytes);
  } else if (place < kPersons + kAuctions) {
    row.kind = NexmarkKind::kAuction;
    auto& auction = row.auction;
    auction.id = lastAuction(n) + kFirstAuction;
    bool hot = draw.below(kHotSellers) > 0;
    auction.seller = (hot ? lastPerson(n) / kHotEvery * kHotEvery : draw.person(n)) + kFirstPerson;
    auction.category = kFirstCategory + static_cast<int64_t>(draw.below(kCategories));
    auction.initial_bid = draw.price();
    // About as long as it takes until so many new ones were opened.
    int64_t horizon_us = timeOf(n + kOpenAuctions * kEpoch / kAuctions) - row.at_us;
    auction.expires_us = row.at_us + 1000 +
                         static_cast<int64_t>(draw.below(static_cast<uint64_t>(std::max<int64_t>(2 * horizon_us, 1))));
    auction.item = cut(words_, draw.next(), static_cast<uint32_t>(3 + draw.below(17)));
    auction.description = cut(words_, draw.next(), static_cast<uint32_t>(3 + draw.below(97)));
    auction.reserve = auction.initial_bid + draw.price();
    auction.extra = extra(draw, 48 + auction.item.size + auction.description.size, kAuctionBytes);
  } else {
    row.kind = NexmarkKind::kBid;
    auto& bid = row.bid;
    bool hot = draw.below(kHotAuctions) > 0;
    bid.auction = (hot ? lastAuction(n) / kHotEvery * kHotEvery : draw.auction(n)) + kFirstAuction;
    hot = draw.below(kHotBidders) > 0;  // the second of the hundred: the first is the hot seller
    bid.bidder = (hot ? lastPerson(n) / kHotEvery * kHotEvery + 1 : draw.person(n)) + kFirstPerson;
    bid.price = draw.price();
    if (draw.below(kHotChannels) > 0) {
      uint64_t i = draw.below(std::size(kHotChannelNames));
      bid.channel = view(kHotChannelNames[i]);
      bid.url = view(hot_urls_[i]);
    } else {
      uint64_t i = draw.below(kChannels);
      bid.channel = view(channels_[i]);
      bid.url = view(urls_[i]);
    }
    bid.extra = extra(draw, 32, kBidBytes);
  }
}

}  // namespace streamrt
