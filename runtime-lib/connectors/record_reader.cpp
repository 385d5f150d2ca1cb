#include "runtime-lib/connectors/record_reader.h"

#include <fmt/format.h>

namespace streamrt {

RecordReader::RecordReader(Env& env, RunState& state, std::string name, std::string owner, std::vector<Input> inputs,
                           MakeCutter make_cutter, size_t max_record, Waker& worker, Thrift thrift)
    : Actor(env, std::move(name)),
      env_(env),
      state_(state),
      owner_(std::move(owner)),
      inputs_(std::move(inputs)),
      make_cutter_(std::move(make_cutter)),
      thrift_(thrift),
      assembler_(make_cutter_(), max_record, thrift.counts_lines, inputs_.front().offset, inputs_.front().line),
      queue_(thrift.waker == nullptr ? waker() : *thrift.waker, worker, thrift.chunk_bytes, thrift.chunks) {}

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
  inputs_[current_].file.reset();
  return Step::ran();
}

Step RecordReader::closed() {
  auto last = std::make_unique<Chunk>(1);
  last->kind = *closing_;
  if (!queue_.push(last)) return Step::blocked();
  if (*closing_ != Chunk::Kind::kNextInput) return Step::done();
  closing_.reset();
  ++current_;
  assembler_.restart(make_cutter_(), inputs_[current_].offset, inputs_[current_].line);
  return Step::ran();
}

Step RecordReader::fail(const Error& error) {
  state_.fail({error.code, fmt::format("{}: {}", owner_, error.text)});
  return Step::done();
}

Step RecordReader::step() {
  if (state_.failed() || queue_.isAbandoned()) return Step::done();
  if (!deliver()) return Step::blocked();
  if (closing_) return closed();
  // A record whose end was not read yet is no record: draining leaves it to the next run.
  if (state_.stopping()) return close(Chunk::Kind::kStopped);
  while (assembler_.wantsChunk()) {
    ChunkPtr chunk = queue_.takeEmpty();
    if (chunk == nullptr) return Step::blocked();
    assembler_.give(std::move(chunk));
  }
  Input& input = inputs_[current_];
  if (input.file == nullptr) {
    auto opened = input.offset == 0 ? env_.openInput(input.path) : env_.openInputAt(input.path, input.offset);
    if (!opened) return fail(opened.error());
    input.file = std::move(*opened);
  }
  std::span<char> space = assembler_.space();
  Result<ReadOutcome> outcome = input.file->read(space.data(), space.size());
  if (!outcome) return fail(outcome.error());
  switch (outcome->kind) {
    case ReadOutcome::Kind::kData:
      assembler_.filled(outcome->bytes);
      if (thrift_.reopens) {
        input.offset += static_cast<int64_t>(outcome->bytes);
        input.file.reset();
      }
      bytes_read_.add(outcome->bytes);
      break;
    case ReadOutcome::Kind::kEnd:
      assembler_.finish();
      return close(current_ + 1 < inputs_.size() ? Chunk::Kind::kNextInput : Chunk::Kind::kEnd);
    case ReadOutcome::Kind::kInterrupted:
      return close(Chunk::Kind::kStopped);
    case ReadOutcome::Kind::kLater:
      return Step::idle(outcome->ready_us);
  }
  return deliver() ? Step::ran() : Step::blocked();
}

}  // namespace streamrt
