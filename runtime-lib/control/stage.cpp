#include "runtime-lib/control/stage.h"

#include <algorithm>

#include "runtime-lib/core/crash_site.h"
#include "runtime-lib/core/mistake.h"
#include "runtime-lib/time/partition_time.h"

namespace streamrt {
namespace {

// Rejects of rows of errors of rows of errors …: beyond this a row has nowhere to go.
constexpr uint32_t kGenerationsMax = 4;

int64_t saturatingAdd(int64_t a, int64_t b) {
  int64_t sum;
  return __builtin_add_overflow(a, b, &sum) ? (b < 0 ? kMinTime : kMaxTime) : sum;
}

}  // namespace

struct Stage::Process {
  uint32_t id;
  const ProcessPlan* plan;
  StreamProcessFn function;
  std::vector<Output> outputs;
  std::vector<void*> tables;
  std::vector<Flattener*> flatteners;  // that it writes to
  std::vector<std::unique_ptr<TextDecoder>> decoders;
  std::vector<TextDecoder*> decoder_numbers;
  StreamTask task;
};

struct Stage::WindowTable {
  WindowTable(const TablePlan& plan, uint32_t id, std::unique_ptr<Table> table)
      : plan(plan), id(id), table(std::move(table)) {}

  // The window's end is due once the watermark has reached it.
  void addTimer(int64_t start) {
    timers.add({saturatingAdd(start, plan.window->size_us), plan.operator_id, windowKey(start)});
  }

