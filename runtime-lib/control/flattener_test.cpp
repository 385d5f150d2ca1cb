#include "runtime-lib/control/flattener.h"

#include <gtest/gtest.h>

namespace streamrt {
namespace {

Column column(const char* name, ColumnType type, bool optional = false) {
  Column result;
  result.name = name;
  if (*name != '\0') result.path = {name};
  result.type = type;
  result.optional = optional;
  return result;
}

// { id: i64?, $list: list<{ a: i8, b: i64? }> } → { id, a, b }
FlattenPlan plan() {
  FlattenPlan plan;
  Column list = column("$list", ColumnType::kList);
  list.element = {column("a", ColumnType::kI8), column("b", ColumnType::kI64, true)};
  plan.columns = {column("id", ColumnType::kI64, true), list};
  plan.flattened = {column("id", ColumnType::kI64, true), column("a", ColumnType::kI8),
                    column("b", ColumnType::kI64, true)};
  plan.leaves = {0, 1};
  return plan;
}

struct Element {
  int8_t a;
  int64_t b;
  uint8_t b_valid;
};
static_assert(sizeof(Element) == 24);

class FlattenerTest : public ::testing::Test {
 protected:
  static constexpr uint32_t kCapacity = 4;

  void write(int64_t id, const std::vector<Element>& elements, uint32_t origin = 0) {
    Output output = flattener_.output();
    Batch* batch = output.targets[0];
    if (batch->rows == batch->capacity) batch = flattener_.roll(0);
    batch->origins[batch->rows] = origin;
    batch->column<int64_t>(0)[batch->rows] = id;
    batch->validity[0][batch->rows] = id != 0;
    batch->column<StreamList>(1)[batch->rows] = {elements.data(), static_cast<uint32_t>(elements.size()), 0};
    ++batch->rows;
  }

  FlattenPlan plan_ = plan();
  Schema input_schema_ = {column("x", ColumnType::kI64)};
  Batch input_{input_schema_, kCapacity, false};
  Flattener flattener_{plan_, kCapacity};
};

TEST_F(FlattenerTest, NothingWrittenIsNothingPending) {
  EXPECT_FALSE(flattener_.pending());
  flattener_.begin(input_);
  EXPECT_FALSE(flattener_.pending());
  write(1, {});
  EXPECT_FALSE(flattener_.pending()) << "a list without elements gives no row";
}

TEST_F(FlattenerTest, ARowForEachElement) {
  std::vector<Element> two = {{1, 10, 1}, {2, 0, 0}}, one = {{3, 30, 1}};
  flattener_.begin(input_);
  write(7, two, 2);
  write(0, {}, 3);
  write(0, one, 1);
  ASSERT_TRUE(flattener_.pending());
  Batch& rows = flattener_.next();
  ASSERT_EQ(rows.rows, 3u);
  EXPECT_EQ(rows.column<int64_t>(0)[0], 7);
  EXPECT_EQ(rows.column<int64_t>(0)[1], 7);
  EXPECT_TRUE(rows.present(0, 1));
  EXPECT_FALSE(rows.present(0, 2));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(rows.column<int8_t>(1)[i], i + 1);
  EXPECT_TRUE(rows.present(2, 0));
  EXPECT_FALSE(rows.present(2, 1));
  EXPECT_EQ(rows.column<int64_t>(2)[2], 30);
  EXPECT_EQ(rows.made_of, &input_);
  EXPECT_EQ(rows.made_of_rows[0], 2u);
  EXPECT_EQ(rows.made_of_rows[2], 1u);
  EXPECT_FALSE(flattener_.pending());
}

// One record with very many elements makes many small batches: no memory grows with the list.
TEST_F(FlattenerTest, AMillionElementsComeBatchByBatch) {
  std::vector<Element> many(1'000'000);
  for (size_t i = 0; i < many.size(); ++i) many[i] = {static_cast<int8_t>(i % 100), static_cast<int64_t>(i), 1};
  flattener_.begin(input_);
  write(1, many);
  std::vector<Element> last_one = {{5, -1, 1}};
  write(2, last_one);
  int64_t expected = 0;
  uint32_t batches = 0;
  for (; flattener_.pending(); ++batches) {
    Batch& rows = flattener_.next();
    ASSERT_GT(rows.rows, 0u);
    ASSERT_LE(rows.rows, kCapacity);
    for (uint32_t row = 0; row < rows.rows; ++row, ++expected) {
      const bool last = expected == 1'000'000;
      ASSERT_EQ(rows.column<int64_t>(2)[row], last ? -1 : expected);
      ASSERT_EQ(rows.column<int64_t>(0)[row], last ? 2 : 1);
    }
  }
  EXPECT_EQ(expected, 1'000'001);
  EXPECT_EQ(batches, 250'001u);
}

TEST_F(FlattenerTest, MoreRowsThanABatchHoldsAndAgainAfterwards) {
  std::vector<Element> one = {{9, 9, 1}};
  for (int round = 0; round < 3; ++round) {
    flattener_.begin(input_);
    for (int64_t id = 1; id <= 11; ++id) write(id, one, static_cast<uint32_t>(id % 4));
    int64_t next = 1;
    while (flattener_.pending()) {
      Batch& rows = flattener_.next();
      for (uint32_t row = 0; row < rows.rows; ++row, ++next) {
        EXPECT_EQ(rows.column<int64_t>(0)[row], next);
        EXPECT_EQ(rows.made_of_rows[row], static_cast<uint32_t>(next % 4));
      }
    }
    EXPECT_EQ(next, 12);
  }
}

}  // namespace
}  // namespace streamrt
