#include "runtime-lib/control/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "runtime-lib/connectors/registry.h"
#include "runtime-lib/connectors/text_decoder.h"
#include "runtime-lib/control/checkpointer.h"
#include "runtime-lib/control/exchange_stage.h"
#include "runtime-lib/control/facts_reader.h"
#include "runtime-lib/control/progress.h"
#include "runtime-lib/control/restore.h"
#include "runtime-lib/control/server.h"
#include "runtime-lib/control/service_notice.h"
#include "runtime-lib/control/source_stage.h"
#include "runtime-lib/control/worker.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/core/mistake.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

std::vector<ParamSlot> paramSlots(const JobPlan& plan, const std::vector<Literal>& values) {
  std::vector<ParamSlot> slots(plan.params.size());
  for (size_t i = 0; i < slots.size(); ++i) {
    ParamSlot& slot = slots[i];
    slot = {};
    slot.present = std::holds_alternative<std::monostate>(values[i]) ? 0 : 1;
    if (const auto* truth = std::get_if<bool>(&values[i])) slot.value.integer = *truth ? 1 : 0;
    if (const auto* integer = std::get_if<int64_t>(&values[i])) slot.value.integer = *integer;
    if (const auto* number = std::get_if<double>(&values[i])) {
      slot.value.number = *number;
      if (plan.params[i].type == ColumnType::kF32) {  // the first four bytes are the f32
        slot.value.integer = 0;
        reinterpret_cast<float&>(slot.value) = static_cast<float>(*number);
      }
    }
    const auto* text = std::get_if<std::string>(&values[i]);
    if (text != nullptr && !plan.params[i].symbols.empty()) {
      const std::vector<std::string>& symbols = plan.params[i].symbols;
      slot.value.integer = std::find(symbols.begin(), symbols.end(), *text) - symbols.begin();
    } else if (text != nullptr && isDecimal(plan.params[i].type)) {
      Int128 number = 0;
      const auto outcome = parseDecimal(*text, plan.params[i].precision, plan.params[i].scale, number);
      STREAM_CHECK(outcome == ParseOutcome::kOk, "the value of a parameter was checked");
      std::memcpy(&slot.value, &number, sizeof number);
    } else if (text != nullptr) {
      slot.value.text = {text->data(), static_cast<uint32_t>(text->size()), 0};
    }
  }
  return slots;
}

}  // namespace

// Everything a run consists of. The order of members is the order of their lives: channels outlive stages, sources and
// writers outlive workers.
class Runtime::Build {
 public:
  Build(const JobPlan& plan, const StreamJobImage& image, RunOptions options, Env& env)
      : plan_(plan), image_(image), options_(std::move(options)), env_(env) {}

  RunReport run() {
    int64_t start_us = env_.monotonicUs();
    RunReport report;
    if (Result<void> built = build(); !built) {
      report.error = built.error();
      return report;
    }
    if (finished_before_) {
      if (Result<void> renamed = finishFormerOutputs(); !renamed) report.error = renamed.error();
      report.finished_before = true;
      report.restored_epoch = report.checkpoint_epoch = restore_->manifest().epoch;
      return report;
    }
    std::vector<Actor*> actors;
    for (auto& worker : workers_) actors.push_back(worker.get());
    for (auto& source : sources_) {
      for (Actor* actor : source->actors()) actors.push_back(actor);
    }
    for (auto& writer : writers_) actors.push_back(writer.get());
    if (progress_) actors.push_back(progress_.get());
    if (service_) actors.push_back(service_.get());
    if (server_) actors.push_back(server_.get());
    if (checkpointer_) actors.push_back(checkpointer_.get());
    for (Actor* actor : actors) state_.addWaker(actor->waker());
    env_.run(actors, [this] {
      state_.drain();
      env_.interruptReads();
    });
    report.error = state_.error();
    report.stopped = state_.draining();
    if (restored_epoch_) report.restored_epoch = *restored_epoch_;
    if (checkpointer_) report.checkpoint_epoch = checkpointer_->published();
    finishOutputs(report);
    collect(report);
    report.seconds = static_cast<double>(env_.monotonicUs() - start_us) / 1e6;
    return report;
  }

