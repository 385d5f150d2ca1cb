// Declarations: what stands at the top of a file, in `job { … }` and in `for … { … }`. Part of the AST; see ast.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "frontend/ast/expr.h"
#include "frontend/ast/step.h"
#include "frontend/ast/type.h"

namespace streamc::ast {

struct Decl;
using DeclPtr = std::unique_ptr<Decl>;

// with { delivery: exactly_once }
struct Settings {
  Span span;
  RecordExpr record;
  Span record_span;
};

// use std.geo   use a.b as c   use "lib/hygiene.stream" as hygiene
struct UseDecl {
  std::variant<Path, StringLiteral> target;
  Span target_span;
  std::optional<Name> as;  // always for a string
};
// job flash_sale with { … } { decl … }
struct JobDecl {
  Name name;
  std::optional<Settings> settings;
  std::optional<std::vector<DeclPtr>> body;  // absent: the whole file is the job
};
// for country in ["in", "us"] { decl … }
struct ForDecl {
  Name name;
  ExprPtr list;
  std::vector<DeclPtr> body;
};
// param size: duration = 5m      live param rate: f64 = 1.0 via config("rate")
struct ParamDecl {
  bool is_live = false;
  Name name;
  TypePtr type;
  ExprPtr value;  // may be null
  ExprPtr via;    // live only
};

// [open] enum { dev, staging, prod }
struct EnumBody {
  bool is_open = false;
  std::vector<Name> symbols;
};
// oneof { created: Created, removed }
struct OneofBody {
  struct Variant {
    Span span;
    Name name;
    TypePtr type;  // null: no payload
  };
  std::vector<Variant> variants;
};
// avro("x.avsc") evolves v1        (after `type X from`)
struct ImportedBody {
  ExprPtr from;
  ExprPtr evolves;  // may be null
};
// type Order = { … }   type Stage = enum { … }   type U = oneof { … }   type X from avro("…")
struct TypeDecl {
  Name name;
  std::variant<TypePtr, EnumBody, OneofBody, ImportedBody> body;
  Span body_span;
};

// let x = e
struct Let {
  Span span;
  Name name;
  ExprPtr value;
};
// fn f(a: i64) -> i64 fails = e      fn f(…) { let … return e }      live fn f(…) -> T via config("…")
struct FnDecl {
  bool is_live = false;
  Name name;
  std::vector<Param> params;
  TypePtr result;  // may be null, not for live
  std::optional<Span> fails_span;
  std::vector<Let> lets;
  ExprPtr value;  // after `=` or `return`; null for live
  ExprPtr via;    // live only
  bool has_block = false;
};

// [agg] fn distance(a: f64) -> f64 pure cost 20ns
struct ExternFn {
  Span span;
  bool is_agg = false;
  Name name;
  std::vector<Param> params;
  TypePtr result;
  struct Attribute {
    enum class Kind : std::uint8_t { kPure, kFails, kNondet, kCost, kState };
    Kind kind = Kind::kPure;
    Span span;
    ExprPtr amount;  // kCost: a DurationLiteral; kState: a SizeLiteral
  };
  std::vector<Attribute> attributes;
};
// extern "C++" from "geo.hpp" { … }
struct ExternDecl {
  StringLiteral language;
  Span language_span;
  StringLiteral header;
  Span header_span;
  std::vector<ExternFn> functions;
};

// fn recent(id: string) -> History
struct ServiceFn {
  Span span;
  Name name;
  std::vector<Param> params;
  TypePtr result;
};
// service history at grpc("…") with { timeout: 200ms } { fn … }
struct ServiceDecl {
  Name name;
  ExprPtr at;
  std::optional<Settings> settings;
  std::vector<ServiceFn> functions;
};

// What may follow the connector of a source, table or channel.
//   kTime       time placed_at wait 10s
//   kAssume     assume rate(10k/s), rows(200)
//   kTtl        ttl 30d
//   kUnbounded  unbounded
struct EdgeClause {
  enum class Kind : std::uint8_t { kTime, kAssume, kTtl, kUnbounded };
  Kind kind = Kind::kTime;
  Span span;
  std::optional<TimeClause> time;
  std::vector<ExprPtr> assumptions;
  ExprPtr ttl;
};
// source orders: Order from kafka(…) time placed_at wait 10s
struct SourceDecl {
  Name name;
  TypePtr type;
  ExprPtr from;
  std::vector<EdgeClause> clauses;
};
// table rates: Rate key currency from kafka(…) unbounded
struct TableSourceDecl {
  Name name;
  TypePtr type;
  std::vector<Path> key;
  ExprPtr from;
  std::vector<EdgeClause> clauses;
};
// table totals with { … } = pipeline
struct TableDecl {
  Name name;
  std::optional<Settings> settings;
  PipelinePtr pipeline;
};
// sink out: Row key item_id to kafka(…)
struct SinkDecl {
  Name name;
  TypePtr type;           // may be null
  std::vector<Path> key;  // may be empty
  ExprPtr to;
};
// channel c: Row key k via kafka(…) time at
struct ChannelDecl {
  Name name;
  TypePtr type;
  std::vector<Path> key;  // may be empty
  ExprPtr via;
  std::vector<EdgeClause> clauses;
};
// stream clean: stream<T> by k with { … } = pipeline
struct StreamDecl {
  Name name;
  std::optional<StreamType> type;
  std::optional<Settings> settings;
  PipelinePtr pipeline;
};
// pipe tagged(in: stream<T>) -> stream<U> = in | …
struct PipeDecl {
  Name name;
  std::vector<Param> params;
  std::optional<StreamType> result;
  PipelinePtr pipeline;
};
// orders | where … | to out        (a pipeline without a name, at least one step)
struct FlowDecl {
  PipelinePtr pipeline;
};

// ---------- process ----------

struct Stmt;
using StmtPtr = std::unique_ptr<Stmt>;
// { stmt … }
struct Block {
  Span span;
  std::vector<StmtPtr> stmts;
};

// let before = …
struct LetStmt {
  Name name;
  ExprPtr value;
};
// n = n + 1   m["x"] = 2: `target` is made of NameRef, FieldExpr, IndexExpr and CallExpr only.
struct AssignStmt {
  ExprPtr target;
  ExprPtr value;
};
// waiting.push(p): as the target of an assignment, without one
struct CallStmt {
  ExprPtr call;
};
// emit r to attributed
struct EmitStmt {
  ExprPtr value;
  std::optional<Name> to;
};
// reject "no"
struct RejectStmt {
  ExprPtr reason;
};
// timer decide at p.started_at   timer forget after 5s
struct TimerStmt {
  Name timer;
  bool is_after = false;
  ExprPtr when;
};
// cancel t   clear n
struct CancelStmt {
  Name timer;
};
struct ClearStmt {
  Name state;
};
// if c { … } else if d { … } else { … }: `else if` is a block of one IfStmt with is_chained set on that IfStmt's parent
struct IfStmt {
  ExprPtr condition;
  Block then_block;
  std::optional<Block> else_block;
  bool else_is_if = false;  // written `else if`: else_block holds exactly that IfStmt
};
// for p in waiting { … }
struct ForStmt {
  Name name;
  ExprPtr list;
  Block body;
};
// match e { a x => { … } _ => { … } }
struct MatchStmt {
  struct Arm {
    Span span;
    Case pattern;
    Block body;
  };
  ExprPtr subject;
  std::vector<Arm> arms;
};
// return
struct ReturnStmt {};
struct ErrorStmt {};

struct Stmt {
  using Node = std::variant<ErrorStmt, LetStmt, AssignStmt, CallStmt, EmitStmt, RejectStmt, TimerStmt, CancelStmt,
                            ClearStmt, IfStmt, ForStmt, MatchStmt, ReturnStmt>;
  Span span;
  Node node;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

// state seen: list<Seen> = [] max 200 ttl 25h
struct StateItem {
  Span span;
  Name name;
  TypePtr type;
  ExprPtr initial;  // may be null
  ExprPtr max;      // may be null
  Bound bound;
};
// on plays p { … }   on timer decide { … }
struct HandlerItem {
  Span span;
  bool is_timer = false;
  Name on;       // the input, or the timer
  Name binding;  // inputs only
  Block body;
};
// attributed: Attributed
struct ProcessOutput {
  Span span;
  Name name;
  TypePtr type;
};
// process P(in: stream<S>) -> (a: A, b: B) { state … on … }
struct ProcessDecl {
  Name name;
  std::vector<Param> params;
  std::variant<TypePtr, std::vector<ProcessOutput>> outputs;  // one without a name, or several with
  std::vector<StateItem> states;
  std::vector<HandlerItem> handlers;
};

// ---------- tests ----------

// An event that is fed to a source.
//   kRow        { … }  or any expression
//   kWatermark  watermark @…
//   kPause      pause 5s
//   kRestart    restart
//   kEnd        end
struct TestEvent {
  enum class Kind : std::uint8_t { kRow, kWatermark, kPause, kRestart, kEnd };
  Kind kind = Kind::kRow;
  Span span;
  ExprPtr value;
};
// given param p = e
struct GivenParam {
  Name name;
  ExprPtr value;
};
// given now = e
struct GivenNow {
  ExprPtr value;
};
// given orders [ … ]
struct GivenEvents {
  Path source;
  std::vector<TestEvent> events;
};
// given svc.f("p1") => e
struct GivenCall {
  PathCall call;
  ExprPtr value;
};
// expect s [ … ]   expect s ordered [ … ]   expect s contains [ … ]   expect s empty
struct Expect {
  enum class Kind : std::uint8_t { kRows, kOrdered, kContains, kEmpty };
  Kind kind = Kind::kRows;
  Path stream;
  std::vector<ExprPtr> rows;
  Span rows_span;
};
// check state_bytes(x) < 1MB
struct Check {
  ExprPtr condition;
};
struct TestItem {
  using Node = std::variant<GivenParam, GivenNow, GivenEvents, GivenCall, Expect, Check>;
  Span span;
  Node node;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};
// test "name" { … }
struct TestDecl {
  StringLiteral name;
  Span name_span;
  std::vector<TestItem> items;
};

// Could not be read, not even its name; reported.
struct ErrorDecl {};

struct Decl {
  using Node = std::variant<ErrorDecl, UseDecl, JobDecl, ForDecl, ParamDecl, TypeDecl, FnDecl, ExternDecl, ServiceDecl,
                            SourceDecl, TableSourceDecl, TableDecl, SinkDecl, ChannelDecl, StreamDecl, PipeDecl,
                            FlowDecl, ProcessDecl, TestDecl>;
  Span span;
  Span keyword_span;  // `source`, `live fn`, …; empty for a flow
  std::string doc;    // text of the `##` lines right above it, without the marks
  // Something inside was reported as a syntax error: fields may be missing (null, empty). The name, if there, still
  // declares, so that the readers of a broken declaration are not broken by it.
  bool is_broken = false;
  Node node;

  template <typename T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
  // The declared name; null for use, flow, for, extern, test and what could not be read.
  const Name* name() const;
};

}  // namespace streamc::ast
