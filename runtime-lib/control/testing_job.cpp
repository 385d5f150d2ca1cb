#include "runtime-lib/control/testing_job.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/abi/stream_abi.h"
#include "runtime-lib/core/check.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt::testing {
namespace {

constexpr int64_t kWindowUs = 10'000'000;
enum Site : uint32_t { kDecodeSite, kAssertSite };

// The cell of the window table: the key's reference, then the aggregates.
struct Cell {
  StreamBlobRef key;
  int64_t n;
  int64_t sum;
};

int64_t windowStart(int64_t time_us) {
  int64_t start = time_us / kWindowUs * kWindowUs;
  return start > time_us ? start - kWindowUs : start;
}

template <class T>
T* columnOf(void* batch, uint32_t column) {
  return static_cast<T*>(stream_core_column(batch, column));
}

char* charsOf(const StreamString& text) { return const_cast<char*>(text.data); }

// Values that make a bug of ours happen, for the test of its report (main/job_program_test.py).
void crashIfTold(int64_t value) {
  volatile int64_t zero = 0;
  if (value == 1'000'001) *reinterpret_cast<volatile int*>(zero + 8) = 1;
  if (value == 1'000'002) STREAM_CHECK(value == 0, "a test asked for this");
  if (value == 1'000'003) zero = value / zero;
}

// k, v, t → exchange 0 (k, v, event_time, watermark)
void readProcess(StreamTask* task, StreamBatch* in) {
  auto* keys = columnOf<StreamString>(in, 0);
  auto* values = columnOf<int64_t>(in, 1);
  auto* times = columnOf<int64_t>(in, 2);
  for (uint32_t row = 0, rows = stream_core_rows(in); row < rows; ++row) {
    int64_t watermark = stream_time_observe(in, times[row]);
    crashIfTold(values[row]);
    if (values[row] < 0) {
      stream_core_reject(task, in, row, kAssertSite, nullptr, 0);
      continue;
    }
    if (values[row] % 3 == 0) continue;
    int64_t hash = stream_state_hash(task, charsOf(keys[row]), keys[row].size);
    void* out = stream_core_route(task, 0, hash);
    uint32_t to = stream_core_claim(out);
    stream_core_keep_string(out, &columnOf<StreamString>(out, 0)[to], charsOf(keys[row]), keys[row].size);
    columnOf<int64_t>(out, 1)[to] = values[row];
    columnOf<int64_t>(out, 2)[to] = times[row];
    columnOf<int64_t>(out, 3)[to] = watermark;
  }
}

// n, at → the same
void generatedProcess(StreamTask* task, StreamBatch* in) {
  auto* numbers = columnOf<int64_t>(in, 0);
  auto* times = columnOf<int64_t>(in, 1);
  for (uint32_t row = 0, rows = stream_core_rows(in); row < rows; ++row) {
    int64_t watermark = stream_time_observe(in, times[row]);
    auto* key = static_cast<char*>(stream_core_scratch(task, 5));
    std::copy_n("key-", 4, key);
    key[4] = static_cast<char>('0' + numbers[row] % 10);
    void* out = stream_core_route(task, 0, stream_state_hash(task, key, 5));
    uint32_t to = stream_core_claim(out);
    stream_core_keep_string(out, &columnOf<StreamString>(out, 0)[to], key, 5);
    columnOf<int64_t>(out, 1)[to] = 3 * numbers[row] + 1;
    columnOf<int64_t>(out, 2)[to] = times[row];
    columnOf<int64_t>(out, 3)[to] = watermark;
  }
}

// exchange 0 → table 0, late rows → sink 1 (k, v, late_by)
void countProcess(StreamTask* task, StreamBatch* in) {
  auto* keys = columnOf<StreamString>(in, 0);
  auto* values = columnOf<int64_t>(in, 1);
  auto* times = columnOf<int64_t>(in, 2);
  auto* watermarks = columnOf<int64_t>(in, 3);
  void* table = stream_core_table(task, 0);
  for (uint32_t row = 0, rows = stream_core_rows(in); row < rows; ++row) {
    int64_t start = windowStart(times[row]);
    if (start + kWindowUs <= watermarks[row]) {
      stream_state_count(table, 1);
      void* out = stream_core_route(task, 0, 0);
      uint32_t to = stream_core_claim(out);
      stream_core_keep_string(out, &columnOf<StreamString>(out, 0)[to], charsOf(keys[row]), keys[row].size);
      columnOf<int64_t>(out, 1)[to] = values[row];
      columnOf<int64_t>(out, 2)[to] = watermarks[row] - (start + kWindowUs);
      continue;
    }
    int64_t hash = stream_state_hash(task, charsOf(keys[row]), keys[row].size);
    uint8_t inserted = 0;
    auto* cell = static_cast<Cell*>(stream_state_upsert_blob(stream_state_slice(table, start), charsOf(keys[row]),
                                                             keys[row].size, hash, &inserted));
    cell->n += 1;
    cell->sum += values[row];
  }
}

// fired by table 0: k, n, sum, window_start
void fireCounts(StreamTask*, StreamSlice* slice, void* const* cells, uint32_t count, int64_t start, int64_t,
                StreamBatch* out) {
  for (uint32_t i = 0; i < count; ++i) {
    auto* cell = static_cast<Cell*>(cells[i]);
    uint32_t to = stream_core_claim(out);
    StreamString key;
    stream_state_get_string(slice, &cell->key, &key);
    stream_core_keep_string(out, &columnOf<StreamString>(out, 0)[to], charsOf(key), key.size);
    columnOf<int64_t>(out, 1)[to] = cell->n;
    columnOf<int64_t>(out, 2)[to] = cell->sum;
    columnOf<int64_t>(out, 3)[to] = start;
  }
}

// fired rows → sink 0 (k, n, sum, start)
void writeProcess(StreamTask* task, StreamBatch* in) {
  for (uint32_t row = 0, rows = stream_core_rows(in); row < rows; ++row) {
    void* out = stream_core_route(task, 0, 0);
    uint32_t to = stream_core_claim(out);
    StreamString key = columnOf<StreamString>(in, 0)[row];
    stream_core_keep_string(out, &columnOf<StreamString>(out, 0)[to], charsOf(key), key.size);
    for (uint32_t column = 1; column < 4; ++column) {
      columnOf<int64_t>(out, column)[to] = columnOf<int64_t>(in, column)[row];
    }
  }
}

// errors → sink 2 (cause, message, input, event_time, offset)
void errorsProcess(StreamTask* task, StreamBatch* in) {
  static constexpr uint32_t kTexts[] = {0, 1, 4};
  for (uint32_t row = 0, rows = stream_core_rows(in); row < rows; ++row) {
    void* out = stream_core_route(task, 0, 0);
    uint32_t to = stream_core_claim(out);
    for (uint32_t i = 0; i < 3; ++i) {
      StreamString text = columnOf<StreamString>(in, kTexts[i])[row];
      stream_core_keep_string(out, &columnOf<StreamString>(out, i)[to], charsOf(text), text.size);
    }
    columnOf<int64_t>(out, 3)[to] = columnOf<int64_t>(in, 5)[row];
    static_cast<uint8_t*>(stream_core_validity(out, 3))[to] = static_cast<uint8_t*>(stream_core_validity(in, 5))[row];
    columnOf<int64_t>(out, 4)[to] = columnOf<int64_t>(in, 8)[row];
    static_cast<uint8_t*>(stream_core_validity(out, 4))[to] = static_cast<uint8_t*>(stream_core_validity(in, 8))[row];
  }
}

void* const kFunctions[] = {
    reinterpret_cast<void*>(&readProcess),  reinterpret_cast<void*>(&countProcess),
    reinterpret_cast<void*>(&writeProcess), reinterpret_cast<void*>(&errorsProcess),
    reinterpret_cast<void*>(&fireCounts),   reinterpret_cast<void*>(&generatedProcess),
};

constexpr const char* kManifest = R"({
  "format": 1, "abi": 2, "job": "counts", "compiler": "by hand", "plan_hash": "0", "base": ".",
  "delivery": "at_least_once", "params": [PARAMS],
  "sources": [{"id": 0, "name": "events", "operator": "events/source", "place": "counts.stream:1:1",
    SOURCE, "format": "json", "format_options": {},
    "columns": [READ],
    "wait_us": WAIT, "idle_us": IDLE, "max_ahead_us": null, "has_time": true, "max_record": MAXRECORD,
    "decode_site": 0, "process": 0}],
  "exchanges": [{"id": 0, EXCHANGE_KIND, "columns": [EXCHANGED]}],
  "flattens": [], "decoders": [],
  "tables": [{"id": 0, "operator": "counts/aggregate", "process": 1,
    "key": {"columns": [{"name": "k", "type": "string"}], "fixed": null},
    "cell": {"size": 32, "fields": [{"id": 1, "name": "n", "type": "i64", "offset": 16},
                                    {"id": 2, "name": "sum", "type": "i64", "offset": 24}]},
    "window": {"kind": "tumble", "size_us": 10000000, "offset_us": 0},
    "fire": 4, "fired": {"columns": [FIRED], "process": 2}}],
  "processes": [
    {"id": 0, "name": "events", "input": {"kind": "source", "id": 0}, "function": FUNCTION,
     "columns": [READ],
     "outputs": [{"kind": "exchange", "id": 0}], "tables": []},
    {"id": 1, "name": "counts", "input": {"kind": "exchange", "id": 0}, "function": 1,
     "columns": [EXCHANGED], "outputs": [{"kind": "sink", "id": 1}], "tables": [0]},
    {"id": 2, "name": "counts fired", "input": {"kind": "fired", "id": 0}, "function": 2,
     "columns": [FIRED], "outputs": [{"kind": "sink", "id": 0}], "tables": []},
    {"id": 3, "name": "errors", "input": {"kind": "errors", "id": 0}, "function": 3,
     "columns": [
       {"name": "cause", "type": "string"}, {"name": "message", "type": "string"}, {"name": "step", "type": "string"},
       {"name": "place", "type": "string"}, {"name": "input", "type": "string"},
       {"name": "event_time", "type": "timestamp", "optional": true},
       {"name": "source", "type": "string", "optional": true}, {"name": "partition", "type": "i32", "optional": true},
       {"name": "offset", "type": "i64", "optional": true}],
     "outputs": [{"kind": "sink", "id": 2}], "tables": []}],
  "sinks": [
    {"id": 0, "name": "out", "operator": "out", "place": "counts.stream:5:1", OUT,
     "format": "json", "format_options": {}, "columns": [FIRED]},
    {"id": 1, "name": "late", "operator": "late", "place": "counts.stream:6:1", "connector": "file",
     "options": {"path": "late.jsonl"}, "format": "json", "format_options": {},
     "columns": [{"name": "k", "type": "string"}, {"name": "v", "type": "i64"}, {"name": "late_by", "type": "duration"}]},
    {"id": 2, "name": "errors", "operator": "errors", "place": "counts.stream:7:1", "connector": "file",
     "options": {"path": "errors.jsonl"}, "format": "json", "format_options": {},
     "columns": [{"name": "cause", "type": "string"}, {"name": "message", "type": "string"},
       {"name": "input", "type": "string"}, {"name": "event_time", "type": "timestamp", "optional": true},
       {"name": "offset", "type": "i64", "optional": true}]}],
  "errors": [{"id": 0, "policy": "stream", "process": 3}, {"id": 1, "policy": "POLICY"}],
  "sites": [
    {"id": 0, "cause": "decode", "step": "events", "place": "counts.stream:1:8", "message": "cannot decode",
     "errors": ERRORS, "source": "events"},
    {"id": 1, "cause": "assert", "step": "events", "place": "counts.stream:3:3", "message": "v is negative",
     "errors": ERRORS, "process": 0, "source": "events"}]
})";

void replaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// The members of an object, without its braces.
std::string_view members(const std::string& object) { return std::string_view(object).substr(1, object.size() - 2); }

std::string timeText(int64_t time_us) {
  char text[kScalarTextBytes];
  return std::string(text, writeTimestamp(text, time_us));
}

}  // namespace

TestJob::TestJob(const TestJobOptions& options) : manifest_(kManifest) {
  replaceAll(manifest_, "SOURCE", members(options.source));
  replaceAll(manifest_, "IDLE", options.idle_us);
  replaceAll(manifest_, "EXCHANGE_KIND", options.exchange);
  replaceAll(manifest_, "FUNCTION", options.generated ? "5" : "0");
  replaceAll(
      manifest_, "READ",
      options.generated
          ? R"({"name": "n", "type": "i64"}, {"name": "at", "type": "timestamp"})"
          : R"({"name": "k", "type": "string"}, {"name": "v", "type": "i64"}, {"name": "t", "type": "timestamp"})");
  replaceAll(manifest_, "PARAMS", options.params);
  replaceAll(manifest_, "WAIT", fmt::format("{}", options.wait_us));
  replaceAll(manifest_, "MAXRECORD", fmt::format("{}", options.max_record));
  replaceAll(manifest_, "OUT", members(options.out));
  replaceAll(manifest_, "ERRORS", options.errors_policy == "stream" ? "0" : "1");
  replaceAll(manifest_, "POLICY", options.errors_policy == "stream" ? "skip" : options.errors_policy);
  replaceAll(manifest_, "EXCHANGED",
             R"({"name": "k", "type": "string"}, {"name": "v", "type": "i64"},
                {"name": "$event_time", "type": "timestamp", "role": "event_time"},
                {"name": "$watermark", "type": "timestamp", "role": "watermark"})");
  replaceAll(manifest_, "FIRED",
             R"({"name": "k", "type": "string"}, {"name": "n", "type": "i64"}, {"name": "sum", "type": "i64"},
                {"name": "start", "type": "timestamp"})");
  image_ = {STREAM_JOB_MAGIC, STREAM_ABI, manifest_.data(), manifest_.size(), kFunctions, std::size(kFunctions)};
}

