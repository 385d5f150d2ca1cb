// sema::Program: a checked job. The border between `check` (which makes it) and `lower` (which turns it into the stream
// dialect and cannot fail). Everything is resolved: names, types, conversions, narrowing, keys, event time, windows,
// demand. No AST node is referred to; spans lead back to the text.
//
// Records exist here. `lower` flattens them into leaf columns ("properties.mag"), so nothing behind it knows them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dsl/source_file.h"
#include "dsl/type.h"

namespace streamc::sema {

// ---------------------------------------------------------------- expressions

// The name of `meta` as a column: what the connector knows of a record. No field is called so.
inline constexpr std::string_view kMetaColumn = "$meta";

// Conversions are explicit: the operands of a binary node have equal types, an assigned value has the target's type.
enum class ExprKind : uint8_t {
  kLiteral,    // literal
  kColumn,     // name = a field of the input row (a record field is reached through kField on it); "" = a row that is
               // a oneof, as a whole; kMetaColumn = the record that is `meta`
  kEventTime,  // the record's event time: timestamp
  kWindowStart,
  kWindowEnd,  // of a windowed row: timestamp
  kParam,      // index into Program::params
  kLocal,      // name bound by a kLet or a lambda
  kLet,        // args[0] = value bound to name, args[1] = body            (inlined functions)
  kField,      // args[0].name; args[0] is a record (never optional)
  kOptField,   // args[0]?.name; args[0] is an optional record; result optional
  kNegate,     // args[0]; checked (integers) or exact (floats, duration)
  kAdd,
  kSub,
  kMul,
  kDivFloat,  // kDivFloat: `/` — operands f32/f64 (integers were converted); fails on zero
  kDivInt,
  kModInt,  // `div`, `mod` (`%`): truncate toward zero; fail on zero
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,  // equality also on optionals (null == null)
  kAnd,
  kOr,
  kNot,            // short circuit: the right side is not evaluated when the left decides
  kIf,             // args: condition, then, else
  kCoalesce,       // args[0] optional, args[1]: evaluated only when args[0] is null; type of args[1]
  kIsNull,         // args[0] optional → bool
  kNarrow,         // args[0] optional, known to be present (where x != null): no check, result T
  kAssertPresent,  // x!: fails with cause `null`
  kToOptional,     // T → T?
  // Implicit exact widening between numbers, string(n) → string. Also made by `/`, which gives f64: i64 → f64 (rounding
  // to nearest) and duration → f64 (its microseconds).
  kConvert,
  // A cast of a number to a number type, written by the user: may fail with cause `cast`. Casts from and to text are
  // kCall.
  kCast,
  kCall,       // builtin: index into builtins(), args in parameter order; of rounding ones, literal says how
  kCatch,      // args[0] catch args[1]
  kRecord,     // fields of type->fields in order: args
  kList,       // args
  kIndex,      // list[i]: fails with cause `missing`
  kIn,         // args[0] in args[1] (a list)
  kFString,    // parts: args, each of any printable type; texts between them are kLiteral strings
  kEnv,        // env(name), args[0] = default if any; only in defaults of parameters and in options, never in a row
  kIsVariant,  // args[0], of a oneof or enum, optional or not, is name; an open enum may be `other`
  // The payload of args[0], a oneof (optional or not) that is known to be variant `name`; of an open enum that is
  // `other` its text.
  kPayload,
  // Checked and not executed yet: `lower` never meets it, because Program::not_built is not empty then.
  kNotBuilt,  // name says what; index = 1 + Cause when it may fail
};

struct Literal {
  // bool | integer (also timestamp, duration: µs) | float | string | null (monostate)
  std::variant<std::monostate, bool, __int128, double, std::string> value;
};

struct Expr;
using ExprRef = std::shared_ptr<const Expr>;  // shared: a narrowed condition may be needed twice

struct Expr {
  ExprKind kind;
  TypeRef type = nullptr;
  Span span;  // place of a failure: the sub-expression itself
  Literal literal;
  std::string name;
  uint32_t index = 0;
  std::vector<ExprRef> args;
};

// ---------------------------------------------------------------- causes

enum class Cause : uint8_t {
  kDecode,
  kCast,
  kOverflow,
  kDivideByZero,
  kMissing,
  kNull,
  kAssert,
  kFunction,
  kService,
  kLive,
  kLate,
  kEncode,
  kTime
};
const char* toString(Cause cause);  // the spelling in rows of .errors: "divide_by_zero"

struct PlacedCause {
  Cause cause;
  Span span;
};

// ---------------------------------------------------------------- edges of the graph

// Value of a connector option: known now, or a constant expression over parameters and the environment.
struct OptionValue {
  enum class Kind : uint8_t { kLiteral, kParam, kEnv, kConcat } kind = Kind::kLiteral;
  Literal literal;                           // kLiteral (durations µs, sizes bytes, rates per second as double)
  uint32_t param = 0;                        // kParam
  std::string env;                           // kEnv
  std::shared_ptr<OptionValue> env_default;  // kEnv, may be null
  std::vector<OptionValue> parts;            // kConcat (f-strings)
};

struct Option {
  std::string name;
  OptionValue value;
  Span span;
};

struct Connector {
  std::string name;             // file stdin generate | file stdout stderr null | kafka …
  std::vector<Option> options;  // checked against the connector's typed list, format ones apart
  std::string format;           // json … ; "" where the connector has none
  std::vector<Option> format_options;
  Span span;
  bool built = true;  // false: checked, but run and build refuse it with E0109
};

struct Param {
  std::string name;
  TypeRef type = nullptr;
  std::string env;  // "" = none
  std::optional<Literal> default_value;
  Span span;
};

// A leaf of a row: path of field names. The demand of a program is a set of these. An optional record has a leaf of its
// own, whether it is there, named by its path and standing before the leaves inside it. Lists are leaves as a whole.
using FieldPath = std::vector<std::string>;

struct EventTime {
  ExprRef expr;                    // over the source's row, timestamp
  std::optional<int64_t> wait_us;  // none: watermark stays at −∞ until the end
  std::optional<int64_t> idle_us;
  std::optional<int64_t> max_ahead_us;
  Span span;
};

struct Source {
  std::string name;       // "" for an anonymous `from`
  TypeRef row = nullptr;  // as declared
  Connector connector;
  std::optional<EventTime> time;
  ExprRef order;  // files(…, order: field): the column to merge by; may be null
  bool bounded = true;
  int64_t max_record = 16 << 20;
  std::vector<FieldPath> demand;       // leaves that the program as written depends on, in row order
  std::vector<FieldPath> kept;         // leaves that only a reader of `.late` wants (see Node::kept)
  TypeRef meta = nullptr;              // the record that is `meta`; may be null
  std::set<std::string> demands_meta;  // fields of it
  uint32_t errors = 0;                 // index into Program::error_scopes of decode and time failures
  std::string operator_id;             // "quakes/source"
  Span span;
};

struct Sink {
  std::string name;
  Connector connector;
  std::vector<std::string> key;  // keyed sinks
  std::string operator_id;
  uint32_t errors = 0;  // encode failures
  Span span;
};

// Where rejected rows of a group of steps go. Scope 0 is the job's default.
struct ErrorScope {
  enum class Policy : uint8_t { kStream, kStderr, kSkip, kFail } policy = Policy::kStderr;
  std::string name;    // of the stream or source; "" for the job's
  uint32_t node = 0;   // kStream: the kErrors node that carries the rows
  bool fixed = false;  // of the flow that writes the errors: keeps its policy although nobody reads it
};

// ---------------------------------------------------------------- nodes

struct Window {
  enum class Kind : uint8_t { kTumble, kHop, kCumulate, kSession, kCalendar, kRows } kind = Kind::kTumble;
  int64_t size_us = 0;  // tumble, hop, cumulate; gap of a session
  int64_t every_us = 0;
  int64_t offset_us = 0;
  bool late_drop = false;
  std::optional<int64_t> late_allow_us;
  Span span;
};

enum class AggregateFunction : uint8_t { kCount, kSum, kAvg, kMin, kMax, kFirst, kLast, kAny };

struct AggregateField {
  std::string name;
  AggregateFunction function;
  ExprRef arg;    // null for count()
  ExprRef where;  // null = all records
  TypeRef type = nullptr;
  bool demanded = true;
  Span span;
};

struct NamedExpr {
  std::string name;
  ExprRef expr;
  bool demanded = true;           // of a record value: at least one leaf; `leaves` says which
  std::vector<FieldPath> leaves;  // demanded leaves relative to the field ({} = the field itself when it is a leaf)
};

using NodeId = uint32_t;

struct SourceNode {
  uint32_t source;
};
struct WhereNode {
  ExprRef condition;
};
// select, extend, set, drop, rename: the whole output row in order; untouched fields are kColumn expressions.
struct ProjectNode {
  std::vector<NamedExpr> fields;
};
struct AssertNode {
  ExprRef condition;
  std::string message;
};
struct AggregateNode {
  std::vector<NamedExpr> keys;
  std::vector<AggregateField> fields;
  std::optional<Window> window;  // none: a table (not built yet)
};
// The late rows of an aggregate: its input fields plus late_by. Exists only when the program reads them.
struct LateNode {
  NodeId of;
};
// The rejected rows of an error scope, row type errorsRow().
struct ErrorsNode {
  uint32_t scope;
};
struct UnionNode {};
// route { … }: a row goes to the first arm whose condition holds, and where none does, nowhere. The arms are
// RouteArmNodes; an arm of `route all` is a WhereNode instead, since it asks nobody else.
struct RouteNode {
  std::vector<ExprRef> conditions;  // by arm; null for `else`
};
struct RouteArmNode {
  uint32_t arm;  // of its input, a RouteNode
};
// sample p: keeps a row when its rank, a number in [0, 1) that depends only on the row's identity and the step's, is
// less than p. The identity of a row that was made of one record of a source is that record's place; else it is made of
// columns, and the event time.
struct SampleNode {
  ExprRef part;  // f64, known when the job starts
  bool by_place = true;
  std::vector<std::string> columns;  // unless by_place
};
// limit n: the first n rows.
struct LimitNode {
  OptionValue count;
};
// throttle r: at most r rows a second; the others wait.
struct ThrottleNode {
  OptionValue rate;
};
// The sink of `one_of` that is written, and opened, when a parameter of an enum type has this symbol.
struct SinkChoice {
  uint32_t param;
  std::string symbol;
};
// The row and, as the field `name` behind its others, an element of the list: a row for each.
struct FlattenNode {
  ExprRef list;
  std::string name;
};
// The record that a text holds instead of the row.
struct DecodeNode {
  ExprRef text;
  std::string format;
  std::vector<Option> options;
};
struct SinkNode {
  uint32_t sink;
  std::optional<SinkChoice> choice = std::nullopt;
};
// A step that is checked and not executed yet: it has inputs, a row and a kind, and Program::not_built has its name.
struct NotBuiltNode {
  std::string what;
  std::vector<ExprRef> uses;  // expressions of the step, for their causes
};

struct Node {
  NodeId id = 0;
  std::vector<NodeId> inputs;  // producers, always smaller ids: nodes are in topological order
  std::variant<SourceNode, WhereNode, ProjectNode, AssertNode, AggregateNode, LateNode, ErrorsNode, UnionNode,
               RouteNode, RouteArmNode, SampleNode, LimitNode, ThrottleNode, SinkNode, FlattenNode, DecodeNode,
               NotBuiltNode>
      step;
  std::string step_name;    // for messages and .errors rows: "where", "by_region/aggregate"
  std::string operator_id;  // stable: stream name + kind of step (+ ordinal)
  Span span;

