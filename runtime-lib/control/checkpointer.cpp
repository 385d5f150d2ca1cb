#include "runtime-lib/control/checkpointer.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime-lib/core/check.h"
#include "runtime-lib/core/mistake.h"

namespace streamrt {

Checkpointer::Checkpointer(Env& env, RunState& state, CheckpointStore& store, Options options)
    : Actor(env, "checkpoints"), env_(env), state_(state), store_(store), options_(std::move(options)) {
  wanted_.store(options_.parent);
  published_.store(options_.parent);
  next_us_ = env_.monotonicUs() + options_.interval_us;
}

void Checkpointer::handIn(uint64_t epoch, StageShare share) {
  STREAM_CHECK(epoch == wanted(), "a barrier is of the epoch under way");
  {
    std::lock_guard lock(mutex_);
    shares_.insert_or_assign({share.process, share.worker}, std::move(share));
  }
  waker().wake();
}

void Checkpointer::handInLast(StageShare share) {
  {
    std::lock_guard lock(mutex_);
    last_shares_.insert_or_assign({share.process, share.worker}, std::move(share));
  }
  waker().wake();
}

void Checkpointer::handInSink(uint64_t epoch, uint32_t number, CheckpointManifest::Sink sink, bool last) {
  STREAM_CHECK(last || epoch == wanted(), "a barrier is of the epoch under way");
  {
    std::lock_guard lock(mutex_);
    (last ? last_sinks_ : sinks_)[number] = std::move(sink);
  }
  waker().wake();
}

Step Checkpointer::step() {
  if (state_.failed()) return Step::done();
  switch (phase_) {
    case Phase::kResting:
      return rest();
    case Phase::kCollecting:
      return collect();
    case Phase::kWriting:
      return write();
  }
  return Step::done();
}

Step Checkpointer::rest() {
  bool ended;
  {
    std::lock_guard lock(mutex_);
    ended = last_shares_.size() == shares_expected_ && last_sinks_.size() == sinks_expected_;
  }
  if (!ended && env_.monotonicUs() < next_us_) return Step::idle(next_us_);
  // A job that drains comes to its end by itself: the last checkpoint is that end.
  if (!ended && state_.draining()) return Step::idle();
  last_ = ended;
  begin();
  return Step::ran();
}

void Checkpointer::begin() {
  began_us_ = env_.monotonicUs();
  phase_ = Phase::kCollecting;
  wanted_.store(wanted() + 1, std::memory_order_release);
  if (last_) return;
  for (Waker* worker : workers_) worker->wake();
}

// What the epoch under way knows of somebody; of those that have ended without a word about it, their last word.
template <class Map, class Use>
void Checkpointer::forEachNewest(Map& now, Map& last, Use use) {
  for (auto& [name, value] : now) use(value);
  for (auto& [name, value] : last) {
    if (!now.contains(name)) use(value);
  }
}

bool Checkpointer::complete() const {
  size_t shares = 0, sinks = 0;
  forEachNewest(shares_, last_shares_, [&](const StageShare&) { ++shares; });
  forEachNewest(sinks_, last_sinks_, [&](const CheckpointManifest::Sink&) { ++sinks; });
  return shares == shares_expected_ && sinks == sinks_expected_;
}

Step Checkpointer::collect() {
  std::lock_guard lock(mutex_);
  if (!complete()) return Step::idle();
  manifest_ = {};
  manifest_.job = options_.job;
  manifest_.plan_hash = options_.plan_hash;
  manifest_.compiler = options_.compiler;
  manifest_.epoch = wanted();
  manifest_.parent = options_.parent;
  manifest_.finished = last_ && (!state_.draining() || planted(Mistake::kFinishedEarly));
  manifest_.hash_seed = options_.hash_seed;
  manifest_.workers = options_.workers;
  files_.clear();
  forEachNewest(shares_, last_shares_, [&](StageShare& share) {
    manifest_.stages.push_back({share.process, share.worker, share.watermark_us, share.rows_passed});
    for (const std::string& inside : share.inside)
      manifest_.stages.push_back({inside, share.worker, share.watermark_us, 0});
    manifest_.partitions.insert(manifest_.partitions.end(), share.partitions.begin(), share.partitions.end());
    for (StageShare::Table& table : share.tables) {
      files_.push_back({{table.operator_id, share.worker, {}, table.keys}, std::exchange(table.changes, nullptr)});
    }
  });
  forEachNewest(sinks_, last_sinks_, [&](CheckpointManifest::Sink& sink) { manifest_.sinks.push_back(sink); });
  shares_.clear();
  sinks_.clear();
  // Shares come in the order in which threads were fast; a manifest does not depend on that.
  std::sort(manifest_.stages.begin(), manifest_.stages.end(),
            [](const auto& a, const auto& b) { return std::tie(a.process, a.worker) < std::tie(b.process, b.worker); });
  std::sort(manifest_.partitions.begin(), manifest_.partitions.end(), [](const auto& a, const auto& b) {
    return std::tie(a.source, a.partition) < std::tie(b.source, b.partition);
  });
  std::sort(manifest_.sinks.begin(), manifest_.sinks.end(),
            [](const auto& a, const auto& b) { return a.operator_id < b.operator_id; });
  std::sort(files_.begin(), files_.end(), [](const Work& a, const Work& b) {
    return std::tie(a.table.operator_id, a.table.worker) < std::tie(b.table.operator_id, b.table.worker);
  });
  next_file_ = 0;
  phase_ = Phase::kWriting;
  return Step::ran();
}

Step Checkpointer::write() {
  if (next_file_ < files_.size()) {
    Work& work = files_[next_file_];
    ChangeChain& chain = chains_[{work.table.operator_id, work.table.worker}];
    if (work.changes != nullptr) {
      if (auto written = writeChanges(work, chain); !written) return fail(written.error());
      work.changes = nullptr;
    }
    for (const ChangeChain::File& file : chain.files()) {
      work.table.files.push_back(file.name);
      manifest_.files.push_back({file.name, file.bytes, file.hash});
    }
    if (!chain.files().empty()) manifest_.tables.push_back(work.table);
    ++next_file_;
    return Step::ran();
  }
  if (Result<void> done = publish(); !done) return fail(done.error());
  phase_ = Phase::kResting;
  next_us_ = std::max(next_us_ + options_.interval_us, env_.monotonicUs());
  return last_ ? Step::done() : Step::ran();
}

// Writes what changed, and puts the file into the chain. Where nothing changed there is no file.
Result<void> Checkpointer::writeChanges(const Work& work, ChangeChain& chain) {
  ChangeFileWriter changes(work.changes);
  const size_t folded = chain.toFold();
  for (size_t i = chain.files().size() - folded; i < chain.files().size(); ++i) {
    const ChangeChain::File& file = chain.files()[i];
    auto bytes = store_.read({file.name, file.bytes, file.hash});
    if (!bytes) return std::unexpected(bytes.error());
    if (auto taken = changes.fold(*bytes, file.name); !taken) return taken;
  }
  std::optional<CheckpointStore::NewFile> file;
  std::string waiting, part;
  while (changes.next(part)) {
    waiting += part;
    if (changes.empty()) continue;
    if (!file) {
      auto begun = store_.begin(manifest_.epoch, fmt::format("t{}-w{}", next_file_, work.table.worker));
      if (!begun) return std::unexpected(begun.error());
      file = std::move(*begun);
    }
    if (auto written = file->append(waiting); !written) return written;
    waiting.clear();
  }
  if (!file) return {};
  auto whole = file->finish(changes.hash());
  if (!whole) return std::unexpected(whole.error());
  chain.add(whole->name, whole->bytes, whole->hash, changes.records(), folded);
  std::lock_guard lock(mutex_);
  whole_[{work.table.operator_id, work.table.worker}] = chain.wantWhole();
  return {};
}

std::vector<uint32_t> Checkpointer::takeWhole(const std::string& operator_id, uint32_t worker) {
  std::lock_guard lock(mutex_);
  auto found = whole_.find({operator_id, worker});
  return found == whole_.end() ? std::vector<uint32_t>{} : std::exchange(found->second, {});
}

Result<void> Checkpointer::publish() {
  manifest_.created_us = env_.wallUs();
  manifest_.duration_us = static_cast<uint64_t>(env_.monotonicUs() - began_us_);
  if (auto published = store_.publish(manifest_); !published) return published;
  published_.store(manifest_.epoch, std::memory_order_relaxed);
  for (Waker* sink : published_to_) sink->wake();
  return store_.collect(options_.keep);
}

Step Checkpointer::fail(const Error& error) {
  state_.fail({error.code, fmt::format("checkpoint {}: {}", manifest_.epoch, error.text)});
  env_.interruptReads();
  return Step::done();
}

}  // namespace streamrt