 private:
  struct WorkerState {
    explicit WorkerState(const JobPlan& plan) : counters(plan) {}
    WorkerCounters counters;
    PageAllocator pages;
    std::unique_ptr<WorkerContext> context;
  };

  Result<void> build() {
    if (Result<void> opened = openStore(); !opened || finished_before_) return opened;
    if (Result<void> opened = openSources(); !opened) return opened;
    const uint32_t workers = workerCount();
    if (workers == 1) plan_.takeOneWorker();
    Result<std::vector<StageTopology>> stages = stagesOf(plan_);
    if (!stages) return std::unexpected(stages.error());
    if (Result<void> opened = openSinks(); !opened) return opened;
    params_ = paramSlots(plan_, options_.params);
    makeWorkers(workers);
    if (Result<void> assigned = assignPartitions(); !assigned) return assigned;
    makeChannels(*stages);
    collectSources(*stages);
    for (const StageTopology& stage : *stages) {
      for (uint32_t worker = 0; worker < workers_.size(); ++worker) {
        if (Result<void> made = makeStage(stage, worker); !made) return made;
      }
    }
    if (restored_epoch_ && options_.on_restored) options_.on_restored(*restored_epoch_);
    restore_.reset();
    for (auto& worker : worker_states_) worker->context->restore = nullptr;
    if (checkpointer_) checkpointer_->expect(stages->size() * workers_.size(), writers_.size());
    if (env_.variable("NOTIFY_SOCKET")) {
      std::vector<const Worker*> workers;
      for (const auto& worker : workers_) workers.push_back(worker.get());
      service_ = std::make_unique<ServiceNotice>(env_, state_, std::move(workers),
                                                 [this] { return workers_done_.load() == workers_.size(); });
    }
    if (options_.live_line) {
      progress_ = std::make_unique<ProgressLine>(env_, state_, plan_.job, [this] { return numbers(); });
    }
    if (!options_.listen.empty()) {
      if (Result<void> listening = listen(); !listening) return listening;
    }
    // Who watches ends when the last worker does: it looks again then.
    for (auto& worker : workers_)
      worker->onDone([this] {
        workers_done_.fetch_add(1);
        if (progress_) progress_->waker().wake();
        if (service_) service_->waker().wake();
        if (server_) server_->look();
      });
    return {};
  }

  Result<void> listen() {
    auto listener = env_.listen(options_.listen);
    if (!listener) return std::unexpected(listener.error());
    facts_ = std::make_unique<FactsReader>(plan_, state_, env_);
    for (size_t i = 0; i < workers_.size(); ++i) facts_->addWorker(*workers_[i], worker_states_[i]->counters);
    for (const auto& [edge, rows] : channels_) {
      const ProcessOutput& output = plan_.processes[std::get<1>(edge)].outputs[std::get<2>(edge)];
      for (const auto& row : rows)
        for (uint32_t to = 0; to < row.size(); ++to) facts_->addChannel(output.id, to, *row[to]);
    }
    for (const auto& source : sources_) facts_->addSource(*source);
    for (const auto& writer : writers_) facts_->addSink(*writer);
    server_ = std::make_unique<ControlServer>(
        env_, plan_.job, std::move(*listener), [this] { return facts_->read(); },
        [this] { return workers_done_.load() == workers_.size(); });
    return {};
  }

  // The state directory, and the checkpoint to go on from. Going back to an older one, or to the beginning, is a
  // checkpoint of its own before anything else happens: from then on it is the newest.
  Result<void> openStore() {
    if (options_.state_directory.empty()) return {};
    auto store = CheckpointStore::open(env_, options_.state_directory);
    if (!store) return std::unexpected(store.error());
    store_ = std::move(*store);
    auto epochs = store_->epochs();
    if (!epochs) return std::unexpected(epochs.error());
    newest_epoch_ = epochs->empty() ? 0 : epochs->back();
    switch (options_.restore_from) {
      case RunOptions::RestoreFrom::kNone:
        return epochs->empty() ? Result<void>{} : beginAnew();
      case RunOptions::RestoreFrom::kEpoch: {
        auto manifest = store_->load(options_.restore_epoch);
        return manifest ? goOnFrom(std::move(*manifest)) : std::unexpected(manifest.error());
      }
      case RunOptions::RestoreFrom::kNewest: {
        auto newest = store_->newest();
        if (!newest) return std::unexpected(newest.error());
        return *newest ? goOnFrom(std::move(**newest)) : Result<void>{};
      }
    }
    return {};
  }

