// The pages of one table: page id ↔ address. Ids are dense, start at 1 and are used again after a page was removed.
// Every page is given to and taken from the table's change log here. The address list is published through a pointer
// that hot functions read. One thread.
#ifndef RUNTIME_LIB_STATE_PAGE_MAP_H
#define RUNTIME_LIB_STATE_PAGE_MAP_H

#include <cstdint>
#include <vector>

#include "runtime-lib/state/change_log.h"
#include "runtime-lib/state/page.h"
#include "runtime-lib/state/page_allocator.h"

namespace streamrt {

class PageMap {
 public:
  // `published` is kept pointing at the address list.
  PageMap(uint32_t table_id, PageAllocator& allocator, ChangeLog& changes, char* const** published);
  PageMap(const PageMap&) = delete;
  PageMap& operator=(const PageMap&) = delete;
  ~PageMap();  // releases every page

  // A zeroed page with its header filled in but for depth, prefix and links.
  PageHeader* add(PageKind kind, uint8_t size_log2, int64_t slice_start);
  void remove(PageHeader* page);

  // Takes a page that exists already, under the id of its header. False when the id is taken or 0.
  bool adopt(PageHeader* page);
  // After a series of adopt: ids between them become free.
  void adoptionDone();

  // The page with this id; null when there is none.
  PageHeader* find(uint32_t id) const {
    return id < addresses_.size() ? reinterpret_cast<PageHeader*>(addresses_[id]) : nullptr;
  }
  // The bytes of a page are changed: `touch` before, `mark` names them.
  void touch(PageHeader* page) const { changes_.touch(page); }
  void mark(const void* at, size_t bytes) const { changes_.mark(at, bytes); }
  void change(PageHeader* page) const {  // its header
    touch(page);
    mark(page, sizeof *page);
  }

  uint32_t idEnd() const { return static_cast<uint32_t>(addresses_.size()); }
  uint64_t bytes() const { return bytes_; }
  uint64_t bytesMost() const { return bytes_most_; }  // that there ever were

 private:
  void publish() { *published_ = addresses_.data(); }

  const uint32_t table_id_;
  PageAllocator& allocator_;
  ChangeLog& changes_;
  char* const** const published_;
  std::vector<char*> addresses_;    // [0] is null
  std::vector<uint32_t> free_ids_;  // a heap, the lowest first, so that ids stay dense
  uint64_t bytes_ = 0;
  uint64_t bytes_most_ = 0;
};

}  // namespace streamrt

#endif
