#include "runtime-lib/connectors/merged_partition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

// Values that are copied by copying their bytes, and texts.
bool canBeMerged(ColumnType type) { return columnValueBytes(type) <= 8 || type == ColumnType::kString; }

bool hasOrder(ColumnType type) {
  return canBeMerged(type) && type != ColumnType::kBool && type != ColumnType::kF32 && type != ColumnType::kF64;
}

template <class Value>
int compare(const Batch& left, uint32_t left_row, const Batch& right, uint32_t right_row, uint32_t column) {
  const Value a = left.column<Value>(column)[left_row];
  const Value b = right.column<Value>(column)[right_row];
  return a < b ? -1 : b < a ? 1 : 0;
}

int compareText(const Batch& left, uint32_t left_row, const Batch& right, uint32_t right_row, uint32_t column) {
  const StreamString& a = left.column<StreamString>(column)[left_row];
  const StreamString& b = right.column<StreamString>(column)[right_row];
  return std::string_view(a.data, a.size).compare(std::string_view(b.data, b.size));
}

int compareKeys(ColumnType type, const Batch& left, uint32_t left_row, const Batch& right, uint32_t right_row,
                uint32_t column) {
  switch (type) {
    case ColumnType::kI8:
      return compare<int8_t>(left, left_row, right, right_row, column);
    case ColumnType::kI16:
      return compare<int16_t>(left, left_row, right, right_row, column);
    case ColumnType::kI32:
      return compare<int32_t>(left, left_row, right, right_row, column);
    case ColumnType::kU8:
      return compare<uint8_t>(left, left_row, right, right_row, column);
    case ColumnType::kU16:
      return compare<uint16_t>(left, left_row, right, right_row, column);
    case ColumnType::kU32:
      return compare<uint32_t>(left, left_row, right, right_row, column);
    case ColumnType::kU64:
      return compare<uint64_t>(left, left_row, right, right_row, column);
    case ColumnType::kString:
      return compareText(left, left_row, right, right_row, column);
    default:
      break;
  }
  // Times and the like: signed integers of their size.
  switch (columnValueBytes(type)) {
    case 2:
      return compare<int16_t>(left, left_row, right, right_row, column);
    case 4:
      return compare<int32_t>(left, left_row, right, right_row, column);
    default:
      return compare<int64_t>(left, left_row, right, right_row, column);
  }
}

}  // namespace

struct MergedPartition::Cursor {
  Cursor(const Schema& schema, std::unique_ptr<SourcePartition> partition)
      : file(std::move(partition)), head(schema, kHeadRows, false) {
    head.source = std::make_unique<SourceRows>();
  }

  std::unique_ptr<SourcePartition> file;
  Batch head;
  uint32_t row = 0;  // the next one in head
  PollOutcome::Kind outcome = PollOutcome::Kind::kMore;
};

Result<MergePlan> MergePlan::make(const std::vector<Column>& columns, const std::string& field) {
  MergePlan plan;
  bool found = false;
  for (const Column& column : columns) {
    if (column.role == ColumnRole::kMeta) {  // behind the others; nothing that a format reads
      plan.kept.push_back(static_cast<uint32_t>(plan.stored.size()));
      plan.stored.push_back(column);
      continue;
    }
    const bool is_key = column.path.size() == 1 && column.path[0] == field && column.role == ColumnRole::kField;
    plan.columns.push_back(column);
    if (is_key) {
      if (column.optional || column.lenient || !hasOrder(column.type)) {
        return failure(ErrorCode::kBadManifest, fmt::format("rows cannot be merged by \"{}\"", field));
      }
      found = true;
      plan.key = static_cast<uint32_t>(plan.stored.size());
      plan.columns.back().check = false;
    } else if (column.check) {
      continue;
    }
    if (!canBeMerged(column.type)) {
      return failure(ErrorCode::kUnsupported,
                     fmt::format("files cannot be merged with the column \"{}\" of type {}: leave `order` out",
                                 column.name, columnTypeName(column.type)));
    }
    if (!column.check) plan.kept.push_back(static_cast<uint32_t>(plan.stored.size()));
    plan.stored.push_back(plan.columns.back());
  }
  auto meta = MetaColumns::of(plan.stored);
  if (!meta) return std::unexpected(meta.error());
  plan.meta = *meta;
  if (!found) return failure(ErrorCode::kBadManifest, fmt::format("there is no column \"{}\" to merge by", field));
  return plan;
}

