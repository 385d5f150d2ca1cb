// A `flatten` step on one worker: takes rows with a list and gives rows with an element each, as many at a time as the
// stage asks for. So a record with a million elements makes many small batches and not one large one, and the stage
// looks for room in its outputs between them.
//
// What is written here are views: the memory that the rows point into (the input of the process that writes, and the
// scratch memory of its task) stays until `pending` is false. The stage sees to that: it takes no more input before.
// One thread.
#ifndef RUNTIME_LIB_CONTROL_FLATTENER_H
#define RUNTIME_LIB_CONTROL_FLATTENER_H

#include <array>
#include <memory>
#include <vector>

#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/core/outbox.h"
#include "runtime-lib/core/task.h"

namespace streamrt {

class Flattener : public Outbox {
 public:
  Flattener(const FlattenPlan& plan, uint32_t capacity);

  Output output() { return {&target_, kOnlyTarget.data(), this}; }
  uint32_t process() const { return plan_.process; }

  // A process begins that may write: its rows are made of those of `input`. REQUIRES: !pending().
  void begin(const Batch& input);
  // Whether elements are left.
  bool pending();
  // The next rows, at least one. Valid until the next call. REQUIRES: pending().
  Batch& next();

  // What is written waits here, however much it is: one call of a process writes at most a row for each of its input.
  bool hasRoom() override { return true; }
  Batch* roll(uint32_t target) override;
  void endCall() override {}
  bool flush() override { return true; }
  void watermark(Watermark) override {}  // the stage holds it back while rows are pending
  void barrier(Barrier) override {}
  void end() override {}

 private:
  // Rows as they were written, and the row of the input that each is made of.
  struct Waiting {
    Waiting(const Schema& schema, uint32_t capacity);
    Batch rows;
    std::vector<uint32_t> origins;
  };

  const StreamList& list(const Waiting& waiting) const;
  // Elements [first, first + count) of the row's list behind the last row of out_.
  void take(const Waiting& waiting, const StreamList& list, uint32_t first, uint32_t count);

  static constexpr std::array<uint8_t, kKeyGroups> kOnlyTarget{};

  const FlattenPlan& plan_;
  const uint32_t list_column_;  // of the written rows: the last one
  const ElementLayout layout_;
  std::vector<std::unique_ptr<Waiting>> waiting_;
  Batch* target_ = nullptr;
  const Batch* input_ = nullptr;
  Batch out_;
  std::vector<uint32_t> made_of_rows_;
  // The next element: of which batch, row and list.
  size_t batch_ = 0;
  uint32_t row_ = 0;
  uint32_t element_ = 0;
};

}  // namespace streamrt

#endif
