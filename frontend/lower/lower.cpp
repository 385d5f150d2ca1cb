#include "frontend/lower/lower.h"

#include <set>

#include "frontend/lower/demand.h"
#include "frontend/lower/expression.h"
#include "frontend/lower/options.h"
#include "ir/stream/ops.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Verifier.h"

namespace streamc::lower {
namespace {

namespace stream = ir::stream;
using llvm::SmallVector;
using llvm::StringRef;
using mlir::Location;
using mlir::Type;
using mlir::Value;
using stream::Column;
using stream::RowAttr;

// What a region uses, and the expressions it is made of.
struct RegionUses {
  SmallVector<std::string> names;
  SmallVector<std::string> lenient;  // of these, the ones that may be null although their fields may not
  SmallVector<StringRef> refs() const { return SmallVector<StringRef>(names.begin(), names.end()); }
};

// What a source or a node has to carry: what is demanded, and what a reader of `.late` would like to see.
//
// The latter is lenient: a source decodes it into an optional column, null where the record has nothing that fits, and
// that type goes along with the column up to the sink that shows it. So the columns of a row follow from those of the
// step's input, not from the language type alone.
template <typename Rows>
Want wantedOf(const Rows& rows) {
  std::vector<sema::FieldPath> paths = rows.demand;
  paths.insert(paths.end(), rows.kept.begin(), rows.kept.end());
  return Want::ofPaths(rows.row, paths);
}

// The type of a column whose value may be missing: an optional, once. A presence is false instead.
Type lenientType(const Column& column) {
  if (column.role == stream::ColumnRole::kPresent || llvm::isa<stream::OptType>(column.type)) return column.type;
  return stream::OptType::get(column.type);
}

class ProgramLowering {
 public:
  ProgramLowering(const sema::Program& program, const SourceFiles& files, mlir::MLIRContext& context)
      : program_(program), files_(files), context_(&context), builder_(&context) {}

  mlir::OwningOpRef<mlir::ModuleOp> run() {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(builder_.getUnknownLoc());
    (*module)->setAttr(stream::kJobAttr, builder_.getStringAttr(program_.name));
    (*module)->setAttr(stream::kSettingsAttr, settingsAttribute(program_.settings, context_));
    (*module)->setAttr(stream::kParamsAttr, paramsAttribute(program_.params, context_));
    builder_.setInsertionPointToEnd(module->getBody());
    lowerErrorScopes();
    values_.resize(program_.nodes.size());
    lates_.resize(program_.nodes.size());
    sources_.resize(program_.sources.size());
    for (const sema::Node& node : program_.nodes) {
      values_[node.id] = std::visit([&](const auto& step) { return lowerStep(node, step); }, node.step);
    }
    return module;
  }

 private:
  Location locationAt(Span span) { return locationOf(span, files_, context_); }
  stream::StepSpec specOf(const sema::Node& node) {
    return {node.step_name, node.operator_id, scope_symbols_.at(node.errors)};
  }

  // Scope 0 is the job's; the others are named by their stream. Two scopes of one name get different symbols.
  void lowerErrorScopes() {
    std::set<std::string> taken;
    for (const sema::ErrorScope& scope : program_.error_scopes) {
      std::string symbol = scope.name.empty() ? "default" : scope.name;
      for (int suffix = 2; !taken.insert(symbol).second; ++suffix) symbol = scope.name + "_" + std::to_string(suffix);
      scope_symbols_.push_back(symbol);
      constexpr stream::ErrorPolicy kPolicies[] = {stream::ErrorPolicy::kStream, stream::ErrorPolicy::kStderr,
                                                   stream::ErrorPolicy::kSkip, stream::ErrorPolicy::kFail};
      builder_.create<stream::ErrorsScopeOp>(builder_.getUnknownLoc(), symbol,
                                             kPolicies[static_cast<int>(scope.policy)]);
    }
  }

  // ---------------------------------------------------------------- regions