  // Facts about the result.
  TypeRef row = nullptr;
  bool is_table = false;
  std::vector<std::string> key;  // table key, or what a stream is keyed by
  bool has_time = false;
  bool windowed = false;          // rows carry window.start and window.end
  std::vector<FieldPath> demand;  // leaves of `row` that consumers need, in row order
  // Leaves of `row` that only a reader of `.late` wants, which does not demand: where the input has none or it is
  // malformed, or computing it fails, the late row has null there, and nothing is rejected. In row order, disjoint from
  // `demand`.
  std::vector<FieldPath> kept;
  bool demands_event_time = false, demands_window_start = false, demands_window_end = false;
  std::set<std::string> demands_meta;  // fields of `meta` that consumers need
  std::vector<PlacedCause> causes;     // how a row can be rejected in this step
  uint32_t errors = 0;                 // scope its rejections go to
  std::string bound;                   // state bound in words and numbers for `explain`; "" when stateless
};

// Something that is checked and not executed yet; see reportNotBuilt in check.h.
struct NotBuilt {
  std::string what;  // "joins"
  Span span;
};

// A value or step that may come out differently on a replay.
struct Nondeterminism {
  std::string what;  // "now"
  Span span;
};

struct Settings {
  std::string delivery = "at_least_once";
  std::optional<int64_t> checkpoint_us;
  std::optional<int64_t> parallelism;
  bool bounded_mode = false;  // mode: bounded
};

struct Program {
  std::string name;
  Settings settings;
  std::shared_ptr<TypeContext> types;
  std::vector<Param> params;
  std::vector<Source> sources;
  std::vector<Sink> sinks;
  std::vector<ErrorScope> error_scopes;
  std::vector<Node> nodes;
  std::vector<Nondeterminism> nondeterministic;
  std::vector<NotBuilt> not_built;  // not empty: `lower` must not be called
};

}  // namespace streamc::sema