  const TablePlan& plan;
  uint32_t id;
  std::unique_ptr<Table> table;
  TimerQueue timers;
  Process* owner = nullptr;
  Process* fired = nullptr;
  StreamFireFn fire = nullptr;
  BatchPtr rows;              // what fire fills
  int watermark_column = -1;  // of rows
  SliceCursor cursor;         // in the slice that is being fired
  std::vector<void*> cells;
};

struct Stage::Errors {
  uint32_t id;
  Process* process;
  struct Waiting {
    BatchPtr rows;
    uint32_t generation;
  };
  std::vector<Waiting> waiting;
  std::vector<BatchPtr> spare;
};

Stage::Stage(WorkerContext& context, const StageTopology& topology) : context_(context), topology_(topology) {
  for (uint32_t id : topology_.processes) {
    const ProcessPlan& plan = context_.plan.processes[id];
    auto process = std::make_unique<Process>();
    process->id = id;
    process->plan = &plan;
    process->function = reinterpret_cast<StreamProcessFn>(context_.image.functions[plan.function]);
    process->outputs.resize(plan.outputs.size());
    process->tables.resize(context_.plan.tables.size());
    StreamTask& task = process->task;
    task.outputs = process->outputs.data();
    task.tables = process->tables.data();
    task.params = context_.params;
    task.hash_seed = context_.hash_seed;
    task.rejecter = this;
    task.process = id;
    processes_.push_back(std::move(process));
  }
  for (uint32_t flatten : topology_.flattens)
    flatteners_.push_back(std::make_unique<Flattener>(context_.plan.flattens[flatten], context_.batch_rows));
  for (uint32_t errors : topology_.errors) {
    errors_.push_back(std::make_unique<Errors>());
    errors_.back()->id = errors;
    errors_.back()->process = &process(context_.plan.errors[errors].process);
  }
}

Stage::~Stage() = default;

Stage::Process& Stage::process(uint32_t id) {
  auto found = std::find_if(processes_.begin(), processes_.end(), [&](const auto& p) { return p->id == id; });
  STREAM_CHECK(found != processes_.end(), "the process runs in this stage");
  return **found;
}

Result<void> Stage::openTables() {
  if (context_.restore != nullptr) {
    // What runs inside of it has closed windows; the root itself, as long as it stood alone, has only passed time on.
    for (uint32_t inside : topology_.inside)
      watermark_us_ = std::max(watermark_us_, context_.restore->watermark(context_.plan.processes[inside].name));
    if (topology_.inside.empty()) watermark_us_ = context_.restore->watermark(rootPlan().name);
  }
  for (uint32_t table : topology_.tables) {
    if (Result<void> opened = openTable(table); !opened) return opened;
  }
  return {};
}

// Who owns each key group of the stage's input.
GroupMap Stage::owners() const {
  const ProcessInput& input = rootPlan().input;
  bool gathered = input.kind == ProcessInput::Kind::kExchange &&
                  context_.plan.exchanges[input.id].kind == ExchangePlan::Kind::kGather;
  return gathered ? gatherOwners() : keyGroupOwners(context_.workers);
}

Result<void> Stage::openTable(uint32_t id) {
  const TablePlan& plan = context_.plan.tables[id];
  TableLayout layout;
  layout.table_id = id;
  layout.blob_key = !plan.key_fixed.has_value();
  layout.key_bytes = plan.key_fixed.value_or(0);
  layout.cell_bytes = plan.cell_size;
  layout.hash_seed = context_.hash_seed;
  for (const CellFieldPlan& field : plan.fields) {
    if (field.type == ColumnType::kString || field.type == ColumnType::kBytes)
      layout.blob_offsets.push_back(field.offset);
  }
  Restore::Opened opened;
  if (context_.restore != nullptr) {
    auto restored =
        context_.restore->table(layout, plan.operator_id, context_.worker, context_.workers, owners(), *context_.pages);
    if (!restored) return std::unexpected(restored.error());
    opened = std::move(*restored);
  } else {
    opened.table = std::make_unique<Table>(std::move(layout), *context_.pages);
  }
  if (context_.checkpointer != nullptr) {
    opened.table->beginChanges(context_.checkpointer->wanted() + 1, !opened.in_files);
    context_.checkpointer->goOnFrom(plan.operator_id, context_.worker, std::move(opened.chain));
  }
  auto table = std::make_unique<WindowTable>(plan, id, std::move(opened.table));
  table->owner = &process(plan.process);
  table->owner->tables[id] = static_cast<StreamTable*>(table->table.get());
  if (plan.fire) {
    table->fire = reinterpret_cast<StreamFireFn>(context_.image.functions[*plan.fire]);
    table->fired = &process(*plan.fired_process);
    table->rows = std::make_unique<Batch>(plan.fired_columns, context_.batch_rows, false);
    table->watermark_column = columnWithRole(plan.fired_columns, ColumnRole::kWatermark);
    table->cells.resize(context_.batch_rows);
  }
  if (plan.window) {
    for (int64_t start : table->table->sliceStarts()) {
      if (!planted(Mistake::kTimersLost)) table->addTimer(start);
    }
    table->table->on_slice_context = table.get();
    table->table->on_slice = [](void* self, int64_t start) { static_cast<WindowTable*>(self)->addTimer(start); };
  }
  tables_.push_back(std::move(table));
  return {};
}

void Stage::connect(uint32_t id, uint32_t output, std::unique_ptr<ExchangeOutbox> outbox) {
  Output entry = outbox->output();
  connect(id, output, entry, std::move(outbox));
}

void Stage::connect(uint32_t id, uint32_t output, std::unique_ptr<SinkOutbox> outbox) {
  Output entry = outbox->output();
  connect(id, output, entry, std::move(outbox));
}

void Stage::connectFlatten(uint32_t id, uint32_t output, uint32_t flatten) {
  auto found = std::find(topology_.flattens.begin(), topology_.flattens.end(), flatten);
  STREAM_CHECK(found != topology_.flattens.end(), "the flatten runs in this stage");
  Flattener* flattener = flatteners_[static_cast<size_t>(found - topology_.flattens.begin())].get();
  process(id).outputs[output] = flattener->output();
  process(id).flatteners.push_back(flattener);
}

void Stage::addDecoder(uint32_t id, uint32_t number, std::unique_ptr<TextDecoder> decoder) {
  Process& at = process(id);
  at.decoder_numbers.resize(context_.plan.decoders.size());
  at.decoder_numbers[number] = decoder.get();
  at.decoders.push_back(std::move(decoder));
  at.task.decoders = at.decoder_numbers.data();
}

void Stage::connect(uint32_t id, uint32_t output, Output entry, std::unique_ptr<Outbox> outbox) {
  process(id).outputs[output] = entry;
  bool is_of_errors = std::any_of(errors_.begin(), errors_.end(), [&](const auto& e) { return e->process->id == id; });
  if (!is_of_errors) results_.push_back(outbox.get());
  outboxes_.push_back(std::move(outbox));
}

bool Stage::unwanted() const {
  if (results_.empty()) return false;
  return std::all_of(results_.begin(), results_.end(), [](const Outbox* outbox) { return outbox->unwanted(); });
}

bool Stage::outputsHaveRoom() {
  bool room = true;
  for (auto& outbox : outboxes_) room &= outbox->hasRoom();  // all of them: each registers for its own wake-up
  return room;
}

bool Stage::flush() {
  bool all = true;
  for (auto& outbox : outboxes_) all &= outbox->flush();
  return all;
}

Step Stage::step() {
  Step step = stepUnwatched();
  if (context_.watched) publish();
  return step;
}

void Stage::publish() {
  for (const auto& table : tables_) {
    TableCounters& counters = context_.counters->tables[table->id];
    counters.bytes.store(table->table->bytes(), std::memory_order_relaxed);
    counters.bytes_most.store(table->table->bytesMost(), std::memory_order_relaxed);
    counters.bytes_held.store(table->table->heldBytes(), std::memory_order_relaxed);
    counters.keys.store(table->table->keys(), std::memory_order_relaxed);
    counters.windows.store(table->timers.size(), std::memory_order_relaxed);
  }
}

Step Stage::stepUnwatched() {
  if (ended_) return flush() ? Step::done() : Step::blocked();
  if (!outputsHaveRoom()) return Step::blocked();
  if (flattenSome()) {
    runErrors();
    return Step::ran();
  }
  if (pending_) {
    if (!fireSome()) forwardPending();
    return Step::ran();
  }
  Step step = work();
  if (pending_) return Step::ran();
  if (step.kind == Step::Kind::kRan) return step;
  if (step.kind == Step::Kind::kDone) {
    finish();
    return Step::ran();
  }
  return flush() ? step : Step::blocked(step.deadline_us);
}

void Stage::run(Process& process, Batch& batch) {
  if (batch.rows == 0) return;
  running_ = &process;
  input_ = &batch;
  // Only now: what the call before made may have been flattened until here.
  process.task.scratch.reset();
  for (auto& decoder : process.decoders) decoder->clear();
  for (Flattener* flattener : process.flatteners) flattener->begin(batch);
  crash_operator = process.plan->name.c_str();
  process.function(&process.task, &batch);
  for (Output& output : process.outputs) output.outbox->endCall();
  crash_operator = nullptr;
  running_ = nullptr;
  input_ = nullptr;
  // Rows that came in are counted last: who sees them sees what has become of them.
  for (uint32_t id : process.plan->tables) {
    auto* table = static_cast<StreamTable*>(process.tables[id]);
    const uint32_t step = context_.plan.tables[id].step;
    if (table->late_rows != 0) context_.counters->late[step].add(table->late_rows);
    if (step != process.id) {  // the step runs inside of this process: what would have crossed between them
      context_.counters->rows_out[process.id].add(table->rows);
      context_.counters->rows_in[step].add(table->rows);
    }
    table->rows = table->late_rows = 0;
  }
  context_.counters->rows_in[process.id].add(batch.rows);
}

void Stage::runRoot(Batch& batch) {
  run(*processes_.front(), batch);
  runErrors();
}

// Rejects of rejects join the end of the list, one generation on.
void Stage::runErrors() {
  for (bool any = true; any;) {
    any = false;
    for (auto& errors : errors_) {
      if (errors->waiting.empty()) continue;
      any = true;
      auto waiting = std::move(errors->waiting);
      errors->waiting.clear();
      for (auto& [rows, generation] : waiting) {
        generation_ = generation;
        run(*errors->process, *rows);
        // Rows of errors have no lists of their own: what they are flattened to are a few elements of the program's
        // text.
        while (!errors->process->flatteners.empty() && flattenSome()) {
        }
        generation_ = 0;
        rows->clear();
        errors->spare.push_back(std::move(rows));
      }
      if (errors->spare.size() > 1) errors->spare.resize(1);
    }
  }
}

bool Stage::flattening() {
  return std::any_of(flatteners_.begin(), flatteners_.end(), [](auto& flattener) { return flattener->pending(); });
}

// Runs one batch of flattened rows: of the innermost flatten that has any, since its rows are made of those before it.
bool Stage::flattenSome() {
  for (auto flattener = flatteners_.rbegin(); flattener != flatteners_.rend(); ++flattener) {
    if (!(*flattener)->pending()) continue;
    run(process((*flattener)->process()), (*flattener)->next());
    return true;
  }
  return false;
}

// Fires one batch of the first due window. False: nothing is due any more at the pending watermark.
bool Stage::fireSome() {
  for (auto& table : tables_) {
    const Timer* due = table->timers.due(pending_->time);
    if (due == nullptr) continue;
    int64_t start = windowStartOf(*due);
    Slice* slice = table->table->findSlice(start);
    STREAM_CHECK(slice != nullptr, "a window that is due has a slice");
    uint32_t cells = table->table->gather(*slice, table->cursor, table->cells.data(), context_.batch_rows);
    if (cells > 0) {
      fireBatch(*table, start, cells);
      return true;
    }
    table->table->dropSlice(start);
    table->timers.popFirst();
    table->cursor = {};
    context_.counters->windows_fired.add(1);
    return true;
  }
  return false;
}

void Stage::fireBatch(WindowTable& table, int64_t start, uint32_t cells) {
  Batch& rows = *table.rows;
  rows.clear();
  int64_t end = saturatingAdd(start, table.plan.window->size_us);
  Slice* slice = table.table->findSlice(start);
  fired_event_time_us_ = end - 1;  // the last instant of the window
  crash_operator = table.owner->plan->name.c_str();
  table.owner->task.scratch.reset();
  table.fire(&table.owner->task, static_cast<StreamSlice*>(slice), table.cells.data(), cells, start, end, &rows);
  fired_event_time_us_.reset();
  STREAM_CHECK(rows.rows <= cells, "a cell gives at most a row");
  if (table.watermark_column >= 0) {
    // The watermark before the advance that fires them: a result is never late in a window behind this one.
    std::fill_n(rows.column<int64_t>(static_cast<uint32_t>(table.watermark_column)), rows.rows, watermark_us_);
  }
  run(*table.fired, rows);
  runErrors();
}

void Stage::forwardPending() {
  Watermark watermark = *std::exchange(pending_, std::nullopt);
  watermark_us_ = std::max(watermark_us_, watermark.time);
  for (auto& outbox : outboxes_) outbox->watermark(watermark);
}

StageShare Stage::share() {
  StageShare share;
  share.process = rootPlan().name;
  for (uint32_t inside : topology_.inside) share.inside.push_back(context_.plan.processes[inside].name);
  share.worker = context_.worker;
  share.watermark_us = watermark_us_;
  for (const auto& table : tables_) {
    const std::string& name = table->plan.operator_id;
    const std::vector<uint32_t> whole = context_.checkpointer->takeWhole(name, context_.worker);
    share.tables.push_back({name, table->table->keys(), table->table->seal(table->table->epoch() + 1, whole)});
  }
  return share;
}

void Stage::seal(Barrier barrier) {
  STREAM_CHECK(!pending_, "a barrier comes when nothing is being fired");
  if (context_.checkpointer != nullptr) context_.checkpointer->handIn(barrier.epoch, share());
  for (auto& outbox : outboxes_) outbox->barrier(barrier);
}

void Stage::finish() {
  ended_ = true;
  if (context_.checkpointer != nullptr) context_.checkpointer->handInLast(share());
  context_.counters->windows_open.add(openWindows());
  for (auto& outbox : outboxes_) outbox->end();
}

uint64_t Stage::openWindows() const {
  uint64_t open = 0;
  for (const auto& table : tables_) open += table->timers.size();
  return open;
}

uint64_t Stage::stateKeys() const {
  uint64_t keys = 0;
  for (const auto& table : tables_) keys += table->table->keys();
  return keys;
}

void Stage::rejectRecord(uint32_t site_id, const RejectedRow& row) {
  const SitePlan& site = context_.plan.sites[site_id];
  context_.counters->rejected[site_id].add(1);
  const ErrorsPlan& plan = context_.plan.errors[site.errors];
  if (plan.policy == ErrorPolicy::kSkip) return;
  if (plan.policy == ErrorPolicy::kFail) {
    context_.state.fail({ErrorCode::kRejectedRecord, ErrorRows::sentence(site, row)});
    context_.env.interruptReads();
    return;
  }
  auto found = std::find_if(errors_.begin(), errors_.end(), [&](const auto& e) { return e->id == site.errors; });
  if (found == errors_.end() || generation_ + 1 >= kGenerationsMax) {
    context_.counters->errors_lost.add(1);
    return;
  }
  Errors& errors = **found;
  if (errors.waiting.empty() || errors.waiting.back().rows->rows == errors.waiting.back().rows->capacity ||
      errors.waiting.back().generation != generation_ + 1) {
    BatchPtr rows;
    if (!errors.spare.empty()) {
      rows = std::move(errors.spare.back());
      errors.spare.pop_back();
    } else {
      rows = std::make_unique<Batch>(errorsSchema(), context_.batch_rows, false);
    }
    errors.waiting.push_back({std::move(rows), generation_ + 1});
  }
  ErrorRows::append(*errors.waiting.back().rows, site, row);
}

void Stage::reject(StreamTask& task, Batch& batch, uint32_t row, uint32_t site_id, std::string_view detail) {
  STREAM_CHECK(site_id < context_.plan.sites.size(), "a site of the manifest");
  const SitePlan& site = context_.plan.sites[site_id];
  RejectedRow rejected;
  rejected.detail = detail;
  // A flattened row is the record's that it was made of, as long as there is one.
  const Batch* origin = &batch;
  uint32_t origin_row = row;
  for (; origin->made_of != nullptr; origin = origin->made_of) origin_row = origin->made_of_rows[origin_row];
  // Asked of each row, also where nobody wants to know: it counts those that were rejected before their time was known.
  std::optional<int64_t> observed_us;
  if (batch.partition != nullptr) observed_us = batch.partition->eventTimeOf(row);
  if (context_.plan.errors[site.errors].policy != ErrorPolicy::kSkip) {
    if (origin->source != nullptr && !origin->source->records.empty()) {
      rejected.input = error_rows_.rawInput(origin->source->records[origin_row].bytes);
    } else if (origin->source != nullptr) {
      rejected.input = error_rows_.rowInput(*origin, origin_row, UINT32_MAX);
    } else {
      rejected.input = error_rows_.rowInput(batch, row, site.row_columns.value_or(UINT32_MAX));
    }
    uint32_t known = site.row_columns.value_or(UINT32_MAX);
    int event_time = columnWithRole(*batch.schema, ColumnRole::kEventTime);
    if (event_time >= 0 && static_cast<uint32_t>(event_time) < known) {
      rejected.event_time_us = batch.column<int64_t>(static_cast<uint32_t>(event_time))[row];
    } else if (batch.partition != nullptr) {
      rejected.event_time_us = observed_us;
    } else {
      rejected.event_time_us = fired_event_time_us_;  // rejected before its time was stored
    }
    if (origin->source != nullptr) {
      rejected.source = origin->source->source;
      rejected.partition = origin->source->partition;
      rejected.offset = origin->source->offsetOf(origin_row);
    }
  }
  rejectRecord(site_id, rejected);
}

void Stage::unencodable(uint32_t row, uint32_t site, std::string_view detail) {
  STREAM_CHECK(input_ != nullptr && row < input_->rows, "rows of a sink come from the process that runs");
  reject(running_->task, *input_, row, site, detail);
}

}  // namespace streamrt