  Result<void> beginAnew() {
    CheckpointManifest blank;
    blank.job = plan_.job;
    blank.plan_hash = plan_.plan_hash;
    blank.compiler = plan_.compiler;
    blank.epoch = ++newest_epoch_;
    blank.created_us = env_.wallUs();
    blank.hash_seed = env_.random();
    return store_->publish(blank);
  }

  Result<void> goOnFrom(CheckpointManifest manifest) {
    if (manifest.epoch < newest_epoch_) {
      manifest.parent = manifest.epoch;
      manifest.epoch = ++newest_epoch_;
      manifest.created_us = env_.wallUs();
      manifest.finished = false;
    }
    auto restore = Restore::of(*store_, manifest, plan_);
    if (!restore) return std::unexpected(restore.error());
    restore_ = std::move(*restore);
    restored_epoch_ = manifest.epoch;
    finished_before_ = manifest.finished;
    return options_.restore_from == RunOptions::RestoreFrom::kEpoch ? store_->publish(manifest)
                                                                    : store_->makeDurable(manifest.epoch);
  }

  // The process died between its last checkpoint and the last rename.
  Result<void> finishFormerOutputs() {
    for (const CheckpointManifest::Sink& sink : restore_->manifest().sinks) {
      for (const DividedOutput::Noted::Part& file : notedOf(sink).parts) {
        if (Result<void> named = DividedOutput::name(env_, sink.path, file); !named) return named;
      }
      std::string part = sink.path + ".part";
      if (!sink.rewinds || !env_.exists(part)) continue;
      if (Result<void> renamed = env_.rename(part, sink.path); !renamed) return renamed;
      if (Result<void> synced = env_.syncDirectoryOf(sink.path); !synced) return synced;
    }
    return {};
  }

  Result<Options> resolve(const OptionMap& map, std::string owner) {
    return Options::resolve(
        map, options_.params, [this](const std::string& name) { return env_.variable(name); }, owner);
  }

  Result<void> openSources() {
    for (const SourcePlan& plan : plan_.sources) {
      Result<Options> options = resolve(plan.options, fmt::format("source {}", plan.name));
      if (!options) return std::unexpected(options.error());
      Result<Options> format_options = resolve(plan.format_options, fmt::format("source {}", plan.name));
      if (!format_options) return std::unexpected(format_options.error());
      SourceSpec spec{plan, std::move(*options), std::move(*format_options), options_.base, env_, state_};
      if (restore_) spec.former = restore_->partitions(plan.operator_id);
      auto source = options_.stand_ins ? options_.stand_ins->openSource(std::move(spec)) : openSource(std::move(spec));
      if (!source) return std::unexpected(source.error());
      if (store_ && !(*source)->isReplayable()) {
        return failure(ErrorCode::kUnsupported,
                       fmt::format("source {} cannot be read again from a position, so a checkpoint would lose what "
                                   "comes behind it: --state needs sources that can (files, generate, nexmark)",
                                   plan.name));
      }
      partitions_ += (*source)->partitions();
      bounded_ &= (*source)->isBounded();
      sources_.push_back(std::move(*source));
    }
    return {};
  }

  // Of the sinks of a `one_of` only the one that a parameter names is opened; nothing comes to the others.
  bool isChosen(const SinkPlan& plan) const {
    return plan.choices.empty() || std::any_of(plan.choices.begin(), plan.choices.end(), [&](const auto& choice) {
             const auto* symbol = std::get_if<std::string>(&options_.params[choice.param]);
             return symbol != nullptr && *symbol == choice.symbol;
           });
  }

