#include "runtime-lib/core/column.h"

#include "runtime-lib/core/arena.h"

namespace streamrt {
namespace {

TEST(Column, NamesAreTakenApartAtDots) {
  using Path = std::vector<std::string>;
  EXPECT_EQ(splitColumnName(""), Path{});
  EXPECT_EQ(splitColumnName("a"), Path{"a"});
  EXPECT_EQ(splitColumnName("a.b.c"), (Path{"a", "b", "c"}));
  EXPECT_EQ(splitColumnName("a\\.b.c"), (Path{"a.b", "c"}));
  EXPECT_EQ(splitColumnName("a\\b"), (Path{"a\\b"}));
}

TEST(Column, NamesOfTypesGoBothWays) {
  for (int i = 0; i <= static_cast<int>(ColumnType::kList); ++i) {
    auto type = static_cast<ColumnType>(i);
    EXPECT_EQ(columnTypeNamed(columnTypeName(type)), type);
  }
  EXPECT_EQ(columnTypeNamed("i65"), std::nullopt);
  EXPECT_EQ(columnRoleNamed("present"), ColumnRole::kPresent);
  EXPECT_EQ(columnRoleNamed("absent"), std::nullopt);
}

Column leaf(ColumnType type, bool optional = false) {
  Column column;
  column.type = type;
  column.optional = optional;
  return column;
}

TEST(Column, ElementsHaveNaturalAlignment) {
  ElementLayout scalar = elementLayout({leaf(ColumnType::kI64)});
  EXPECT_EQ(scalar.element_bytes, 8u);
  ElementLayout optional = elementLayout({leaf(ColumnType::kI64, true)});
  EXPECT_EQ(optional.leaves[0].validity_offset, 8u);
  EXPECT_EQ(optional.element_bytes, 16u);
  ElementLayout record = elementLayout(
      {leaf(ColumnType::kBool), leaf(ColumnType::kI32, true), leaf(ColumnType::kI16), leaf(ColumnType::kString)});
  EXPECT_EQ(record.leaves[0].offset, 0u);
  EXPECT_EQ(record.leaves[1].offset, 4u);
  EXPECT_EQ(record.leaves[1].validity_offset, 8u);
  EXPECT_EQ(record.leaves[2].offset, 10u);
  EXPECT_EQ(record.leaves[3].offset, 16u);
  EXPECT_EQ(record.element_bytes, 32u);
  EXPECT_EQ(elementLayout({leaf(ColumnType::kBool)}).element_bytes, 8u);
}

TEST(Arena, BlocksAreAlignedAndDistinct) {
  Arena arena;
  EXPECT_NE(arena.allocate(0), nullptr);
  std::vector<std::pair<char*, size_t>> blocks;
  for (size_t i = 0; i < 20000; ++i) {
    size_t bytes = (i * 7919) % 300;
    char* block = static_cast<char*>(arena.allocate(bytes));
    ASSERT_EQ(reinterpret_cast<uintptr_t>(block) % 8, 0u);
    for (size_t k = 0; k < bytes; ++k) block[k] = static_cast<char>(i);
    blocks.emplace_back(block, bytes);
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (size_t k = 0; k < blocks[i].second; ++k) ASSERT_EQ(blocks[i].first[k], static_cast<char>(i));
  }
}

TEST(Arena, ResetKeepsChunksAndFreesOversizedOnes) {
  Arena arena;
  for (int i = 0; i < 100; ++i) arena.allocate(10000);
  const size_t reserved = arena.bytesReserved();
  arena.allocate(10 << 20);
  EXPECT_GE(arena.bytesReserved(), reserved + (10 << 20));
  arena.reset();
  EXPECT_EQ(arena.bytesReserved(), reserved);
  for (int i = 0; i < 100; ++i) arena.allocate(10000);
  EXPECT_EQ(arena.bytesReserved(), reserved) << "a second round of the same size needs no new memory";
}

}  // namespace
}  // namespace streamrt
