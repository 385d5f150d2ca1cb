// Bump memory whose blocks die together: a batch's strings, a call's scratch.
//
// allocate() is inline (the hot bitcode contains it); a new chunk comes from stream_core_arena_more, the only symbol it
// refers to. reset() forgets all blocks and keeps the chunks, but for oversized ones. Blocks are 8-aligned and not
// initialised. Not thread safe. The first two members are the cursor and the end; nothing else is relied on elsewhere.
#ifndef RUNTIME_LIB_CORE_ARENA_H
#define RUNTIME_LIB_CORE_ARENA_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

// Slow path of Arena::allocate: `bytes` is a multiple of 8.
extern "C" void* stream_core_arena_more(void* arena, int64_t bytes);

namespace streamrt {

class Arena {
 public:
  static constexpr size_t kFirstChunkBytes = 16 << 10;
  static constexpr size_t kChunkBytesMax = 1 << 20;  // larger blocks get a chunk of their own, freed by reset()

  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // REQUIRES: bytes < 2^62. Never null, also for 0 bytes.
  void* allocate(size_t bytes) {
    const size_t rounded = (bytes + 7) & ~size_t{7};
    if (__builtin_expect(rounded <= static_cast<size_t>(end_ - cursor_), 1)) {
      void* block = cursor_;
      cursor_ += rounded;
      return block;
    }
    return stream_core_arena_more(this, static_cast<int64_t>(rounded));
  }

  void reset();

  size_t bytesReserved() const { return bytes_reserved_; }

 private:
  friend void* ::stream_core_arena_more(void* arena, int64_t bytes);
  struct Chunk {
    std::unique_ptr<char[]> data;
    size_t bytes;
  };

  void* more(size_t bytes);

  char* cursor_ = empty_;
  char* end_ = empty_;
  std::vector<Chunk> chunks_;     // ordinary ones, filled in order
  std::vector<Chunk> oversized_;  // one block each
  size_t chunk_ = 0;              // the chunk after the one in use
  size_t bytes_reserved_ = 0;
  alignas(8) inline static char empty_[8] = {};
};

}  // namespace streamrt

#endif