  // The columns of `row` (and pseudo columns) that the demand covers, in the order of the row; `columns` has them.
  RegionUses usesOf(TypeRef row, const ColumnWants& wants, RowAttr all) {
    RegionUses uses;
    auto add = [&](TypeRef type, const Want& want, const std::vector<std::string>& path) {
      SmallVector<Column> columns;
      appendColumns(type, want, path, context_, columns);
      for (const Column& column : columns) {
        uses.names.push_back(column.name.str());
        if (all.find(column.name)->type != column.type) uses.lenient.push_back(column.name.str());
      }
    };
    if (auto whole = wants.find(""); whole != wants.end()) add(row, whole->second, {});
    for (const FieldType& field : row->fields) {
      if (auto want = wants.find(field.name); want != wants.end()) add(field.type, want->second, {field.name});
    }
    for (StringRef name : {stream::kEventTimeColumn, stream::kWindowStartColumn, stream::kWindowEndColumn}) {
      if (wants.contains(name.str())) uses.names.push_back(name.str());
    }
    if (auto meta = wants.find(std::string(sema::kMetaColumn)); meta != wants.end()) {
      for (const Column& column : all) {
        if (!isMeta(column)) continue;
        if (!meta->second.field(stream::splitPath(column.name).back()).empty()) uses.names.push_back(column.name.str());
      }
    }
    return uses;
  }

  ExpressionLowering expressions(mlir::OpBuilder& builder, const RegionUses& uses, mlir::ValueRange args) {
    std::map<std::string, Value> columns;
    for (auto [name, arg] : llvm::zip_equal(uses.names, args)) columns.emplace(name, arg);
    return ExpressionLowering(builder, files_, std::move(columns));
  }

  TypeRef inputRow(const sema::Node& node) { return program_.nodes[node.inputs.at(0)].row; }
  Value input(const sema::Node& node) { return values_[node.inputs.at(0)]; }
  RowAttr inputColumns(const sema::Node& node) { return stream::rowOf(input(node).getType()); }

  // The value with exactly these columns, in this order: projected when it has others. A column may become optional.
  Value withColumns(Value value, RowAttr row, Location loc, const stream::StepSpec& step) {
    RowAttr given = stream::rowOf(value.getType());
    if (given == row) return value;
    SmallVector<stream::ProjectedAttr> columns;
    SmallVector<StringRef> widened;
    for (const Column& column : row) {
      if (given.find(column.name)->type == column.type) {
        columns.push_back(stream::ProjectedAttr::kept(column.name, column.name));
      } else {
        columns.push_back(stream::ProjectedAttr::computed(column.name, static_cast<int64_t>(widened.size())));
        widened.push_back(column.name.getValue());
      }
    }
    auto body = [](mlir::OpBuilder& builder, Location place, mlir::ValueRange args) {
      return llvm::map_to_vector(args, [&](Value arg) -> Value { return builder.create<stream::SomeOp>(place, arg); });
    };
    return builder_.create<stream::ProjectOp>(loc, stream::withRow(value.getType(), row), value, widened, body, columns,
                                              step);
  }
  // The columns of a row type as the given rows have them: optional where one of them has them so.
  RowAttr columnsAsIn(RowAttr row, mlir::ValueRange rows) {
    SmallVector<Column> columns(row.getColumns());
    for (Column& column : columns) {
      for (Value given : rows) {
        Type type = stream::rowOf(given.getType()).find(column.name)->type;
        // One input in which it may be missing makes it optional, whatever the others have.
        if (llvm::isa<stream::OptType>(type)) column.type = type;
      }
    }
    return RowAttr::get(context_, columns);
  }

  // ---------------------------------------------------------------- meta

  // What the connector knows of a record, as far as somebody wants it: columns that go along behind those of the row.
  static bool isMeta(const Column& column) { return stream::isMetaColumn(column.name); }
  // Those of a node's rows as the given rows have them.
  SmallVector<Column> metaColumns(const sema::Node& node, RowAttr given) {
    SmallVector<Column> columns;
    for (const Column& column : given)
      if (isMeta(column) && node.demands_meta.contains(stream::splitPath(column.name).back()))
        columns.push_back(column);
    return columns;
  }
  RowAttr withMeta(RowAttr row, llvm::ArrayRef<Column> meta) {
    SmallVector<Column> columns(row.getColumns());
    llvm::append_range(columns, meta);
    return RowAttr::get(context_, columns);
  }

  // ---------------------------------------------------------------- steps

  Value lowerStep(const sema::Node& node, const sema::SourceNode& step) {
    Value& value = sources_[step.source];
    if (!value) value = lowerSource(node, program_.sources[step.source]);
    return value;
  }

