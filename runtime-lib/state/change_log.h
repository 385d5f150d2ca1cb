// What changed in a table since its last checkpoint, and what the checkpoints that are being written still need.
//
// The worker that owns the table marks every change; `seal` ends an epoch in a time that does not depend on the state:
// it hands out a list of pages. Another thread reads that list (SealedChanges) while the worker goes on:
//
//   a page that the worker does not touch meanwhile is read where it lies;
//   a page that it wants to change first is copied aside by the worker: only what the record needs, once;
//   a page that is being read at that moment is waited for: microseconds;
//   a page that the table gives up stays until it has been read.
//
// So a barrier copies nothing, and at most two epochs are sealed and not read out. What is copied aside is counted:
// `maySeal` is false beyond a limit, so that the next barrier waits, never the job.
//
// Whoever reads an epoch ends before the table does. An epoch that is not read out is missing from every later
// checkpoint: the job has failed.
//
// Threads: SealedChanges::next runs on one other thread; what two threads meet at is PageTrack::state, the pointer to a
// copy, and the flags of SealedChanges. Everything else belongs to the worker.
#ifndef RUNTIME_LIB_STATE_CHANGE_LOG_H
#define RUNTIME_LIB_STATE_CHANGE_LOG_H

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "runtime-lib/state/page_allocator.h"
#include "runtime-lib/state/page_change.h"
#include "runtime-lib/state/page_track.h"
#include "runtime-lib/state/table_hot.h"

namespace streamrt {

struct PageChange {
  PageHeader* page;  // null: its content is not needed
  const char* copy;  // the record, when it was copied aside; std::atomic_ref once the epoch is sealed
  uint32_t page_id;
  PageChangeKind kind;
};

// The changes of one epoch.
class SealedChanges {
 public:
  SealedChanges(SegmentShape shape, uint64_t epoch, const PageAllocator& allocator)
      : shape_(shape), writer_(shape), epoch_(epoch), track_base_(allocator.trackBase()) {}
  SealedChanges(const SealedChanges&) = delete;
  SealedChanges& operator=(const SealedChanges&) = delete;

  uint64_t epoch() const { return epoch_; }
  uint64_t keys() const { return keys_; }  // of the table at the barrier
  size_t pages() const { return changes_.size(); }

  // The thread that writes. Appends records (state/page_change.h) until `to` has at least `bytes` or all are there;
  // false when there was nothing left. Memory that only this epoch needed is free for the worker when all were read.
  bool next(std::string& to, size_t bytes);

 private:
  friend class ChangeLog;
  static constexpr size_t kBlockBytes = 256 << 10;

  PageTrack* trackOf(const PageHeader* page) const {
    return reinterpret_cast<PageTrack*>(track_base_ +
                                        (reinterpret_cast<uintptr_t>(page) >> kPageLog2Min << kTrackLog2));
  }
  void append(PageChange& change, std::string& to);

  const SegmentShape shape_;
  PageChangeWriter writer_;  // of the thread that writes
  const uint64_t epoch_;
  char* const track_base_;
  uint64_t keys_ = 0;
  std::vector<PageChange> changes_;
  size_t next_ = 0;  // of the thread that writes
  std::atomic<bool> read_out_{false};

  // Of the worker.
  std::vector<std::pair<char*, uint8_t>> given_up_;  // pages that are released when this was read
  std::vector<std::unique_ptr<char[]>> blocks_;      // of copies
  std::vector<std::unique_ptr<char[]>> large_;       // copies that have memory of their own
  size_t block_left_ = 0;
  size_t held_bytes_ = 0;  // copies and pages given up
};

class ChangeLog {
 public:
  // `tracking` is what hot functions look at.
  ChangeLog(PageAllocator& allocator, StreamTracking& tracking, SegmentShape shape);
  ChangeLog(const ChangeLog&) = delete;
  ChangeLog& operator=(const ChangeLog&) = delete;
  ~ChangeLog();

  // From now on changes are of `epoch`. Before that nothing is noted. REQUIRES: epoch > 0, not begun.
  void begin(uint64_t epoch);
  bool begun() const { return tracking_.stamp != 0; }
  uint64_t epoch() const { return tracking_.stamp >> 2; }

  // A page that was added, or adopted before `begin` and is in no checkpoint.
  void added(PageHeader* page, PageChangeKind kind);
  // The page leaves its table: it is released, now or when no epoch needs it any more.
  void remove(PageHeader* page);
  // Before a page is changed.
  void touch(PageHeader* page) {
    if (!begun()) return;
    if (__atomic_load_n(&allocator_.trackOf(page).state, __ATOMIC_RELAXED) != tracking_.stamp) touchFirst(page);
  }
  // What begins in these bytes of a touched page is changed.
  void mark(const void* at, size_t bytes) {
    if (!begun()) return;
    const auto first = reinterpret_cast<uintptr_t>(at) >> kLineLog2;
    const auto last = (reinterpret_cast<uintptr_t>(at) + std::max<size_t>(bytes, 1) - 1) >> kLineLog2;
    for (uintptr_t line = first; line <= last; ++line) {
      allocator_.trackOf(reinterpret_cast<const void*>(line << kLineLog2)).lines[line >> 6 & 3] |= uint64_t{1}
                                                                                                   << (line & 63);
    }
  }
  // The page will be in the epoch's changes as a whole.
  void wantWhole(PageHeader* page);

  // Ends the epoch; what follows is of `next_epoch`. REQUIRES: begun, maySeal, next_epoch > epoch.
  std::shared_ptr<SealedChanges> seal(uint64_t next_epoch, uint64_t keys);
  // Whether there is room for another sealed epoch, with at most `held_bytes_max` held for those that are not read out.
  bool maySeal(size_t held_bytes_max);
  size_t heldBytes();
  // Gives back what epochs needed that are read out. Done by seal, maySeal and heldBytes.
  void reclaim();

 private:
  static constexpr size_t kSealedMax = 2;

  void touchFirst(PageHeader* page);
  void forgetNone();
  void release(char* page, uint8_t size_log2);
  void copyAside(PageHeader* page, uint64_t epoch);
  SealedChanges& sealedOf(uint64_t epoch);

  PageAllocator& allocator_;
  StreamTracking& tracking_;
  const SegmentShape shape_;
  PageChangeWriter writer_;
  std::vector<PageChange> changes_;  // of the epoch under way
  size_t none_ = 0;                  // among them, of kind kNone
  std::vector<std::shared_ptr<SealedChanges>> sealed_;
  std::vector<std::unique_ptr<char[]>> spare_;  // blocks that the last epochs needed and the next one may
};

}  // namespace streamrt

#endif
