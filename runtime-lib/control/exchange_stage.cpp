#include "runtime-lib/control/exchange_stage.h"

#include <algorithm>

#include "runtime-lib/core/mistake.h"

namespace streamrt {

ExchangeStage::ExchangeStage(WorkerContext& context, const StageTopology& topology, std::vector<Input> inputs,
                             bool one_partition, std::optional<Gate> gate)
    : Stage(context, topology),
      combiner_(inputs.size()),
      watermark_column_(columnWithRole(rootPlan().columns, ColumnRole::kWatermark)),
      one_partition_(one_partition),
      gate_(std::move(gate)) {
  // A gather's rows come to worker 0.
  if (gate_ && context.restore != nullptr && context.worker == 0)
    gate_->restore(context.restore->rowsPassed(rootPlan().name));
  for (size_t i = 0; i < inputs.size(); ++i) {
    inputs_.push_back({inputs[i].channel});
    if (inputs[i].empty) combiner_.set(i, {kMaxTime, false});
  }
}

StageShare ExchangeStage::share() {
  StageShare share = Stage::share();
  if (gate_) share.rows_passed = gate_->rowsToKeep();
  return share;
}

Step ExchangeStage::work() {
  if (read_out_ != nullptr) inputs_[read_out_from_].channel->giveBack(std::move(read_out_));
  // Nobody feeds it (its rows were filtered out when the job was compiled), or nothing more goes through its gate.
  if (!is_shut_ && (inputs_.empty() || (gate_ && gate_->isShut()))) {
    shut();
    return Step::ran();
  }
  if (held_ != nullptr) return passHeld();
  if (!refused_ && (is_shut_ || unwanted())) {
    refused_ = true;
    for (State& input : inputs_) input.channel->refuse();
  }
  bool open = false;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    size_t index = (next_ + i) % inputs_.size();
    State& input = inputs_[index];
    open |= !input.ended;
    const bool waits = input.stopped && !planted(Mistake::kUnaligned);
    if (input.ended || waits || input.channel->front() == nullptr) continue;
    next_ = index + 1;
    take(index);
    return Step::ran();
  }
  return open ? Step::idle() : Step::done();
}

// A batch goes back when nothing points into it any more: rows that are still flattened do, and while there are any the
// stage does not work on.
void ExchangeStage::giveBack(size_t index, BatchPtr batch) {
  if (!flattening()) return inputs_[index].channel->giveBack(std::move(batch));
  read_out_ = std::move(batch);
  read_out_from_ = index;
}

void ExchangeStage::take(size_t index) {
  Event event = inputs_[index].channel->pop();
  if (auto* batch = std::get_if<BatchPtr>(&event)) {
    onBatch(index, std::move(*batch));
  } else if (auto* watermark = std::get_if<Watermark>(&event)) {
    combiner_.set(index, *watermark);
    if (combiner_.advance() && !is_shut_) advance(combiner_.combined());
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
    int64_t most = one_partition_ ? kMaxTime : combiner_.leastOfOthers(index);
    int64_t least = watermark();
    if (most != kMaxTime || least > combiner_.input(index).time) {
      auto* times = batch->column<int64_t>(static_cast<uint32_t>(watermark_column_));
      for (uint32_t row = 0; row < batch->rows; ++row) times[row] = std::max(std::min(times[row], most), least);
    }
  }
  if (!gate_) {
    runRoot(*batch);
    giveBack(index, std::move(batch));
    return;
  }
  held_ = std::move(batch);
  held_from_ = index;
  gate_->arrive(context_.env.monotonicUs());
  passHeld();
}

// Lets through what may leave now. Idle: the rest has to wait.
Step ExchangeStage::passHeld() {
  int64_t now_us = context_.env.monotonicUs();
  uint32_t waiting = held_->rows;
  uint32_t count = gate_->admit(waiting, now_us, context_.state.draining());
  if (count > 0) {
    held_->rows = count;
    runRoot(*held_);
    held_->rows = waiting;
    held_->dropFront(count);
  }
  if (held_->rows == 0 || gate_->isShut()) {
    giveBack(held_from_, std::move(held_));
    return Step::ran();
  }
  return count > 0 ? Step::ran() : Step::idle(gate_->wakeAt(now_us));
}

// No row will leave any more, so time is over for everybody behind.
void ExchangeStage::shut() {
  is_shut_ = true;
  advance({kMaxTime, false});
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
  seal(*barrier_);
  barrier_.reset();
  for (State& input : inputs_) input.stopped = false;
}

}  // namespace streamrt
