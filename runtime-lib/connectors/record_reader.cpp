#include "runtime-lib/connectors/record_reader.h"

namespace streamrt {

RecordReader::RecordReader(Env& env, RunState& state, std::string name, std::unique_ptr<InputFile> file,
                           std::unique_ptr<RecordCutter> cutter, size_t max_record, Waker& worker)
    : Actor(env, std::move(name)),
      state_(state),
      file_(std::move(file)),
      assembler_(std::move(cutter), max_record),
      queue_(waker(), worker) {}

// Everything that is ready goes into the queue. False: it is full, and the worker's next pop wakes us.
bool RecordReader::deliver() {
  for (;;) {
    if (waiting_ == nullptr) waiting_ = assembler_.next();
    if (waiting_ == nullptr) return true;
    if (!queue_.push(waiting_)) return false;
  }
}

Step RecordReader::close(Chunk::Kind kind) {
  closing_ = kind;
  file_.reset();
  return Step::ran();
}

Step RecordReader::step() {
  if (state_.failed()) return Step::done();
  if (!deliver()) return Step::blocked();
  if (closing_) {
    auto last = std::make_unique<Chunk>(1);
    last->kind = *closing_;
    if (!queue_.push(last)) return Step::blocked();
    return Step::done();
  }
  // A record whose end was not read yet is no record: draining leaves it to the next run.
  if (state_.stopping()) return close(Chunk::Kind::kStopped);
  while (assembler_.wantsChunk()) {
    ChunkPtr chunk = queue_.takeEmpty();
    if (chunk == nullptr) return Step::blocked();
    assembler_.give(std::move(chunk));
  }
  std::span<char> space = assembler_.space();
  Result<ReadOutcome> outcome = file_->read(space.data(), space.size());
  if (!outcome) {
    state_.fail(outcome.error());
    return Step::done();
  }
  switch (outcome->kind) {
    case ReadOutcome::Kind::kData:
      assembler_.filled(outcome->bytes);
      bytes_read_.add(outcome->bytes);
      break;
    case ReadOutcome::Kind::kEnd:
      assembler_.finish();
      return close(Chunk::Kind::kEnd);
    case ReadOutcome::Kind::kInterrupted:
      return close(Chunk::Kind::kStopped);
    case ReadOutcome::Kind::kLater:
      return Step::idle(outcome->ready_us);
  }
  return deliver() ? Step::ran() : Step::blocked();
}

}  // namespace streamrt
