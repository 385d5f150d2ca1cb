// Half of a test that needs two processes: a table's pages leave one and are used by another.
//
//     table_pages write FILE    makes tables, writes their pages and, behind them, nothing else
//     table_pages read FILE     puts the pages where the writer did not have them, in another order, opens tables over
//                               them, compares every row, goes on inserting, and compares again
//
// The pages of each table follow one another in FILE, larger ones first, each aligned to its size. `read` finds out
// which page belongs to what from the page headers alone. Exit code 0 = as it must be.
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace {

using streamrt::PageAllocator;
using streamrt::PageHeader;
using streamrt::Slice;
using streamrt::Table;
using streamrt::TableLayout;

constexpr uint64_t kSeed = 0x1234567890abcdef;
constexpr int kRows = 20'000;
constexpr int64_t kStarts[] = {INT64_MIN + 1, -3'600'000'000, 0, 3'600'000'000};

[[noreturn]] void die(const char* what) {
  std::fprintf(stderr, "table_pages: %s\n", what);
  std::exit(1);
}

// Table 1: an i64 key, an i64 value. Table 2: a text key, an i64, a text; some texts are larger than a page.
TableLayout layoutOf(uint32_t table_id) {
  TableLayout layout;
  layout.table_id = table_id;
  layout.hash_seed = kSeed;
  if (table_id == 1) {
    layout.key_bytes = 8;
    layout.cell_bytes = 16;
  } else {
    layout.blob_key = true;
    layout.cell_bytes = 16 + 8 + 16;
    layout.blob_offsets = {24};
  }
  return layout;
}

std::string keyOf(int row) { return "key " + std::to_string(row * 7919); }
std::string textOf(int row) {
  return std::string(row % 5'000 == 17 ? 50'000u : static_cast<size_t>(row % 40), static_cast<char>('a' + row % 26));
}

// Puts a row into both tables, or compares it with what is there.
void putRow(Table& numbers, Table& texts, int64_t start, int row, bool is_new) {
  uint8_t inserted;
  int64_t key = int64_t{row} * 1'000'003;
  Slice& number_slice = numbers.slice(start);
  auto* cell = static_cast<char*>(stream_state_upsert_fixed(
      &number_slice, &key, 8, static_cast<int64_t>(streamrt::hashKey(kSeed, &key, 8)), &inserted));
  int64_t value = start / 1000 + row;
  if (inserted != (is_new ? 1 : 0)) die("a number is there or not, wrongly");
  if (!is_new && std::memcmp(cell + 8, &value, 8) != 0) die("a number has another value");
  std::memcpy(cell + 8, &value, 8);

  std::string text_key = keyOf(row);
  Slice& text_slice = texts.slice(start);
  const auto size = static_cast<int64_t>(text_key.size());
  cell = static_cast<char*>(
      stream_state_upsert_blob(&text_slice, text_key.data(), size,
                               static_cast<int64_t>(streamrt::hashKey(kSeed, text_key.data(), size)), &inserted));
  if (inserted != (is_new ? 1 : 0)) die("a text is there or not, wrongly");
  std::string text = textOf(row);
  if (!is_new) {
    StreamString found;
    stream_state_get_string(&text_slice, cell + 24, &found);
    if (std::string_view(found.data, found.size) != text) die("a text differs");
    if (std::memcmp(cell + 16, &value, 8) != 0) die("a number beside a text differs");
    return;
  }
  std::memcpy(cell + 16, &value, 8);
  stream_state_put_string(&text_slice, cell + 24, text.data(), static_cast<uint32_t>(text.size()));
}

int write(const char* path) {
  PageAllocator memory;
  Table numbers(layoutOf(1), memory);
  Table texts(layoutOf(2), memory);
  for (int64_t start : kStarts) {
    for (int row = 0; row < kRows; ++row) putRow(numbers, texts, start, row, true);
  }
  std::vector<std::pair<const char*, size_t>> pages;
  for (Table* table : {&numbers, &texts}) {
    table->forEachPage([&](const PageHeader&, const char* bytes, size_t size) { pages.emplace_back(bytes, size); });
  }
  std::ranges::sort(pages, std::greater{}, &std::pair<const char*, size_t>::second);
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  for (const auto& [bytes, size] : pages) out.write(bytes, static_cast<std::streamsize>(size));
  out.close();
  return out.good() ? 0 : 1;
}

int read(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::string file(std::istreambuf_iterator<char>(in), {});
  PageAllocator memory;
  std::map<uint32_t, std::vector<char*>> pages_of_table;
  for (size_t at = 0; at < file.size();) {
    PageHeader header;
    std::memcpy(&header, file.data() + at, sizeof header);
    if (header.magic != streamrt::kPageMagic || header.size_log2 > 30) die("the file is no row of pages");
    const size_t size = streamrt::pageBytes(header.size_log2);
    if (size > file.size() - at) die("a page is cut off");
    // Every page's place differs from where it was by something else.
    memory.allocate(static_cast<uint8_t>(streamrt::kPageLog2Min + at / 16384 % 2));
    char* page = memory.allocate(header.size_log2);
    std::memcpy(page, file.data() + at, size);
    pages_of_table[header.table_id].push_back(page);
    at += size;
  }
  auto numbers = Table::open(layoutOf(1), memory, pages_of_table[1]);
  auto texts = Table::open(layoutOf(2), memory, pages_of_table[2]);
  if (!numbers.has_value()) die(numbers.error().text.c_str());
  if (!texts.has_value()) die(texts.error().text.c_str());
  for (Table* table : {numbers->get(), texts->get()}) {
    if (!table->verify().has_value()) die("verify finds a mistake in the pages");
    if (table->sliceStarts() != std::vector<int64_t>(std::begin(kStarts), std::end(kStarts))) die("the slices differ");
    if (table->keys() != kRows * std::size(kStarts)) die("the number of keys differs");
  }
  for (int64_t start : kStarts) {
    for (int row = 0; row < kRows; ++row) putRow(**numbers, **texts, start, row, false);
    for (int row = kRows; row < 2 * kRows; ++row) putRow(**numbers, **texts, start, row, true);
    for (int row = 0; row < 2 * kRows; ++row) putRow(**numbers, **texts, start, row, false);
  }
  for (Table* table : {numbers->get(), texts->get()}) {
    if (!table->verify().has_value()) die("verify finds a mistake after inserting");
    if (!table->dropSlice(0)) die("a slice cannot be dropped");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "write") return write(argv[2]);
  if (argc == 3 && std::string_view(argv[1]) == "read") return read(argv[2]);
  std::fprintf(stderr, "usage: table_pages write|read FILE\n");
  return 2;
}
