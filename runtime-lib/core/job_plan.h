// The job manifest (docs/formats/manifest.md) as typed structures: read once at start, checked, and then only read.
//
// parseJobPlan checks everything that the rest of the runtime relies on: dense ids, indexes in range, types that exist,
// that a source's stored columns are its process's columns, that the graph of processes has no cycle. A text that fails
// a check gives a Result with the path of the offending value; the runtime never runs a job that it does not
// understand.
#ifndef RUNTIME_LIB_CORE_JOB_PLAN_H
#define RUNTIME_LIB_CORE_JOB_PLAN_H

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime-lib/core/batch.h"
#include "runtime-lib/core/error.h"

namespace streamrt {

// A constant of the manifest: null, truth value, integer, number or text.
using Literal = std::variant<std::monostate, bool, int64_t, double, std::string>;

// The value of a connector's or format's option: a literal, a parameter, an environment variable or texts put together.
struct OptionValue {
  enum class Kind : uint8_t { kLiteral, kParam, kEnv, kConcat };
  Kind kind = Kind::kLiteral;
  Literal literal;                          // kLiteral
  uint32_t param = 0;                       // kParam: slot
  std::string variable;                     // kEnv
  std::optional<Literal> variable_default;  // kEnv
  std::vector<OptionValue> parts;           // kConcat
};
using OptionMap = std::map<std::string, OptionValue, std::less<>>;

struct ParamPlan {
  std::string name;
  ColumnType type = ColumnType::kString;
  uint8_t precision = 0, scale = 0;  // decimals
  bool optional = false;
  std::vector<std::string> symbols;  // enum; its values are these texts
  std::optional<std::string> env;
  std::optional<Literal> default_value;  // absent = required
};

struct SourcePlan {
  std::string name;
  std::string operator_id;
  std::string place;
  std::string connector;
  OptionMap options;
  std::string format;
  OptionMap format_options;
  std::vector<Column> columns;  // with the `check` ones
  std::optional<int64_t> wait_us, idle_us, max_ahead_us;
  bool has_time = false;
  int64_t max_record = 16 << 20;
  uint32_t decode_site = 0;
  uint32_t process = 0;
};

struct ExchangePlan {
  enum class Kind : uint8_t { kHash, kGather };
  Kind kind = Kind::kHash;
  Schema columns;
  OptionMap gate;  // of a gather: control/gate.h
};

struct CellFieldPlan {
  uint32_t id = 0;  // persisted
  std::string name;
  ColumnType type = ColumnType::kI64;
  uint32_t offset = 0;
};

struct WindowPlan {
  int64_t size_us = 0;
  int64_t offset_us = 0;
};

struct TablePlan {
  std::string operator_id;
  uint32_t process = 0;  // that owns it
  uint32_t step = 0;     // the process of the operator's step, for which its rows are counted: as a rule the same
  Schema key_columns;
  std::optional<uint32_t> key_fixed;  // bytes of the inline key; none = blob
  uint32_t cell_size = 0;
  std::vector<CellFieldPlan> fields;
  std::optional<WindowPlan> window;
  std::optional<uint32_t> fire;  // function index
  Schema fired_columns;
  std::optional<uint32_t> fired_process;
};

struct FlattenPlan {
  Schema columns;                // of the rows that are written: the last one is the list
  Schema flattened;              // the others, then leaves of an element
  std::vector<uint32_t> leaves;  // which ones
  uint32_t process = 0;
};

// A decoder that a process calls for texts.
struct DecoderPlan {
  std::vector<Column> columns;  // `check` ones too
  Schema stored;
  std::string format;
  OptionMap format_options;
  uint32_t process = 0;
};

struct ProcessInput {
  enum class Kind : uint8_t { kSource, kExchange, kFired, kFlatten, kErrors };
  Kind kind = Kind::kSource;
  uint32_t id = 0;
};

struct ProcessOutput {
  enum class Kind : uint8_t { kExchange, kFlatten, kSink };
  Kind kind = Kind::kExchange;
  uint32_t id = 0;
  uint32_t step = 0;  // the process for whose operator its rows are counted: as a rule the one that writes them
};

struct ProcessPlan {
  std::string name;
  ProcessInput input;
  uint32_t function = 0;
  Schema columns;  // of the input batch
  std::vector<ProcessOutput> outputs;
  std::vector<uint32_t> tables;
  bool inside = false;  // it runs as a part of another process, never by itself
};

// What a process is where the job has one worker: others that stand behind exchanges run inside of it.
struct FusedPlan {
  uint32_t process = 0;
  uint32_t function = 0;
  std::vector<ProcessOutput> outputs;
  std::vector<uint32_t> tables;
  std::vector<uint32_t> inside;  // processes
};

struct SinkPlan {
  std::string name;
  std::string operator_id;
  std::string place;
  std::string connector;
  OptionMap options;
  std::string format;
  OptionMap format_options;
  Schema columns;
  std::optional<uint32_t> encode_site;
  struct Choice {
    uint32_t param;      // of type enum
    std::string symbol;  // the value it must have
  };
  std::vector<Choice> choices;  // of `one_of`: opened only if one of them holds; none: always
};

enum class ErrorPolicy : uint8_t { kStream, kSkip, kFail };

struct ErrorsPlan {
  ErrorPolicy policy = ErrorPolicy::kSkip;
  uint32_t process = 0;  // kStream
};

struct SitePlan {
  std::string cause;
  std::string step;
  std::string place;
  std::string message;
  uint32_t errors = 0;
  std::optional<uint32_t> process;
  std::optional<std::string> source;
  std::optional<uint32_t> row_columns;
};

struct JobPlan {
  std::string job;
  std::string compiler;
  std::string plan_hash;
  std::string base;
  std::string delivery;
  std::vector<ParamPlan> params;
  std::vector<std::string> zones;  // time zones that the job needs, by name
  std::vector<SourcePlan> sources;
  std::vector<ExchangePlan> exchanges;
  std::vector<TablePlan> tables;
  std::vector<FlattenPlan> flattens;
  std::vector<DecoderPlan> decoders;
  std::vector<ProcessPlan> processes;
  std::vector<FusedPlan> one_worker;
  std::vector<SinkPlan> sinks;
  std::vector<ErrorsPlan> errors;
  std::vector<SitePlan> sites;

  // The process whose stage (a process with input source or exchange) `process` runs in; none for an errors process,
  // which runs in the stage of whoever rejected.
  std::optional<uint32_t> stageOf(uint32_t process) const;

  // From now on this is the plan of a job with one worker.
  void takeOneWorker();
};

// `function_count` bounds the function indexes.
Result<JobPlan> parseJobPlan(std::string_view manifest, uint64_t function_count);

// The fixed schema of the batch that an errors process gets, and the indexes of its columns.
const Schema& errorsSchema();
enum ErrorsColumn : uint32_t {
  kErrorsCause,
  kErrorsMessage,
  kErrorsStep,
  kErrorsPlace,
  kErrorsInput,
  kErrorsEventTime,
  kErrorsSource,
  kErrorsPartition,
  kErrorsOffset,
};

}  // namespace streamrt

#endif
