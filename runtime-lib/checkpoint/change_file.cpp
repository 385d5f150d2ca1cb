#include "runtime-lib/checkpoint/change_file.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

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

// Verifies the file; `visit` gets the records of each block. `blocks` gets all blocks with their headers.
template <class Visit>
Result<FileHeader> walk(std::string_view file, const std::string& name, std::string_view* blocks, Visit visit) {
  FileHeader header;
  if (file.size() < sizeof header) return bad(name, "shorter than a file of changes");
  std::memcpy(&header, file.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return bad(name, "not a file of changes");
  if (header.version != kVersion || header.zero != 0) {
    return bad(name, fmt::format("format version {}", header.version));
  }
  file.remove_prefix(sizeof header);
  const char* const first = file.data();
  for (uint64_t count = 0;; ++count) {
    BlockHeader block;
    if (file.size() < sizeof block) return bad(name, "it is cut off");
    std::memcpy(&block, file.data(), sizeof block);
    if (block.bytes == 0) {
      if (block.hash != count) return bad(name, "blocks are missing");
      if (file.size() != sizeof block) return bad(name, "more bytes than blocks");
      *blocks = {first, static_cast<size_t>(file.data() - first)};
      return header;
    }
    file.remove_prefix(sizeof block);
    if (block.bytes > file.size()) return bad(name, "it is cut off");
    const std::string_view records = file.substr(0, block.bytes);
    if (XXH3_64bits(records.data(), records.size()) != block.hash) {
      return bad(name, fmt::format("block {} is damaged", count));
    }
    if (Result<void> visited = visit(records); !visited) return bad(name, visited.error().text);
    file.remove_prefix(block.bytes);
  }
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
  std::string_view blocks;
  auto walked = walk(file, name, &blocks, [&](std::string_view records) -> Result<void> {
    ++blocks_;
    if (!listRecords(records, records_)) return bad(name, "a record is cut off");
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  if (walked->epoch >= changes_->epoch()) return bad(name, "it is not older than what is being written");
  folded_.append(blocks);
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

std::string ChangeFileWriter::hash() const {
  const XXH128_hash_t hash = XXH3_128bits_digest(&hash_->state);
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

Result<ChangeFileInfo> readChangeFile(std::string_view file, const std::string& name, PageAssembly* pages) {
  ChangeFileInfo info;
  std::string_view blocks;
  auto walked = walk(file, name, &blocks, [&](std::string_view records) -> Result<void> {
    if (!listRecords(records, info.records)) return bad(name, "a record is cut off");
    if (pages != nullptr) return pages->apply(records);
    return {};
  });
  if (!walked) return std::unexpected(walked.error());
  info.epoch = walked->epoch;
  info.keys = walked->keys;
  return info;
}

}  // namespace streamrt
