#include "codegen/layout/cell_layout.h"

#include <vector>

#include "gtest/gtest.h"

namespace streamc::codegen {
namespace {

constexpr ValueShape kByte{1, 1}, kShort{2, 2}, kInt{4, 4}, kLong{8, 8};
constexpr ValueShape kText{.bytes = 16, .align = 8, .variable = true};

ValueShape optional(ValueShape shape) {
  shape.optional = true;
  return shape;
}

TEST(CellLayout, FixedKeysArePackedAndBlobKeysAreReferences) {
  EXPECT_EQ(fixedKeyBytes(std::vector{kLong}), 8u);
  EXPECT_EQ(fixedKeyBytes(std::vector{kByte, kLong, kShort}), 11u);
  EXPECT_EQ(fixedKeyBytes(std::vector{kText}), std::nullopt);
  EXPECT_EQ(fixedKeyBytes(std::vector{kLong, optional(kInt)}), std::nullopt) << "a null takes fewer bytes";
  EXPECT_EQ(fixedKeyBytes({}), std::nullopt) << "0 is not a fixed size";
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