  // The columns that a source or decode step reads, and those of the rows that it makes.
  template <typename Rows>
  std::pair<RowAttr, RowAttr> decodedColumns(const Rows& rows, bool has_format = true) {
    SmallVector<Column> decoded(rowColumns(rows.row, wantedOf(rows), context_).getColumns());
    SmallVector<Column> columns = decoded;
    // A source without a format makes its rows itself, so nothing is malformed.
    for (const sema::FieldPath& path : has_format ? rows.kept : std::vector<sema::FieldPath>()) {
      std::string name = stream::joinPath(path);
      size_t at = llvm::find_if(decoded, [&](const Column& column) { return column.name == name; }) - decoded.begin();
      columns[at].type = lenientType(decoded[at]);
      decoded[at] = columns[at];
      decoded[at].lenient = true;
    }
    return {RowAttr::get(context_, decoded), RowAttr::get(context_, columns)};
  }

  Value lowerSource(const sema::Node& node, const sema::Source& source) {
    stream::SourceSpec spec;
    spec.name = source.name.empty() ? source.connector.name : source.name;
    spec.connector = source.connector.name;
    spec.options = optionsAttribute(source.connector.options, context_);
    spec.format = source.connector.format;
    spec.format_options = optionsAttribute(source.connector.format_options, context_);
    auto [decoded, columns] = decodedColumns(source, !source.connector.format.empty());
    SmallVector<Column> meta;
    for (const FieldType& field : source.meta == nullptr ? std::vector<FieldType>() : source.meta->fields) {
      if (source.demands_meta.contains(field.name))
        appendColumns(field.type, Want::whole(), {std::string(sema::kMetaColumn), field.name}, context_, meta);
    }
    columns = withMeta(columns, meta);
    spec.demand = withMeta(decoded, meta);
    spec.max_record = source.max_record;
    RegionUses uses;
    if (source.time) {
      ColumnWants wants;
      collectColumns(*source.time->expr, Want::whole(), wants);
      uses = usesOf(source.row, wants, spec.demand);
      spec.time_uses = uses.refs();
      spec.time = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) -> SmallVector<Value> {
        return {expressions(builder, uses, args).scalar(*source.time->expr)};
      };
      spec.wait_us = source.time->wait_us;
      spec.idle_us = source.time->idle_us;
      spec.max_ahead_us = source.time->max_ahead_us;
    }
    stream::StepSpec step{node.step_name, source.operator_id, scope_symbols_.at(source.errors)};
    return builder_.create<stream::SourceOp>(locationAt(source.span), columns, spec, step).getResult();
  }

  Value lowerStep(const sema::Node& node, const sema::SinkNode& step) {
    const sema::Sink& sink = program_.sinks[step.sink];
    stream::SinkSpec spec;
    spec.name = sink.name;
    spec.connector = sink.connector.name;
    spec.options = optionsAttribute(sink.connector.options, context_);
    spec.format = sink.connector.format;
    spec.format_options = optionsAttribute(sink.connector.format_options, context_);
    for (const std::string& name : sink.key) spec.key.push_back(name);
    if (step.choice)
      spec.choice = stream::ChoiceAttr::get(context_, step.choice->param, builder_.getStringAttr(step.choice->symbol));
    Location loc = locationAt(sink.span);
    stream::StepSpec step_spec{node.step_name, sink.operator_id, scope_symbols_.at(sink.errors)};
    RowAttr row = columnsAsIn(rowColumns(inputRow(node), Want::whole(), context_), input(node));
    Value rows = withColumns(input(node), row, loc, step_spec);
    builder_.create<stream::SinkOp>(loc, rows, spec, step_spec);
    return {};
  }

  // The body of a where or an assert.
  template <typename Op, typename... Extra>
  Value lowerCondition(const sema::Node& node, const sema::Expr& condition, Extra&&... extra) {
    ColumnWants wants;
    collectColumns(condition, Want::whole(), wants);
    RegionUses uses = usesOf(inputRow(node), wants, inputColumns(node));
    auto body = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) -> SmallVector<Value> {
      return {expressions(builder, uses, args).scalar(condition)};
    };
    return builder_.create<Op>(locationAt(node.span), input(node), uses.refs(), body, extra..., specOf(node))
        .getResult();
  }

