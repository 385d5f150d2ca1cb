// The steps: one function for each operation that makes rows of rows.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "llvm/ADT/StringMap.h"
#include "test/interpreter/aggregates.h"
#include "test/interpreter/evaluation.h"

namespace streamc::referee {

namespace stream = ir::stream;
using mlir::Operation;
using stream::Cause;
using stream::RowAttr;

RegionRunner::RegionRunner(mlir::Region& region, mlir::ArrayAttr uses, RowAttr columns, Evaluation& evaluation)
    : region_(region), code_(evaluation.params()) {
  for (auto name : uses.getAsValueRange<mlir::StringAttr>()) {
    auto index = columns.indexOf(name);
    names_.push_back(name.str());
    columns_.push_back(index ? static_cast<int>(*index) : -1);
  }
}

std::vector<Value> RegionRunner::run(const Row& row) {
  std::vector<Value> arguments;
  for (auto [name, column] : llvm::zip_equal(names_, columns_)) {
    if (column >= 0) {
      arguments.push_back(row.values[static_cast<size_t>(column)]);
    } else if (name == stream::kEventTimeColumn && row.event_time) {
      arguments.push_back(ofInt(*row.event_time, 64));
    } else if (name == stream::kPartitionColumn && row.place) {
      arguments.push_back(ofInt(row.place->first, 64));
    } else if (name == stream::kPositionColumn && row.place) {
      arguments.push_back(ofInt(row.place->second, 64));
    } else if (name == stream::kWindowStartColumn && row.window) {
      arguments.push_back(ofInt(row.window->start, 64));
    } else if (name == stream::kWindowEndColumn && row.window) {
      arguments.push_back(ofInt(row.window->end, 64));
    } else {
      throw Stuck("a region uses column " + name + ", which its rows do not have");
    }
  }
  return code_.run(region_, arguments);
}

namespace {

RowAttr columnsOf(mlir::Value value) { return stream::rowOf(value.getType()); }

// ---------------------------------------------------------------- sources

struct Record {
  std::shared_ptr<Origin> origin;
  std::string text;
  bool is_too_long = false;
};

Timestamps timestampsOf(mlir::DictionaryAttr format_options, Evaluation& evaluation) {
  mlir::Attribute option = format_options.get("timestamps");
  if (!option) return Timestamps::kText;
  std::string text = evaluation.optionText(option);
  if (text == "s") return Timestamps::kSeconds;
  if (text == "ms") return Timestamps::kMillis;
  if (text == "us") return Timestamps::kMicros;
  return Timestamps::kText;
}

std::string rawInput(std::string_view record) {
  constexpr size_t kShownBytes = 64 << 10;
  std::string_view beginning = utf8Beginning(record, kShownBytes);
  return isUtf8(beginning) ? std::string(beginning) : base64(record.substr(0, kShownBytes));
}

// Lines of a text: LF or CR LF ends one, blank ones are skipped, a byte order mark in front is no part of the first.
std::vector<Record> linesOf(std::string_view text, stream::SourceOp op) {
  std::vector<Record> records;
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
      auto origin = std::make_shared<Origin>();
      origin->source = op.getName().str();
      origin->offset = static_cast<Int>(at);
      origin->input = rawInput(line);
      records.push_back({std::move(origin), std::string(line), static_cast<Int>(line.size()) > op.getMaxRecord()});
    }
    at = end + 1;
  }
  return records;
}

// A row of the source before its event time; values in the order of `demand`.
using RowMaker = std::function<std::vector<Value>(const Record&)>;