JobPlan TestJob::plan() const {
  Result<JobPlan> plan = parseJobPlan(manifest_, std::size(kFunctions));
  STREAM_CHECK(plan.has_value(), plan.has_value() ? "" : plan.error().text.c_str());
  return *plan;
}

RunReport runTestJob(const TestJob& job, Env& env, const std::string& base, uint32_t workers, uint32_t batch_rows) {
  JobPlan plan = job.plan();
  RunOptions options;
  options.workers = workers;
  options.batch_rows = batch_rows;
  options.base = base;
  return Runtime(plan, job.image(), options, env).run();
}

Expected evaluate(const std::vector<TestRecord>& records, int64_t wait_us) {
  Expected expected;
  std::map<std::pair<int64_t, std::string>, std::pair<int64_t, int64_t>> windows;
  int64_t watermark = INT64_MIN;
  for (const TestRecord& record : records) {
    int64_t before = watermark;
    watermark = std::max(watermark, record.time_us - wait_us);
    if (record.value < 0) {
      ++expected.rejected;
      continue;
    }
    if (record.value % 3 == 0) continue;
    int64_t start = windowStart(record.time_us);
    if (start + kWindowUs <= before) {
      char text[kScalarTextBytes];
      std::string late_by(text, writeDuration(text, before - start - kWindowUs));
      expected.late.push_back(fmt::format(R"({{"k":"{}","v":{},"late_by":"{}"}})", record.key, record.value, late_by));
      continue;
    }
    auto& [n, sum] = windows[{start, record.key}];
    ++n;
    sum += record.value;
  }
  for (const auto& [window, counts] : windows) {
    expected.out.push_back(fmt::format(R"({{"k":"{}","n":{},"sum":{},"start":"{}"}})", window.second, counts.first,
                                       counts.second, timeText(window.first)));
  }
  std::sort(expected.out.begin(), expected.out.end());
  std::sort(expected.late.begin(), expected.late.end());
  return expected;
}

std::string jsonLines(const std::vector<TestRecord>& records) {
  std::string text;
  for (const TestRecord& record : records) {
    text += fmt::format("{{\"k\":\"{}\",\"v\":{},\"t\":\"{}\"}}\n", record.key, record.value, timeText(record.time_us));
  }
  return text;
}

std::vector<TestRecord> testRecords(uint64_t seed, size_t count) {
  uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  auto below = [&](uint64_t bound) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % bound;
  };
  std::vector<TestRecord> records;
  for (size_t i = 0; i < count; ++i) {
    TestRecord record;
    record.key = fmt::format("key-{}", below(17) * below(5));
    record.value = static_cast<int64_t>(below(1000)) - 40;
    record.time_us = 1'600'000'000'000'000 + static_cast<int64_t>(i * 100'000) - static_cast<int64_t>(below(6'000'000));
    if (below(20) == 0) record.time_us -= static_cast<int64_t>(below(60'000'000));
    records.push_back(std::move(record));
  }
  return records;
}

std::vector<std::string> sortedLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

}  // namespace streamrt::testing
