#include "codegen/layout/cell_layout.h"

#include <vector>

#include "gtest/gtest.h"

namespace streamc::codegen {
namespace {

constexpr ValueShape kByte{1, 1}, kShort{2, 2}, kInt{4, 4}, kLong{8, 8}, kWide{16, 8};
constexpr ValueShape kText{.bytes = 16, .align = 8, .variable = true};

ValueShape optional(ValueShape shape) {
  shape.optional = true;
  return shape;
}
std::vector<uint32_t> offsets(const std::vector<SlotOffset>& slots) {
  std::vector<uint32_t> values;
  for (const SlotOffset& slot : slots) values.push_back(slot.value);
  return values;
}

TEST(CellLayout, FixedKeysArePackedAndBlobKeysAreReferences) {
  EXPECT_EQ(fixedKeyBytes(std::vector{kLong}), 8u);
  EXPECT_EQ(fixedKeyBytes(std::vector{kByte, kLong, kShort}), 11u);
  EXPECT_EQ(fixedKeyBytes(std::vector{kText}), std::nullopt);
  EXPECT_EQ(fixedKeyBytes(std::vector{kLong, optional(kInt)}), std::nullopt) << "a null takes fewer bytes";
  EXPECT_EQ(fixedKeyBytes({}), std::nullopt) << "0 is not a fixed size";
  EXPECT_EQ(layoutCell(std::vector{kText}, {}).size, 16u);
  EXPECT_EQ(layoutCell(std::vector{kByte, kLong, kShort}, {}).size, 16u);
}

TEST(CellLayout, FieldsAreSortedByAlignmentWithoutHoles) {
  auto layout = layoutCell(std::vector{kInt}, std::vector{kByte, kLong, kShort, kInt, kWide});
  EXPECT_TRUE(layout.fixed_key);
  EXPECT_EQ(layout.key_bytes, 4u);
  EXPECT_EQ(offsets(layout.fields), (std::vector<uint32_t>{38, 8, 36, 32, 16}));
  EXPECT_EQ(layout.size, 40u);
}

TEST(CellLayout, ValidityBytesComeLast) {
  auto layout = layoutCell(std::vector{kLong}, std::vector{optional(kLong), kInt, optional(kByte)});
  EXPECT_EQ(offsets(layout.fields), (std::vector<uint32_t>{8, 16, 20}));
  EXPECT_EQ(layout.fields[0].validity, 21u);
  EXPECT_EQ(layout.fields[1].validity, std::nullopt);
  EXPECT_EQ(layout.fields[2].validity, 22u);
  EXPECT_EQ(layout.size, 24u);
}

TEST(CellLayout, ElementsKeepTheirOrder) {
  auto layout = layoutElement(std::vector{optional(kByte), kInt, kText});
  EXPECT_EQ(layout.leaves[0], (SlotOffset{0, 1}));
  EXPECT_EQ(layout.leaves[1], (SlotOffset{4, std::nullopt}));
  EXPECT_EQ(layout.leaves[2], (SlotOffset{8, std::nullopt}));
  EXPECT_EQ(layout.size, 24u);
}

}  // namespace
}  // namespace streamc::codegen
