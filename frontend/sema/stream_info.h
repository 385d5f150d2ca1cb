// What is known about the records at one point of a pipeline: row, kind, time, key, window and what they assume.
//
// A value that walks through the steps; each step takes one and gives the next. `failed` means that something upstream
// was reported: whoever gets such a stream stays silent about it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "frontend/sema/program.h"

namespace streamc::sema {

struct TimeFacet {
  std::optional<int64_t> wait_us;
  std::optional<int64_t> idle_us;
  bool from_writer = false;  // of a channel: the writer's watermark arrives with the data
  Span span;
};

// `window …` and whether a step has used it; shared by everything behind it.
struct WindowUse {
  Window window;
  std::optional<int64_t> max_us;  // of a session
  int64_t rows = 0;               // of `rows n`
  std::string zone;
  Span span;
  Span late_span;  // of `late allow`
  bool used = false;
};

// What the user said about an input, for state bounds.
struct Assumptions {
  std::optional<double> rate;              // records per second
  std::optional<double> rows;              // of a table
  std::optional<double> size;              // bytes of a record
  std::map<std::string, double> distinct;  // names joined by "," → number of values
};

// A step that can find records late, for `.late`.
struct LateInput {
  NodeId node = 0;
  std::string alias;  // the joined side; "" for the step's own input
  TypeRef row = nullptr;
  bool dropped = false;  // `late drop`
  Span span;
};

struct StreamInfo {
  bool failed = false;
  NodeId node = 0;
  TypeRef row = nullptr;
  bool is_table = false;
  Span table_span;           // the clause that made it a table
  std::string table_reason;  // "late records may change a window that was already sent"
  std::vector<std::string> key;
  std::optional<TimeFacet> time;
  std::shared_ptr<WindowUse> window;
  bool windowed = false;           // rows carry window.start and window.end
  TypeRef meta = nullptr;          // what the connector knows of a record; null: nothing here
  bool meta_time_replays = false;  // `meta.time` is the same when the source is read again
  std::vector<LateInput> late;
  Assumptions assume;
  bool bounded = false;
  // Columns whose value may differ on a replay, and why.
  std::map<std::string, Nondeterminism> nondeterministic;
  std::set<std::string> never_empty;  // columns of lists that have at least one element
  // The one source behind this point, for fixes: its connector as written and the fields that could be its time.
  Span source_connector;
  std::vector<std::string> time_fields;
  std::string name;                                            // of a named stream; "" otherwise
  Span declared;                                               // of that name
  std::optional<uint32_t> errors;                              // of a named stream: its error scope
  std::shared_ptr<std::map<std::string, StreamInfo>> outputs;  // of a process with several
};

}  // namespace streamc::sema
