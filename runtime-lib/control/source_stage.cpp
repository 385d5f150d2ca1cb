#include "runtime-lib/control/source_stage.h"

#include <algorithm>

namespace streamrt {
namespace {

SourceWatermarks::Options watermarkOptions(const SourcePlan& plan) {
  return {plan.wait_us, plan.idle_us, plan.max_ahead_us, plan.has_time};
}

size_t countOf(const std::vector<Source::Sequence>& sequences) {
  size_t count = 0;
  for (const Source::Sequence& sequence : sequences) count += sequence.partitions.size();
  return count;
}

}  // namespace

SourceStage::SourceStage(WorkerContext& context, const StageTopology& topology, std::vector<Source::Sequence> sequences,
                         bool bounded)
    : Stage(context, topology),
      bounded_(bounded),
      batch_(rootPlan().columns, context.batch_rows, false),
      watermarks_(countOf(sequences), watermarkOptions(plan()), context.batch_rows) {
  batch_.source = std::make_unique<SourceRows>();
  batch_.source->source = plan().name;
  context.counters->has_partitions |= !sequences.empty();
  size_t first = 0;
  for (Source::Sequence& sequence : sequences) {
    for (uint32_t number : sequence.partitions) {
      PartitionCounters& counters = context.counters->partitions.emplace_back();
      counters.source = rootPlan().input.id;
      counters.number = static_cast<int32_t>(number);
      counters_.push_back(&counters);
    }
    size_t count = sequence.partitions.size();
    slots_.push_back({std::move(sequence), first});
    first += count;
  }
}

void SourceStage::publish() {
  Stage::publish();
  for (Slot& slot : slots_) {
    for (; slot.published < slot.current; ++slot.published) publish(slot.first + slot.published);
    publish(slot.index());
  }
}

void SourceStage::publish(size_t partition) {
  SourceWatermarks::View view = watermarks_.view(partition);
  auto state = view.ended  ? PartitionCounters::kEnded
               : view.idle ? PartitionCounters::kIdle
                           : PartitionCounters::kActive;
  counters_[partition]->watermark_us.store(view.watermark_us, std::memory_order_relaxed);
  counters_[partition]->state.store(state, std::memory_order_relaxed);
}

void SourceStage::undecodable(const RecordView& record, std::string_view detail) {
  ++undecodable_;
  RejectedRow row;
  row.detail = detail;
  row.input = error_rows_.rawInput(record.bytes);
  row.source = plan().name;
  row.partition = batch_.source->partition;
  row.offset = record.offset;
  rejectRecord(plan().decode_site, row);
}

Step SourceStage::work() {
  if (!bounded_ && unwanted()) {
    for (Slot& slot : slots_) {
      if (slot.closed) continue;
      for (size_t i = slot.current; i < slot.sequence.partitions.size(); ++i) watermarks_.end(slot.first + i);
      slot.closed = true;
    }
  }
  int64_t deadline_us = kNever;
  bool open = false;
  for (size_t i = 0; i < slots_.size(); ++i) {
    size_t index = (next_ + i) % slots_.size();
    if (slots_[index].closed) continue;
    open = true;
    if (!take(index, deadline_us)) continue;
    next_ = index + 1;
    return Step::ran();
  }
  // Nothing more to read now: what was held back to fill batches goes, watermarks included.
  deadline_us = std::min(deadline_us, takeWatermark());
  return open ? Step::idle(deadline_us) : Step::done();
}

bool SourceStage::take(size_t slot_index, int64_t& deadline_us) {
  Slot& slot = slots_[slot_index];
  const size_t index = slot.index();
  batch_.clear();
  batch_.source->partition = static_cast<int32_t>(slot.sequence.partitions[slot.current]);
  undecodable_ = 0;
  PollOutcome outcome = slot.sequence.reader->poll(batch_, *this);
  context_.counters->records_in[rootPlan().input.id].add(batch_.rows + undecodable_);
  if (undecodable_ > 0) context_.counters->undecodable[rootPlan().input.id].add(undecodable_);
  bool any = batch_.rows > 0 || undecodable_ > 0;
  if (batch_.rows > 0) {
    batch_.partition = watermarks_.begin(index, context_.env.wallUs());
    runRoot(batch_);
    watermarks_.finish(index);
    // A watermark cuts the batches that are being filled. With n workers a batch of the exchange fills up about every n
    // batches of the source; more watermarks than that would only make batches smaller.
    if (++batches_unmarked_ >= context_.workers) takeWatermark();
  } else if (undecodable_ > 0) {
    runErrors();
  }
  switch (outcome.kind) {
    case PollOutcome::Kind::kMore:
      break;
    case PollOutcome::Kind::kPaused:
      deadline_us = std::min(deadline_us, outcome.deadline_us);
      watermarks_.quiet(index, context_.env.monotonicUs());
      break;
    case PollOutcome::Kind::kNext:
      watermarks_.end(index);
      ++slot.current;
      any = true;
      break;
    case PollOutcome::Kind::kEnd:
      watermarks_.end(index);
      slot.closed = any = true;
      break;
    case PollOutcome::Kind::kStopped:
      slot.closed = any = true;
      break;
  }
  return any || outcome.kind == PollOutcome::Kind::kMore;
}

// Returns when the next partition will be idle.
int64_t SourceStage::takeWatermark() {
  batches_unmarked_ = 0;
  int64_t idle_at_us = plan().idle_us ? watermarks_.checkIdle(context_.env.monotonicUs()) : kNever;
  if (std::optional<Watermark> next = watermarks_.takeAdvance()) {
    advance(*next);
    context_.counters->watermark_us.store(next->time, std::memory_order_relaxed);
  }
  return idle_at_us;
}

}  // namespace streamrt
