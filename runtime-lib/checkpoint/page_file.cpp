#include "runtime-lib/checkpoint/page_file.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

namespace streamrt {
namespace {

constexpr char kMagic[8] = {'S', 'T', 'R', 'M', 'P', 'A', 'G', 'E'};
constexpr uint32_t kVersion = 1;

struct IndexEntry {
  uint32_t page_id;
  uint32_t size_log2;
  uint64_t hash;  // XXH3-64
};
static_assert(sizeof(IndexEntry) == 16);

struct Trailer {
  uint64_t pages;
  uint64_t index_hash;  // XXH3-64 of the index
  uint32_t version;
  uint32_t zero;
  char magic[8];
};
static_assert(sizeof(Trailer) == 32);

std::unexpected<Error> bad(const std::string& name, std::string_view what) {
  return failure(ErrorCode::kBadCheckpoint, fmt::format("{}: {}", name, what));
}

}  // namespace

PageCopies::PageCopies(const Table& table) : keys_(table.keys()) {
  struct Source {
    Entry entry;
    const char* bytes;
  };
  std::vector<Source> pages;
  table.forEachPage([&](const PageHeader& page, const char* bytes, size_t size) {
    pages.push_back({{page.page_id, page.size_log2}, bytes});
    size_ += size;
  });
  std::sort(pages.begin(), pages.end(), [](const Source& a, const Source& b) {
    return std::pair(b.entry.size_log2, a.entry.page_id) < std::pair(a.entry.size_log2, b.entry.page_id);
  });
  bytes_ = std::make_unique_for_overwrite<char[]>(size_);
  char* to = bytes_.get();
  for (const Source& page : pages) {
    std::memcpy(to, page.bytes, pageBytes(page.entry.size_log2));
    to += pageBytes(page.entry.size_log2);
    index_.push_back(page.entry);
  }
}

std::string PageCopies::fileBytes() const {
  std::string file;
  file.reserve(size_ + index_.size() * sizeof(IndexEntry) + sizeof(Trailer));
  file.append(bytes_.get(), size_);
  std::vector<IndexEntry> index;
  const char* page = bytes_.get();
  for (const Entry& entry : index_) {
    size_t size = pageBytes(entry.size_log2);
    index.push_back({entry.page_id, entry.size_log2, XXH3_64bits(page, size)});
    page += size;
  }
  std::string_view index_bytes(reinterpret_cast<const char*>(index.data()), index.size() * sizeof(IndexEntry));
  Trailer trailer{};
  trailer.pages = index.size();
  trailer.index_hash = XXH3_64bits(index_bytes.data(), index_bytes.size());
  trailer.version = kVersion;
  std::memcpy(trailer.magic, kMagic, sizeof kMagic);
  file.append(index_bytes);
  file.append(reinterpret_cast<const char*>(&trailer), sizeof trailer);
  return file;
}

Result<std::vector<char*>> readPages(std::string_view file, const std::string& name, PageAllocator& allocator) {
  Trailer trailer;
  if (file.size() < sizeof trailer) return bad(name, "shorter than a file of pages");
  std::memcpy(&trailer, file.data() + file.size() - sizeof trailer, sizeof trailer);
  if (std::memcmp(trailer.magic, kMagic, sizeof kMagic) != 0) return bad(name, "not a file of pages");
  if (trailer.version != kVersion) return bad(name, fmt::format("format version {}", trailer.version));
  if (trailer.zero != 0) return bad(name, "the trailer is damaged");
  file.remove_suffix(sizeof trailer);
  if (trailer.pages > file.size() / sizeof(IndexEntry)) return bad(name, "more pages than fit");
  std::string_view index = file.substr(file.size() - trailer.pages * sizeof(IndexEntry));
  file.remove_suffix(index.size());
  if (XXH3_64bits(index.data(), index.size()) != trailer.index_hash) return bad(name, "the index is damaged");
  std::vector<char*> pages;
  for (uint64_t i = 0; i < trailer.pages; ++i) {
    IndexEntry entry;
    std::memcpy(&entry, index.data() + i * sizeof entry, sizeof entry);
    if (entry.size_log2 < kPageLog2Min || entry.size_log2 > kPageLog2Max ||
        pageBytes(static_cast<uint8_t>(entry.size_log2)) > file.size()) {
      return bad(name, fmt::format("page {} does not fit", entry.page_id));
    }
    size_t size = pageBytes(static_cast<uint8_t>(entry.size_log2));
    if (XXH3_64bits(file.data(), size) != entry.hash)
      return bad(name, fmt::format("page {} is damaged", entry.page_id));
    char* memory = allocator.allocate(static_cast<uint8_t>(entry.size_log2));
    std::memcpy(memory, file.data(), size);
    pages.push_back(memory);
    file.remove_prefix(size);
  }
  if (!file.empty()) return bad(name, "more bytes than pages");
  return pages;
}

}  // namespace streamrt
