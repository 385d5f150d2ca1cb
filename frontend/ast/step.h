// Pipelines: an origin and the steps that its records walk through. Part of the AST; see ast.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "frontend/ast/expr.h"
#include "frontend/ast/type.h"

namespace streamc::ast {

struct Pipeline;
using PipelinePtr = std::unique_ptr<Pipeline>;

// ---------- clauses that several steps share ----------

// time placed_at wait 10s idle 30s
struct TimeClause {
  Span span;
  ExprPtr time;
  ExprPtr wait;  // may be null
  ExprPtr idle;  // may be null
};

// ttl 30d   ttl 30d then keep   unbounded
struct Bound {
  enum class Then : std::uint8_t { kUnsaid, kDelete, kKeep };
  Span span;
  ExprPtr ttl;  // null for `unbounded`
  Then then = Then::kUnsaid;

  bool isUnbounded() const { return ttl == nullptr; }
};

// item_id   window.start   day: at.floor(1d)
struct Key {
  Span span;
  Path path;      // the plain key; or the one new name when `value` is set
  ExprPtr value;  // null for a plain key

  const Name& name() const { return path.last(); }
};

// impressions   (t | where k > 1)
struct Input {
  Span span;
  std::variant<Path, PipelinePtr> source;
};

// null args: no parentheses were written.
struct PathCall {
  Path path;
  std::optional<std::vector<Arg>> args;
  Span args_span;
};

// ---------- origins ----------

// orders   hygiene.clean   AttributePlays(base.impressions, base.plays)
struct PathOrigin {
  PathCall call;
};
// from kafka(topic: "t") as T time at wait 1s
struct FromOrigin {
  ExprPtr connector;
  TypePtr type;  // may be null
  std::optional<TimeClause> time;
};
// union(a, (b | where c))
struct UnionOrigin {
  std::vector<Input> inputs;
};
// sql """SELECT …"""
struct SqlOrigin {
  StringLiteral text;
  Span text_span;
};
struct ErrorOrigin {};

struct Origin {
  Span span;
  std::variant<ErrorOrigin, PathOrigin, FromOrigin, UnionOrigin, SqlOrigin> node;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

// ---------- steps ----------

// where e
struct WhereStep {
  ExprPtr condition;
};
// select {…}   extend {…}   set {…}
struct ShapeStep {
  enum class Kind : std::uint8_t { kSelect, kExtend, kSet };
  Kind kind = Kind::kSelect;
  RecordExpr record;
  Span record_span;
};
// drop a, b.c
struct DropStep {
  std::vector<Path> fields;
};
// rename a as b, c as d
struct RenameStep {
  struct Item {
    Span span;
    Path from;
    Name to;
  };
  std::vector<Item> items;
};
// only created
struct OnlyStep {
  Name variant;
};
// flatten items as item
struct FlattenStep {
  ExprPtr list;
  Name as;
};
// decode payload as T with json(…)
struct DecodeStep {
  ExprPtr value;
  TypePtr type;
  ExprPtr format;  // may be null
};
// assert price >= 0 else "negative price"
struct AssertStep {
  ExprPtr condition;
  StringLiteral message;
  Span message_span;
};
// key by user_id, day: at.floor(1d)
struct KeyStep {
  std::vector<Key> keys;
};

// The kinds of `window`; unused fields are null.
//   kTumble      tumble size [offset offset]
//   kHop         hop size every step
//   kCumulate    cumulate size every step
//   kSession     session gap size [max max]
//   kCalendar    calendar unit in zone
//   kRows        rows size [every step]
struct WindowStep {
  enum class Kind : std::uint8_t { kTumble, kHop, kCumulate, kSession, kCalendar, kRows };
  enum class Late : std::uint8_t { kUnsaid, kDrop, kAllow };
  Kind kind = Kind::kTumble;
  ExprPtr size;
  ExprPtr step;
  ExprPtr offset;
  ExprPtr max;
  Name unit;
  ExprPtr zone;
  Late late = Late::kUnsaid;
  ExprPtr late_allow;  // late allow d
  Span late_span;      // of the clause `late …`
};

// n: count() where x > 0
struct Aggregate {
  Span span;
  Name name;
  ExprPtr value;
  ExprPtr where;  // may be null
};

// When results leave.
//   kFinal        emit final
//   kEvery        emit every d
//   kOnChange     emit on change
//   kChangesEvery emit changes every d
//   kAllEvery     emit all every d
//   kAllOn        emit all on control
struct EmitClause {
  enum class Kind : std::uint8_t { kFinal, kEvery, kOnChange, kChangesEvery, kAllEvery, kAllOn };
  Kind kind = Kind::kFinal;
  Span span;
  ExprPtr every;
  Path on;
};
// emit every 10s        (as a step of its own)
struct EmitStep {
  EmitClause emit;
};

// aggregate { n: count() } by k emit every 5s ttl 1d
struct AggregateStep {
  std::vector<Aggregate> aggregates;
  Span record_span;
  std::vector<Key> keys;  // empty: one row
  std::optional<EmitClause> emit;
  std::optional<Bound> bound;
};
// top 10 by n, m with ties per k unbounded
struct TopStep {
  bool is_bottom = false;
  ExprPtr count;
  std::vector<ExprPtr> by;
  bool with_ties = false;
  std::vector<Path> per;
  std::optional<Bound> bound;
};
// distinct a, b ttl 1h
struct DistinctStep {
  std::vector<Path> fields;
  std::optional<Bound> bound;
};
// dedup by id within 1h
struct DedupStep {
  std::vector<Path> fields;
  ExprPtr within;
};
// latest by k order by version delete when op == removed ttl 30d
struct LatestStep {
  std::vector<Path> fields;
  ExprPtr order_by;     // may be null
  ExprPtr delete_when;  // may be null
  std::optional<Bound> bound;
};
// changes
struct ChangesStep {};

// within 24h before   within 1h before and 5m after   within 5m after
struct WithinClause {
  Span span;
  ExprPtr before;  // may be null
  ExprPtr after;   // may be null
};
// left join latest impressions as i on a == i.a within 24h before ttl 1h
struct JoinStep {
  enum class Pick : std::uint8_t { kEach, kLatest, kFirst, kAll };
  bool is_left = false;
  Pick pick = Pick::kEach;
  Input input;
  Name as;
  ExprPtr on;
  std::optional<WithinClause> within;
  std::optional<Bound> bound;
};
// lookup titles as t on title_id == t.title_id
struct LookupStep {
  Path table;
  Name as;
  ExprPtr on;
};
// call history = playback_history.recent(profile_id) catch null
struct CallStep {
  Name name;
  ExprPtr value;
};

// x   x?   x*   x+   x{2}   x{2,}   x{1,3}   not x
struct PatternItem {
  enum class Link : std::uint8_t { kFirst, kThen, kNext };  // how it follows the item before it
  enum class Quantifier : std::uint8_t { kOne, kOptional, kAny, kSome, kCounted };
  Link link = Link::kFirst;
  Span span;
  bool is_negated = false;
  Name name;
  Quantifier quantifier = Quantifier::kOne;
  ExprPtr min;           // kCounted: an IntLiteral
  ExprPtr max;           // kCounted: an IntLiteral, or null
  bool is_open = false;  // kCounted: {2,}
};
// a when amount < 1.00
struct PatternDefine {
  Span span;
  Name name;
  ExprPtr condition;
};
// match by card within 10m overlapping { pattern: a{3,} then b  a when … b when … }
struct MatchStep {
  std::vector<Key> keys;
  ExprPtr within;
  bool is_overlapping = false;
  std::vector<PatternItem> pattern;
  std::vector<PatternDefine> defines;
};

struct Step;
using StepPtr = std::unique_ptr<Step>;

// when cond => step | step        else => step
struct RouteArm {
  Span span;
  ExprPtr condition;  // null for `else`
  std::vector<StepPtr> steps;
};
// route { … }   route all { … }
struct RouteStep {
  bool is_all = false;
  std::vector<RouteArm> arms;
};

// sort by a desc, b
struct SortStep {
  enum class Direction : std::uint8_t { kUnsaid, kAscending, kDescending };
  struct Item {
    Span span;
    ExprPtr value;
    Direction direction = Direction::kUnsaid;
  };
  std::vector<Item> items;
};
// limit 10   sample 0.01   throttle 100/s
struct AmountStep {
  enum class Kind : std::uint8_t { kLimit, kSample, kThrottle };
  Kind kind = Kind::kLimit;
  ExprPtr amount;
};
// name "revenue_by_seller"
struct NameStep {
  StringLiteral name;
  Span name_span;
};
// to out   to kafka(topic: "t") if stage == prod   to null
struct ToStep {
  std::optional<PathCall> sink;  // absent: `null`
  ExprPtr condition;             // may be null
};
// hygiene.sane(max_skew: 1m): a `pipe` of the user
struct PipeCallStep {
  PathCall call;
};
// Could not be read; reported. What comes out of it is unknown, so later steps of the pipeline stay silent.
struct ErrorStep {};

struct Step {
  using Node = std::variant<ErrorStep, WhereStep, ShapeStep, DropStep, RenameStep, OnlyStep, FlattenStep, DecodeStep,
                            AssertStep, KeyStep, WindowStep, AggregateStep, TopStep, DistinctStep, DedupStep,
                            LatestStep, ChangesStep, JoinStep, LookupStep, CallStep, MatchStep, RouteStep, EmitStep,
                            SortStep, AmountStep, NameStep, ToStep, PipeCallStep>;
  Span span;
  Span keyword_span;  // of the word(s) that name the step: `where`, `left join`; of the path for a pipe call
  Node node;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

// origin | step | step
struct Pipeline {
  Span span;
  Origin origin;
  std::vector<StepPtr> steps;
};

}  // namespace streamc::ast
