// Files of changes, damaged: an input is a list of places and bytes to put there, in a file of a small table. As it is,
// the file must be refused, but for its head, which the hash of the whole file covers. With its hashes made right again
// (as if the program that wrote it had been wrong) the table over it is refused, or it opens; then it can be verified
// without harm, and if that holds, everything is found in it.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime-lib/checkpoint/change_file.h"
#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

constexpr uint64_t kSeed = 77;
constexpr int64_t kKeys = 300;
constexpr size_t kHeaderBytes = 32, kBlockBytes = 16;

TableLayout layout() {
  TableLayout layout;
  layout.table_id = 3;
  layout.key_bytes = 8;
  layout.cell_bytes = 24;
  layout.blob_offsets = {8};
  layout.hash_seed = kSeed;
  return layout;
}

const std::string& wholeFile() {
  static const std::string kFile = [] {
    PageAllocator allocator;
    Table table(layout(), allocator);
    table.beginChanges(1, true);
    for (int64_t key = 0; key < kKeys; ++key) {
      Slice& slice = table.slice(key % 2 * 1000);
      char* cell = table.insertFixed(slice, reinterpret_cast<const char*>(&key), 8,
                                     static_cast<uint64_t>(hashKey(kSeed, &key, 8)));
      const std::string text = "text " + std::to_string(key);
      table.putString(reinterpret_cast<StreamBlobRef*>(cell + 8), text.data(), static_cast<uint32_t>(text.size()));
    }
    ChangeFileWriter writer(table.seal(2));
    std::string file, part;
    while (writer.next(part)) file += part;
    return file;
  }();
  return kFile;
}

// Puts the hashes that fit into the blocks.
void seal(std::string& file) {
  for (size_t at = kHeaderBytes; at + kBlockBytes <= file.size();) {
    uint64_t bytes;
    std::memcpy(&bytes, file.data() + at, sizeof bytes);
    if (bytes == 0 || bytes > file.size() - at - kBlockBytes) return;
    const uint64_t hash = XXH3_64bits(file.data() + at + kBlockBytes, bytes);
    std::memcpy(file.data() + at + 8, &hash, sizeof hash);
    at += kBlockBytes + bytes;
  }
}

void openAndRead(const std::string& file) {
  PageAllocator allocator;
  PageAssembly assembly(allocator);
  auto read = readChangeFile(file, "fuzz", &assembly);
  if (!read) {
    require(!read.error().text.empty(), "a refusal has a reason");
    return;
  }
  auto pages = assembly.take();
  if (!pages) {
    require(!pages.error().text.empty(), "a refusal has a reason");
    return;
  }
  auto table = Table::open(layout(), allocator, *pages);
  if (!table) {
    require(!table.error().text.empty(), "a refusal has a reason");
    return;
  }
  if (!(*table)->verify()) return;
  uint64_t keys = 0;
  for (int64_t start : (*table)->sliceStarts()) {
    SliceCursor cursor;
    void* cells[64];
    while (uint32_t count = (*table)->gather(*(*table)->findSlice(start), cursor, cells, 64)) keys += count;
  }
  require(keys == (*table)->keys(), "a table that was verified has as many cells as it says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string file = wholeFile();
  bool changed = false;
  // Three bytes of place (from the end, when the top bit is set), one of content.
  for (size_t at = 0; at + 4 <= size; at += 4) {
    const size_t place = data[at] | size_t{data[at + 1]} << 8 | size_t{data[at + 2] & 0x7fu} << 16;
    const size_t where = (data[at + 2] & 0x80) != 0 ? file.size() - 1 - place % file.size() : place % file.size();
    changed |= file[where] != static_cast<char>(data[at + 3]);
    file[where] = static_cast<char>(data[at + 3]);
  }
  if (size % 4 != 0) {  // cut as well
    const size_t kept = file.size() - 1 - data[size - 1] * size_t{97} % (file.size() - kHeaderBytes);
    file.resize(kept);
    changed = true;
  }
  const bool head_only = file.size() == wholeFile().size() && std::string_view(file).substr(kHeaderBytes) ==
                                                                  std::string_view(wholeFile()).substr(kHeaderBytes);
  const bool read = readChangeFile(file, "fuzz", nullptr).has_value();
  require(changed ? !read || head_only : read, "damage is noticed, and nothing else is");
  seal(file);
  openAndRead(file);
  return 0;
}
