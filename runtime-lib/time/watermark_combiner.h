// The least watermark of several inputs: the partitions of a source, or the channels of a stage.
//
// Idle inputs do not count, unless all are idle: then the greatest counts, for none of them holds another back. The
// result never goes back. −∞ before anything is known, +∞ when every input has reached it. One thread.
#ifndef RUNTIME_LIB_TIME_WATERMARK_COMBINER_H
#define RUNTIME_LIB_TIME_WATERMARK_COMBINER_H

#include <cstdint>
#include <vector>

#include "runtime-lib/core/event.h"

namespace streamrt {

class WatermarkCombiner {
 public:
  explicit WatermarkCombiner(size_t inputs) : inputs_(inputs) {}

  // The input's watermark; a lower one than before is taken as the one before.
  void set(size_t input, Watermark watermark);

  // Computes the combination anew. True when it changed: it advanced, or went idle or active.
  bool advance();
  Watermark combined() const { return combined_; }

  Watermark input(size_t input) const { return inputs_[input]; }
  // The least of the active inputs but this one: +∞ when there is none.
  int64_t leastOfOthers(size_t input) const;

 private:
  std::vector<Watermark> inputs_;
  Watermark combined_;
};

}  // namespace streamrt

#endif
