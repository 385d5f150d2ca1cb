// A column of a row: the unit that types, `uses` lists, exchanges and tables of both dialects speak of.
//
// Names are paths of record fields joined with dots; a dot or backslash inside a field name is escaped by a backslash.
// Values of this header are small, immutable and tied to an MLIRContext through their name and type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringRef.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Types.h"

namespace streamc::ir::stream {

// What a column stands for. All but kField fix the type of the column.
enum class ColumnRole : uint8_t {
  kField,
  kPresent,    // i1: whether the optional record of that name is there
  kEventTime,  // timestamp, like the ones that follow
  kWatermark,
  kWindowStart,
  kWindowEnd,
  kPartition,  // i64: the source and its partition that a row comes from, ordered as in the program
  kPosition,   // i64: where the row stands in that partition
};

struct Column {
  mlir::StringAttr name;
  mlir::Type type;  // a column type: integers with their signedness, times as such
  ColumnRole role = ColumnRole::kField;
  bool check = false;  // decoded and validated, but without a value
  // Of a source: what is missing or malformed becomes null (of a presence: absent) and rejects nothing. The type is an
  // optional one, or the role a presence.
  bool lenient = false;

  static Column field(llvm::StringRef name, mlir::Type type);
  static Column present(llvm::StringRef name, mlir::MLIRContext* context);
  // A column of a role that stays inside a job. Its name is the pseudo column's: "$event_time".
  static Column pseudo(ColumnRole role, mlir::MLIRContext* context);

  friend bool operator==(const Column&, const Column&) = default;
  friend llvm::hash_code hash_value(const Column& column) {
    return llvm::hash_combine(column.name, column.type, static_cast<uint8_t>(column.role), column.check,
                              column.lenient);
  }
};

// Pseudo columns that regions may use although no row lists them.
inline constexpr llvm::StringLiteral kEventTimeColumn = "$event_time";
inline constexpr llvm::StringLiteral kWindowStartColumn = "$window_start";
inline constexpr llvm::StringLiteral kWindowEndColumn = "$window_end";
inline constexpr llvm::StringLiteral kWatermarkColumn = "$watermark";
inline constexpr llvm::StringLiteral kPartitionColumn = "$partition";
inline constexpr llvm::StringLiteral kPositionColumn = "$position";
// What a connector knows of a record, `meta.path`, are columns of the row, behind its own: "$meta.path".
inline constexpr llvm::StringLiteral kMetaPrefix = "$meta.";
inline bool isMetaColumn(llvm::StringRef name) { return name.starts_with(kMetaPrefix); }
bool isPseudoColumn(llvm::StringRef name);

// {"properties", "a.b"} ↔ "properties.a\.b"
std::string joinPath(const std::vector<std::string>& path);
std::vector<std::string> splitPath(llvm::StringRef name);

// The type that values of a column type have in regions: integers signless, times i64, optionals and the rest inside.
mlir::Type storageType(mlir::Type column_type);
// Whether columns may have this type, and whether values in regions may.
bool isColumnType(mlir::Type type);
bool isStorageType(mlir::Type type);

}  // namespace streamc::ir::stream
