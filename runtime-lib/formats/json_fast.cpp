#include "runtime-lib/formats/json_fast.h"

#include <algorithm>
#include <cstring>

namespace streamrt::json {
namespace {

// Sanitizers object to what the processor allows.
#if defined(__has_feature) && (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
constexpr bool kMayReadBehind = false;
#else
constexpr bool kMayReadBehind = true;
#endif

}  // namespace

const WalkKernel* walkKernel() {
#if defined(__x86_64__)
  static const WalkKernel* const best = kWalkAvx512.supported() ? &kWalkAvx512
                                        : kWalkAvx2.supported() ? &kWalkAvx2
                                                                : nullptr;
  return best;
#else
  return nullptr;
#endif
}

void Walk::remember() {
  const auto isPath = [&](const WalkPath& other) {
    return path.count == other.count && path.marks == other.marks && path.has_cr == other.has_cr &&
           std::equal(path.step, path.step + path.count, other.step);
  };
  if (path.count > WalkPath::kStepsMax || isPath(trace)) return;
  if (!isPath(path_before)) {
    path_before.count = path.count;
    path_before.marks = path.marks;
    path_before.has_cr = path.has_cr;
    std::copy_n(path.step, path.count, path_before.step);
    return;
  }
  // Every mark is a quote of a literal or the line end: no escapes, nothing nested that was skipped or read elsewhere.
  uint32_t mark = 0;
  for (uint32_t k = 0; k < path.count; ++k) {
    if (path.step[k]->slot == Slot::kNested) return;
    path.mark[k] = mark;
    mark += path.step[k]->quotes;
  }
  if (mark + (path.has_cr ? 2 : 1) == path.marks) trace = path;
}

FastPath::FastPath(const Plan& plan, JsonOptions options, FieldReader& reader)
    : kernel_(walkKernel()), shapes_(plan, options) {
  walk_.plan = &plan;
  walk_.reader = &reader;
  walk_.start = shapes_.start();
  walk_.wanted = shapes_.wanted();
  if (plan.field_count > Shapes::kFieldsMax || plan.objects[0].is_oneof) kernel_ = nullptr;
}

void FastPath::usePath(JsonDecoder::Path path, bool patient) {
  patient_ = patient;
  if (path == JsonDecoder::Path::kGeneral) kernel_ = nullptr;
  if (path == JsonDecoder::Path::kAvx2 && kernel_ != nullptr) kernel_ = &kWalkAvx2;
}

bool FastPath::isReady() {
  if (kernel_ == nullptr || shapes_.empty()) return false;
  return rest_ == 0;
}

void FastPath::hit(uint32_t records) {
  credit_ = std::min<int32_t>(kCreditMax, credit_ + static_cast<int32_t>(std::min<uint32_t>(records, kCreditMax)));
  if (credit_ == kCreditMax) rest_next_ = kRestMin;
}

void FastPath::miss() {
  if (patient_) return;
  credit_ -= kMissCost;
  if (credit_ >= 0) return;
  credit_ = kMissCost * 2;
  rest_ = rest_next_;
  rest_next_ = std::min(kRestMax, rest_next_ * 2);
}

void FastPath::open(std::string_view text) {
  text_ = text;
  in_window_ = false;
}

// The index of the lines from `position` on: a window of them that ends with a line.
bool FastPath::openWindow(size_t position) {
  const size_t rest = text_.size() - position;
  for (size_t bytes = kWindowBytes;; bytes *= 4) {
    bytes = std::min(bytes, rest);
    if (index_.size() < bytes + 128) index_.resize(bytes + 128);
    const auto begin = static_cast<uint32_t>(position);
    const auto end = static_cast<uint32_t>(position + bytes);
    uint32_t* marks = index_.data();
    uint32_t* last = kernel_->index(text_.data(), begin, end, marks, walk_.not_ascii);
    while (last != marks && text_[last[-1]] != '\n') --last;
    if (last != marks) {
      walk_.end = last[-1] + 1;
      *last = walk_.end;
      walk_.bytes = walk_.views = text_.data();
      walk_.index = marks;
      walk_.index_end = last;
      walk_.begin = begin;
      in_window_ = true;
      return true;
    }
    if (bytes == rest || bytes >= kWindowBytesMax) return false;
  }
}

size_t FastPath::takeLines(size_t position, RowTarget& target, uint32_t row_end, size_t line_bytes_max,
                           JsonLine* lines) {
  if (!isReady()) return position;
  walk_.row_end = row_end;
  walk_.line_bytes_max = static_cast<uint32_t>(std::min<size_t>(line_bytes_max, UINT32_MAX));
  walk_.lines = lines;
  while (target.row < row_end && position < text_.size()) {
    if (in_window_ && position < walk_.end) {
      walk_.begin = static_cast<uint32_t>(position);
      while (*walk_.index < position) ++walk_.index;
    } else if (!openWindow(position)) {
      miss();
      break;
    }
    const uint32_t first_row = target.row;
    walk_.target = target;
    kernel_->walk(walk_);
    target.row = walk_.target.row;
    position = walk_.begin;
    hit(target.row - first_row);
    if (position < walk_.end && target.row < row_end) {
      miss();
      break;
    }
  }
  return position;
}

bool FastPath::takeRecord(std::string_view record, const RowTarget& target) {
  if (!isReady() || record.size() > kWindowBytesMax) return false;
  if (record.data() >= text_.data() && record.data() < text_.data() + text_.size()) return false;
  in_window_ = false;
  const auto size = static_cast<uint32_t>(record.size());
  if (index_.size() < size + 128) index_.resize(size + 128);
  walk_.bytes = readable(record);
  walk_.views = record.data();
  uint32_t* const last = kernel_->index(walk_.bytes, 0, size, index_.data(), walk_.not_ascii);
  // As if a line ended there; a literal that goes on behind the record finds no mark that is right.
  std::fill_n(last, Step::kQuotesMax + 1, size);
  walk_.index = index_.data();
  walk_.begin = 0;
  walk_.record_end = size;
  walk_.end = size + 1;
  walk_.target = target;
  walk_.line_bytes_max = UINT32_MAX;
  walk_.lines = nullptr;
  kernel_->walkRecord(walk_);
  walk_.record_end = UINT32_MAX;
  if (walk_.begin == walk_.end) {
    hit(1);
    return true;
  }
  miss();
  return false;
}

// The bytes of a record, with padding behind them that may be read. A page is readable as a whole, so most records need
// no copy; their padding belongs to somebody else, which is why its bytes never matter.
const char* FastPath::readable(std::string_view record) {
  constexpr uintptr_t kPageBytes = 4096;
  constexpr size_t kPadding = 2 * JsonDecoder::kTextPadding;
  const auto end = reinterpret_cast<uintptr_t>(record.data()) + record.size();
  if (kMayReadBehind && end % kPageBytes != 0 && end % kPageBytes <= kPageBytes - kPadding) return record.data();
  if (padded_.size() < record.size() + kPadding) padded_.resize(record.size() + kPadding);
  if (!record.empty()) std::memcpy(padded_.data(), record.data(), record.size());
  return padded_.data();
}

void FastPath::learn(std::string_view record) {
  if (kernel_ == nullptr) return;
  if (rest_ > 0) {
    --rest_;
    return;
  }
  if (shapes_.full()) {
    shapes_.clear();
    walk_.trace.count = walk_.path_before.count = 0;
  }
  shapes_.learn(record);
}

void FastPath::refused() {
  if (rest_ > 0) --rest_;
}

}  // namespace streamrt::json