  Value lowerStep(const sema::Node& node, const sema::WhereNode& step) {
    return lowerCondition<stream::WhereOp>(node, *step.condition);
  }
  Value lowerStep(const sema::Node& node, const sema::AssertNode& step) {
    return lowerCondition<stream::AssertOp>(node, *step.condition, StringRef(step.message));
  }

  Value lowerStep(const sema::Node& node, const sema::ProjectNode& step);
  Value lowerStep(const sema::Node& node, const sema::AggregateNode& step);

  Value lowerStep(const sema::Node& node, const sema::LateNode& step) { return lates_.at(step.of); }

  Value lowerStep(const sema::Node& node, const sema::ErrorsNode& step) {
    RowAttr row = rowColumns(node.row, wantedOf(node), context_);
    return builder_.create<stream::ErrorsOp>(locationAt(node.span), row, scope_symbols_.at(step.scope), specOf(node))
        .getResult();
  }

  Value lowerStep(const sema::Node& node, const sema::UnionNode&) {
    SmallVector<Value> given = llvm::map_to_vector(node.inputs, [&](sema::NodeId id) { return values_[id]; });
    RowAttr row = columnsAsIn(rowColumns(node.row, wantedOf(node), context_), given);
    row = withMeta(row, metaColumns(node, stream::rowOf(given.front().getType())));
    SmallVector<Value> inputs = llvm::map_to_vector(node.inputs, [&](sema::NodeId id) {
      return withColumns(values_[id], row, locationAt(node.span), specOf(node));
    });
    return builder_.create<stream::UnionOp>(locationAt(node.span), inputs, specOf(node)).getResult();
  }

  // The region says which arm a row goes to: conditions are evaluated in order, and none behind the one that holds.
  Value lowerStep(const sema::Node& node, const sema::RouteNode& step) {
    ColumnWants wants;
    for (const sema::ExprRef& condition : step.conditions) {
      if (condition) collectColumns(*condition, Want::whole(), wants);
    }
    RegionUses uses = usesOf(inputRow(node), wants, inputColumns(node));
    auto body = [&](mlir::OpBuilder& builder, Location loc, mlir::ValueRange args) -> SmallVector<Value> {
      ExpressionLowering lowering = expressions(builder, uses, args);
      auto number = [&](size_t arm) -> Value {
        return builder.create<mlir::arith::ConstantOp>(loc, builder.getI64IntegerAttr(static_cast<int64_t>(arm)));
      };
      std::function<Value(size_t)> choice = [&](size_t arm) -> Value {
        if (arm == step.conditions.size() || !step.conditions[arm]) return number(arm);
        return lowering.choice(*step.conditions[arm], [&] { return number(arm); }, [&] { return choice(arm + 1); });
      };
      return {choice(0)};
    };
    auto op = builder_.create<stream::RouteOp>(locationAt(node.span), input(node), uses.refs(), body,
                                               static_cast<unsigned>(step.conditions.size()), specOf(node));
    routes_[node.id] = op;
    return input(node);
  }
  Value lowerStep(const sema::Node& node, const sema::RouteArmNode& step) {
    return routes_.at(node.inputs.at(0)).getResults()[step.arm];
  }

  Value lowerStep(const sema::Node& node, const sema::SampleNode& step) {
    RegionUses uses;
    SmallVector<Type> types;
    if (step.by_place) {
      uses.names = {stream::kPartitionColumn.str(), stream::kPositionColumn.str()};
      types.assign(2, builder_.getI64Type());
    } else {
      for (const std::string& name : step.columns) {
        uses.names.push_back(stream::joinPath({name}));
        types.push_back(inputColumns(node).find(uses.names.back())->type);
      }
      if (program_.nodes[node.inputs[0]].has_time) {
        uses.names.push_back(stream::kEventTimeColumn.str());
        types.push_back(stream::TimestampType::get(context_));
      }
    }
    auto body = [&](mlir::OpBuilder& builder, Location loc, mlir::ValueRange args) -> SmallVector<Value> {
      Value part = expressions(builder, uses, args).scalar(*step.part);
      Value rank = builder.create<stream::RankOp>(loc, builder.getF64Type(), args, builder.getTypeArrayAttr(types),
                                                  node.operator_id);
      return {builder.create<mlir::arith::CmpFOp>(loc, mlir::arith::CmpFPredicate::OLT, rank, part)};
    };
    return builder_.create<stream::WhereOp>(locationAt(node.span), input(node), uses.refs(), body, specOf(node))
        .getResult();
  }

