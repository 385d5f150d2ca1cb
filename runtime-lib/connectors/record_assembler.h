// Cuts a stream of bytes into chunks of whole records. Pure: who reads, where the chunks go and what a record is are
// somebody else's business.
//
//   loop: while (wantsChunk()) give(chunk); auto [to, max] = space(); read n bytes there; filled(n); while (next()) …
//   end:  finish(); while (next()) …
//
// A record over max_record is not kept: only its first 64 KiB come out, as an oversize chunk, when its end was seen. A
// quote that does not close within max_record, or before the end, costs one line: that line comes out as an unclosed
// chunk, and the next one begins a record.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_ASSEMBLER_H
#define RUNTIME_LIB_CONNECTORS_RECORD_ASSEMBLER_H

#include <deque>
#include <memory>
#include <span>

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/record_cutter.h"

namespace streamrt {

class RecordAssembler {
 public:
  // `counts_lines`: chunks say how many line ends are before them. `offset` and `line` are those of the first byte that
  // will be read: of a record.
  RecordAssembler(std::unique_ptr<RecordCutter> cutter, size_t max_record, bool counts_lines = false,
                  int64_t offset = 0, int64_t line = 0)
      : max_record_(max_record), counts_lines_(counts_lines) {
    restart(std::move(cutter), offset, line);
  }

  // A chunk to fill and one for what follows its last record.
  bool wantsChunk() const { return filling_ == nullptr || spare_ == nullptr; }
  void give(ChunkPtr chunk);

  // REQUIRES: !wantsChunk(). Never empty.
  std::span<char> space();
  void filled(size_t bytes);
  // The input is read out.
  void finish();
  // Another input begins, with a new cutter. REQUIRES: finish() was called.
  void restart(std::unique_ptr<RecordCutter> cutter, int64_t offset, int64_t line);

  // The next chunk that is ready, or null.
  ChunkPtr next();

 private:
  // The bytes before data + size leave `chunk`, or will: it begins behind them.
  void pass(Chunk& chunk, const char* data, size_t size) const;
  void split(size_t from);
  void cutAt(size_t end);
  void tooLong();
  void startSkipping();
  void skip(size_t from);
  void emitOversize();
  void emit(ChunkPtr failed);
  bool emitFirstLine();
  ChunkPtr copyOf(Chunk::Kind kind, size_t bytes) const;

  std::unique_ptr<RecordCutter> cutter_;
  const size_t max_record_;
  const bool counts_lines_;
  ChunkPtr filling_;
  ChunkPtr spare_;
  std::deque<ChunkPtr> ready_;
  int64_t seen_ = 0;
  int64_t first_line_ = 0;  // line ends before the first byte that is read of an input
  bool skipping_ = false;   // inside a record over max_record, whose beginning is oversize_
  ChunkPtr oversize_;
};

}  // namespace streamrt

#endif
