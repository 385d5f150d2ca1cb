#include "tools/driver/compile_cache.h"

#include <dirent.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace streamc::driver {
namespace {

constexpr char kMagic[] = "STRMOBJ1";
constexpr size_t kHeaderBytes = 8 + 16 + 8 + 16;
constexpr char kTemporary[] = "new.";
constexpr int64_t kTemporarySecondsMax = 3600;  // what a process that died left behind

// Feeds a hash with pieces whose borders count.
class Hash {
 public:
  Hash() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
  Hash(const Hash&) = delete;
  ~Hash() { XXH3_freeState(state_); }
  void add(std::string_view piece) {
    uint64_t size = piece.size();
    XXH3_128bits_update(state_, &size, sizeof size);
    XXH3_128bits_update(state_, piece.data(), piece.size());
  }
  CacheKey digest() const {
    XXH128_hash_t hash = XXH3_128bits_digest(state_);
    return {hash.low64, hash.high64};
  }

 private:
  XXH3_state_t* state_;
};

CacheKey hashOf(std::string_view bytes) {
  XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

// The build id that the linker wrote into a loaded file; empty when there is none.
std::string_view buildId(const dl_phdr_info& file) {
  for (int i = 0; i < file.dlpi_phnum; ++i) {
    const ElfW(Phdr)& header = file.dlpi_phdr[i];
    if (header.p_type != PT_NOTE) continue;
    const char* at = reinterpret_cast<const char*>(file.dlpi_addr + header.p_vaddr);
    const char* end = at + header.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      const auto& note = *reinterpret_cast<const ElfW(Nhdr)*>(at);
      const char* name = at + sizeof note;
      const char* content = name + (note.n_namesz + 3) / 4 * 4;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
        return {content, note.n_descsz};
      at = content + (note.n_descsz + 3) / 4 * 4;
    }
  }
  return {};
}

// The compiler: this program (the hot runtime is inside) and the libraries that make code.
void addCompiler(Hash& hash) {
  struct Found {
    Hash& hash;
    bool self = false;
  } found{hash};
  dl_iterate_phdr(
      [](dl_phdr_info* file, size_t, void* to) {
        auto& found = *static_cast<Found*>(to);
        std::string_view name = file->dlpi_name;
        bool self = name.empty() && !std::exchange(found.self, true);
        if (self || name.find("libLLVM") != name.npos || name.find("libMLIR") != name.npos)
          found.hash.add(buildId(*file));
        return 0;
      },
      &found);
}

bool readAll(int descriptor, std::string& bytes) {
  struct stat info{};
  if (fstat(descriptor, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size > int64_t{CompileCache::kBytesMax})
    return false;
  bytes.resize(static_cast<size_t>(info.st_size));
  size_t have = 0;
  while (have < bytes.size()) {
    ssize_t got = read(descriptor, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    have += static_cast<size_t>(got);
  }
  return true;
}

bool writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t wrote = write(descriptor, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return true;
}

std::string header(const CacheKey& key, std::string_view object) {
  CacheKey hash = hashOf(object);
  uint64_t words[] = {key.low, key.high, object.size(), hash.low, hash.high};
  return kMagic + std::string(reinterpret_cast<const char*>(words), sizeof words);
}

// An entry's object when the entry is what it claims to be.
std::optional<std::string> objectOf(std::string entry, const CacheKey& key) {
  if (entry.size() < kHeaderBytes) return std::nullopt;
  std::string_view object = std::string_view(entry).substr(kHeaderBytes);
  if (std::string_view(entry).substr(0, kHeaderBytes) != header(key, object)) return std::nullopt;
  return std::string(object);
}

struct File {
  std::string path;
  uint64_t bytes;
  timespec used;
  bool temporary;
};

std::vector<File> filesIn(const std::string& directory) {
  std::vector<File> files;
  DIR* open = opendir(directory.c_str());
  if (open == nullptr) return files;
  while (const dirent* entry = readdir(open)) {
    std::string path = directory + "/" + entry->d_name;
    struct stat info{};
    if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    files.push_back({path, static_cast<uint64_t>(info.st_size), info.st_mtim,
                     std::string_view(entry->d_name).starts_with(kTemporary)});
  }
  closedir(open);
  return files;
}

std::string sentence(const std::string& what, const std::string& path) {
  return what + " '" + path + "': " + std::strerror(errno);
}

std::string firstVariable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

std::string CacheKey::hex() const {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (uint64_t word : {high, low})
    for (int shift = 60; shift >= 0; shift -= 4) text += kDigits[word >> shift & 15];
  return text;
}

CacheKey cacheKey(const CacheKeyInput& input) {
  Hash hash;
  addCompiler(hash);
  hash.add(codegen::describe(input.target));
  hash.add(input.path);
  hash.add(input.base);
  hash.add(input.job);
  for (size_t i = 0; i < input.files.size(); ++i) {
    const SourceFile& file = input.files.get(static_cast<FileId>(i));
    hash.add(file.name());
    hash.add(file.text());
  }
  return hash.digest();
}

CompileCache::Opened CompileCache::open() {
  std::string home = firstVariable("XDG_CACHE_HOME");
  if (!home.starts_with('/')) {  // the specification: a relative path is to be ignored
    home = firstVariable("HOME");
    struct stat info{};
    if (!home.starts_with('/') || stat(home.c_str(), &info) != 0) return {};
    home += "/.cache";
  }
  std::string directory = home + "/streamc";
  if (mkdir(home.c_str(), 0700) != 0 && errno != EEXIST) return {{}, sentence("cannot make", home)};
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return {{}, sentence("cannot make", directory)};
  struct stat info{};
  if (stat(directory.c_str(), &info) != 0) return {{}, sentence("cannot use", directory)};
  if (!S_ISDIR(info.st_mode)) return {{}, "'" + directory + "' is not a directory"};
  if (info.st_uid != geteuid() || (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return {{}, "others can write to '" + directory + "', and its content would be executed"};
  return {CompileCache(directory, kBytesMax), ""};
}

std::string CompileCache::shard(const CacheKey& key) const { return directory_ + "/" + key.hex().substr(0, 1); }

std::optional<std::string> CompileCache::find(const CacheKey& key) {
  std::string name = path(key);
  int descriptor = ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return std::nullopt;
  std::string entry;
  bool whole = readAll(descriptor, entry);
  futimens(descriptor, nullptr);  // used now; a file system without times only forgets the order
  close(descriptor);
  std::optional<std::string> object = whole ? objectOf(std::move(entry), key) : std::nullopt;
  if (!object) unlink(name.c_str());
  return object;
}

std::optional<std::string> CompileCache::put(const CacheKey& key, std::string_view object) {
  if (object.size() > bytes_max_ / kShards) return std::nullopt;  // it would only drive out all others
  std::string in = shard(key);
  if (mkdir(in.c_str(), 0700) != 0 && errno != EEXIST) return sentence("cannot make", in);
  std::string temporary = in + "/" + kTemporary + "XXXXXX";
  int descriptor = mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return sentence("cannot write to", in);
  bool written = writeAll(descriptor, header(key, object)) && writeAll(descriptor, object);
  written = close(descriptor) == 0 && written;
  if (!written || rename(temporary.c_str(), path(key).c_str()) != 0) {
    std::string problem = sentence("cannot write to", in);
    unlink(temporary.c_str());
    return problem;
  }
  evict(in);
  return std::nullopt;
}

void CompileCache::evict(const std::string& shard) {
  std::vector<File> files = filesIn(shard);
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t bytes = 0;
  std::vector<File*> oldest;
  for (File& file : files) {
    if (!file.temporary) {
      bytes += file.bytes;
      oldest.push_back(&file);
    } else if (now.tv_sec - file.used.tv_sec > kTemporarySecondsMax) {
      unlink(file.path.c_str());
    }
  }
  uint64_t most = bytes_max_ / kShards;
  if (bytes <= most) return;
  std::sort(oldest.begin(), oldest.end(), [](const File* a, const File* b) {
    return std::pair(a->used.tv_sec, a->used.tv_nsec) < std::pair(b->used.tv_sec, b->used.tv_nsec);
  });
  // A little below the limit, so that not every put has to clear away.
  for (File* file : oldest) {
    if (bytes <= most / 10 * 9) break;
    if (unlink(file->path.c_str()) == 0) bytes -= file->bytes;
  }
}

CompileCache::Size CompileCache::size() const {
  Size sum;
  for (unsigned i = 0; i < kShards; ++i)
    for (const File& file : filesIn(directory_ + "/" + "0123456789abcdef"[i])) {
      sum.entries += !file.temporary;
      sum.bytes += file.bytes;
    }
  return sum;
}

uint64_t CompileCache::clear() {
  uint64_t gone = 0;
  for (unsigned i = 0; i < kShards; ++i)
    for (const File& file : filesIn(directory_ + "/" + "0123456789abcdef"[i]))
      gone += !file.temporary && unlink(file.path.c_str()) == 0;  // a temporary one is being written
  return gone;
}

}  // namespace streamc::driver
