// lower on programs made by hand: what each kind of expression and step becomes. Programs as users write them are in
// test/lit/lower.
#include "frontend/lower/lower.h"

#include <gtest/gtest.h>

#include "dsl/builtins.h"
#include "ir/stream/ops.h"
#include "mlir/IR/MLIRContext.h"

namespace streamc::lower {
namespace {

using sema::Expr;
using sema::ExprKind;
using sema::ExprRef;
using sema::FieldPath;

class LowerTest : public testing::Test {
 protected:
  LowerTest() {
    files_.add("job.stream", "0123456789\n0123456789\n");
    program_.name = "job";
    program_.error_scopes.push_back({});
  }

  TypeRef t(TypeKind kind) { return types_.scalar(kind); }
  TypeRef i64() { return t(TypeKind::kI64); }
  TypeRef f64() { return t(TypeKind::kF64); }
  TypeRef boolean() { return t(TypeKind::kBool); }
  TypeRef string() { return types_.string(); }
  TypeRef opt(TypeRef type) { return types_.optional(type); }
  TypeRef record(std::vector<FieldType> fields) { return types_.record(std::move(fields)); }

  static ExprRef make(ExprKind kind, TypeRef type, std::vector<ExprRef> args = {}, std::string name = "") {
    auto expr = std::make_shared<Expr>();
    expr->kind = kind;
    expr->type = type;
    expr->args = std::move(args);
    expr->name = std::move(name);
    expr->span = {0, 12, 13};  // 2:2
    return expr;
  }
  ExprRef integer(__int128 value, TypeRef type = nullptr) {
    auto expr = std::make_shared<Expr>(*make(ExprKind::kLiteral, type ? type : i64()));
    expr->literal.value = value;
    return expr;
  }
  ExprRef text(std::string value) {
    auto expr = std::make_shared<Expr>(*make(ExprKind::kLiteral, string()));
    expr->literal.value = std::move(value);
    return expr;
  }
  ExprRef null(TypeRef type) { return make(ExprKind::kLiteral, type); }
  ExprRef column(const std::string& name, TypeRef type) { return make(ExprKind::kColumn, type, {}, name); }
  ExprRef field(ExprRef base, const std::string& name) {
    TypeRef type = base->type->field(name)->type;
    return make(ExprKind::kField, type, {base}, name);
  }
  ExprRef call(std::string_view name, TypeRef result, std::vector<ExprRef> args) {
    auto expr = std::make_shared<Expr>(*make(ExprKind::kCall, result, std::move(args)));
    for (size_t i = 0; i < builtins().size(); ++i) {
      if (builtins()[i].name == name) {
        expr->index = static_cast<uint32_t>(i);
        return expr;
      }
    }
    ADD_FAILURE() << "no builtin " << name;
    return expr;
  }

  // Appends nodes; the last one is the input of the next.
  sema::Node& node(TypeRef row, std::vector<sema::NodeId> inputs, decltype(sema::Node::step) step) {
    sema::Node& result = program_.nodes.emplace_back();
    result.id = static_cast<sema::NodeId>(program_.nodes.size() - 1);
    result.inputs = std::move(inputs);
    result.step = std::move(step);
    result.step_name = "step";
    result.operator_id = "s" + std::to_string(result.id) + "/step";
    result.row = row;
    return result;
  }
  sema::NodeId last() { return static_cast<sema::NodeId>(program_.nodes.size() - 1); }

  static void leaves(TypeRef type, const FieldPath& path, std::vector<FieldPath>& out) {
    TypeRef inner = TypeContext::unwrap(type);
    if (!inner->is(TypeKind::kRecord)) {
      out.push_back(path);
      return;
    }
    if (type->isOptional()) out.push_back(path);
    for (const FieldType& field : inner->fields) {
      FieldPath longer = path;
      longer.push_back(field.name);
      leaves(field.type, longer, out);
    }
  }
  static std::vector<FieldPath> allLeaves(TypeRef type) {
    std::vector<FieldPath> paths;
    leaves(type, {}, paths);
    return paths;
  }

  void addSource(TypeRef row, std::vector<FieldPath> demand) {
    sema::Source source;
    source.name = "in";
    source.row = row;
    source.connector.name = "stdin";
    source.connector.format = "json";
    source.demand = demand;
    source.operator_id = "in/source";
    program_.sources.push_back(source);
    node(row, {}, sema::SourceNode{static_cast<uint32_t>(program_.sources.size() - 1)}).demand = std::move(demand);
  }
  void addSink() {
    sema::Sink sink;
    sink.name = "out";
    sink.connector.name = "stdout";
    sink.connector.format = "json";
    sink.operator_id = "out/sink";
    program_.sinks.push_back(sink);
    TypeRef row = program_.nodes.back().row;
    node(row, {last()}, sema::SinkNode{static_cast<uint32_t>(program_.sinks.size() - 1)});
  }

