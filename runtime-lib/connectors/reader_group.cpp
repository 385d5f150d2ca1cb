#include "runtime-lib/connectors/reader_group.h"

#include <algorithm>

namespace streamrt {

uint64_t ReaderGroup::bytesRead() const {
  uint64_t bytes = 0;
  for (const Member& member : readers_) bytes += member.reader->bytesRead();
  return bytes;
}

Step ReaderGroup::step() {
  int64_t deadline_us = kNever;
  bool all_done = true;
  for (size_t i = 0; i < readers_.size(); ++i) {
    const size_t index = (next_ + i) % readers_.size();
    Member& member = readers_[index];
    if (member.done) continue;
    Step step = member.reader->step();
    if (step.kind == Step::Kind::kRan) {
      next_ = index + 1;
      return step;
    }
    if (step.kind == Step::Kind::kDone) {
      member.done = true;
      continue;
    }
    all_done = false;
    deadline_us = std::min(deadline_us, step.deadline_us);
  }
  return all_done ? Step::done() : Step::blocked(deadline_us);
}

}  // namespace streamrt