  Result<void> openSinks() {
    for (const SinkPlan& plan : plan_.sinks) {
      if (!isChosen(plan)) {
        drops_.push_back(true);
        writers_.push_back(
            std::make_unique<SinkWriter>(env_, state_, fmt::format("write {}", plan.name), SinkWriter::Target{}));
        continue;
      }
      Result<Options> options = resolve(plan.options, fmt::format("sink {}", plan.name));
      if (!options) return std::unexpected(options.error());
      const CheckpointManifest::Sink* former = restore_ ? restore_->sink(plan.operator_id) : nullptr;
      bool atomic = bounded_ || (store_ && plan_.delivery == "exactly_once");
      Result<SinkWriter::Target> target = SinkWriter::Target{};
      if (!options_.stand_ins)
        target =
            openSink({plan, std::move(*options), options_.base, env_, bounded_, store_ != nullptr, atomic, former});
      if (!target) return std::unexpected(target.error());
      drops_.push_back(target->file == nullptr);
      writers_.push_back(
          std::make_unique<SinkWriter>(env_, state_, fmt::format("write {}", plan.name), std::move(*target)));
    }
    return {};
  }

  uint32_t workerCount() {
    uint32_t count = options_.workers;
    if (count == 0) count = std::clamp<uint32_t>(partitions_, 1, env_.cores());
    return std::min(count, kMaxWorkers);
  }

  void makeWorkers(uint32_t count) {
    uint64_t seed = env_.random();
    if (restore_ && restore_->manifest().workers > 0 && !planted(Mistake::kNewSeed)) {
      seed = restore_->manifest().hash_seed;
    }
    if (store_) makeCheckpointer(count, seed);
    for (uint32_t i = 0; i < count; ++i) {
      workers_.push_back(std::make_unique<Worker>(env_, state_, fmt::format("worker {}", i)));
      auto state = std::make_unique<WorkerState>(plan_);
      state->context = std::make_unique<WorkerContext>(WorkerContext{
          plan_, image_, env_, state_, workers_[i]->waker(), i, count, options_.batch_rows, seed, params_.data(),
          &state->pages, &state->counters, !options_.listen.empty(), checkpointer_.get(), restore_.get()});
      if (checkpointer_) checkpointer_->addWorker(workers_[i]->waker());
      worker_states_.push_back(std::move(state));
    }
  }

  void makeCheckpointer(uint32_t workers, uint64_t seed) {
    Checkpointer::Options options;
    options.interval_us = options_.checkpoint_us;
    options.keep = options_.keep;
    options.job = plan_.job;
    options.plan_hash = plan_.plan_hash;
    options.compiler = plan_.compiler;
    options.hash_seed = seed;
    options.workers = workers;
    options.parent = newest_epoch_;
    checkpointer_ = std::make_unique<Checkpointer>(env_, state_, *store_, std::move(options));
    for (uint32_t i = 0; i < writers_.size(); ++i) {
      SinkWriter& writer = *writers_[i];
      const SinkPlan& sink = plan_.sinks[i];
      writer.onEpoch([this, i, &writer, &sink](uint64_t epoch, uint64_t bytes, bool last) {
        bool rewinds = !writer.target().final_path.empty();
        CheckpointManifest::Sink now{sink.operator_id, rewinds ? writer.target().final_path : "", bytes, rewinds};
        if (const DividedOutput* divided = writer.target().divided) {
          now.path = writer.target().path;
          noteParts(*divided, now);
        }
        checkpointer_->handInSink(epoch, i, std::move(now), last);
      });
      writer.setPublished([this] { return checkpointer_->published(); });
      checkpointer_->addSink(writer.waker());
    }
  }

  // Where a partition goes on, or its beginning.
  CheckpointManifest::Partition startOf(size_t source, uint32_t number) const {
    const std::string& id = plan_.sources[source].operator_id;
    const auto* former = restore_ ? restore_->partition(id, static_cast<int32_t>(number)) : nullptr;
    if (former != nullptr && !(planted(Mistake::kEndForgotten) && former->ended)) return *former;
    CheckpointManifest::Partition at;
    at.source = id;
    at.partition = static_cast<int32_t>(number);
    at.name = sources_[source]->partitionName(number);
    return at;
  }