void readRecords(stream::SourceOp op, const std::vector<Record>& records, const RowMaker& make,
                 Evaluation& evaluation) {
  std::optional<RegionRunner> time;
  if (op.hasTime()) time.emplace(op.getBody(), op.getUses(), op.getDemand(), evaluation);
  if (op.getMaxAheadUs()) throw Stuck("max_ahead looks at the clock, the referee does not");
  std::vector<unsigned> kept;
  for (const stream::Column& column : op.getRow()) kept.push_back(*op.getDemand().indexOf(column.name.getValue()));
  Rows rows;
  std::optional<Int> greatest;
  // Sources are numbered in the order of the program.
  Int number = 0;
  for (mlir::Operation* before = op->getPrevNode(); before; before = before->getPrevNode())
    number += mlir::isa<stream::SourceOp>(before);
  for (const Record& record : records) {
    Row row{.origin = record.origin};
    row.place = {(number << 32) + record.origin->partition, record.origin->offset};
    if (greatest && op.getWaitUs()) row.watermark = *greatest - static_cast<Int>(*op.getWaitUs());
    try {
      row.values = make(record);
      if (time) row.event_time = asSigned(time->run(row)[0], 64);
    } catch (const JsonFailure&) {
      evaluation.reject(op, row, Cause::kDecode, op.getLoc());
      continue;
    } catch (const Rejected& rejected) {
      evaluation.reject(op, row, rejected.cause, rejected.place.value_or(op.getLoc()));
      continue;
    }
    if (row.event_time) greatest = std::max(greatest.value_or(*row.event_time), *row.event_time);
    std::vector<Value> values;
    for (unsigned index : kept) values.push_back(std::move(row.values[index]));
    row.values = std::move(values);
    rows.push_back(std::move(row));
  }
  evaluation.setRows(op.getResult(), std::move(rows));
}

