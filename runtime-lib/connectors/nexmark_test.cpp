#include <map>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "runtime-lib/connectors/nexmark_source.h"
#include "runtime-lib/io/sim_env.h"

namespace streamrt {
namespace {

std::string_view text(const StreamString& value) { return {value.data, value.size}; }

TEST(NexmarkEvents, ProportionsAndDistributions) {
  NexmarkEvents events(42, {1000, 1'000'000});
  std::map<NexmarkKind, int> kinds;
  std::map<int64_t, int> bids_of_auction;
  int hot_bidders = 0, hot_channels = 0;
  int64_t persons = 0, auctions = 0;
  double extra = 0;
  constexpr int64_t kEvents = 500'000;
  for (int64_t n = 0; n < kEvents; ++n) {
    NexmarkRow row;
    events.make(n, row);
    ++kinds[row.kind];
    EXPECT_EQ(row.at_us, 1'436'918'400'000'000 + n * 1000);
    if (row.kind == NexmarkKind::kPerson) {
      EXPECT_EQ(row.person.id, 1000 + persons++) << "persons are numbered as they come";
      EXPECT_EQ(text(row.person.card).size(), 19u);
    } else if (row.kind == NexmarkKind::kAuction) {
      EXPECT_EQ(row.auction.id, 1000 + auctions++);
      EXPECT_GT(row.auction.expires_us, row.at_us);
      EXPECT_GE(row.auction.reserve, row.auction.initial_bid);
      EXPECT_TRUE(row.auction.category >= 10 && row.auction.category < 15);
    } else {
      ++bids_of_auction[row.bid.auction];
      EXPECT_GE(row.bid.auction, 1000);
      EXPECT_LE(row.bid.auction, 1000 + auctions + 10);
      EXPECT_TRUE(row.bid.price >= 100 && row.bid.price <= 100'000'000) << row.bid.price;
      hot_bidders += row.bid.bidder % 100 == 1;
      hot_channels += !text(row.bid.channel).starts_with("channel-");
      extra += row.bid.extra.size;
    }
  }
  EXPECT_EQ(kinds[NexmarkKind::kPerson], kEvents / 50);
  EXPECT_EQ(kinds[NexmarkKind::kAuction], kEvents / 50 * 3);
  const double bids = kinds[NexmarkKind::kBid];
  EXPECT_EQ(bids, kEvents / 50 * 46);
  EXPECT_NEAR(hot_bidders / bids, 0.75, 0.01);
  EXPECT_NEAR(hot_channels / bids, 0.5, 0.01);
  EXPECT_NEAR(extra / bids, 68, 1) << "a bid has 100 bytes on average, 32 of them numbers";
  int hot = 0;
  for (const auto& [auction, count] : bids_of_auction) hot += auction % 100 == 0 ? count : 0;
  EXPECT_NEAR(hot / bids, 0.5, 0.02);
}

TEST(NexmarkEvents, DependOnTheSeedAlone) {
  NexmarkEvents one(1, {}), again(1, {}), other(2, {});
  int differ = 0;
  for (int64_t n : {0, 4, 77, 1'000'003}) {
    NexmarkRow a, b, c;
    one.make(n, a);
    again.make(n, b);
    other.make(n, c);
    EXPECT_EQ(a.kind, b.kind);
    if (a.kind == NexmarkKind::kBid) {
      EXPECT_EQ(a.bid.price, b.bid.price);
      EXPECT_EQ(text(a.bid.extra), text(b.bid.extra));
      differ += a.bid.price != c.bid.price;
    }
  }
  EXPECT_GT(differ, 0);
}

SourcePlan bidPlan(std::vector<Column> columns) {
  SourcePlan plan;
  plan.name = "bids";
  plan.columns = std::move(columns);
  return plan;
}
Column column(const std::string& name, ColumnType type) {
  Column made;
  made.name = name;
  made.path = {name};
  made.type = type;
  return made;
}

class IgnoreFailures : public DecodeFailures {
  void undecodable(const RecordView&, std::string_view) override { FAIL(); }
};
class NoWaker : public Waker {
  void wake() override {}
};

// price and text of all bids, in the order of a partition.
std::vector<std::pair<int64_t, std::string>> bidsOf(int64_t partitions, uint32_t capacity) {
  SimEnv env({.seed = 1});
  RunState state;
  SourcePlan plan = bidPlan({column("price", ColumnType::kI64), column("url", ColumnType::kString)});
  OptionMap map;
  map["events"].literal = int64_t{1234};
  map["seed"].literal = int64_t{7};
  map["partitions"].literal = partitions;
  auto options = Options::resolve(map, {}, [](const std::string&) { return std::nullopt; }, "source bids");
  auto none = Options::resolve({}, {}, [](const std::string&) { return std::nullopt; }, "source bids");
  auto source = makeNexmarkSource({plan, *options, *none, "", env, state});
  EXPECT_TRUE(source) << source.error().text;
  std::vector<std::pair<int64_t, std::string>> bids;
  NoWaker waker;
  IgnoreFailures failures;
  for (uint32_t p = 0; p < (*source)->partitions(); ++p) {
    auto partition = std::move(*(*source)->open(p, waker, ""));
    Schema schema = plan.columns;
    Batch batch(schema, capacity, false);
    batch.source = std::make_unique<SourceRows>();
    int64_t before = -1;
    for (bool more = true; more;) {
      batch.clear();
      more = partition->poll(batch, failures).kind == PollOutcome::Kind::kMore;
      for (uint32_t row = 0; row < batch.rows; ++row) {
        bids.emplace_back(batch.column<int64_t>(0)[row], std::string(text(batch.column<StreamString>(1)[row])));
        EXPECT_EQ(batch.source->offsetOf(row), before + 1) << "positions count the rows of the partition";
        before = batch.source->offsetOf(row);
      }
    }
  }
  return bids;
}

TEST(NexmarkSource, PartitionsShareTheEvents) {
  auto whole = bidsOf(1, 4096);
  EXPECT_EQ(whole.size(), 24u * 46 + 30) << "24 groups of 50 events and the first 34 of another";
  for (uint32_t capacity : {1u, 7u, 100u}) EXPECT_EQ(bidsOf(1, capacity), whole);
  auto parted = bidsOf(3, 64);
  std::sort(whole.begin(), whole.end());
  std::sort(parted.begin(), parted.end());
  EXPECT_EQ(parted, whole);
}

Column payload(const std::string& variant, const std::string& name, ColumnType type) {
  Column made = column(variant + "." + name, type);
  made.path = {variant, name};
  return made;
}
Column variantOf(std::vector<std::string> symbols) {
  Column made;
  made.type = ColumnType::kVariant;
  made.symbols = std::move(symbols);
  return made;
}
SourcePlan eventPlan(const std::string& variants, std::vector<Column> columns) {
  SourcePlan plan = bidPlan(std::move(columns));
  plan.options["variants"].literal = variants;
  return plan;
}

// The first 100 events, read in one go.
struct Events {
  Events(const SourcePlan& plan) : schema(plan.columns), batch(schema, 100, false) {
    for (int64_t n = 0; n < 100; ++n) events.make(n, rows[static_cast<size_t>(n)]);
    auto reader = NexmarkReader::make(plan);
    EXPECT_TRUE(reader) << reader.error().text;
    reader->append(rows.data(), 100, batch);
  }
  NexmarkEvents events{7, {}};
  std::array<NexmarkRow, 100> rows;
  Schema schema;
  Batch batch;
};

TEST(NexmarkSource, FieldsOfOtherVariantsAreZero) {
  // The order of the variants is the program's.
  Events made(eventPlan("bid person auction",
                        {variantOf({"bid", "person", "auction"}), payload("person", "name", ColumnType::kString),
                         payload("auction", "at", ColumnType::kTimestamp), payload("bid", "price", ColumnType::kI64)}));
  ASSERT_EQ(made.batch.rows, 100u);
  for (uint32_t row = 0; row < 100; ++row) {
    const NexmarkRow& event = made.rows[row];
    const bool person = event.kind == NexmarkKind::kPerson, auction = event.kind == NexmarkKind::kAuction;
    EXPECT_EQ(made.batch.column<int16_t>(0)[row], person ? 1 : auction ? 2 : 0);
    EXPECT_EQ(text(made.batch.column<StreamString>(1)[row]), person ? text(event.person.name) : "");
    EXPECT_EQ(made.batch.column<int64_t>(2)[row], auction ? event.at_us : 0);
    EXPECT_EQ(made.batch.column<int64_t>(3)[row], person || auction ? 0 : event.bid.price);
  }
}

TEST(NexmarkSource, RowsAreTheVariantsOfTheType) {
  EXPECT_EQ(Events(eventPlan("person auction bid", {})).batch.rows, 100u) << "also when nobody wants a field of them";
  EXPECT_EQ(Events(eventPlan("auction", {})).batch.rows, 6u);
  Events offers(eventPlan("bid auction", {variantOf({"bid", "auction"}), payload("bid", "price", ColumnType::kI64)}));
  EXPECT_EQ(offers.batch.rows, 98u);
  EXPECT_EQ(offers.batch.column<int16_t>(0)[0], 1) << "the second event is an auction";
  EXPECT_EQ(offers.batch.column<int64_t>(1)[3], offers.rows[4].bid.price);
  EXPECT_EQ(Events(bidPlan({})).batch.rows, 92u) << "a record: the bids";
}

TEST(NexmarkSource, RefusesColumnsThatEventsDoNotHave) {
  EXPECT_FALSE(NexmarkReader::make(eventPlan("person weather", {})));
  EXPECT_FALSE(NexmarkReader::make(eventPlan("person bid", {column("price", ColumnType::kI64)})));
  EXPECT_FALSE(NexmarkReader::make(eventPlan("person bid", {payload("person", "price", ColumnType::kI64)})));
  EXPECT_FALSE(NexmarkReader::make(bidPlan({column("colour", ColumnType::kI64)})));
  EXPECT_FALSE(NexmarkReader::make(bidPlan({column("price", ColumnType::kString)})));
  EXPECT_TRUE(NexmarkReader::make(bidPlan({column("price", ColumnType::kI64)})));
}

}  // namespace
}  // namespace streamrt