  Value lowerStep(const sema::Node& node, const sema::LimitNode& step) {
    return builder_
        .create<stream::LimitOp>(locationAt(node.span), input(node), optionAttribute(step.count, context_),
                                 specOf(node))
        .getResult();
  }
  Value lowerStep(const sema::Node& node, const sema::ThrottleNode& step) {
    return builder_
        .create<stream::ThrottleOp>(locationAt(node.span), input(node), optionAttribute(step.rate, context_),
                                    specOf(node))
        .getResult();
  }

  Value lowerStep(const sema::Node& node, const sema::FlattenNode& step);
  Value lowerStep(const sema::Node& node, const sema::DecodeNode& step);

  Value lowerStep(const sema::Node&, const sema::NotBuiltNode& step) {
    llvm::report_fatal_error(llvm::Twine("lower: called for a program with ") + step.what);
  }

  const sema::Program& program_;
  const SourceFiles& files_;
  mlir::MLIRContext* context_;
  mlir::OpBuilder builder_;
  std::vector<std::string> scope_symbols_;
  std::vector<Value> values_;  // by node
  std::vector<Value> lates_;   // late rows of aggregates, by node
  std::map<sema::NodeId, stream::RouteOp> routes_;
  std::vector<Value> sources_;  // by source: all its nodes are one op, so a record is decoded once
};

// ---------------------------------------------------------------- project

// A field of which something is computed as usual.
struct ProjectedField {
  const sema::Expr* expr;
  Want want;
};

// A computed column that is null rather than a reason to reject: it is only kept for a reader of `.late`, or computed
// from such columns.
struct LenientLeaf {
  const sema::Expr* expr;
  Want want;
  SmallVector<std::string> columns;  // lenient ones that it uses
  bool never_rejects;
};

// The path that an expression names without computing anything; empty when it computes.
std::vector<std::string> pathOf(const sema::Expr& expr) {
  if (expr.kind == sema::ExprKind::kColumn) return pathOfColumn(expr);
  if (expr.kind != sema::ExprKind::kField && expr.kind != sema::ExprKind::kPayload) return {};
  const sema::Expr& base = *expr.args[0];
  std::vector<std::string> path = pathOf(base);
  bool is_row = base.kind == sema::ExprKind::kColumn && base.name.empty();
  if (!path.empty() || is_row) path.push_back(expr.name);
  return path;
}

