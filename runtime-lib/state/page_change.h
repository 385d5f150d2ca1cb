// What became of a page in one epoch, as bytes: the record that checkpoints consist of (drawn in
// docs/formats/checkpoints.md), how it is made of a page and its dirty lines, and how pages are made of records.
//
// A dirty line stands for everything that begins in it: the header, the tags of a group, a cell; in a blob page it
// stands for itself. So a record has whole cells, whichever way lines cut them, and marking a cell takes one bit. When
// what changed is more than half of the page, the record is the page. Pure but for the memory of pages.
#ifndef RUNTIME_LIB_STATE_PAGE_CHANGE_H
#define RUNTIME_LIB_STATE_PAGE_CHANGE_H

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"
#include "runtime-lib/state/page.h"
#include "runtime-lib/state/page_allocator.h"
#include "runtime-lib/state/page_track.h"

namespace streamrt {

inline constexpr uint32_t kPageIdMax = 1 << 26;

enum class PageChangeKind : uint8_t {
  kNone = 0,     // never written
  kWhole = 1,    // the page
  kFresh = 2,    // a new page: zero but for the runs
  kLines = 3,    // the runs changed
  kRemoved = 4,  // the page is no more
};

// Little-endian; then `runs` entries {offset, size} in units of 8 bytes, of 2 bytes each where the page is shorter than
// 512 KiB, else of 4; then the bytes of the runs, or of the page.
struct PageChangeHeader {
  uint32_t page_id;
  PageChangeKind kind;
  uint8_t size_log2;
  uint16_t zero;
  uint32_t runs;
  uint32_t bytes;  // of entries and content
};
static_assert(sizeof(PageChangeHeader) == 16);

// How the pages of a table are divided.
struct SegmentShape {
  uint32_t cell_stride = 0;
  uint32_t group_bytes = 0;
};

// Makes records, one at a time: `prepare` says how many bytes, `write` writes them. The page may not change in between.
class PageChangeWriter {
 public:
  explicit PageChangeWriter(SegmentShape shape) : shape_(shape) {}

  // `tracks` are the records of the page's units. `kind` is not kNone; of kRemoved neither page nor tracks are read.
  size_t prepare(PageChangeKind kind, uint32_t page_id, const PageHeader* page, const PageTrack* tracks);
  void write(char* to) const;

 private:
  struct Run {
    uint32_t begin, end;
  };
  uint32_t firstBehind(uint32_t offset) const;

  const SegmentShape shape_;
  const PageHeader* page_ = nullptr;
  PageChangeHeader header_{};
  std::vector<Run> runs_;
};

// Pages out of records, in the order in which they were made.
class PageAssembly {
 public:
  explicit PageAssembly(PageAllocator& allocator) : allocator_(allocator) {}
  PageAssembly(const PageAssembly&) = delete;
  PageAssembly& operator=(const PageAssembly&) = delete;
  ~PageAssembly();  // gives back what nobody took

  // Applies all of `records`. Lines of a page that is not there are passed over: the oldest file of a chain has some of
  // pages that began before it and begin again later. kBadTablePage.
  Result<void> apply(std::string_view records);
  // By ascending id. kBadTablePage when a page that lines were passed over of did not begin again.
  Result<std::vector<char*>> take();

 private:
  Result<void> applyOne(const PageChangeHeader& header, std::string_view content);
  void remove(uint32_t page_id);

  PageAllocator& allocator_;
  struct Page {
    char* bytes = nullptr;
    uint8_t size_log2 = 0;
    bool without_beginning = false;
  };
  std::vector<Page> pages_;  // by id
};

}  // namespace streamrt

#endif
