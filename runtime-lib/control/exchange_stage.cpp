#include "runtime-lib/control/exchange_stage.h"

#include <algorithm>

namespace streamrt {

ExchangeStage::ExchangeStage(WorkerContext& context, const StageTopology& topology, std::vector<Input> inputs)
    : Stage(context, topology),
      combiner_(inputs.size()),
      watermark_column_(columnWithRole(rootPlan().columns, ColumnRole::kWatermark)) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    inputs_.push_back({inputs[i].channel});
    if (inputs[i].empty) combiner_.set(i, {kMaxTime, false});
  }
}

Step ExchangeStage::work() {
  bool open = false;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    size_t index = (next_ + i) % inputs_.size();
    State& input = inputs_[index];
    open |= !input.ended;
    if (input.ended || input.stopped || input.channel->front() == nullptr) continue;
    next_ = index + 1;
    take(index);
    return Step::ran();
  }
  return open ? Step::idle() : Step::done();
}

void ExchangeStage::take(size_t index) {
  Event event = inputs_[index].channel->pop();
  if (auto* batch = std::get_if<BatchPtr>(&event)) {
    onBatch(index, std::move(*batch));
  } else if (auto* watermark = std::get_if<Watermark>(&event)) {
    combiner_.set(index, *watermark);
    if (combiner_.advance()) advance(combiner_.combined());
  } else if (auto* barrier = std::get_if<Barrier>(&event)) {
    onBarrier(index, *barrier);
  } else {
    // The watermark stays as it is: +∞ was sent before by an input that was read out, not by one that was stopped.
    inputs_[index].ended = true;
    align();
  }
}

// The watermark of a row is that of its own worker just before it. Over several inputs the least counts, as far as it
// has been seen, and what this stage has closed stays closed.
void ExchangeStage::onBatch(size_t index, BatchPtr batch) {
  if (watermark_column_ >= 0) {
    int64_t most = combiner_.leastOfOthers(index);
    int64_t least = watermark();
    if (most != kMaxTime || least > combiner_.input(index).time) {
      auto* times = batch->column<int64_t>(static_cast<uint32_t>(watermark_column_));
      for (uint32_t row = 0; row < batch->rows; ++row) times[row] = std::max(std::min(times[row], most), least);
    }
  }
  runRoot(*batch);
  inputs_[index].channel->giveBack(std::move(batch));
}

void ExchangeStage::onBarrier(size_t index, Barrier barrier) {
  STREAM_CHECK(!barrier_ || barrier_->epoch == barrier.epoch, "barriers come in the same order on every channel");
  barrier_ = barrier;
  inputs_[index].stopped = true;
  align();
}

void ExchangeStage::align() {
  if (!barrier_) return;
  bool all =
      std::all_of(inputs_.begin(), inputs_.end(), [](const State& input) { return input.ended || input.stopped; });
  if (!all) return;
  forward(*barrier_);
  barrier_.reset();
  for (State& input : inputs_) input.stopped = false;
}

}  // namespace streamrt