Value ProgramLowering::lowerStep(const sema::Node& node, const sema::ProjectNode& step) {
  RowAttr given = inputColumns(node);
  std::set<sema::FieldPath> kept(node.kept.begin(), node.kept.end());
  ColumnWants wants;
  std::vector<ProjectedField> fields;
  std::vector<LenientLeaf> lenient;
  SmallVector<Column> row;
  SmallVector<std::string> kept_from;  // by column: the input's column, "" when it is computed
  std::set<std::string> is_lenient;    // computed columns
  for (const sema::NamedExpr& named : step.fields) {
    if (!named.demanded) continue;
    const sema::Expr& expr = *named.expr;
    Want whole = named.leaves.empty() ? Want::whole() : Want::ofPaths(expr.type, named.leaves);
    SmallVector<Column> columns;
    appendColumns(expr.type, whole, {named.name}, context_, columns);
    std::vector<std::string> source = pathOf(expr);
    if (!source.empty()) {
      SmallVector<Column> sources;
      appendColumns(expr.type, whole, source, context_, sources);
      for (auto [column, from] : llvm::zip_equal(columns, sources)) {
        column.type = given.find(from.name)->type;
        kept_from.push_back(from.name.str());
      }
      llvm::append_range(row, columns);
      continue;
    }
    std::vector<sema::FieldPath> strict;
    for (const sema::FieldPath& leaf : named.leaves) {
      Want want = Want::ofPaths(expr.type, {leaf});
      ColumnWants leaf_wants;
      collectColumns(expr, want, leaf_wants);
      RegionUses uses = usesOf(inputRow(node), leaf_wants, given);
      sema::FieldPath path = {named.name};
      path.insert(path.end(), leaf.begin(), leaf.end());
      if (!kept.contains(path) && uses.lenient.empty()) {
        strict.push_back(leaf);
      } else {
        lenient.push_back({&expr, want, uses.lenient, kept.contains(path)});
        is_lenient.insert(stream::joinPath(path));
      }
      for (const auto& [name, part] : leaf_wants) wants[name].add(part);
    }
    if (named.leaves.empty()) collectColumns(expr, whole, wants);
    if (named.leaves.empty() || !strict.empty()) {
      fields.push_back({&expr, named.leaves.empty() ? whole : Want::ofPaths(expr.type, strict)});
    }
    for (Column& column : columns) {
      if (is_lenient.contains(column.name.str())) column.type = lenientType(column);
      row.push_back(column);
      kept_from.emplace_back();
    }
  }

  for (const Column& column : metaColumns(node, given)) {
    row.push_back(column);
    kept_from.push_back(column.name.str());
  }

  // What the region yields: the leaves of the fields that are computed as usual, then the lenient ones.
  std::map<std::string, int64_t> yielded;
  for (bool second : {false, true}) {
    for (auto [column, from] : llvm::zip_equal(row, kept_from)) {
      if (!from.empty() || is_lenient.contains(column.name.str()) != second) continue;
      yielded.emplace(column.name.str(), static_cast<int64_t>(yielded.size()));
    }
  }
  SmallVector<stream::ProjectedAttr> projected;
  for (auto [column, from] : llvm::zip_equal(row, kept_from)) {
    projected.push_back(from.empty() ? stream::ProjectedAttr::computed(column.name, yielded.at(column.name.str()))
                                     : stream::ProjectedAttr::kept(column.name, builder_.getStringAttr(from)));
  }
  RegionUses uses = usesOf(inputRow(node), wants, given);
  auto body = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) {
    ExpressionLowering lowering = expressions(builder, uses, args);
    SmallVector<Value> values;
    for (ProjectedField& field : fields) llvm::append_range(values, lowering.lower(*field.expr, field.want).leaves());
    for (LenientLeaf& leaf : lenient)
      values.push_back(lowering.lenient(*leaf.expr, leaf.want, leaf.columns, leaf.never_rejects));
    return values;
  };
  Type result = stream::withRow(input(node).getType(), RowAttr::get(context_, row));
  return builder_
      .create<stream::ProjectOp>(locationAt(node.span), result, input(node), uses.refs(), body, projected, specOf(node))
      .getResult();
}

// ---------------------------------------------------------------- flatten, decode

// A list that is no column becomes one first, which no field of the language can clash with.
Value ProgramLowering::lowerStep(const sema::Node& node, const sema::FlattenNode& step) {
  Location loc = locationAt(node.span);
  Value rows = input(node);
  RowAttr given = inputColumns(node);
  std::vector<std::string> path = pathOf(*step.list);
  std::string list = path.empty() ? "$list" : stream::joinPath(path);
  if (path.empty()) {
    ColumnWants wants;
    collectColumns(*step.list, Want::whole(), wants);
    RegionUses uses = usesOf(inputRow(node), wants, given);
    SmallVector<Column> columns(given.getColumns());
    SmallVector<stream::ProjectedAttr> projected;
    for (const Column& column : given) projected.push_back(stream::ProjectedAttr::kept(column.name, column.name));
    columns.push_back(Column::field(list, columnType(step.list->type, context_)));
    projected.push_back(stream::ProjectedAttr::computed(columns.back().name, 0));
    auto body = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) -> SmallVector<Value> {
      return {expressions(builder, uses, args).scalar(*step.list)};
    };
    rows = builder_.create<stream::ProjectOp>(loc, stream::withRow(rows.getType(), RowAttr::get(context_, columns)),
                                              rows, uses.refs(), body, projected, specOf(node));
  }
  std::string as = stream::joinPath({step.name});
  SmallVector<Column> row(rowColumns(node.row, wantedOf(node), context_).getColumns());
  for (Column& column : row) {
    // What is kept has the type that it has there; see wantedOf.
    if (const Column* kept = given.find(column.name)) column.type = kept->type;
  }
  llvm::append_range(row, metaColumns(node, given));
  Type result = stream::withRow(rows.getType(), RowAttr::get(context_, row));
  return builder_.create<stream::FlattenOp>(loc, result, rows, list, as, specOf(node)).getResult();
}

