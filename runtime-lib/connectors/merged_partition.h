// Several files as one partition, in the order of a field: a merge of as many ways as there are files (a heap of the
// next row of each). Rows with equal values come in the order of the files, then of their records; a file that is not
// in order itself is taken as it is. A row waits until the next row of every file is known.
//
// What the rows point into is copied, so that a file's chunk goes back as soon as its rows have left. `partition` of a
// record that is no row is the number of its file; rows are of partition 0, and their offset is their number in the
// merge.
#ifndef RUNTIME_LIB_CONNECTORS_MERGED_PARTITION_H
#define RUNTIME_LIB_CONNECTORS_MERGED_PARTITION_H

#include <memory>
#include <string>
#include <vector>

#include "runtime-lib/connectors/meta_columns.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

// Where the value to merge by lies, and how the columns that the files are decoded into become those of the source.
struct MergePlan {
  std::vector<Column> columns;  // to decode: the field to merge by is stored in any case
  Schema stored;                // of them, those that are stored
  std::vector<uint32_t> kept;   // which of these are columns of the source, in order
  MetaColumns meta;             // among them
  uint32_t key = 0;             // index in `stored`

  // Fails when the field is none of the columns, or of a type without an order.
  static Result<MergePlan> make(const std::vector<Column>& columns, const std::string& field);
};

class MergedPartition : public SourcePartition {
 public:
  static constexpr uint32_t kHeadRows = 64;  // decoded at once of a file

  MergedPartition(const MergePlan& plan, std::vector<std::unique_ptr<SourcePartition>> files);
  ~MergedPartition() override;

  PollOutcome poll(Batch& batch, DecodeFailures& failures) override;

 private:
  struct Cursor;

  bool refill(size_t file, Batch& batch, DecodeFailures& failures);
  bool isBefore(size_t left, size_t right) const;
  void copyRow(Cursor& cursor, Batch& batch);
  StreamString copyText(const StreamString& text, std::string_view from, std::string_view to, Batch& batch) const;

  const MergePlan& plan_;
  std::vector<std::unique_ptr<Cursor>> cursors_;
  std::vector<size_t> heap_;     // files with a row, the next one first
  std::vector<size_t> waiting_;  // files whose next row is not known
  PollOutcome::Kind closed_ = PollOutcome::Kind::kMore;
  int64_t rows_ = 0;
};

}  // namespace streamrt

#endif
