// What changed in one worker's share of a table in one epoch, as a file: records of pages (state/page_change.h) in
// blocks, each with its hash. Drawn in docs/formats/checkpoints.md. A file may take in files of earlier epochs, which
// are then not needed any more: their blocks are put in front as they are.
//
//   writer:  ChangeFileWriter file(changes); fold(…)…; while (file.next(part)) append part to the file; hash(),
//   records() reader:  readChangeFile for each file of a chain (checkpoint/change_chain.h), oldest first, into one
//   PageAssembly
//
// One thread each; the writer's is the one that reads SealedChanges.
#ifndef RUNTIME_LIB_CHECKPOINT_CHANGE_FILE_H
#define RUNTIME_LIB_CHECKPOINT_CHANGE_FILE_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/state/change_log.h"
#include "runtime-lib/state/page_change.h"

namespace streamrt {

// What a record says about its page, without its content.
struct PageRecord {
  uint32_t page_id;
  PageChangeKind kind;
  uint8_t size_log2;
};

class ChangeFileWriter {
 public:
  explicit ChangeFileWriter(std::shared_ptr<SealedChanges> changes);
  ChangeFileWriter(const ChangeFileWriter&) = delete;
  ChangeFileWriter& operator=(const ChangeFileWriter&) = delete;
  ~ChangeFileWriter();

  // Takes in a whole earlier file, oldest first, before the first next. kBadCheckpoint.
  Result<void> fold(std::string_view file, const std::string& name);

  // Puts the next part of the file into `part`, about a megabyte; false when there is no more.
  bool next(std::string& part);

  // When next has said false.
  bool empty() const { return records_.empty(); }
  uint64_t bytes() const { return bytes_; }
  std::string hash() const;  // of the file, as contentHash makes it
  const std::vector<PageRecord>& records() const { return records_; }

 private:
  enum class At : uint8_t { kHeader, kFolded, kChanges, kDone };
  void emit(std::string& part, std::string_view records);
  void finish(std::string& part);

  const std::shared_ptr<SealedChanges> changes_;
  struct Hash;  // of the file so far
  std::unique_ptr<Hash> hash_;
  At at_ = At::kHeader;
  std::string folded_;  // whole blocks
  std::vector<PageRecord> records_;
  std::string block_;
  uint64_t bytes_ = 0;
  uint64_t blocks_ = 0;
};

struct ChangeFileInfo {
  uint64_t epoch = 0;
  uint64_t keys = 0;   // of the table after it
  uint64_t bytes = 0;  // of the file
  std::string hash;    // as contentHash makes it
  std::vector<PageRecord> records;
};

// Bytes of a file from an offset on, at most so many; fewer only where it ends.
using ReadAt = std::function<Result<std::string>(uint64_t offset, size_t max)>;

// Reads the file piece by piece, verifies every block, and applies it to `pages` unless that is null. Whether it is the
// file that was meant is for the caller to compare. kBadCheckpoint.
Result<ChangeFileInfo> readChangeFile(const ReadAt& read, const std::string& name, PageAssembly* pages);
Result<ChangeFileInfo> readChangeFile(std::string_view file, const std::string& name, PageAssembly* pages);

}  // namespace streamrt

#endif