Value ProgramLowering::lowerStep(const sema::Node& node, const sema::DecodeNode& step) {
  ColumnWants wants;
  collectColumns(*step.text, Want::whole(), wants);
  RegionUses uses = usesOf(inputRow(node), wants, inputColumns(node));
  auto [decoded, row] = decodedColumns(node);
  SmallVector<stream::ProjectedAttr> projected;
  for (auto [index, column] : llvm::enumerate(row))
    projected.push_back(stream::ProjectedAttr::computed(column.name, static_cast<int64_t>(index)));
  SmallVector<Column> meta = metaColumns(node, inputColumns(node));
  for (const Column& column : meta) projected.push_back(stream::ProjectedAttr::kept(column.name, column.name));
  auto body = [&, columns = decoded](mlir::OpBuilder& builder, Location, mlir::ValueRange args) -> SmallVector<Value> {
    Value text = expressions(builder, uses, args).scalar(*step.text);
    auto decode = builder.create<stream::DecodeOp>(locationAt(step.text->span), text, step.format,
                                                   optionsAttribute(step.options, context_), columns);
    return llvm::to_vector_of<Value>(decode.getResults());
  };
  Type result = stream::withRow(input(node).getType(), withMeta(row, meta));
  return builder_
      .create<stream::ProjectOp>(locationAt(node.span), result, input(node), uses.refs(), body, projected, specOf(node))
      .getResult();
}

// ---------------------------------------------------------------- aggregate

// Sets the leaves of absent optional records to zero: all absent ones are one key.
void normalizeAbsent(ValueTree& tree, mlir::OpBuilder& builder, Location loc, Value present = {}) {
  if (tree.value && present) {
    Value zero = zeroValue(tree.value.getType(), builder, loc);
    tree.value = builder.create<mlir::arith::SelectOp>(loc, present, tree.value, zero);
  }
  if (tree.present && present) tree.present = builder.create<mlir::arith::AndIOp>(loc, tree.present, present);
  for (ValueTree& field : tree.fields) normalizeAbsent(field, builder, loc, tree.present ? tree.present : present);
}

constexpr stream::AggregateFunction kFunctions[] = {
    stream::AggregateFunction::kCount, stream::AggregateFunction::kSum, stream::AggregateFunction::kAvg,
    stream::AggregateFunction::kMin,   stream::AggregateFunction::kMax, stream::AggregateFunction::kFirst,
    stream::AggregateFunction::kLast,  stream::AggregateFunction::kAny};