  std::string print() {
    mlir::OwningOpRef<mlir::ModuleOp> module = lower(program_, files_, context_);
    std::string out;
    llvm::raw_string_ostream stream(out);
    mlir::OpPrintingFlags flags;
    if (with_locations_) flags.enableDebugInfo(true, true);
    module->print(stream, flags);
    return out;
  }

  // A job of one computed column.
  std::string lowerExpression(TypeRef row, ExprRef expr) {
    addSource(row, allLeaves(row));
    sema::NamedExpr named{.name = "x", .expr = expr, .demanded = true, .leaves = allLeaves(expr->type)};
    TypeRef out = record({{"x", expr->type}});
    node(out, {last()}, sema::ProjectNode{{named}}).demand = {{"x"}};
    addSink();
    return print();
  }

  // The needles occur in this order.
  static void expectInOrder(const std::string& text, const std::vector<std::string>& needles) {
    size_t at = 0;
    for (const std::string& needle : needles) {
      size_t found = text.find(needle, at);
      ASSERT_NE(found, std::string::npos) << "missing, or in another order: " << needle << "\nin\n" << text;
      at = found + needle.size();
    }
  }
  static void expectAbsent(const std::string& text, const std::string& needle) {
    EXPECT_EQ(text.find(needle), std::string::npos) << needle << " in\n" << text;
  }