MergedPartition::MergedPartition(const MergePlan& plan, std::vector<std::unique_ptr<SourcePartition>> files)
    : plan_(plan) {
  for (size_t i = 0; i < files.size(); ++i) {
    cursors_.push_back(std::make_unique<Cursor>(plan_.stored, std::move(files[i])));
    waiting_.push_back(i);
  }
}

MergedPartition::~MergedPartition() = default;

bool MergedPartition::isBefore(size_t left, size_t right) const {
  const Cursor& a = *cursors_[left];
  const Cursor& b = *cursors_[right];
  const int order = compareKeys(plan_.stored[plan_.key].type, a.head, a.row, b.head, b.row, plan_.key);
  return order != 0 ? order < 0 : left < right;
}

// Gets the next row of a file whose rows have left. True: it is there, or the file is read out.
bool MergedPartition::refill(size_t file, Batch& batch, DecodeFailures& failures) {
  Cursor& cursor = *cursors_[file];
  for (;;) {
    if (cursor.row < cursor.head.rows || cursor.outcome == PollOutcome::Kind::kEnd) return true;
    if (cursor.outcome == PollOutcome::Kind::kStopped) return false;
    cursor.head.clear();
    cursor.row = 0;
    const int32_t partition = batch.source->partition;
    batch.source->partition = static_cast<int32_t>(file);
    cursor.outcome = cursor.file->poll(cursor.head, failures).kind;
    batch.source->partition = partition;
    // Also after records that were no rows: what became of them goes first.
    if (cursor.head.rows == 0 && cursor.outcome != PollOutcome::Kind::kEnd) return false;
  }
}

StreamString MergedPartition::copyText(const StreamString& text, std::string_view from, std::string_view to,
                                       Batch& batch) const {
  if (text.data >= from.data() && text.data + text.size <= from.data() + from.size()) {
    return {to.data() + (text.data - from.data()), text.size, 0};
  }
  auto* copy = static_cast<char*>(batch.arena.allocate(text.size));
  std::memcpy(copy, text.data, text.size);
  return {copy, text.size, 0};
}

void MergedPartition::copyRow(Cursor& cursor, Batch& batch) {
  const uint32_t from = cursor.row;
  const uint32_t to = batch.rows;
  // The record is copied once; texts that are views of it become views of the copy.
  const std::string_view record = cursor.head.source->records[from].bytes;
  auto* bytes = static_cast<char*>(batch.arena.allocate(record.size()));
  std::memcpy(bytes, record.data(), record.size());
  const std::string_view copy(bytes, record.size());
  for (uint32_t i = 0; i < plan_.kept.size(); ++i) {
    const uint32_t column = plan_.kept[i];
    const ColumnType type = plan_.stored[column].type;
    const bool present = cursor.head.present(column, from);
    if (batch.validity[i] != nullptr) batch.validity[i][to] = present ? 1 : 0;
    if (type == ColumnType::kString) {
      const StreamString& text = cursor.head.column<StreamString>(column)[from];
      batch.column<StreamString>(i)[to] = present ? copyText(text, record, copy, batch) : StreamString{};
      continue;
    }
    const size_t size = columnValueBytes(type);
    std::memcpy(static_cast<char*>(batch.columns[i]) + to * size,
                static_cast<const char*>(cursor.head.columns[column]) + from * size, size);
  }
  batch.source->records.push_back({copy, rows_++});
  ++batch.rows;
}

PollOutcome MergedPartition::poll(Batch& batch, DecodeFailures& failures) {
  auto later = [this](size_t left, size_t right) { return isBefore(right, left); };
  if (closed_ != PollOutcome::Kind::kMore) return {closed_};
  for (;;) {
    while (!waiting_.empty()) {
      const size_t file = waiting_.back();
      if (!refill(file, batch, failures)) {
        if (cursors_[file]->outcome == PollOutcome::Kind::kStopped) closed_ = PollOutcome::Kind::kStopped;
        return {cursors_[file]->outcome};
      }
      waiting_.pop_back();
      if (cursors_[file]->row == cursors_[file]->head.rows) continue;  // read out
      heap_.push_back(file);
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
    if (heap_.empty()) return {closed_ = PollOutcome::Kind::kEnd};
    if (batch.rows == batch.capacity) return {PollOutcome::Kind::kMore};
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const size_t file = heap_.back();
    heap_.pop_back();
    copyRow(*cursors_[file], batch);
    ++cursors_[file]->row;
    waiting_.push_back(file);
  }
}

}  // namespace streamrt