  Result<void> assignPartitions() {
    uint32_t next = 0;
    for (size_t id = 0; id < sources_.size(); ++id) {
      auto& assigned = assigned_.emplace_back(workers_.size());
      std::vector<std::vector<Source::Start>> starts(workers_.size());
      for (uint32_t partition = 0; partition < sources_[id]->partitions(); ++partition) {
        const uint32_t worker = next++ % workers_.size();
        CheckpointManifest::Partition at = startOf(id, partition);
        if (!at.ended) starts[worker].push_back({partition, at.position});
        assigned[worker].partitions.push_back(std::move(at));
      }
      for (size_t worker = 0; worker < workers_.size(); ++worker) {
        if (starts[worker].empty()) continue;
        auto opened = sources_[id]->openAll(starts[worker], workers_[worker]->waker());
        if (!opened) return std::unexpected(opened.error());
        assigned[worker].sequences = std::move(*opened);
      }
    }
    return {};
  }

  // channels_[{stage root, process, output}][from][to]
  using Edge = std::tuple<uint32_t, uint32_t, uint32_t>;

  void makeChannels(const std::vector<StageTopology>& stages) {
    size_t n = workers_.size();
    for (const StageTopology& stage : stages) {
      const ProcessInput& input = plan_.processes[stage.root].input;
      bool reads_source = input.kind == ProcessInput::Kind::kSource;
      for (uint32_t process : stage.processes) {
        const auto& outputs = plan_.processes[process].outputs;
        for (uint32_t output = 0; output < outputs.size(); ++output) {
          if (outputs[output].kind != ProcessOutput::Kind::kExchange) continue;
          auto& inputs = inputs_[outputs[output].id];
          inputs.resize(n);
          for (size_t from = 0; from < n; ++from) {
            auto& row = channels_[{stage.root, process, output}].emplace_back();
            bool empty = reads_source && assigned_[input.id][from].sequences.empty();
            for (size_t to = 0; to < n; ++to) {
              row.push_back(std::make_unique<Channel>(workers_[from]->waker(), workers_[to]->waker()));
              inputs[to].push_back({row.back().get(), empty});
            }
          }
        }
      }
    }
  }

  Result<void> makeStage(const StageTopology& topology, uint32_t worker) {
    WorkerContext& context = *worker_states_[worker]->context;
    const ProcessInput& input = plan_.processes[topology.root].input;
    std::unique_ptr<Stage> stage;
    if (input.kind == ProcessInput::Kind::kSource) {
      stage = std::make_unique<SourceStage>(context, topology, std::move(assigned_[input.id][worker]),
                                            sources_[input.id]->isBounded());
    } else {
      auto& inputs = inputs_[input.id];
      inputs.resize(workers_.size());  // an exchange that nobody feeds ends at once
      Result<Options> options = resolve(plan_.exchanges[input.id].gate, "a limit or throttle");
      if (!options) return std::unexpected(options.error());
      Result<std::optional<Gate>> gate = Gate::make(*options);
      if (!gate) return std::unexpected(gate.error());
      stage = std::make_unique<ExchangeStage>(context, topology, inputs[worker], partitionsOf(topology.root) == 1,
                                              std::move(*gate));
    }
    if (Result<void> opened = stage->openTables(); !opened) return opened;
    for (uint32_t process : topology.processes) {
      const auto& outputs = plan_.processes[process].outputs;
      for (uint32_t output = 0; output < outputs.size(); ++output) {
        if (Result<void> made = connect(*stage, topology.root, process, output, outputs[output], context); !made) {
          return made;
        }
      }
    }
    if (Result<void> made = addDecoders(*stage, topology); !made) return made;
    workers_[worker]->add(std::move(stage), input.kind == ProcessInput::Kind::kSource);
    return {};
  }

  // How many partitions the rows of this stage come from, all its inputs together. Stages are made in the order of
  // flow.
  size_t partitionsOf(uint32_t root) const {
    size_t count = 0;
    for (uint32_t source : sources_of_.at(root)) count += sources_[source]->partitions();
    return count;
  }