// `n` counts from 0, `at` is n / rate after 1970 began, in whole microseconds.
void generate(stream::SourceOp op, Evaluation& evaluation) {
  mlir::DictionaryAttr options = op.getOptions();
  double per_second = options.get("rate") ? evaluation.optionReal(options.get("rate")) : 1.0;
  Int rows = std::llround(per_second * 1e6), micros = 1'000'000'000'000;
  for (Int seconds : {1, 60, 3600, 86'400}) {
    double in_that_time = per_second * static_cast<double>(seconds);
    if (in_that_time < 1 || std::fabs(in_that_time - std::round(in_that_time)) > 1e-9 * in_that_time) continue;
    rows = std::llround(in_that_time), micros = seconds * 1'000'000;
    break;
  }
  Int partitions = options.get("partitions") ? evaluation.optionInteger(options.get("partitions")) : 1;
  std::vector<Record> records;
  if (!options.get("count")) throw Stuck("a source without an end");
  for (Int n = 0, count = evaluation.optionInteger(options.get("count")); n < count; ++n) {
    auto origin = std::make_shared<Origin>();
    origin->source = op.getName().str();
    origin->offset = n;
    origin->partition = n % partitions;
    records.push_back({std::move(origin), ""});
  }
  auto make = [&](const Record& record) {
    std::vector<Value> values;
    for (const stream::Column& column : op.getDemand())
      values.push_back(ofInt(column.name == "n" ? record.origin->offset : record.origin->offset * micros / rows, 64));
    return values;
  };
  readRecords(op, records, make, evaluation);
}

void source(stream::SourceOp op, Evaluation& evaluation) {
  if (op.getConnector() == "generate") return generate(op, evaluation);
  std::string path = "-";
  if (op.getConnector() == "file") {
    path = evaluation.optionText(op.getOptions().get("path"));
  } else if (op.getConnector() != "stdin") {
    throw Stuck("the referee has no connector " + op.getConnector().str());
  }
  if (op.getFormat() != "json") throw Stuck("the referee has no format " + op.getFormat().str());
  std::optional<std::string> text = evaluation.world().read(path);
  if (!text) throw Stuck("there is no " + path);
  Timestamps timestamps = timestampsOf(op.getFormatOptions(), evaluation);
  auto make = [&](const Record& record) {
    if (record.is_too_long) throw JsonFailure{"longer than max_record"};
    return decodeRow(record.text, op.getDemand(), timestamps);
  };
  readRecords(op, linesOf(*text, op), make, evaluation);
}

// ---------------------------------------------------------------- sinks and errors

void sink(stream::SinkOp op, Evaluation& evaluation) {
  const Rows& rows = evaluation.rowsOf(op.getInput());
  llvm::StringRef connector = op.getConnector();
  if (connector == "null") return;
  if (auto choice = op.getChoice()) {
    mlir::Type type = evaluation.paramType(choice->getSlot());
    if (textOf(evaluation.params().at(static_cast<size_t>(choice->getSlot())), type) != choice->getSymbol().getValue())
      return;
  }
  std::string target;
  if (connector == "file") {
    target = evaluation.optionText(op.getOptions().get("path"));
    if (target == "-") target = kStandardOutput;
  } else if (connector == "stdout" || connector == "stderr") {
    target = connector == "stdout" ? kStandardOutput : kStandardError;
  } else {
    throw Stuck("the referee has no connector " + connector.str());
  }
  if (op.getFormat() != "json") throw Stuck("the referee has no format " + op.getFormat().str());
  Timestamps timestamps = timestampsOf(op.getFormatOptions(), evaluation);
  evaluation.open(target);
  for (const Row& row : rows) {
    try {
      evaluation.write(target, encodeRow(row.values, op.getRow(), timestamps));
    } catch (const JsonFailure&) {
      evaluation.reject(op, row, Cause::kEncode, op.getLoc());
    }
  }
}

void errorsScope(stream::ErrorsScopeOp, Evaluation&) {}

void errors(stream::ErrorsOp op, Evaluation& evaluation) {
  evaluation.evaluateScope(op);
  Rows rows;
  for (const Rejection& rejection : evaluation.rejectionsOf(op.getScope())) {
    Row row = rejection.row;
    row.values = evaluation.errorValues(rejection, columnsOf(op.getResult()));
    rows.push_back(std::move(row));
  }
  evaluation.setRows(op.getResult(), std::move(rows));
}

// ---------------------------------------------------------------- row by row

// The rows that `make` leaves; it may throw Rejected.
template <typename Op, typename Make>
void eachRow(Op op, Evaluation& evaluation, Make&& make) {
  RegionRunner runner(op.getBody(), op.getUses(), columnsOf(op.getInput()), evaluation);
  Rows rows;
  for (const Row& row : evaluation.rowsOf(op.getInput())) {
    try {
      make(row, runner.run(row), rows);
    } catch (const Rejected& rejected) {
      evaluation.reject(op, row, rejected.cause, rejected.place.value_or(op.getLoc()));
    }
  }
  evaluation.setRows(op.getResult(), std::move(rows));
}

void where(stream::WhereOp op, Evaluation& evaluation) {
  eachRow(op, evaluation, [](const Row& row, const std::vector<Value>& yielded, Rows& rows) {
    if (isTrue(yielded[0])) rows.push_back(row);
  });
}

void assertThat(stream::AssertOp op, Evaluation& evaluation) {
  eachRow(op, evaluation, [&](const Row& row, const std::vector<Value>& yielded, Rows& rows) {
    if (!isTrue(yielded[0])) throw Rejected{Cause::kAssert, op.getMessage().str()};
    rows.push_back(row);
  });
}

void route(stream::RouteOp op, Evaluation& evaluation) {
  RegionRunner runner(op.getBody(), op.getUses(), columnsOf(op.getInput()), evaluation);
  std::vector<Rows> arms(op.getNumResults());
  for (const Row& row : evaluation.rowsOf(op.getInput())) {
    try {
      Int arm = asSigned(runner.run(row)[0], 64);
      if (arm >= 0 && arm < static_cast<Int>(arms.size())) arms[static_cast<size_t>(arm)].push_back(row);
    } catch (const Rejected& rejected) {
      evaluation.reject(op, row, rejected.cause, rejected.place.value_or(op.getLoc()));
    }
  }
  for (auto [result, rows] : llvm::zip_equal(op.getResults(), arms)) evaluation.setRows(result, std::move(rows));
}

// All rows come to one worker, which forgets where they came from.
Rows handedOver(mlir::Value input, Evaluation& evaluation) {
  Rows rows = evaluation.rowsOf(input);
  for (Row& row : rows) row.origin = nullptr;
  return rows;
}

void limit(stream::LimitOp op, Evaluation& evaluation) {
  Rows rows = handedOver(op.getInput(), evaluation);
  Int count = std::max<Int>(0, evaluation.optionInteger(op.getAmount()));
  if (count < static_cast<Int>(rows.size())) rows.resize(static_cast<size_t>(count));
  evaluation.setRows(op.getResult(), std::move(rows));
}

// How long a row waits is not its business.
void throttle(stream::ThrottleOp op, Evaluation& evaluation) {
  evaluation.setRows(op.getResult(), handedOver(op.getInput(), evaluation));
}

void project(stream::ProjectOp op, Evaluation& evaluation) {
  RowAttr input = columnsOf(op.getInput());
  eachRow(op, evaluation, [&](const Row& row, const std::vector<Value>& yielded, Rows& rows) {
    Row made = row;
    made.values.clear();
    for (auto column : op.getColumns().getAsRange<stream::ProjectedAttr>())
      made.values.push_back(column.isKept() ? row.values[*input.indexOf(column.getSource().getValue())]
                                            : yielded[static_cast<size_t>(column.getIndex())]);
    rows.push_back(std::move(made));
  });
}

void unite(stream::UnionOp op, Evaluation& evaluation) {
  Rows rows;
  for (mlir::Value input : op.getInputs()) llvm::append_range(rows, evaluation.rowsOf(input));
  evaluation.setRows(op.getResult(), std::move(rows));
}

void flatten(stream::FlattenOp op, Evaluation& evaluation) {
  RowAttr input = columnsOf(op.getInput());
  unsigned list = *input.indexOf(op.getList());
  Rows rows;
  for (const Row& row : evaluation.rowsOf(op.getInput())) {
    for (const Leaves& leaves : asList(row.values[list])) {
      Row made = row;
      made.values.clear();
      for (const stream::Column& column : op.getRow()) {
        std::optional<std::string> leaf = op.leafOf(column.name.getValue());
        made.values.push_back(leaf ? leaves[*op.getElement().indexOf(*leaf)]
                                   : row.values[*input.indexOf(column.name.getValue())]);
      }
      rows.push_back(std::move(made));
    }
  }
  evaluation.setRows(op.getResult(), std::move(rows));
}

// ---------------------------------------------------------------- windows

// The place of one aggregate: the location of the step fuses its own with theirs.
mlir::Location placeOf(stream::AggregateOp op, size_t aggregate) {
  auto fused = mlir::dyn_cast<mlir::FusedLoc>(op.getLoc());
  if (!fused || fused.getLocations().size() != op.getAggregates().size() + 1) return op.getLoc();
  return fused.getLocations()[aggregate + 1];
}

// Both ends lie in what a timestamp can be.
Int cutOff(Int micros) { return std::clamp<Int>(micros, INT64_MIN, INT64_MAX); }

struct Group {
  Window window;
  std::vector<Value> keys;
  std::vector<Aggregate> aggregates;
};

void aggregate(stream::AggregateOp op, Evaluation& evaluation) {
  if (!op.getWindow()) throw Stuck("the referee has no tables yet");
  RowAttr input = columnsOf(op.getInput());
  Int size = op.getWindow()->getSizeUs(), offset = op.getWindow()->getOffsetUs();
  auto functions = llvm::to_vector(op.getAggregates().getAsRange<stream::AggregateAttr>());
  std::vector<unsigned> keys;
  for (auto name : op.getKeys().getAsValueRange<mlir::StringAttr>()) keys.push_back(*input.indexOf(name));
  RegionRunner arguments(op.getBody(), op.getUses(), input, evaluation);
  std::map<std::pair<Int, std::string>, Group> groups;  // by start of the window and text of the key
  Rows late, rows;

  for (const Row& arrived : evaluation.rowsOf(op.getInput())) {
    Row row = arrived;
    row.origin = nullptr;  // here it changes hands: it goes to the owner of its key
    if (!row.event_time) throw Stuck("a row in a window has no event time");
    Int start = floorDivided(*row.event_time - offset, size) * size + offset;
    Window window{cutOff(start), cutOff(start + size)};
    if (row.watermark && window.end <= *row.watermark) {
      evaluation.noteLate();
      if (!op.getLate().use_empty()) {
        row.values.push_back(ofInt(*row.watermark - window.end, 64));
        late.push_back(std::move(row));
      } else if (!op.getLateDrop()) {
        evaluation.reject(op, row, Cause::kLate, op.getLoc());
      }
      continue;
    }
    std::vector<Value> yielded, key;
    try {
      yielded = arguments.run(row);
    } catch (const Rejected& rejected) {
      evaluation.reject(op, row, rejected.cause, rejected.place.value_or(op.getLoc()));
      continue;
    }
    std::string key_text;
    for (unsigned index : keys) {
      key.push_back(row.values[index]);
      key_text += keyText(row.values[index], input.getColumns()[index].type) + "\n";
    }
    Group& group = groups[{start, key_text}];
    if (group.aggregates.empty() && group.keys.empty()) group = {window, key, std::vector<Aggregate>(functions.size())};
    for (auto [function, state] : llvm::zip_equal(functions, group.aggregates))
      state.add(function, function.hasArg() ? yielded[static_cast<size_t>(function.getArg())] : Value(Null{}),
                *row.event_time, row.place);
  }

  for (auto& [at, group] : groups) {
    Row row{.values = group.keys, .event_time = group.window.end - 1, .window = group.window};
    try {
      for (auto [index, function] : llvm::enumerate(functions)) {
        mlir::Type type = op.getRow().find(function.getName().getValue())->type;
        try {
          row.values.push_back(group.aggregates[index].result(function, type));
        } catch (Rejected& rejected) {
          rejected.place = placeOf(op, index);
          throw;
        }
      }
      rows.push_back(std::move(row));
    } catch (const Rejected& rejected) {
      evaluation.reject(op, row, rejected.cause, *rejected.place);
    }
  }
  evaluation.setRows(op.getResult(), std::move(rows));
  evaluation.setRows(op.getLate(), std::move(late));
}

// ---------------------------------------------------------------- the table

template <typename Op, void (*meaning)(Op, Evaluation&)>
void call(Operation& op, Evaluation& evaluation) {
  meaning(mlir::cast<Op>(op), evaluation);
}
template <typename Op, void (*meaning)(Op, Evaluation&)>
void add(llvm::StringMap<StepFunction>& table) {
  table[Op::getOperationName()] = call<Op, meaning>;
}

llvm::StringMap<StepFunction> makeTable() {
  llvm::StringMap<StepFunction> table;
  add<stream::ErrorsScopeOp, errorsScope>(table);
  add<stream::SourceOp, source>(table);
  add<stream::SinkOp, sink>(table);
  add<stream::ErrorsOp, errors>(table);
  add<stream::WhereOp, where>(table);
  add<stream::AssertOp, assertThat>(table);
  add<stream::RouteOp, route>(table);
  add<stream::LimitOp, limit>(table);
  add<stream::ThrottleOp, throttle>(table);
  add<stream::ProjectOp, project>(table);
  add<stream::UnionOp, unite>(table);
  add<stream::FlattenOp, flatten>(table);
  add<stream::AggregateOp, aggregate>(table);
  return table;
}

}  // namespace

StepFunction stepFunctionOf(llvm::StringRef operation) {
  static const llvm::StringMap<StepFunction> kTable = makeTable();
  return kTable.lookup(operation);
}

}  // namespace streamc::referee
