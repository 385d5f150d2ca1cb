#include "runtime-lib/control/source_stage.h"

#include <algorithm>
#include <map>

#include "runtime-lib/core/mistake.h"

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

SourceStage::SourceStage(WorkerContext& context, const StageTopology& topology, Owned owned, bool bounded)
    : Stage(context, topology),
      bounded_(bounded),
      batch_(rootPlan().columns, context.batch_rows, false),
      watermarks_(countOf(owned.sequences), watermarkOptions(plan()), context.batch_rows) {
  batch_.source = std::make_unique<SourceRows>();
  batch_.source->source = plan().name;
  context.counters->has_partitions |= !owned.sequences.empty();
  if (context.checkpointer != nullptr) sealed_ = context.checkpointer->wanted();
  std::map<uint32_t, CheckpointManifest::Partition*> by_number;
  for (CheckpointManifest::Partition& partition : owned.partitions) {
    by_number[static_cast<uint32_t>(partition.partition)] = &partition;
    if (!partition.ended) continue;
    finished_.push_back(partition);
    PartitionCounters& counters = context.counters->partitions.emplace_back();
    counters.source = rootPlan().input.id;
    counters.number = partition.partition;
    counters.watermark_us = kMaxTime;
    counters.state = PartitionCounters::kEnded;
  }
  for (Source::Sequence& sequence : owned.sequences) {
    const size_t first = marks_.size();
    for (uint32_t number : sequence.partitions) {
      PartitionCounters& counters = context.counters->partitions.emplace_back();
      counters.source = rootPlan().input.id;
      counters.number = static_cast<int32_t>(number);
      counters_.push_back(&counters);
      const CheckpointManifest::Partition& start = *by_number.at(number);
      if (!planted(Mistake::kPartitionTimeLost)) watermarks_.restore(marks_.size(), start.watermark_us);
      marks_.push_back(start);
    }
    slots_.push_back({std::move(sequence), first});
  }
}

StageShare SourceStage::share() {
  StageShare share = Stage::share();
  share.partitions = finished_;
  for (const Slot& slot : slots_) {
    for (size_t i = 0; i < slot.sequence.partitions.size(); ++i) {
      CheckpointManifest::Partition at = marks_[slot.first + i];
      at.watermark_us = watermarks_.watermark(slot.first + i);
      if (i == slot.current && slot.polled && !at.ended) at.position = slot.sequence.reader->position();
      share.partitions.push_back(std::move(at));
    }
  }
  return share;
}

// The partition that is read was read out.
void SourceStage::close(Slot& slot) {
  watermarks_.end(slot.index());
  CheckpointManifest::Partition& mark = marks_[slot.index()];
  mark.ended = true;
  if (context_.checkpointer != nullptr) mark.position = slot.sequence.reader->position();
}

// The epoch whose barrier was not sent yet.
std::optional<uint64_t> SourceStage::barrierWanted() const {
  if (context_.checkpointer == nullptr) return std::nullopt;
  const uint64_t wanted = context_.checkpointer->wanted();
  return wanted > sealed_ ? std::optional(wanted) : std::nullopt;
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
  if (auto epoch = barrierWanted()) {
    sealed_ = *epoch;
    seal({*epoch});
    return Step::ran();
  }
  if (!bounded_ && unwanted()) {
    for (Slot& slot : slots_) {
      if (slot.closed) continue;
      for (size_t i = slot.current; i < slot.sequence.partitions.size(); ++i) watermarks_.end(slot.first + i);
      slot.sequence.reader->abandon();
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
  slot.polled = true;
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
      close(slot);
      ++slot.current;
      slot.polled = false;
      any = true;
      break;
    case PollOutcome::Kind::kEnd:
      close(slot);
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
