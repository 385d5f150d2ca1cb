#include "runtime-lib/state/change_log.h"

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"

namespace streamrt {
namespace {

constexpr size_t kNoneMin = 1024;
constexpr size_t kSpareMax = 128;

// The other thread copies one page meanwhile.
void relax() { __builtin_ia32_pause(); }

uint64_t stateOf(const PageTrack& track) { return __atomic_load_n(&track.state, __ATOMIC_ACQUIRE); }

PageState kindOf(uint64_t state) { return static_cast<PageState>(state & 3); }

// Whoever changes dirty into reading has the page to itself until it says taken.
bool claim(PageTrack& track, uint64_t epoch) {
  uint64_t expected = stampOf(epoch, PageState::kDirty);
  return __atomic_compare_exchange_n(&track.state, &expected, stampOf(epoch, PageState::kReading), false,
                                     __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

}  // namespace

// ---- the thread that writes ----

void SealedChanges::append(PageChange& change, std::string& to) {
  if (change.page != nullptr && !claim(*trackOf(change.page), epoch_)) {
    const char* copy;  // the worker has claimed the page before: it writes it or has written it
    while ((copy = std::atomic_ref(change.copy).load(std::memory_order_acquire)) == nullptr) relax();
    PageChangeHeader header;
    std::memcpy(&header, copy, sizeof header);
    to.append(copy, sizeof header + header.bytes);
    return;
  }
  const size_t before = to.size();
  const size_t size = writer_.prepare(change.kind, change.page_id, change.page,
                                      change.page != nullptr ? trackOf(change.page) : nullptr);
  to.resize_and_overwrite(before + size, [&](char* data, size_t) {
    writer_.write(data + before);
    return before + size;
  });
  if (change.page != nullptr) {
    __atomic_store_n(&trackOf(change.page)->state, stampOf(epoch_, PageState::kTaken), __ATOMIC_RELEASE);
  }
}

bool SealedChanges::next(std::string& to, size_t bytes) {
  const size_t before = next_;
  for (; next_ < changes_.size() && (to.size() < bytes || next_ == before); ++next_) {
    if (changes_[next_].kind != PageChangeKind::kNone) append(changes_[next_], to);
  }
  if (next_ == changes_.size()) read_out_.store(true, std::memory_order_release);
  return next_ != before;
}

// ---- the worker ----

ChangeLog::ChangeLog(PageAllocator& allocator, StreamTracking& tracking, SegmentShape shape)
    : allocator_(allocator), tracking_(tracking), shape_(shape), writer_(shape) {
  tracking_.tracks = allocator.trackBase();
}

// A table ends after those who read its changes, or they have read them out.
ChangeLog::~ChangeLog() {
  for (const auto& sealed : sealed_) {
    for (auto [page, size_log2] : sealed->given_up_) release(page, size_log2);
  }
}

void ChangeLog::begin(uint64_t epoch) {
  STREAM_CHECK(!begun() && epoch > 0, "changes are noted from the first epoch on");
  tracking_.stamp = stampOf(epoch, PageState::kDirty);
}

void ChangeLog::added(PageHeader* page, PageChangeKind kind) {
  PageTrack* tracks = &allocator_.trackOf(page);
  for (size_t unit = 0; unit < pageBytes(page->size_log2) >> kPageLog2Min; ++unit) {
    std::memset(tracks[unit].lines, 0, sizeof tracks[unit].lines);
  }
  __atomic_store_n(&tracks->state, tracking_.stamp, __ATOMIC_RELAXED);
  if (!begun()) return;
  tracks->change = static_cast<uint32_t>(changes_.size());
  changes_.push_back({page, nullptr, page->page_id, kind});
  mark(page, sizeof *page);
}

// Whoever comes upon the page now, in this process or looking in from outside, sees that it is none.
void ChangeLog::release(char* page, uint8_t size_log2) {
  reinterpret_cast<PageHeader*>(page)->magic = 0;
  allocator_.release(page, size_log2);
}

void ChangeLog::remove(PageHeader* page) {
  auto* const memory = reinterpret_cast<char*>(page);
  const uint8_t size_log2 = page->size_log2;
  if (!begun()) return release(memory, size_log2);
  const PageTrack& track = allocator_.trackOf(page);
  const uint64_t state = stateOf(track);
  if (state == tracking_.stamp) {
    PageChange& change = changes_[track.change];
    const bool none = change.kind == PageChangeKind::kFresh;
    change.kind = none ? PageChangeKind::kNone : PageChangeKind::kRemoved;
    change.page = nullptr;
    release(memory, size_log2);
    if (none && ++none_ > kNoneMin && none_ * 2 > changes_.size()) forgetNone();
    return;
  }
  changes_.push_back({nullptr, nullptr, page->page_id, PageChangeKind::kRemoved});
  if (kindOf(state) != PageState::kDirty && kindOf(state) != PageState::kReading) {
    return release(memory, size_log2);
  }
  SealedChanges& sealed = sealedOf(state >> 2);
  sealed.given_up_.emplace_back(memory, size_log2);
  sealed.held_bytes_ += pageBytes(size_log2);
}

// Pages that came and went within one epoch, in a long one many times as many as there ever were at once.
void ChangeLog::forgetNone() {
  std::erase_if(changes_, [](const PageChange& change) { return change.kind == PageChangeKind::kNone; });
  none_ = 0;
  for (size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i].page != nullptr) allocator_.trackOf(changes_[i].page).change = static_cast<uint32_t>(i);
  }
}

SealedChanges& ChangeLog::sealedOf(uint64_t epoch) {
  auto found = std::ranges::find_if(sealed_, [&](const auto& sealed) { return sealed->epoch_ == epoch; });
  STREAM_CHECK(found != sealed_.end(), "a page that is to be read belongs to a sealed epoch");
  return **found;
}

void ChangeLog::copyAside(PageHeader* page, uint64_t epoch) {
  SealedChanges& sealed = sealedOf(epoch);
  PageTrack* tracks = &allocator_.trackOf(page);
  PageChange& change = sealed.changes_[tracks->change];
  const size_t size = writer_.prepare(change.kind, change.page_id, page, tracks);
  if (size > sealed.block_left_) {
    if (size > SealedChanges::kBlockBytes / 4) {
      sealed.large_.push_back(std::make_unique_for_overwrite<char[]>(size));
      sealed.held_bytes_ += size;
      writer_.write(sealed.large_.back().get());
      std::atomic_ref<const char*>(change.copy).store(sealed.large_.back().get(), std::memory_order_release);
      return;
    }
    if (spare_.empty()) spare_.push_back(std::make_unique_for_overwrite<char[]>(SealedChanges::kBlockBytes));
    sealed.blocks_.push_back(std::move(spare_.back()));
    spare_.pop_back();
    sealed.block_left_ = SealedChanges::kBlockBytes;
    sealed.held_bytes_ += SealedChanges::kBlockBytes;
  }
  // Blocks are filled from behind.
  char* const copy = sealed.blocks_.back().get() + (sealed.block_left_ -= size);
  writer_.write(copy);
  std::atomic_ref<const char*>(change.copy).store(copy, std::memory_order_release);
}

void ChangeLog::touchFirst(PageHeader* page) {
  PageTrack* tracks = &allocator_.trackOf(page);
  const uint64_t state = stateOf(*tracks);
  if (kindOf(state) == PageState::kDirty && claim(*tracks, state >> 2)) {
    copyAside(page, state >> 2);
  } else if (kindOf(state) == PageState::kDirty || kindOf(state) == PageState::kReading) {
    while (stateOf(*tracks) != stampOf(state >> 2, PageState::kTaken)) relax();
  }
  for (size_t unit = 0; unit < pageBytes(page->size_log2) >> kPageLog2Min; ++unit) {
    std::memset(tracks[unit].lines, 0, sizeof tracks[unit].lines);
  }
  tracks->change = static_cast<uint32_t>(changes_.size());
  changes_.push_back({page, nullptr, page->page_id, PageChangeKind::kLines});
  __atomic_store_n(&tracks->state, tracking_.stamp, __ATOMIC_RELAXED);
}

void ChangeLog::wantWhole(PageHeader* page) {
  touch(page);
  PageChange& change = changes_[allocator_.trackOf(page).change];
  if (change.kind == PageChangeKind::kLines) change.kind = PageChangeKind::kWhole;
}

void ChangeLog::reclaim() {
  std::erase_if(sealed_, [&](const auto& sealed) {
    if (!sealed->read_out_.load(std::memory_order_acquire)) return false;
    for (auto [page, size_log2] : sealed->given_up_) release(page, size_log2);
    sealed->given_up_.clear();
    // As many as were needed this time are kept: new memory would have to be faulted in.
    const size_t kept = std::min(kSpareMax, std::max(sealed->blocks_.size(), spare_.size() / 2));
    spare_.resize(std::min(spare_.size(), kept));
    for (auto& block : sealed->blocks_) {
      if (spare_.size() < kept) spare_.push_back(std::move(block));
    }
    sealed->blocks_.clear();
    return true;
  });
}

size_t ChangeLog::heldBytes() {
  reclaim();
  size_t sum = 0;
  for (const auto& sealed : sealed_) sum += sealed->held_bytes_;
  return sum;
}

bool ChangeLog::maySeal(size_t held_bytes_max) {
  reclaim();
  return sealed_.empty() || (sealed_.size() < kSealedMax && heldBytes() < held_bytes_max);
}

std::shared_ptr<SealedChanges> ChangeLog::seal(uint64_t next_epoch, uint64_t keys) {
  reclaim();
  const uint64_t epoch = tracking_.stamp >> 2;
  STREAM_CHECK(begun() && next_epoch > epoch, "an epoch ends before the next one");
  STREAM_CHECK(sealed_.size() < kSealedMax, "at most two epochs are sealed and not read out");
  auto sealed = std::make_shared<SealedChanges>(shape_, epoch, allocator_);
  sealed->keys_ = keys;
  sealed->changes_ = std::move(changes_);
  changes_ = {};
  none_ = 0;
  if (sealed->changes_.empty()) {
    sealed->read_out_.store(true, std::memory_order_relaxed);
  } else {
    sealed_.push_back(sealed);
  }
  tracking_.stamp = stampOf(next_epoch, PageState::kDirty);
  return sealed;
}

}  // namespace streamrt