  void collectSources(const std::vector<StageTopology>& stages) {
    for (const StageTopology& stage : stages) {
      std::set<uint32_t>& own = sources_of_[stage.root];
      const ProcessInput& input = plan_.processes[stage.root].input;
      if (input.kind == ProcessInput::Kind::kSource) own.insert(input.id);
      for (const StageTopology& before : stages) {
        if (input.kind != ProcessInput::Kind::kExchange) break;
        for (uint32_t process : before.processes) {
          const auto& outputs = plan_.processes[process].outputs;
          bool feeds = std::any_of(outputs.begin(), outputs.end(), [&](const ProcessOutput& output) {
            return output.kind == ProcessOutput::Kind::kExchange && output.id == input.id;
          });
          if (feeds) own.insert(sources_of_[before.root].begin(), sources_of_[before.root].end());
        }
      }
    }
  }

  Result<void> addDecoders(Stage& stage, const StageTopology& topology) {
    for (uint32_t number = 0; number < plan_.decoders.size(); ++number) {
      const DecoderPlan& decoder = plan_.decoders[number];
      const auto& processes = topology.processes;
      if (std::find(processes.begin(), processes.end(), decoder.process) == processes.end()) continue;
      Result<Options> options = resolve(decoder.format_options, "decode");
      if (!options) return std::unexpected(options.error());
      auto made = makeTextDecoder(decoder, *options);
      if (!made) return std::unexpected(made.error());
      stage.addDecoder(decoder.process, number, std::move(*made));
    }
    return {};
  }

  Result<void> connect(Stage& stage, uint32_t root, uint32_t process, uint32_t output, const ProcessOutput& target,
                       WorkerContext& context) {
    if (target.kind == ProcessOutput::Kind::kFlatten) {
      stage.connectFlatten(process, output, target.id);
      return {};
    }
    if (target.kind == ProcessOutput::Kind::kExchange) {
      const ExchangePlan& exchange = plan_.exchanges[target.id];
      auto count = static_cast<uint32_t>(workers_.size());
      GroupMap owners = exchange.kind == ExchangePlan::Kind::kGather ? gatherOwners() : keyGroupOwners(count);
      std::vector<Channel*> channels;
      for (auto& channel : channels_[Edge{root, process, output}][context.worker]) channels.push_back(channel.get());
      stage.connect(process, output,
                    std::make_unique<ExchangeOutbox>(exchange.columns, options_.batch_rows, owners, std::move(channels),
                                                     &context.counters->rows_out[target.step]));
      return {};
    }
    const SinkPlan& sink = plan_.sinks[target.id];
    std::unique_ptr<RecordEncoder> encoder;
    if (!drops_[target.id]) {
      Result<Options> options = resolve(sink.options, fmt::format("sink {}", sink.name));
      if (!options) return std::unexpected(options.error());
      Result<Options> format_options = resolve(sink.format_options, fmt::format("sink {}", sink.name));
      if (!format_options) return std::unexpected(format_options.error());
      auto made = openEncoder(sink, *options, *format_options);
      if (!made) return std::unexpected(made.error());
      encoder = std::move(*made);
      writers_[target.id]->setPrologue(encoder->prologue());
    }
    std::unique_ptr<RowTaker> taker;
    if (options_.stand_ins) taker = options_.stand_ins->openSink(sink, context.worker);
    stage.connect(process, output,
                  std::make_unique<SinkOutbox>(sink, options_.batch_rows, std::move(encoder), std::move(taker),
                                               *writers_[target.id], context.waker, stage,
                                               context.counters->records_out[target.id],
                                               context.counters->rows_out[target.step]));
    return {};
  }

  void finishOutputs(RunReport& report) {
    for (auto& writer : writers_) {
      // Of a job without an end, what its last checkpoint has as whole files is output.
      const bool whole_files = store_ && !bounded_ && writer->target().divided != nullptr;
      if (!report.error && (!report.stopped || whole_files)) {
        if (Result<void> committed = writer->commit(); !committed) report.error = committed.error();
      }
      bool failed = report.error && report.error->code != ErrorCode::kBrokenPipe;
      std::string unfinished = failed || report.stopped ? writer->unfinished() : "";
      if (!unfinished.empty()) report.unfinished.push_back(std::move(unfinished));
    }
  }

