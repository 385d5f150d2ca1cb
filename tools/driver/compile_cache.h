// Machine code of earlier compilations, kept in $XDG_CACHE_HOME/streamc (or ~/.cache/streamc), so that a job that did
// not change starts at once. Called by the driver between the check of a program and its lowering.
//
// The key is all that the code depends on: the texts of the program (its own and those it uses) with their names, the
// job, the compiler's build (its own id and those of LLVM's and MLIR's libraries), the processor and the purpose. It is
// texts and not IR because checking a program takes a fraction of a millisecond, diagnostics have to be given anyway,
// and places in the text are part of the code (line tables, the places of rejected rows).
//
// Invariants: an entry is complete or absent (it gets its name by rename), so any number of processes may share the
// directory; an entry says which key it is for and has the hash of its bytes, and what does not agree is removed and
// compiled anew; only a directory that is ours and nobody else can write is used, for its content is executed; what is
// used least recently goes when a shard exceeds its part of the limit. A cache that cannot be used costs time only.
//
//     entry = "STRMOBJ1" | key, 16 bytes | size of the object, 8 bytes | XXH3-128 of the object, 16 bytes | object
//
// Not thread-safe; any number of processes may use one directory.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codegen/object/target.h"
#include "dsl/source_file.h"

namespace streamc::driver {

struct CacheKey {
  uint64_t low = 0, high = 0;
  std::string hex() const;
  friend bool operator==(const CacheKey&, const CacheKey&) = default;
};

struct CacheKeyInput {
  const SourceFiles& files;
  std::string_view path, base, job;
  const codegen::TargetSpec& target;
};
CacheKey cacheKey(const CacheKeyInput& input);

class CompileCache {
 public:
  static constexpr uint64_t kBytesMax = 1 << 30;
  static constexpr unsigned kShards = 16;  // by the key's first hexadecimal digit

  struct Opened;
  // Where the environment says; makes the directory when it is not there.
  static Opened open();
  // REQUIRES: the directory exists. For tests, which also choose the limit.
  CompileCache(std::string directory, uint64_t bytes_max) : directory_(std::move(directory)), bytes_max_(bytes_max) {}

  // The object, or nothing. Marks it as used.
  std::optional<std::string> find(const CacheKey& key);
  // One sentence when it could not be kept.
  std::optional<std::string> put(const CacheKey& key, std::string_view object);

  struct Size {
    uint64_t entries = 0, bytes = 0;
  };
  Size size() const;
  // How many entries went.
  uint64_t clear();
  const std::string& directory() const { return directory_; }

 private:
  std::string shard(const CacheKey& key) const;
  std::string path(const CacheKey& key) const { return shard(key) + "/" + key.hex(); }
  void evict(const std::string& shard);

  std::string directory_;
  uint64_t bytes_max_;
};

struct CompileCache::Opened {
  std::optional<CompileCache> cache;  // none without a home directory, or with a `problem`
  std::string problem;                // one sentence; empty when there is simply no place for a cache
};

}  // namespace streamc::driver
