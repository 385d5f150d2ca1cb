#include "passes/plan/planner.h"

#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "passes/plan/aggregate_cells.h"
#include "passes/plan/row_origin.h"

namespace streamc::passes {

namespace job = ir::job;
namespace stream = ir::stream;
using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;
using stream::Column;
using stream::ColumnRole;
using stream::RowAttr;

namespace {

// The column of the list in what is written to a flatten.
constexpr llvm::StringLiteral kListColumn = "$list";

// Users of a value in the order of the program; one that uses it twice (a union may) stands twice.
llvm::SmallVector<mlir::Operation*> consumersOf(Value rows) {
  llvm::SmallVector<mlir::Operation*> users(rows.user_begin(), rows.user_end());
  llvm::stable_sort(users, [](mlir::Operation* a, mlir::Operation* b) { return a->isBeforeInBlock(b); });
  return users;
}

// Runs `emit` where `builder` stands, in a flow of its own when the step may reject.
void inFlow(OpBuilder& builder, stream::StepOpInterface step, bool rejects, llvm::function_ref<void(OpBuilder&)> emit) {
  if (!rejects) return emit(builder);
  auto flow = builder.create<job::FlowOp>(step.getLoc(), step.getStep(), step.getErrors());
  OpBuilder inside = OpBuilder::atBlockEnd(&flow.getRegion().front());
  emit(inside);
}

void ifTrue(OpBuilder& builder, Location loc, Value condition, llvm::function_ref<void(OpBuilder&)> emit) {
  auto branch = builder.create<mlir::scf::IfOp>(loc, condition, /*withElseRegion=*/false);
  OpBuilder inside = branch.getThenBodyBuilder();
  emit(inside);
}

bool isUsedIn(mlir::ArrayAttr names, llvm::StringRef name) {
  return llvm::any_of(names, [&](mlir::Attribute a) { return mlir::cast<mlir::StringAttr>(a).getValue() == name; });
}

}  // namespace

Planner::Planner(mlir::ModuleOp module) : module_(module), symbols_(OpBuilder::atBlockEnd(module.getBody())) {}

void Planner::run() {
  llvm::SmallVector<mlir::Operation*> program;
  for (mlir::Operation& op : *module_.getBody()) program.push_back(&op);

  // Scopes first: everything refers to them.
  planErrorScopes();
  for (mlir::Operation* op : program)
    if (auto source = mlir::dyn_cast<stream::SourceOp>(op))
      origins_ |= usesBelow(source.getResult(), stream::kPositionColumn);
  // A source starts a process, which goes on until rows leave it: into a sink, or for another worker.
  for (mlir::Operation* op : program)
    if (auto source = mlir::dyn_cast<stream::SourceOp>(op)) planSource(source);
  // An aggregate continues on the worker that owns the key, and once more when its windows close. What counts or paces
  // rows continues on one worker.
  for (mlir::Operation* op : program) {
    if (auto aggregate = mlir::dyn_cast<stream::AggregateOp>(op)) planAggregate(keyedOf(aggregate));
    if (mlir::isa<stream::LimitOp, stream::ThrottleOp>(op)) planGate(op);
  }
  // Rejected rows are rows.
  for (mlir::Operation* op : program)
    if (auto scope = mlir::dyn_cast<stream::ErrorsScopeOp>(op)) planErrors(scope);

  for (mlir::Operation* op : llvm::reverse(program)) op->erase();
}

// ------------------------------------------------------------------------------------------------------------ edges

void Planner::planErrorScopes() {
  for (auto scope : llvm::to_vector(module_.getOps<stream::ErrorsScopeOp>())) {
    bool read = scope.getPolicy() == stream::ErrorPolicy::kStderr;
    for (auto errors : module_.getOps<stream::ErrorsOp>())
      read |= errors.getScope() == scope.getSymName() && !errors.getResult().use_empty();
    auto policy = scope.getPolicy();
    if (policy == stream::ErrorPolicy::kStderr) policy = stream::ErrorPolicy::kStream;
    if (policy == stream::ErrorPolicy::kStream && !read) policy = stream::ErrorPolicy::kSkip;
    names_.insert(scope.getSymName());
    symbols_.create<job::ErrorsOp>(scope.getLoc(), scope.getSymName(), policy);
  }
}

void Planner::planErrors(stream::ErrorsScopeOp scope) {
  RowAttr columns = stream::errorsRow(module_.getContext());
  llvm::SmallVector<stream::ErrorsOp> readers;
  for (auto errors : module_.getOps<stream::ErrorsOp>())
    if (errors.getScope() == scope.getSymName() && !errors.getResult().use_empty()) readers.push_back(errors);

  if (scope.getPolicy() == stream::ErrorPolicy::kStderr) {
    auto sink = symbols_.create<job::SinkOp>(scope.getLoc(), unique("stderr"), "stderr", "stderr",
                                             symbols_.getDictionaryAttr({}), "json", symbols_.getDictionaryAttr({}),
                                             symbols_.getStrArrayAttr({}), columns, "errors", "errors/sink",
                                             scope.getSymName(), mlir::ArrayAttr());
    auto process = symbols_.create<job::ProcessOp>(scope.getLoc(), "p" + std::to_string(processes_++),
                                                   scope.getSymName(), columns, "errors", scope.getSymName());
    OpBuilder body = OpBuilder::atBlockEnd(&process.getRegion().front());
    body.create<job::WriteOp>(scope.getLoc(), sink.getSymName(), process.getRegion().front().getArguments());
    return;
  }
  if (scope.getPolicy() != stream::ErrorPolicy::kStream || readers.empty()) return;
  job::ProcessOp at = process(scope.getSymName(), columns, mlir::cast<stream::StepOpInterface>(*readers.front()));
  mlir::Block& block = at.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  for (stream::ErrorsOp reader : readers)
    emitConsumers(body, reader.getResult(), RowValues(columns, block.getArguments()));
}

void Planner::planSource(stream::SourceOp source) {
  // What the program demands is validated; what nobody needs the value of is validated only.
  llvm::SmallVector<Column> columns;
  for (Column column : source.getDemand()) {
    column.check = !source.getRow().contains(column.name) && !isUsedIn(source.getUses(), column.name);
    // What rejects nothing: nobody sees whether it was looked at.
    if (column.check && (column.lenient || stream::isMetaColumn(column.name))) continue;
    columns.push_back(column);
  }
  RowAttr decoded = RowAttr::get(module_.getContext(), columns);
  for (Column& column : columns) column.lenient = false;
  RowAttr row = RowAttr::get(module_.getContext(), columns);
  auto edge = symbols_.create<job::SourceOp>(
      source.getLoc(), unique(source.getName().empty() ? "source" : source.getName()), source.getName(),
      source.getConnector(), source.getOptions(), source.getFormat(), source.getFormatOptions(), decoded,
      source.hasTime(), source.getWaitUsAttr(), source.getIdleUsAttr(), source.getMaxAheadUsAttr(),
      source.getMaxRecord(), source.getStep(), source.getOperatorId(), source.getErrors());

  job::ProcessOp at = process(edge.getSymName(), row, source);
  mlir::Block& block = at.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  RowValues values(row, block.getArguments());
  if (source.hasTime()) {
    Value event_time = copyRowCode(body, source.getBody(), source.getUses(), values).front();
    values.set(stream::kEventTimeColumn, event_time);
    values.set(stream::kWatermarkColumn, body.create<job::ObserveOp>(source.getLoc(), event_time));
  }
  if (origins_) {
    auto origin = body.create<job::OriginOp>(source.getLoc());
    values.set(stream::kPartitionColumn, origin.getPartition());
    values.set(stream::kPositionColumn, origin.getPosition());
  }
  emitConsumers(body, source.getResult(), values);
}

job::SinkOp Planner::sinkOf(stream::SinkOp step) {
  for (job::SinkOp known : sinks_)
    if (known.getName() == step.getName() && known.getColumns() == step.getRow() &&
        known.getConnector() == step.getConnector() && known.getOptions() == step.getOptions()) {
      // Open when somebody writes to it.
      llvm::SmallVector<mlir::Attribute> choices;
      if (std::optional<mlir::ArrayAttr> before = known.getChoices()) llvm::append_range(choices, *before);
      bool is_always_open = !known.getChoices() || !step.getChoice();
      if (is_always_open) {
        known.removeChoicesAttr();
      } else if (!llvm::is_contained(choices, *step.getChoice())) {
        choices.push_back(*step.getChoice());
        known.setChoicesAttr(symbols_.getArrayAttr(choices));
      }
      return known;
    }
  auto sink = symbols_.create<job::SinkOp>(
      step.getLoc(), unique(step.getName().empty() ? step.getConnector() : step.getName()), step.getName(),
      step.getConnector(), step.getOptions(), step.getFormat(), step.getFormatOptions(), step.getKey(), step.getRow(),
      step.getStep(), step.getOperatorId(), step.getErrors(),
      step.getChoice() ? symbols_.getArrayAttr({*step.getChoice()}) : mlir::ArrayAttr());
  sinks_.push_back(sink);
  return sink;
}

// ---------------------------------------------------------------------------------------------------- row-wise steps

void Planner::emitConsumers(OpBuilder& builder, Value rows, const RowValues& row) {
  for (mlir::Operation* consumer : consumersOf(rows)) emitStep(builder, consumer, row);
}

void Planner::emitStep(OpBuilder& builder, mlir::Operation* step, const RowValues& row) {
  llvm::TypeSwitch<mlir::Operation*>(step)
      .Case([&](stream::WhereOp op) { emitWhere(builder, op, row); })
      .Case([&](stream::RouteOp op) { emitRoute(builder, op, row); })
      .Case<stream::LimitOp, stream::ThrottleOp>([&](auto op) {
        job::ExchangeOp exchange = gateOf(op);
        builder.create<job::WriteOp>(op.getLoc(), exchange.getSymName(), row.get(exchange.getColumns()));
      })
      .Case([&](stream::AssertOp op) { emitAssert(builder, op, row); })
      .Case([&](stream::ProjectOp op) { emitProject(builder, op, row); })
      .Case([&](stream::FlattenOp op) { emitFlatten(builder, op, row); })
      .Case([&](stream::UnionOp op) { emitConsumers(builder, op.getResult(), row); })
      .Case([&](stream::SinkOp op) {
        builder.create<job::WriteOp>(op.getLoc(), sinkOf(op).getSymName(), row.get(op.getRow()));
      })
      .Case([&](stream::AggregateOp op) {
        job::ExchangeOp exchange = keyedOf(op).exchange;
        builder.create<job::WriteOp>(op.getLoc(), exchange.getSymName(), row.get(exchange.getColumns()));
      })
      .Default([](mlir::Operation* op) { op->emitError("plan does not know this step"), std::abort(); });
}

void Planner::emitWhere(OpBuilder& builder, stream::WhereOp step, const RowValues& row) {
  inFlow(builder, step, stream::mayReject(step.getBody()), [&](OpBuilder& b) {
    Value condition = copyRowCode(b, step.getBody(), step.getUses(), row).front();
    ifTrue(b, step.getLoc(), condition, [&](OpBuilder& then) { emitConsumers(then, step.getResult(), row); });
  });
}

// A rejection in an arm stays there: the arm was chosen before.
void Planner::emitRoute(OpBuilder& builder, stream::RouteOp step, const RowValues& row) {
  inFlow(builder, step, stream::mayReject(step.getBody()), [&](OpBuilder& b) {
    Value chosen = copyRowCode(b, step.getBody(), step.getUses(), row).front();
    for (auto [number, arm] : llvm::enumerate(step.getResults())) {
      if (arm.use_empty()) continue;
      Value this_one =
          b.create<mlir::arith::ConstantOp>(step.getLoc(), b.getI64IntegerAttr(static_cast<int64_t>(number)));
      Value is_chosen = b.create<mlir::arith::CmpIOp>(step.getLoc(), mlir::arith::CmpIPredicate::eq, chosen, this_one);
      ifTrue(b, step.getLoc(), is_chosen, [&](OpBuilder& then) { emitConsumers(then, arm, row); });
    }
  });
}

void Planner::emitAssert(OpBuilder& builder, stream::AssertOp step, const RowValues& row) {
  inFlow(builder, step, true, [&](OpBuilder& b) {
    Value condition = copyRowCode(b, step.getBody(), step.getUses(), row).front();
    // Two branches, so that the rejection ends its block even when the condition turns out to be constant.
    auto branch = b.create<mlir::scf::IfOp>(step.getLoc(), condition, /*withElseRegion=*/true);
    OpBuilder holds = branch.getThenBodyBuilder(), fails = branch.getElseBodyBuilder();
    emitConsumers(holds, step.getResult(), row);
    fails.create<job::RejectOp>(step.getLoc(), stream::Cause::kAssert, step.getMessage());
  });
}

void Planner::emitProject(OpBuilder& builder, stream::ProjectOp step, RowValues row) {
  inFlow(builder, step, stream::mayReject(step.getBody()), [&](OpBuilder& b) {
    auto computed = copyRowCode(b, step.getBody(), step.getUses(), row);
    RowValues result = row.pseudoColumns();
    for (mlir::Attribute attribute : step.getColumns()) {
      auto column = mlir::cast<stream::ProjectedAttr>(attribute);
      result.set(column.getName(), column.isKept() ? row.get(column.getSource()) : computed[column.getIndex()]);
    }
    emitConsumers(b, step.getResult(), result);
  });
}

// ------------------------------------------------------------------------------------------------------------ gates

job::ExchangeOp Planner::gateOf(mlir::Operation* op) {
  if (job::ExchangeOp known = gates_.lookup(op)) return known;
  mlir::MLIRContext* context = module_.getContext();
  Value rows = op->getResult(0);
  llvm::SmallVector<Column> columns(stream::rowOf(rows.getType()).getColumns());
  if (hasEventTime(op->getOperand(0))) {
    columns.push_back(Column::pseudo(ColumnRole::kEventTime, context));
    columns.push_back(Column::pseudo(ColumnRole::kWatermark, context));
  }
  for (ColumnRole role :
       {ColumnRole::kWindowStart, ColumnRole::kWindowEnd, ColumnRole::kPartition, ColumnRole::kPosition}) {
    Column column = Column::pseudo(role, context);
    if (usesBelow(rows, column.name)) columns.push_back(column);
  }
  auto exchange = symbols_.create<job::ExchangeOp>(
      op->getLoc(), unique("x" + std::to_string(gates_.size() + keyed_.size())), job::ExchangeKind::kGather,
      symbols_.getStrArrayAttr({}), RowAttr::get(context, columns), mlir::Attribute(), mlir::Attribute());
  if (auto limit = mlir::dyn_cast<stream::LimitOp>(op)) exchange.setLimitAttr(limit.getAmountAttr());
  if (auto throttle = mlir::dyn_cast<stream::ThrottleOp>(op)) exchange.setThrottleAttr(throttle.getAmountAttr());
  return gates_[op] = exchange;
}

void Planner::planGate(mlir::Operation* op) {
  job::ExchangeOp exchange = gateOf(op);
  job::ProcessOp behind =
      process(exchange.getSymName(), exchange.getColumns(), mlir::cast<stream::StepOpInterface>(op));
  mlir::Block& block = behind.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  emitConsumers(body, op->getResult(0), RowValues(exchange.getColumns(), block.getArguments()));
}

// The list leaves the process: the runtime takes it apart, some elements at a time, for a process that goes on.
void Planner::emitFlatten(OpBuilder& builder, stream::FlattenOp step, const RowValues& row) {
  job::FlattenOp flatten = flattens_.lookup(step);
  if (!flatten) flatten = planFlatten(step, row);
  llvm::SmallVector<Value> values;
  for (const Column& column : flatten.getColumns()) {
    Value value = column.name == kListColumn ? row.get(step.getList()) : row.find(column.name);
    // Rows from another side of a union may lack what orders the rows of sources; there it means nothing.
    if (!value) value = builder.create<mlir::arith::ConstantOp>(step.getLoc(), builder.getI64IntegerAttr(0));
    values.push_back(value);
  }
  builder.create<job::WriteOp>(step.getLoc(), flatten.getSymName(), values);
}

job::FlattenOp Planner::planFlatten(stream::FlattenOp step, const RowValues& row) {
  mlir::MLIRContext* context = module_.getContext();
  llvm::SmallVector<Column> columns, flattened;
  llvm::SmallVector<std::string> leaves;
  for (const Column& column : step.getRow())
    if (!step.leafOf(column.name.getValue())) columns.push_back(column);
  for (ColumnRole role : {ColumnRole::kEventTime, ColumnRole::kWatermark, ColumnRole::kWindowStart,
                          ColumnRole::kWindowEnd, ColumnRole::kPartition, ColumnRole::kPosition}) {
    Column column = Column::pseudo(role, context);
    if (row.find(column.name)) columns.push_back(column);
  }
  flattened = columns;
  for (const Column& column : step.getRow()) {
    std::optional<std::string> leaf = step.leafOf(column.name.getValue());
    if (!leaf) continue;
    flattened.push_back(column);
    leaves.push_back(*leaf);
  }
  columns.push_back(Column::field(kListColumn, step.getUsedRow().find(step.getList())->type));
  llvm::SmallVector<llvm::StringRef> leaf_names(leaves.begin(), leaves.end());
  RowAttr rows = RowAttr::get(context, flattened);
  auto flatten =
      symbols_.create<job::FlattenOp>(step.getLoc(), unique("f" + std::to_string(flattens_.size())),
                                      RowAttr::get(context, columns), rows, symbols_.getStrArrayAttr(leaf_names));
  flattens_[step] = flatten;
  job::ProcessOp after = process(flatten.getSymName(), rows, step);
  mlir::Block& block = after.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  emitConsumers(body, step.getResult(), RowValues(rows, block.getArguments()));
  return flatten;
}

// ------------------------------------------------------------------------------------------------------- aggregates

// Columns that an aggregate needs on the other side: keys, what its arguments and readers of its late rows use, and
// time.
RowAttr Planner::exchangedColumns(stream::AggregateOp step) {
  RowAttr input = stream::rowOf(step.getInput().getType());
  RowAttr late = stream::rowOf(step.getLate().getType());
  bool late_read = !step.getLate().use_empty();
  llvm::SmallVector<Column> columns;
  for (const Column& column : input)
    if (isUsedIn(step.getKeys(), column.name) || isUsedIn(step.getUses(), column.name) ||
        (late_read && late.contains(column.name)))
      columns.push_back(column);
  mlir::MLIRContext* context = module_.getContext();
  columns.push_back(Column::pseudo(ColumnRole::kEventTime, context));
  columns.push_back(Column::pseudo(ColumnRole::kWatermark, context));
  for (ColumnRole role : {ColumnRole::kWindowStart, ColumnRole::kWindowEnd}) {
    Column column = Column::pseudo(role, context);
    if (isUsedIn(step.getUses(), column.name)) columns.push_back(column);
  }
  if (needsOrigin(step) || usesBelow(step.getLate(), stream::kPositionColumn))
    for (ColumnRole role : {ColumnRole::kPartition, ColumnRole::kPosition})
      columns.push_back(Column::pseudo(role, context));
  return RowAttr::get(context, columns);
}

RowAttr Planner::firedColumns(stream::AggregateOp step) {
  mlir::MLIRContext* context = module_.getContext();
  auto row = step.getRow().getColumns();
  size_t keys = step.getKeys().size();
  llvm::SmallVector<Column> columns(row.take_front(keys));
  // What is known of an entry before anything can reject it stands in front.
  columns.push_back(Column::pseudo(ColumnRole::kWindowStart, context));
  columns.push_back(Column::pseudo(ColumnRole::kWindowEnd, context));
  llvm::append_range(columns, row.drop_front(keys));
  columns.push_back(Column::pseudo(ColumnRole::kEventTime, context));
  columns.push_back(Column::pseudo(ColumnRole::kWatermark, context));
  return RowAttr::get(context, columns);
}

namespace {

// The shape of one aggregate: its types come from the step.
AggregateShape shapeOf(stream::AggregateOp step, stream::AggregateAttr aggregate) {
  return {.function = aggregate.getFunction(),
          .argument = aggregate.getArgType(),
          .result = step.getRow().find(aggregate.getName())->type,
          .conditional = aggregate.getConditional(),
          .by_position = goesByOrder(aggregate) && needsOrigin(step)};
}

// The place of an aggregate in the text. The location of the step fuses its own with those of its aggregates.
Location placeOf(stream::AggregateOp step, size_t aggregate) {
  auto fused = mlir::dyn_cast<mlir::FusedLoc>(step.getLoc());
  if (!fused || fused.getLocations().size() != step.getAggregates().size() + 1) return step.getLoc();
  return fused.getLocations()[aggregate + 1];
}

auto aggregatesOf(stream::AggregateOp step) { return step.getAggregates().getAsRange<stream::AggregateAttr>(); }

}  // namespace

Planner::Keyed& Planner::keyedOf(stream::AggregateOp step) {
  if (Keyed* known = keyed_of_.lookup(step)) return *known;
  mlir::MLIRContext* context = module_.getContext();
  std::string number = std::to_string(keyed_.size() + gates_.size());

  RowAttr exchanged = exchangedColumns(step);
  auto exchange =
      symbols_.create<job::ExchangeOp>(step.getLoc(), unique("x" + number),
                                       step.getKeys().empty() ? job::ExchangeKind::kGather : job::ExchangeKind::kHash,
                                       step.getKeys(), exchanged, mlir::Attribute(), mlir::Attribute());

  llvm::SmallVector<Column> key;
  // The result may name its keys otherwise than the input.
  for (auto [name, result] : llvm::zip(step.getKeys().getAsRange<mlir::StringAttr>(), step.getRow())) {
    key.push_back(*exchanged.find(name));
    key.back().name = result.name;
  }
  llvm::SmallVector<mlir::Attribute> cell;
  for (auto aggregate : aggregatesOf(step))
    for (const CellField& field : cellFields(shapeOf(step, aggregate))) {
      std::string name = aggregate.getName().str();
      if (!field.suffix.empty()) name += "." + field.suffix;
      cell.push_back(job::FieldAttr::get(context, static_cast<int64_t>(cell.size()) + 1, symbols_.getStringAttr(name),
                                         field.type));
    }
  auto table = symbols_.create<job::TableOp>(step.getLoc(), unique("t" + number), step.getOperatorId(),
                                             RowAttr::get(context, key), symbols_.getArrayAttr(cell),
                                             step.getWindowAttr(), firedColumns(step), job::LayoutAttr());

  keyed_.push_back(std::make_unique<Keyed>(Keyed{step, exchange, table}));
  keyed_of_[step] = keyed_.back().get();
  return *keyed_.back();
}

void Planner::planAggregate(Keyed& keyed) {
  stream::AggregateOp step = keyed.step;
  RowAttr columns = keyed.exchange.getColumns();
  job::ProcessOp arriving = process(keyed.exchange.getSymName(), columns, step);
  mlir::Block& block = arriving.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  RowValues row(columns, block.getArguments());

  // Late or not comes first: a late row never reaches the aggregate.
  auto lateness = body.create<job::LatenessOp>(step.getLoc(), keyed.table.getSymName(),
                                               row.get(stream::kEventTimeColumn), row.get(stream::kWatermarkColumn));
  auto branch = body.create<mlir::scf::IfOp>(step.getLoc(), lateness.getLate(), /*withElseRegion=*/true);
  OpBuilder late = branch.getThenBodyBuilder();
  emitLate(late, keyed, row, lateness.getLateBy());
  OpBuilder on_time = branch.getElseBodyBuilder();
  emitUpdate(on_time, keyed, row);

  emitFire(keyed);
  job::ProcessOp firing = process(keyed.table.getSymName(), keyed.table.getFired(), step);
  mlir::Block& fired = firing.getRegion().front();
  OpBuilder after = OpBuilder::atBlockEnd(&fired);
  emitConsumers(after, step.getResult(), RowValues(keyed.table.getFired(), fired.getArguments()));
}

void Planner::emitLate(OpBuilder& builder, const Keyed& keyed, const RowValues& row, Value late_by) {
  stream::AggregateOp step = keyed.step;
  if (!step.getLate().use_empty()) {
    RowValues late = row;
    late.set("late_by", late_by);
    return emitConsumers(builder, step.getLate(), late);
  }
  llvm::StringRef scope = step.getErrors();
  if (step.getLateDrop()) {
    // The program says that nobody wants them; they are counted all the same.
    if (late_drops_.empty()) {
      late_drops_ = unique("late_drops");
      symbols_.create<job::ErrorsOp>(step.getLoc(), late_drops_, stream::ErrorPolicy::kSkip);
    }
    scope = late_drops_;
  }
  auto flow = builder.create<job::FlowOp>(step.getLoc(), step.getStep(), scope);
  OpBuilder inside = OpBuilder::atBlockEnd(&flow.getRegion().front());
  inside.create<job::RejectOp>(step.getLoc(), stream::Cause::kLate, "its window is closed");
}

void Planner::emitUpdate(OpBuilder& builder, const Keyed& keyed, const RowValues& row) {
  stream::AggregateOp step = keyed.step;
  job::TableOp table = keyed.table;
  inFlow(builder, step, stream::mayReject(step.getBody()), [&](OpBuilder& b) {
    auto arguments = copyRowCode(b, step.getBody(), step.getUses(), row);
    Value event_time = row.get(stream::kEventTimeColumn);
    // The region sees what orders the rows as more values: first and last keep it.
    llvm::SmallVector<Value> values = arguments;
    values.push_back(event_time);
    if (needsOrigin(step)) values.append({row.get(stream::kPartitionColumn), row.get(stream::kPositionColumn)});
    auto keys = llvm::map_to_vector(step.getKeys().getAsRange<mlir::StringAttr>(),
                                    [&](mlir::StringAttr name) { return row.get(name.getValue()); });
    auto update = b.create<job::UpdateOp>(step.getLoc(), table, keys, event_time, values);

    mlir::Block& block = update.getUpdate().front();
    OpBuilder region = OpBuilder::atBlockEnd(&block);
    auto fields = mlir::ValueRange(block.getArguments()).take_front(table.getCell().size());
    auto inside = mlir::ValueRange(block.getArguments()).drop_front(fields.size());
    auto ranks = inside.drop_front(arguments.size());
    RowOrder order{.event_time = ranks[0]};
    if (ranks.size() > 1) order.partition = ranks[1], order.position = ranks[2];
    llvm::SmallVector<Value> updated;
    size_t next = 0;
    for (auto aggregate : aggregatesOf(step)) {
      AggregateShape shape = shapeOf(step, aggregate);
      size_t count = cellFields(shape).size();
      Value argument = aggregate.hasArg() ? inside[aggregate.getArg()] : Value();
      llvm::append_range(updated,
                         updateFields(region, step.getLoc(), shape, fields.slice(next, count), argument, order));
      next += count;
    }
    region.create<job::YieldOp>(step.getLoc(), updated);
  });
}

void Planner::emitFire(const Keyed& keyed) {
  stream::AggregateOp step = keyed.step;
  job::TableOp table = keyed.table;
  auto fire = symbols_.create<job::FireOp>(step.getLoc(), table, step.getStep(), step.getErrors());
  mlir::Block& block = fire.getRegion().front();
  OpBuilder body = OpBuilder::atBlockEnd(&block);
  size_t keys = table.getKey().size(), cells = table.getCell().size();
  mlir::ValueRange arguments = block.getArguments();
  Value window_start = arguments[keys + cells], window_end = arguments[keys + cells + 1];

  // The result may name its keys otherwise than the input did: they correspond by position.
  RowValues row;
  for (auto [column, value] : llvm::zip(step.getRow().getColumns().take_front(keys), arguments.take_front(keys)))
    row.set(column.name, value);
  mlir::ValueRange fields = arguments.slice(keys, cells);
  for (auto [index, aggregate] : llvm::enumerate(aggregatesOf(step))) {
    AggregateShape shape = shapeOf(step, aggregate);
    size_t count = cellFields(shape).size();
    row.set(aggregate.getName(), finishFields(body, placeOf(step, index), shape, fields.take_front(count)));
    fields = fields.drop_front(count);
  }
  // The last instant of the window, so that an equal window behind this one groups the same rows.
  Value one = body.create<mlir::arith::ConstantOp>(step.getLoc(), body.getI64IntegerAttr(1));
  row.set(stream::kEventTimeColumn, body.create<mlir::arith::SubIOp>(step.getLoc(), window_end, one));
  row.set(stream::kWindowStartColumn, window_start);
  row.set(stream::kWindowEndColumn, window_end);
  // Overwritten by the runtime, which alone knows the watermark that the rows are fired under.
  row.set(stream::kWatermarkColumn, window_start);
  body.create<job::YieldOp>(step.getLoc(), row.get(table.getFired()));
}

// ---------------------------------------------------------------------------------------------------------- helpers

job::ProcessOp Planner::process(llvm::StringRef input, RowAttr columns, stream::StepOpInterface step) {
  return symbols_.create<job::ProcessOp>(step.getLoc(), "p" + std::to_string(processes_++), input, columns,
                                         step.getStep(), step.getErrors());
}

std::string Planner::unique(llvm::StringRef wanted) {
  std::string name = wanted.str();
  for (unsigned n = 2; !names_.insert(name).second; ++n) name = (wanted + "_" + llvm::Twine(n)).str();
  return name;
}

}  // namespace streamc::passes
