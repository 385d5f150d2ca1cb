// Half of a test that needs two processes: reads the table pages of a *running* job from outside and answers from them.
//
//     job_pages PID TABLE CELL_BYTES N_OFFSET    prints a line "window start, tab, key, tab, n" for each entry
//
// The job knows nothing of it. Pages are found in its memory by their headers, copied to wherever this process has
// room, and opened as a table (text keys, an i64 at N_OFFSET): what lies in a page must mean the same at any address.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/state/table.h"

namespace {

using streamrt::PageHeader;

constexpr int kNotAllowed = 77;  // the test is skipped then

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "job_pages: %s\n", what.c_str());
  std::exit(1);
}

uint32_t numberIn(std::string_view text) {
  uint32_t number = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ec != std::errc()) die("not a number");
  return number;
}

struct Region {
  uint64_t begin = 0, end = 0;
};

// The writable anonymous memory of a process.
std::vector<Region> regionsOf(const std::string& pid) {
  std::vector<Region> regions;
  std::ifstream maps("/proc/" + pid + "/maps");
  for (std::string line; std::getline(maps, line);) {
    Region region;
    char access[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %4s", &region.begin, &region.end, access) != 3) continue;
    if (access[0] == 'r' && access[1] == 'w' && line.find('/') == std::string::npos) regions.push_back(region);
  }
  if (regions.empty()) die("no memory of process " + pid + " can be seen");
  return regions;
}

// Copies of the pages of a table, not at the addresses that they have in the job.
std::vector<char*> pagesOf(const std::string& pid, uint32_t table_id, streamrt::PageAllocator& allocator) {
  int memory = ::open(("/proc/" + pid + "/mem").c_str(), O_RDONLY | O_CLOEXEC);
  if (memory < 0) {
    std::fprintf(stderr, "job_pages: this system does not let one process read another: %s\n", std::strerror(errno));
    std::exit(kNotAllowed);
  }
  constexpr uint64_t kStep = uint64_t{1} << streamrt::kPageLog2Min;
  std::vector<char*> pages;
  for (Region region : regionsOf(pid)) {
    for (uint64_t at = (region.begin + kStep - 1) / kStep * kStep; at + kStep <= region.end; at += kStep) {
      PageHeader header;
      if (::pread(memory, &header, sizeof header, static_cast<off_t>(at)) != sizeof header) break;
      if (header.magic != streamrt::kPageMagic || header.table_id != table_id || header.page_id == 0) continue;
      if (header.size_log2 < streamrt::kPageLog2Min || header.size_log2 > 24) continue;
      size_t bytes = streamrt::pageBytes(header.size_log2);
      char* copy = allocator.allocate(header.size_log2);
      if (reinterpret_cast<uint64_t>(copy) == at) copy = allocator.allocate(header.size_log2);
      if (::pread(memory, copy, bytes, static_cast<off_t>(at)) != static_cast<ssize_t>(bytes)) die("a page is cut off");
      pages.push_back(copy);
    }
  }
  ::close(memory);
  return pages;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) die("usage: job_pages PID TABLE CELL_BYTES N_OFFSET");
  streamrt::TableLayout layout;
  layout.table_id = numberIn(argv[2]);
  layout.blob_key = true;
  layout.cell_bytes = numberIn(argv[3]);
  const uint32_t n_offset = numberIn(argv[4]);

  streamrt::PageAllocator allocator;
  std::vector<char*> pages = pagesOf(argv[1], layout.table_id, allocator);
  auto table = streamrt::Table::open(layout, allocator, pages);
  if (!table.has_value()) die(table.error().text);
  for (int64_t start : (*table)->sliceStarts()) {
    streamrt::Slice& slice = (*table)->slice(start);
    streamrt::SliceCursor cursor;
    void* cells[64];
    while (uint32_t count = (*table)->gather(slice, cursor, cells, 64)) {
      for (uint32_t i = 0; i < count; ++i) {
        StreamString key;
        stream_state_get_string(&slice, cells[i], &key);
        int64_t n;
        std::memcpy(&n, static_cast<char*>(cells[i]) + n_offset, sizeof n);
        std::printf("%" PRId64 "\t%.*s\t%" PRId64 "\n", start, static_cast<int>(key.size), key.data, n);
      }
    }
  }
  return 0;
}
