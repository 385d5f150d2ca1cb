// Where the rows of one output of a process go: an exchange (core/exchange.h) or a sink (control/sink_outbox.h).
//
// Protocol of a stage, which is the only caller besides stream_core_route: it asks `hasRoom` before it calls the
// process with up to `capacity` rows; during the call `roll` is called when a target's batch is full; after the call
// `endCall`; when the stage has nothing more to do `flush`. Nothing here ever blocks.
#ifndef RUNTIME_LIB_CORE_OUTBOX_H
#define RUNTIME_LIB_CORE_OUTBOX_H

#include "runtime-lib/core/event.h"

namespace streamrt {

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Is there room for what one more call of the process may write? When not, the worker is woken once there is.
  virtual bool hasRoom() = 0;
  // The batch of `target` is full: takes it away and returns the empty one that is in its place now.
  virtual Batch* roll(uint32_t target) = 0;
  // The call of the process has returned; the memory its rows point into is about to go.
  virtual void endCall() = 0;
  // Hands over what is kept back to fill batches. False: there was no room for all of it; try again after a wake-up.
  virtual bool flush() = 0;

  // Nobody will look at what still goes there.
  virtual bool unwanted() const { return false; }

  virtual void watermark(Watermark watermark) = 0;
  virtual void barrier(Barrier barrier) = 0;
  virtual void end() = 0;
};

}  // namespace streamrt

#endif
