// The table of builtin functions and the ABI list agree: every function that is called has a row, whose parameters and
// result follow from the signature by the convention of stream_abi.def; and no row is left over.
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "dsl/builtins.h"

namespace streamc {
namespace {

struct AbiRow {
  std::string result;
  std::string parameters;  // the types, joined by blanks
};

std::string typesOf(std::string_view parameters) {  // "(PTR task, I64 x)" → "PTR I64"
  std::string types;
  for (size_t at = 1; at < parameters.size();) {
    const size_t end = parameters.find_first_of(",)", at);
    std::string_view one = parameters.substr(at, end - at);
    one.remove_prefix(std::min(one.find_first_not_of(" \n"), one.size()));
    types += (types.empty() ? "" : " ") + std::string(one.substr(0, one.find(' ')));
    at = end + 1;
  }
  return types;
}

std::map<std::string, AbiRow> abiRows() {
  std::map<std::string, AbiRow> rows;
#define STREAM_ABI_FN(name, temperature, result, parameters) rows[#name] = {#result, typesOf(#parameters)};
#include "runtime-lib/abi/stream_builtins.def"
#undef STREAM_ABI_FN
  return rows;
}

std::string scalarType(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kI8:
    case TypeKind::kU8:
      return "I8";
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kDate:
      return "I32";
    case TypeKind::kI64:
    case TypeKind::kU64:
    case TypeKind::kTimestamp:
    case TypeKind::kDuration:
      return "I64";
    case TypeKind::kF32:
      return "F32";
    case TypeKind::kF64:
      return "F64";
    default:
      return "?";
  }
}

bool isView(const BuiltinType& type) {
  return type.list || type.kind == TypeKind::kString || type.kind == TypeKind::kBytes;
}

AbiRow expectedRow(const Builtin& row) {
  const bool aggregate = isView(row.result);
  const bool says_whether = row.result.optional || row.mayFail();
  AbiRow expected;
  expected.parameters = "PTR";
  if (aggregate || says_whether) expected.parameters += " PTR";
  for (const BuiltinParam& param : row.params()) {
    expected.parameters += isView(param.type) ? " PTR I32" : " " + scalarType(param.type.kind);
    if (param.type.optional) expected.parameters += " I8";
  }
  expected.result = says_whether ? "I8" : aggregate ? "VOID" : scalarType(row.result.kind);
  return expected;
}

TEST(BuiltinAbi, EveryCallHasTheRowThatItsSignatureAsksFor) {
  const std::map<std::string, AbiRow> rows = abiRows();
  ASSERT_GT(rows.size(), 60u);
  std::set<std::string> used;
  for (const Builtin& builtin : builtins()) {
    if (builtin.how != BuiltinHow::Call) continue;
    const std::string symbol(builtin.target);
    SCOPED_TRACE(symbol + std::string(builtin.signature));
    used.insert(symbol);
    const auto row = rows.find(symbol);
    if (row == rows.end()) {
      ADD_FAILURE() << "no row in stream_builtins.def";
      continue;
    }
    EXPECT_FALSE(builtin.result.optional && builtin.mayFail()) << "the convention has one I8 to say both";
    EXPECT_EQ(row->second.parameters, expectedRow(builtin).parameters);
    EXPECT_EQ(row->second.result, expectedRow(builtin).result);
  }
  for (const auto& [symbol, row] : rows) EXPECT_TRUE(used.contains(symbol)) << symbol << " is called by no builtin";
}

}  // namespace
}  // namespace streamc
