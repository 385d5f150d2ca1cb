#include "runtime-lib/hot/abi_symbols.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace streamrt {
namespace {

TEST(AbiSymbols, EveryRowOfTheListHasAnAddressOfItsOwn) {
  std::set<std::string> names;
  for (const AbiSymbol& symbol : abiSymbols()) {
    EXPECT_NE(symbol.address, nullptr) << symbol.name;
    EXPECT_TRUE(std::string(symbol.name).starts_with("stream_")) << symbol.name;
    EXPECT_TRUE(names.insert(symbol.name).second) << symbol.name << " is listed twice";
  }
  EXPECT_TRUE(names.contains("stream_core_rows"));
  EXPECT_TRUE(names.contains("stream_state_upsert_blob"));
}

}  // namespace
}  // namespace streamrt