Value ProgramLowering::lowerStep(const sema::Node& node, const sema::AggregateNode& step) {
  Location loc = locationAt(node.span);
  Value rows = input(node);
  RowAttr input_row = stream::rowOf(rows.getType());

  // Keys that only name columns are used as they are; the others are computed before, into columns that no field of the
  // language can clash with.
  SmallVector<Column> row;        // of the result
  SmallVector<std::string> keys;  // columns of the input
  SmallVector<Column> computed;   // key columns that the input lacks
  ColumnWants key_wants;
  std::vector<const sema::Expr*> key_exprs;
  for (const sema::NamedExpr& key : step.keys) {
    SmallVector<Column> columns;
    appendColumns(key.expr->type, Want::whole(), {key.name}, context_, columns);
    llvm::append_range(row, columns);
    std::vector<std::string> path = pathOf(*key.expr);
    if (!path.empty() && columns.size() == 1 && columns[0].role == stream::ColumnRole::kField) {
      keys.push_back(stream::joinPath(path));
      continue;
    }
    collectColumns(*key.expr, Want::whole(), key_wants);
    key_exprs.push_back(key.expr.get());
    for (Column column : columns) {
      column.name = builder_.getStringAttr("$key." + column.name.getValue());
      computed.push_back(column);
      keys.push_back(column.name.str());
    }
  }
  if (!computed.empty()) {
    SmallVector<Column> extended(input_row.getColumns());
    SmallVector<stream::ProjectedAttr> projected;
    for (const Column& column : input_row) projected.push_back(stream::ProjectedAttr::kept(column.name, column.name));
    for (auto [index, column] : llvm::enumerate(computed)) {
      extended.push_back(column);
      projected.push_back(stream::ProjectedAttr::computed(column.name, index));
    }
    RegionUses uses = usesOf(inputRow(node), key_wants, input_row);
    auto body = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) {
      ExpressionLowering lowering = expressions(builder, uses, args);
      SmallVector<Value> values;
      for (const sema::Expr* expr : key_exprs) {
        ValueTree tree = lowering.lower(*expr, Want::whole());
        normalizeAbsent(tree, builder, locationAt(expr->span));
        llvm::append_range(values, tree.leaves());
      }
      return values;
    };
    input_row = RowAttr::get(context_, extended);
    rows = builder_.create<stream::ProjectOp>(loc, stream::withRow(rows.getType(), input_row), rows, uses.refs(), body,
                                              projected, specOf(node));
  }

  ColumnWants wants;
  SmallVector<stream::AggregateAttr> aggregates;
  SmallVector<const sema::AggregateField*> arguments;
  for (const sema::AggregateField& field : step.fields) {
    if (!field.demanded) continue;
    mlir::StringAttr name = builder_.getStringAttr(stream::joinPath({field.name}));
    row.push_back(Column::field(name, columnType(field.type, context_)));
    // count() where x has no argument but its condition.
    bool has_arg = field.arg && field.function != sema::AggregateFunction::kCount;
    if (field.where) collectColumns(*field.where, Want::whole(), wants);
    if (has_arg) collectColumns(*field.arg, Want::whole(), wants);
    if (!has_arg && !field.where) {
      aggregates.push_back(stream::AggregateAttr::count(name));
      continue;
    }
    Type arg_type = has_arg ? columnType(field.arg->type, context_) : Type(builder_.getI1Type());
    aggregates.push_back(stream::AggregateAttr::get(context_, name, kFunctions[static_cast<int>(field.function)],
                                                    static_cast<int64_t>(arguments.size()), arg_type,
                                                    static_cast<bool>(field.where)));
    arguments.push_back(&field);
  }
  RegionUses uses = usesOf(inputRow(node), wants, input_row);
  auto body = [&](mlir::OpBuilder& builder, Location, mlir::ValueRange args) {
    ExpressionLowering lowering = expressions(builder, uses, args);
    return llvm::map_to_vector(arguments, [&](const sema::AggregateField* field) {
      const sema::Expr* arg = field->function == sema::AggregateFunction::kCount ? nullptr : field->arg.get();
      if (!arg) return lowering.scalar(*field->where);
      return field->where ? lowering.optionalWhere(*field->where, *arg) : lowering.scalar(*arg);
    });
  };
  RowAttr result_row = RowAttr::get(context_, row);
  Type result;
  stream::TumbleAttr window;
  if (step.window) {
    window = stream::TumbleAttr::get(context_, step.window->size_us, step.window->offset_us);
    result = stream::StreamType::get(result_row);
  } else {
    SmallVector<StringRef> key_names;
    for (const Column& column : result_row.getColumns().take_front(keys.size()))
      key_names.push_back(column.name.getValue());
    result = stream::TableType::get(context_, result_row, builder_.getStrArrayAttr(key_names));
  }
  SmallVector<StringRef> key_refs(keys.begin(), keys.end());
  // The step's place, then those of its aggregates: what a sum that does not fit names.
  SmallVector<Location> places = {loc};
  for (const sema::AggregateField& field : step.fields)
    if (field.demanded) places.push_back(locationAt(field.span));
  auto op = builder_.create<stream::AggregateOp>(builder_.getFusedLoc(places), result, rows, key_refs, window,
                                                 step.window && step.window->late_drop, uses.refs(), body, aggregates,
                                                 specOf(node));
  lates_[node.id] = op.getLate();
  return op.getResult();
}

}  // namespace

mlir::OwningOpRef<mlir::ModuleOp> lower(const sema::Program& program, const SourceFiles& files,
                                        mlir::MLIRContext& context) {
  context.loadDialect<stream::StreamDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module = ProgramLowering(program, files, context).run();
  if (failed(mlir::verify(*module))) llvm::report_fatal_error("lower: made a module that does not verify");
  return module;
}

}  // namespace streamc::lower
