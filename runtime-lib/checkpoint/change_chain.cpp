#include "runtime-lib/checkpoint/change_chain.h"

#include <algorithm>

#include "runtime-lib/core/check.h"

namespace streamrt {

// The newest file that begins at or before the number.
ChangeChain::File& ChangeChain::fileOf(uint64_t number) {
  auto behind = std::ranges::upper_bound(files_, number, {}, &File::first);
  STREAM_CHECK(behind != files_.begin(), "a page begins in a file of the chain");
  return *--behind;
}

void ChangeChain::endPage(Page& page) {
  if (page.begins == 0) return;
  --fileOf(page.begins).pages;
  page_bytes_ -= streamrt::pageBytes(page.size_log2);
  page = {};
}

size_t ChangeChain::toFold() const {
  const uint64_t small = std::max(kSmallFileBytes, page_bytes_ / 256);
  if (files_.size() < kFold) return 0;
  const auto all_small =
      std::all_of(files_.end() - kFold, files_.end(), [&](const File& f) { return f.bytes < small; });
  return all_small ? kFold : 0;
}

void ChangeChain::add(std::string name, uint64_t bytes, std::string hash, const std::vector<PageRecord>& records,
                      size_t folded) {
  STREAM_CHECK(folded <= files_.size(), "only files of the chain are taken in");
  if (records.empty() && folded == 0 && !files_.empty()) return;
  ++last_;
  uint64_t folded_bytes = 0;
  if (folded == 0) {
    files_.push_back({std::move(name), bytes, std::move(hash), last_, 0});
  } else {
    // Its records are those of the files that it took in, and then its own: the order of pages' beginnings stays.
    for (; folded > 1; --folded) {
      File& into = files_[files_.size() - 2];
      into.bytes += files_.back().bytes;
      into.pages += files_.back().pages;
      files_.pop_back();
    }
    folded_bytes = files_.back().bytes;
    file_bytes_ -= folded_bytes;
    files_.back().name = std::move(name);
    files_.back().bytes = bytes;
    files_.back().hash = std::move(hash);
  }
  file_bytes_ += bytes;
  last_bytes_ = bytes - std::min(bytes, folded_bytes + asked_bytes_);
  asked_bytes_ = 0;
  for (const PageRecord& record : records) {
    if (record.kind == PageChangeKind::kLines) continue;
    if (record.page_id >= pages_.size()) pages_.resize(std::max<size_t>(record.page_id + 1, pages_.size() * 3 / 2));
    Page& page = pages_[record.page_id];
    endPage(page);
    if (record.kind == PageChangeKind::kRemoved) continue;
    page = {last_, record.size_log2};
    ++files_.back().pages;
    page_bytes_ += streamrt::pageBytes(record.size_log2);
  }
  while (files_.size() > 1 && files_.front().pages == 0) {
    file_bytes_ -= files_.front().bytes;
    files_.pop_front();
  }
}

std::vector<uint32_t> ChangeChain::wantWhole() {
  std::vector<uint32_t> wanted;
  if (files_.size() < 2 || file_bytes_ * 2 < page_bytes_ * 3) return wanted;
  const uint64_t behind_oldest = files_[1].first;
  const uint64_t limit = last_bytes_ / 3;
  for (size_t looked = 0; looked < pages_.size() && asked_bytes_ < limit; ++looked) {
    if (next_page_ >= pages_.size()) next_page_ = 1;
    const Page& page = pages_[next_page_];
    if (page.begins != 0 && page.begins < behind_oldest) {
      wanted.push_back(static_cast<uint32_t>(next_page_));
      asked_bytes_ += streamrt::pageBytes(page.size_log2);
    }
    ++next_page_;
  }
  return wanted;
}

}  // namespace streamrt