  // For the live line, while it runs.
  ProgressNumbers numbers() {
    ProgressNumbers sum;
    sum.watermark_us = kMaxTime;
    for (auto& worker : worker_states_) {
      const WorkerCounters& counters = worker->counters;
      for (const Counter& counter : counters.records_in) sum.records_in += counter.value();
      for (const Counter& counter : counters.records_out) sum.records_out += counter.value();
      for (size_t site = 0; site < plan_.sites.size(); ++site) {
        if (plan_.sites[site].cause != "late") sum.rejected += counters.rejected[site].value();
      }
      for (const Counter& counter : counters.late) sum.late += counter.value();
      if (counters.has_partitions) sum.watermark_us = std::min(sum.watermark_us, counters.watermark_us.load());
    }
    sum.finished = workers_done_.load() == workers_.size();
    return sum;
  }

  void collect(RunReport& report) {
    report.workers = static_cast<uint32_t>(workers_.size());
    for (size_t i = 0; i < plan_.sources.size(); ++i) report.sources.push_back({plan_.sources[i].name});
    for (size_t i = 0; i < plan_.sinks.size(); ++i) report.sinks.push_back({plan_.sinks[i].name});
    std::map<std::string, uint64_t> causes;
    for (auto& worker : worker_states_) {
      const WorkerCounters& counters = worker->counters;
      for (size_t i = 0; i < report.sources.size(); ++i) report.sources[i].records += counters.records_in[i].value();
      for (size_t i = 0; i < report.sinks.size(); ++i) report.sinks[i].records += counters.records_out[i].value();
      for (size_t i = 0; i < plan_.sites.size(); ++i) causes[plan_.sites[i].cause] += counters.rejected[i].value();
      for (const Counter& counter : counters.late) report.late += counter.value();
      report.errors_lost += counters.errors_lost.value();
      report.windows_open += counters.windows_open.value();
    }
    causes.erase("late");  // counted by the tables, whether they were rejected, dropped or read
    for (const auto& [cause, count] : causes) {
      if (count > 0) report.rejected.push_back({cause, count});
    }
    std::sort(report.rejected.begin(), report.rejected.end(),
              [](const auto& a, const auto& b) { return std::tie(b.records, a.name) < std::tie(a.records, b.name); });
  }

  JobPlan plan_;  // as it is for this number of workers
  const StreamJobImage& image_;
  const RunOptions options_;
  Env& env_;
  RunState state_;
  std::unique_ptr<CheckpointStore> store_;
  std::unique_ptr<Restore> restore_;  // while the job is built
  uint64_t newest_epoch_ = 0;
  std::optional<uint64_t> restored_epoch_;
  bool finished_before_ = false;
  std::unique_ptr<Checkpointer> checkpointer_;
  uint32_t partitions_ = 0;
  bool bounded_ = true;
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<std::unique_ptr<SinkWriter>> writers_;
  std::vector<bool> drops_;  // by sink: the connector `null`
  std::vector<ParamSlot> params_;
  std::map<Edge, std::vector<std::vector<std::unique_ptr<Channel>>>> channels_;
  std::map<uint32_t, std::set<uint32_t>> sources_of_;                          // by root: whose rows a stage gets
  std::map<uint32_t, std::vector<std::vector<ExchangeStage::Input>>> inputs_;  // [exchange][to]
  std::vector<std::vector<SourceStage::Owned>> assigned_;                      // [source][worker]
  std::vector<std::unique_ptr<WorkerState>> worker_states_;
  std::atomic<size_t> workers_done_{0};
  std::unique_ptr<ProgressLine> progress_;
  std::unique_ptr<ServiceNotice> service_;
  std::unique_ptr<FactsReader> facts_;
  std::unique_ptr<ControlServer> server_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

Runtime::Runtime(const JobPlan& plan, const StreamJobImage& image, RunOptions options, Env& env)
    : build_(std::make_unique<Build>(plan, image, std::move(options), env)) {}
Runtime::~Runtime() = default;

RunReport Runtime::run() { return build_->run(); }

}  // namespace streamrt
