#include "runtime-lib/checkpoint/change_file.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

constexpr char kMagic[8] = {'S', 'T', 'R', 'M', 'C', 'H', 'N', 'G'};
constexpr uint32_t kVersion = 1;
constexpr size_t kBlockBytes = 1 << 20;

struct FileHeader {
  char magic[8];
  uint32_t version;
  uint32_t zero;
  uint64_t epoch;
  uint64_t keys;
};
static_assert(sizeof(FileHeader) == 32);

// `bytes` 0: the end; then `hash` is the number of blocks.
struct BlockHeader {
  uint64_t bytes;
  uint64_t hash;  // XXH3-64 of the records
};
static_assert(sizeof(BlockHeader) == 16);

std::unexpected<Error> bad(const std::string& name, std::string_view what) {
  return failure(ErrorCode::kBadCheckpoint, fmt::format("{}: {}", name, what));
}

template <class Value>
void append(std::string& to, const Value& value) {
  to.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// False: they are cut off.
bool listRecords(std::string_view records, std::vector<PageRecord>& to) {
  while (!records.empty()) {
    PageChangeHeader header;
    if (records.size() < sizeof header) return false;
    std::memcpy(&header, records.data(), sizeof header);
    if (header.bytes > records.size() - sizeof header) return false;
    to.push_back({header.page_id, header.kind, header.size_log2});
    records.remove_prefix(sizeof header + header.bytes);
  }
  return true;
}

std::string text(const XXH3_state_t& state) {
  const XXH128_hash_t hash = XXH3_128bits_digest(&state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

// A file that is read from its beginning on, a piece at a time.
class Feed {
 public:
  explicit Feed(const ReadAt& read) : read_(read) { XXH3_128bits_reset(&hash_); }

  // The next `size` bytes, fewer at the end of the file; valid until the next call.
  Result<std::string_view> take(uint64_t size) {
    while (window_.size() - at_ < size && !ended_) {
      auto piece = read_(offset_, kPieceBytes);
      if (!piece) return std::unexpected(piece.error());
      XXH3_128bits_update(&hash_, piece->data(), piece->size());
      ended_ = piece->size() < kPieceBytes;
      offset_ += piece->size();
      window_.erase(0, at_);
      at_ = 0;
      if (window_.empty()) {
        window_ = std::move(*piece);
      } else {
        window_ += *piece;
      }
    }
    const std::string_view taken(window_.data() + at_, std::min<uint64_t>(size, window_.size() - at_));
    at_ += taken.size();
    return taken;
  }
  uint64_t bytes() const { return offset_; }
  std::string hash() const { return text(hash_); }

 private:
  static constexpr size_t kPieceBytes = 4 << 20;
  const ReadAt& read_;
  XXH3_state_t hash_;
  std::string window_;
  size_t at_ = 0;
  uint64_t offset_ = 0;
  bool ended_ = false;
};

template <class Value>
Result<Value> takeValue(Feed& feed, const std::string& name) {
  auto bytes = feed.take(sizeof(Value));
  if (!bytes) return std::unexpected(bytes.error());
  if (bytes->size() < sizeof(Value)) return bad(name, "it is cut off");
  Value value;
  std::memcpy(&value, bytes->data(), sizeof value);
  return value;
}

// Verifies the file; `visit` gets each block.
template <class Visit>
Result<FileHeader> walk(Feed& feed, const std::string& name, Visit visit) {
  auto header = takeValue<FileHeader>(feed, name);
  if (!header) return header;
  if (std::memcmp(header->magic, kMagic, sizeof kMagic) != 0) return bad(name, "not a file of changes");
  if (header->version != kVersion || header->zero != 0) {
    return bad(name, fmt::format("format version {}", header->version));
  }
  for (uint64_t count = 0;; ++count) {
    auto block = takeValue<BlockHeader>(feed, name);
    if (!block) return std::unexpected(block.error());
    if (block->bytes == 0) {
      if (block->hash != count) return bad(name, "blocks are missing");
      auto rest = feed.take(1);
      if (!rest) return std::unexpected(rest.error());
      if (!rest->empty()) return bad(name, "more bytes than blocks");
      return header;
    }
    auto records = feed.take(block->bytes);
    if (!records) return std::unexpected(records.error());
    if (records->size() < block->bytes) return bad(name, "it is cut off");
    if (XXH3_64bits(records->data(), records->size()) != block->hash) {
      return bad(name, fmt::format("block {} is damaged", count));
    }
    if (Result<void> visited = visit(*block, *records); !visited) return bad(name, visited.error().text);
  }
}

ReadAt readerOf(std::string_view file) {
  return [file](uint64_t offset, size_t max) -> Result<std::string> {
    return offset < file.size() ? std::string(file.substr(offset, max)) : std::string();
  };
}

}  // namespace

struct ChangeFileWriter::Hash {
  XXH3_state_t state;
};

ChangeFileWriter::ChangeFileWriter(std::shared_ptr<SealedChanges> changes)
    : changes_(std::move(changes)), hash_(std::make_unique<Hash>()) {
  XXH3_128bits_reset(&hash_->state);
}

ChangeFileWriter::~ChangeFileWriter() = default;

Result<void> ChangeFileWriter::fold(std::string_view file, const std::string& name) {
  STREAM_CHECK(at_ == At::kHeader, "earlier files come first");
  const ReadAt read = readerOf(file);
  Feed feed(read);
  auto walked = walk(feed, name, [&](const BlockHeader& block, std::string_view records) -> Result<void> {
    ++blocks_;
    append(folded_, block);
    folded_.append(records);
    if (!listRecords(records, records_)) return bad(name, "a record is cut off");
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  if (walked->epoch >= changes_->epoch()) return bad(name, "it is not older than what is being written");
  return {};
}

void ChangeFileWriter::emit(std::string& part, std::string_view records) {
  append(part, BlockHeader{records.size(), XXH3_64bits(records.data(), records.size())});
  part.append(records);
  listRecords(records, records_);
  ++blocks_;
}

bool ChangeFileWriter::next(std::string& part) {
  part.clear();
  switch (at_) {
    case At::kHeader: {
      FileHeader header{};
      std::memcpy(header.magic, kMagic, sizeof kMagic);
      header.version = kVersion;
      header.epoch = changes_->epoch();
      header.keys = changes_->keys();
      append(part, header);
      at_ = At::kFolded;
      break;
    }
    case At::kFolded:
      part = std::move(folded_);
      folded_.clear();
      at_ = At::kChanges;
      if (!part.empty()) break;
      [[fallthrough]];
    case At::kChanges:
      block_.clear();
      if (changes_->next(block_, kBlockBytes) && !block_.empty()) {
        emit(part, block_);
        break;
      }
      append(part, BlockHeader{0, blocks_});
      block_ = {};
      at_ = At::kDone;
      break;
    case At::kDone:
      return false;
  }
  XXH3_128bits_update(&hash_->state, part.data(), part.size());
  bytes_ += part.size();
  return true;
}

std::string ChangeFileWriter::hash() const { return text(hash_->state); }

Result<ChangeFileInfo> readChangeFile(const ReadAt& read, const std::string& name, PageAssembly* pages) {
  ChangeFileInfo info;
  Feed feed(read);
  auto walked = walk(feed, name, [&](const BlockHeader&, std::string_view records) -> Result<void> {
    if (!listRecords(records, info.records)) return bad(name, "a record is cut off");
    if (pages != nullptr) return pages->apply(records);
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  info.epoch = walked->epoch;
  info.keys = walked->keys;
  info.bytes = feed.bytes();
  info.hash = feed.hash();
  return info;
}

Result<ChangeFileInfo> readChangeFile(std::string_view file, const std::string& name, PageAssembly* pages) {
  return readChangeFile(readerOf(file), name, pages);
}

}  // namespace streamrt
