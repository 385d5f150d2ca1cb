// What travels through a channel: a closed set of four. The order of events in a channel is the mechanism of
// consistency, so nothing overtakes anything.
#ifndef RUNTIME_LIB_CORE_EVENT_H
#define RUNTIME_LIB_CORE_EVENT_H

#include <cstdint>
#include <memory>
#include <variant>

#include "runtime-lib/core/batch.h"

namespace streamrt {

constexpr int64_t kMinTime = INT64_MIN;  // −∞: the watermark before the first record
constexpr int64_t kMaxTime = INT64_MAX;  // +∞: the watermark after the end of a bounded input

// Every row that follows in this channel has an event time >= time, or is late. Never goes back in a channel, except
// that a channel may become idle and active again at the same time: an idle channel does not hold the combination back.
struct Watermark {
  int64_t time = kMinTime;
  bool idle = false;
};

// Everything before it belongs to an epoch <= `epoch`, everything after it to a later one.
struct Barrier {
  uint64_t epoch = 0;
};

// Nothing follows. It says nothing about time: a bounded input that was read out sends Watermark{+∞} first; an input
// that was stopped does not, and its windows stay open.
struct End {};

using BatchPtr = std::unique_ptr<Batch>;
using Event = std::variant<BatchPtr, Watermark, Barrier, End>;

}  // namespace streamrt

#endif