  TypeContext types_;
  SourceFiles files_;
  sema::Program program_;
  mlir::MLIRContext context_;
  bool with_locations_ = false;
};

// ---------------------------------------------------------------- rows

TEST_F(LowerTest, RecordsBecomeLeafColumnsAndOptionalOnesHavePresence) {
  TypeRef geo = record({{"lat", f64()}, {"a.b", opt(string())}});
  TypeRef row = record({{"n", t(TypeKind::kU8)}, {"geo", opt(geo)}, {"tags", types_.list(record({{"k", string()}}))}});
  addSource(row, allLeaves(row));
  addSink();
  expectInOrder(print(),
                {"demand {n: ui8, geo: present, geo.lat: f64, \"geo.a\\\\.b\": opt<string>, tags: list<{k: string}>}",
                 "stream.sink"});
}

TEST_F(LowerTest, OnlyDemandedLeavesAreEmitted) {
  TypeRef inner = record({{"a", i64()}, {"b", i64()}});
  TypeRef row = record({{"n", i64()}, {"r", inner}});
  addSource(row, {{"n"}, {"r", "b"}});
  ExprRef quotient = make(ExprKind::kDivInt, i64(), {integer(1), column("n", i64())});
  ExprRef made = make(ExprKind::kRecord, inner, {quotient, field(column("r", inner), "b")});
  sema::NamedExpr demanded{.name = "m", .expr = made, .demanded = true, .leaves = {{"b"}}};
  sema::NamedExpr undemanded{.name = "u", .expr = quotient, .demanded = false, .leaves = {}};
  node(record({{"m", inner}, {"u", i64()}}), {last()}, sema::ProjectNode{{demanded, undemanded}});
  std::string text = print();
  expectInOrder(text, {"demand {n: i64, r.b: i64}", "(%b = r.b : i64)", "columns {m.b = yield 0}",
                       "-> !stream.stream<{m.b: i64}>"});
  expectAbsent(text, "stream.div");
}

TEST_F(LowerTest, ColumnsThatAreOnlyNamedAreKept) {
  TypeRef inner = record({{"a", i64()}, {"b", opt(f64())}});
  TypeRef row = record({{"r", inner}});
  addSource(row, allLeaves(row));
  sema::NamedExpr whole{.name = "w", .expr = column("r", inner), .demanded = true, .leaves = {{"a"}, {"b"}}};
  sema::NamedExpr part{.name = "p", .expr = field(column("r", inner), "b"), .demanded = true, .leaves = {{}}};
  node(record({{"w", inner}, {"p", opt(f64())}}), {last()}, sema::ProjectNode{{whole, part}});
  expectInOrder(print(), {"stream.yield", "columns {w.a = keep r.a, w.b = keep r.b, p = keep r.b}"});
}

TEST_F(LowerTest, AnOpHasThePlaceOfItsSubExpression) {
  with_locations_ = true;
  TypeRef row = record({{"n", i64()}});
  auto sum = std::make_shared<Expr>(*make(ExprKind::kAdd, i64(), {column("n", i64()), integer(1)}));
  sum->span = {0, 15, 16};
  std::string text = lowerExpression(row, make(ExprKind::kNegate, i64(), {sum}));
  expectInOrder(text, {"stream.checked_add", "job.stream:2:5", "stream.checked_neg", "job.stream:2:2"});
}

// ---------------------------------------------------------------- operations

TEST_F(LowerTest, ArithmeticOfIntegersIsCheckedWithTheSignOfTheType) {
  TypeRef u16 = t(TypeKind::kU16);
  TypeRef row = record({{"a", u16}, {"b", u16}});
  ExprRef product = make(ExprKind::kMul, u16, {column("a", u16), column("b", u16)});
  expectInOrder(
      lowerExpression(row, make(ExprKind::kModInt, u16, {product, integer(65535, u16)})),
      {"stream.checked_mul %a, %b unsigned : i16", "arith.constant -1 : i16", "stream.mod", "unsigned : i16"});
}

TEST_F(LowerTest, ComparisonKnowsSignsFloatsAndText) {
  TypeRef row = record({{"u", t(TypeKind::kU32)}, {"f", f64()}, {"s", string()}, {"at", t(TypeKind::kTimestamp)}});
  auto less = [&](const char* name, TypeRef type) {
    return make(ExprKind::kLess, boolean(), {column(name, type), column(name, type)});
  };
  ExprRef all = make(ExprKind::kOr, boolean(),
                     {make(ExprKind::kOr, boolean(), {less("u", t(TypeKind::kU32)), less("f", f64())}),
                      make(ExprKind::kOr, boolean(), {less("at", t(TypeKind::kTimestamp)), less("s", string())})});
  expectInOrder(lowerExpression(row, all), {"cmpi ult", "cmpf olt", "cmpi slt", "compare_string lt"});
}

TEST_F(LowerTest, NothingIsEvaluatedBehindADecidedAnd) {
  TypeRef row = record({{"a", boolean()}, {"n", i64()}});
  ExprRef risky =
      make(ExprKind::kEqual, boolean(), {make(ExprKind::kDivInt, i64(), {integer(1), column("n", i64())}), integer(0)});
  expectInOrder(lowerExpression(row, make(ExprKind::kAnd, boolean(), {column("a", boolean()), risky})),
                {"scf.if %a -> (i1)", "stream.div", "} else {", "arith.constant false"});
}

TEST_F(LowerTest, PureConditionsNeedNoBranch) {
  TypeRef row = record({{"a", boolean()}, {"n", i64()}});
  ExprRef harmless = make(ExprKind::kEqual, boolean(), {column("n", i64()), integer(0)});
  std::string text = lowerExpression(row, make(ExprKind::kAnd, boolean(), {column("a", boolean()), harmless}));
  expectInOrder(text, {"arith.cmpi eq", "arith.andi"});
  expectAbsent(text, "scf.if");
}

TEST_F(LowerTest, TextOfAnOptionalIsOnlyLookedIntoWhereItIsThere) {
  TypeRef row = record({{"s", opt(string())}});
  ExprRef s = column("s", opt(string()));
  std::string text = lowerExpression(row, make(ExprKind::kEqual, boolean(), {s, s}));
  expectInOrder(text, {"stream.is_some", "scf.if", "stream.get", "compare_string eq", "} else {", "arith.cmpi eq"});
}

TEST_F(LowerTest, CoalesceOfNumbersIsASelectAndOfRejectingDefaultsABranch) {
  TypeRef row = record({{"n", opt(i64())}, {"s", string()}});
  ExprRef n = column("n", opt(i64()));
  ExprRef cast = make(ExprKind::kCast, i64(), {column("s", string())});
  std::string text = lowerExpression(
      row, make(ExprKind::kAdd, i64(),
                {make(ExprKind::kCoalesce, i64(), {n, integer(7)}), make(ExprKind::kCoalesce, i64(), {n, cast})}));
  expectInOrder(text, {"arith.select", "scf.if", "stream.get", "} else {", "stream.cast %s : string -> i64"});
}

TEST_F(LowerTest, OptionalFieldsOfOptionalRecordsAreOneOptional) {
  TypeRef geo = record({{"lat", f64()}, {"note", opt(string())}});
  TypeRef row = record({{"geo", opt(geo)}});
  ExprRef base = column("geo", opt(geo));
  ExprRef lat = make(ExprKind::kOptField, opt(f64()), {base}, "lat");
  std::string text = lowerExpression(row, make(ExprKind::kIsNull, boolean(), {lat}));
  expectInOrder(text, {"%geo = geo : i1, %lat = geo.lat : f64", "stream.some %lat", "stream.none", "arith.select %geo",
                       "stream.is_some"});
}

TEST_F(LowerTest, IfOnRecordsIsLeafwise) {
  TypeRef r = record({{"a", i64()}, {"b", opt(record({{"c", string()}}))}});
  TypeRef row = record({{"p", boolean()}, {"r", r}});
  ExprRef made = make(ExprKind::kRecord, r, {integer(1), null(r->field("b")->type)});
  expectInOrder(lowerExpression(row, make(ExprKind::kIf, r, {column("p", boolean()), column("r", r), made})),
                {"arith.select %p, %a", "arith.select %p, %b", "arith.select %p, %c",
                 "columns {x.a = yield 0, x.b = yield 1, x.b.c = yield 2}", "{x.a: i64, x.b: present, x.b.c: string}"});
}

TEST_F(LowerTest, AssertionOfARecordRejectsItsAbsence) {
  TypeRef r = record({{"a", i64()}});
  TypeRef row = record({{"r", opt(r)}});
  ExprRef present = make(ExprKind::kAssertPresent, r, {column("r", opt(r))});
  expectInOrder(lowerExpression(row, make(ExprKind::kField, i64(), {present}, "a")),
                {"stream.assert_present", "stream.yield %a : i64"});
}

TEST_F(LowerTest, LetBindsOnceAndOnlyWhatItsBodyNeeds) {
  TypeRef r = record({{"a", i64()}, {"b", i64()}});
  TypeRef row = record({{"n", i64()}});
  ExprRef negated = make(ExprKind::kNegate, i64(), {column("n", i64())});
  ExprRef risky = make(ExprKind::kDivInt, i64(), {integer(1), column("n", i64())});
  ExprRef made = make(ExprKind::kRecord, r, {negated, risky});
  ExprRef local = make(ExprKind::kLocal, r, {}, "it");
  ExprRef twice = make(ExprKind::kAdd, i64(), {field(local, "a"), field(local, "a")});
  std::string text = lowerExpression(row, make(ExprKind::kLet, i64(), {made, twice}, "it"));
  expectInOrder(text, {"%0 = stream.checked_neg %n", "stream.checked_add %0, %0"});
  expectAbsent(text, "stream.div");
}

TEST_F(LowerTest, CatchTakesTheSecondValueOnlyWhenTheFirstRejects) {
  TypeRef row = record({{"s", string()}});
  ExprRef cast = make(ExprKind::kCast, i64(), {column("s", string())});
  expectInOrder(
      lowerExpression(row, make(ExprKind::kCatch, i64(), {cast, integer(-1)})),
      {"stream.catch : i64 {", "stream.cast", "stream.yield", "} else {", "arith.constant -1", "stream.yield"});
}

TEST_F(LowerTest, ListsAreMadeIndexedAndSearched) {
  TypeRef item = record({{"k", string()}, {"v", opt(i64())}});
  TypeRef row = record({{"items", types_.list(item)}, {"n", i64()}});
  ExprRef at = make(ExprKind::kIndex, item, {column("items", types_.list(item)), column("n", i64())});
  ExprRef list = make(ExprKind::kList, types_.list(i64()), {integer(1), column("n", i64())});
  ExprRef in = make(ExprKind::kIn, boolean(), {column("n", i64()), list});
  std::string text = lowerExpression(row, make(ExprKind::kIf, opt(i64()), {in, field(at, "v"), null(opt(i64()))}));
  expectInOrder(text, {"arith.cmpi eq, %n, %c1", "arith.cmpi eq, %n, %n", "scf.if", "stream.index_check %items, %n",
                       "stream.list_get %items[%n] \"v\""});
}

TEST_F(LowerTest, FirstOfAListOfRecordsIsAnOptionalRecord) {
  TypeRef item = record({{"k", string()}});
  TypeRef row = record({{"items", types_.list(item)}});
  std::string text = lowerExpression(row, call("first", opt(item), {column("items", types_.list(item))}));
  expectInOrder(text, {"stream.list_size", "scf.if", "list_get %items", "columns {x = yield 0, x.k = yield 1}"});
}

TEST_F(LowerTest, CallsCarryTheirSignatureAndCauses) {
  TypeRef row = record({{"s", string()}, {"d", t(TypeKind::kDuration)}});
  ExprRef s = column("s", string());
  ExprRef replaced = call("replace", string(), {s, text("-"), call("trim", string(), {s})});
  expectInOrder(lowerExpression(row, replaced),
                {"stream.call \"trim\"(%s) : (string) -> string",
                 "stream.call \"replace\"(%s, %0, %1) : (string, string, string) -> string fails [overflow]"});
}

TEST_F(LowerTest, ConversionsAreExactOrRejecting) {
  TypeRef i32 = t(TypeKind::kI32);
  TypeRef row = record({{"n", i32}, {"f", f64()}});
  ExprRef wide = make(ExprKind::kConvert, f64(), {column("n", i32)});
  ExprRef narrow = make(ExprKind::kConvert, f64(), {make(ExprKind::kCast, i32, {column("f", f64())})});
  ExprRef exact_cast = make(ExprKind::kCast, f64(), {column("n", i32)});
  ExprRef sum = make(ExprKind::kAdd, f64(), {make(ExprKind::kAdd, f64(), {wide, narrow}), exact_cast});
  expectInOrder(lowerExpression(row, sum), {"stream.convert %n : i32 -> f64", "stream.cast %f : f64 -> i32",
                                            "stream.convert %", "stream.convert %n : i32 -> f64"});
}

TEST_F(LowerTest, FormattedTextJoinsItsLiterals) {
  TypeRef row = record({{"f", f64()}});
  ExprRef formatted = make(ExprKind::kFString, string(), {text("M"), text("="), column("f", f64()), text("!")});
  expectInOrder(lowerExpression(row, formatted), {"stream.format [\"M=\", \"!\"] (%f : f64)"});
}

TEST_F(LowerTest, QuotientsOfDurationsAreFloats) {
  TypeRef d = t(TypeKind::kDuration);
  TypeRef row = record({{"a", d}, {"b", d}});
  expectInOrder(lowerExpression(row, make(ExprKind::kDivFloat, f64(), {column("a", d), column("b", d)})),
                {"stream.convert %a : i64 -> f64", "stream.convert %b : i64 -> f64", "stream.div_float"});
}

// ---------------------------------------------------------------- steps

TEST_F(LowerTest, SourcesHaveTimeOptionsAndParameters) {
  TypeRef row = record({{"at", t(TypeKind::kTimestamp)}});
  program_.params.push_back(
      {.name = "dir", .type = string(), .env = "DIR", .default_value = sema::Literal{std::string("in")}, .span = {}});
  program_.params.push_back({.name = "big",
                             .type = t(TypeKind::kU64),
                             .env = "",
                             .default_value = sema::Literal{__int128(UINT64_MAX)},
                             .span = {}});
  addSource(row, {{"at"}});
  sema::Source& source = program_.sources[0];
  sema::OptionValue concat{.kind = sema::OptionValue::Kind::kConcat};
  concat.parts.push_back({.kind = sema::OptionValue::Kind::kParam, .param = 0});
  concat.parts.push_back({.kind = sema::OptionValue::Kind::kLiteral, .literal = {std::string("/x")}});
  source.connector.options.push_back({.name = "path", .value = concat, .span = {}});
  source.time = sema::EventTime{
      .expr = column("at", t(TypeKind::kTimestamp)), .wait_us = 5, .idle_us = {}, .max_ahead_us = 7, .span = {}};
  addSink();
  expectInOrder(print(), {"stream.params = [#stream.param<\"dir\", string env \"DIR\" default \"in\">, "
                          "#stream.param<\"big\", ui64 default 18446744073709551615 : ui64>]",
                          "{path = #stream.concat<[#stream.param_ref<0>, \"/x\"]>}", "time (%at = at : i64) {",
                          "stream.yield %at : i64", "} wait 5 max_ahead 7"});
}

TEST_F(LowerTest, ASourceReadByTwoFlowsIsDecodedOnce) {
  TypeRef row = record({{"n", i64()}});
  addSource(row, {{"n"}});
  node(row, {}, sema::SourceNode{0}).demand = {{"n"}};
  addSink();
  std::string text = print();
  EXPECT_EQ(text.find("stream.source"), text.rfind("stream.source")) << text;
}

TEST_F(LowerTest, ComputedKeysAreProjectedAndAbsentRecordsAreOneKey) {
  TypeRef geo = record({{"zone", string()}});
  TypeRef row = record({{"geo", opt(geo)}, {"mag", f64()}});
  addSource(row, allLeaves(row));
  sema::AggregateNode aggregate;
  aggregate.keys.push_back({.name = "g", .expr = column("geo", opt(geo)), .demanded = true, .leaves = {{}}});
  aggregate.fields.push_back({.name = "n",
                              .function = sema::AggregateFunction::kCount,
                              .arg = nullptr,
                              .where = nullptr,
                              .type = i64(),
                              .demanded = true,
                              .span = {}});
  ExprRef strong = make(ExprKind::kGreater, boolean(), {column("mag", f64()), column("mag", f64())});
  aggregate.fields.push_back({.name = "m",
                              .function = sema::AggregateFunction::kMax,
                              .arg = column("mag", f64()),
                              .where = strong,
                              .type = opt(f64()),
                              .demanded = true,
                              .span = {}});
  aggregate.fields.push_back({.name = "c",
                              .function = sema::AggregateFunction::kCount,
                              .arg = nullptr,
                              .where = strong,
                              .type = i64(),
                              .demanded = true,
                              .span = {}});
  aggregate.fields.push_back({.name = "u",
                              .function = sema::AggregateFunction::kCount,
                              .arg = nullptr,
                              .where = nullptr,
                              .type = i64(),
                              .demanded = false,
                              .span = {}});
  aggregate.window = sema::Window{.size_us = 100, .offset_us = 1, .late_drop = false, .late_allow_us = {}, .span = {}};
  sema::NodeId source = last();
  sema::NodeId id =
      node(record({{"g", opt(geo)}, {"n", i64()}, {"m", opt(f64())}, {"c", i64()}}), {source}, aggregate).id;
  TypeRef late_row = record({{"mag", f64()}, {"late_by", t(TypeKind::kDuration)}});
  node(late_row, {id}, sema::LateNode{id}).demand = {{"mag"}, {"late_by"}};
  addSink();
  expectInOrder(print(),
                {"stream.project", "arith.select %geo, %zone", "\"$key.g\" = yield 0, \"$key.g.zone\" = yield 1",
                 "by [\"$key.g\", \"$key.g.zone\"] window <size_us = 100, offset_us = 1>", "stream.some %mag",
                 "aggregates {n = count, m = max(0 : f64) where, c = count(1 : i1) where}",
                 "-> !stream.stream<{g: present, g.zone: string, n: i64, m: opt<f64>, c: i64}>",
                 "columns {mag = keep mag, late_by = keep late_by}", "stream.sink"});
}

TEST_F(LowerTest, UnionsAndSinksGetExactlyTheirColumns) {
  TypeRef row = record({{"n", i64()}, {"extra", i64()}});
  TypeRef narrow = record({{"n", i64()}});
  addSource(row, {{"n"}, {"extra"}});
  sema::NodeId wide = last();
  addSource(narrow, {{"n"}});
  node(narrow, {wide, last()}, sema::UnionNode{}).demand = {{"n"}};
  addSink();
  expectInOrder(print(), {"columns {n = keep n}", "stream.union", ": !stream.stream<{n: i64}>", "stream.sink"});
}

TEST_F(LowerTest, ScopesOfErrorsAreSymbolsAndTheirRowsStreams) {
  TypeRef row = record({{"n", i64()}});
  program_.error_scopes.push_back({.policy = sema::ErrorScope::Policy::kStream, .name = "in", .node = 2});
  program_.error_scopes.push_back({.policy = sema::ErrorScope::Policy::kSkip, .name = "in", .node = 0});
  addSource(row, {{"n"}});
  program_.sources[0].errors = 1;
  ExprRef positive = make(ExprKind::kGreater, boolean(), {column("n", i64()), integer(0)});
  node(row, {last()}, sema::AssertNode{positive, "not positive"}).errors = 2;
  addSink();
  TypeRef errors = record({{"cause", string()}, {"event_time", opt(t(TypeKind::kTimestamp))}});
  node(errors, {}, sema::ErrorsNode{1}).demand = {{"cause"}, {"event_time"}};
  addSink();
  expectInOrder(print(), {"stream.errors_scope @default stderr", "stream.errors_scope @in stream",
                          "stream.errors_scope @in_2 skip", "errors @in :", "message \"not positive\"",
                          "errors @in_2 :", "stream.errors @in", "{cause: string, event_time: opt<timestamp>}"});
}

}  // namespace
}  // namespace streamc::lower
