// Cuts a stream of bytes into chunks of whole lines. Pure: who reads and where the chunks go is somebody else's
// business.
//
//   loop: while (wantsChunk()) give(chunk); auto [to, max] = space(); read n bytes there; filled(n); while (next()) …
//   end:  finish(); while (next()) …
//
// A line over max_record is not kept: only its first 64 KiB come out, as an oversize chunk, when its end was seen.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_ASSEMBLER_H
#define RUNTIME_LIB_CONNECTORS_RECORD_ASSEMBLER_H

#include <deque>
#include <span>

#include "runtime-lib/connectors/chunk.h"

namespace streamrt {

class RecordAssembler {
 public:
  explicit RecordAssembler(size_t max_record) : max_record_(max_record) {}

  // A chunk to fill and one for what follows its last line.
  bool wantsChunk() const { return filling_ == nullptr || spare_ == nullptr; }
  void give(ChunkPtr chunk);

  // REQUIRES: !wantsChunk(). Never empty.
  std::span<char> space();
  void filled(size_t bytes);
  void finish();

  // The next chunk that is ready, or null.
  ChunkPtr next();
  int64_t bytesSeen() const { return seen_; }

 private:
  void split(size_t from);
  void startSkipping();
  void skip(size_t from);
  void emitOversize();

  const size_t max_record_;
  ChunkPtr filling_;
  ChunkPtr spare_;
  std::deque<ChunkPtr> ready_;
  int64_t seen_ = 0;
  bool skipping_ = false;  // inside a line over max_record, whose beginning is oversize_
  ChunkPtr oversize_;
};

}  // namespace streamrt

#endif
