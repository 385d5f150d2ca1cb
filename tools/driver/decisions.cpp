#include "tools/driver/decisions.h"

#include <map>

#include "fmt/format.h"
#include "ir/job/ops.h"
#include "llvm/ADT/StringSet.h"

namespace streamc::driver {
namespace {

namespace job = ir::job;
namespace stream = ir::stream;
using sema::Node;

std::string list(const std::vector<std::string>& names, const char* between = ", ") {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : between) + name;
  return text;
}

// Names as users wrote them: what the runtime adds to a row is no column of theirs.
std::string columnNames(llvm::ArrayRef<stream::Column> columns) {
  std::vector<std::string> names;
  for (const stream::Column& column : columns) {
    llvm::StringRef name = column.name.getValue();
    name.consume_front("$key.");
    if (name.empty()) name = "this";
    if (name == stream::kEventTimeColumn) {
      names.emplace_back("event time");
    } else if (name == stream::kWatermarkColumn) {
      names.emplace_back("watermark");
    } else {
      names.push_back((stream::isMetaColumn(name) ? name.drop_front() : name).str());
    }
  }
  return list(names);
}

std::string typeText(mlir::Type type) {
  if (type.isInteger(128)) return "i128";
  std::string text;
  llvm::raw_string_ostream out(text);
  type.print(out);
  llvm::StringRef name = text;
  name.consume_front("!stream.");
  return name.str();
}

class Decisions {
 public:
  explicit Decisions(const Compilation& c) : c_(c), program_(*c.program()) {}

  std::vector<Decision> collect() {
    notes("push-filters", "filter");
    notes("share-streams", "share");
    for (job::SourceOp source : module().getOps<job::SourceOp>()) decoding(source);
    for (job::ProcessOp process : module().getOps<job::ProcessOp>()) fusion(process);
    for (job::ExchangeOp exchange : module().getOps<job::ExchangeOp>()) handingOver(exchange);
    remarks(codegen::Remark::About::kLoop, "loop");
    remarks(codegen::Remark::About::kKeys, "keys");
    remarks(codegen::Remark::About::kSink, "sink");
    for (job::TableOp table : module().getOps<job::TableOp>()) layout(table);
    return std::move(decisions_);
  }

 private:
  mlir::ModuleOp module() const { return *const_cast<Compilation&>(c_).ir; }

  void add(std::string about, std::string subject, bool done, std::string text) {
    Decision made{std::move(about), std::move(subject), done, std::move(text)};
    if (!llvm::is_contained(decisions_, made)) decisions_.push_back(std::move(made));
  }

  void notes(std::string_view pass, const char* about) {
    for (const passes::Note& note : c_.notes)
      if (note.pass == pass) add(about, note.step, note.done, note.text);
  }

  void remarks(codegen::Remark::About about, const char* name) {
    for (const codegen::Remark& remark : c_.remarks)
      if (remark.about == about)
        add(name, remark.subject.empty() ? nameOfProcess(remark.process) : remark.subject, remark.done,
            remark.subject.empty() ? remark.text
                                   : fmt::format("{} (in the loop {})", remark.text, nameOfProcess(remark.process)));
  }

  void decoding(job::SourceOp source) {
    std::vector<std::string> kept, checked, met;
    for (const stream::Column& column : source.getColumns()) {
      llvm::StringRef name = column.name.getValue();
      if (stream::isMetaColumn(name)) {
        met.push_back(name.drop_front().str());
      } else {
        (column.check ? checked : kept).push_back(name.empty() ? "this" : name.str());
      }
    }
    std::string text = kept.empty() ? "no field is kept" : "keeps " + list(kept);
    if (!checked.empty()) text += "; checks " + list(checked) + ", which nothing needs the value of";
    if (!met.empty()) text += "; adds " + list(met);
    add("decode", nameOf(source.getName(), source.getOperatorId()), true, text);
  }

  static std::string nameOf(llvm::StringRef name, llvm::StringRef operator_id) {
    // One without a name is called as its connector.
    return (operator_id.ends_with("/source") && !operator_id.starts_with(name) ? operator_id : name).str();
  }

  // What a process starts from, as users know it.
  std::string nameOfProcess(llvm::StringRef symbol) const {
    auto process = mlir::SymbolTable::lookupNearestSymbolFrom<job::ProcessOp>(
        module(), mlir::StringAttr::get(module().getContext(), symbol));
    if (!process) return symbol.str();
    return placeOf(process) + (process.getInsteadOf() ? ", with one worker" : "");
  }
  std::string placeOf(job::ProcessOp process) const {
    mlir::Operation* input = mlir::SymbolTable::lookupNearestSymbolFrom(process, process.getInputAttr());
    if (auto source = mlir::dyn_cast<job::SourceOp>(input))
      return "from " + nameOf(source.getName(), source.getOperatorId());
    if (auto table = mlir::dyn_cast<job::TableOp>(input)) return "behind " + table.getOperatorId().str();
    if (mlir::isa<job::ExchangeOp>(input)) return "into " + process.getStep().str();
    if (mlir::isa<job::FlattenOp>(input)) return "behind " + process.getStep().str();
    return "of errors " + process.getInput().str();
  }

  std::string targetName(llvm::StringRef symbol) const {
    mlir::Operation* op =
        mlir::SymbolTable::lookupNearestSymbolFrom(module(), mlir::StringAttr::get(module().getContext(), symbol));
    if (auto sink = mlir::dyn_cast_or_null<job::SinkOp>(op))
      return (sink.getName() == sink.getConnector() ? sink.getOperatorId() : sink.getName()).str();
    for (job::ProcessOp reader : const_cast<Decisions*>(this)->module().getOps<job::ProcessOp>())
      if (reader.getInput() == symbol) return reader.getStep().str();
    return symbol.str();
  }

  // The steps that run in one loop: those that are reached without handing rows over.
  void fusion(job::ProcessOp process) {
    std::vector<std::string> targets;
    llvm::StringSet<> seen;
    process.walk([&](job::WriteOp write) {
      if (seen.insert(write.getTarget()).second) targets.push_back(targetName(write.getTarget()));
    });
    std::vector<std::string> flows;
    llvm::StringSet<> named;
    process.walk([&](job::FlowOp flow) {
      if (named.insert(flow.getStep()).second) flows.push_back(flow.getStep().str());
    });
    std::string text = fmt::format("one loop, process_{}", process.getSymName().str());
    if (process.getInsteadOf())
      text += fmt::format(", instead of process_{}: nothing is handed over", process.getInsteadOf()->str());
    if (!flows.empty()) text += ", with places for what " + list(flows) + (flows.size() == 1 ? " rejects" : " reject");
    bool updates = process.walk([](job::UpdateOp) { return mlir::WalkResult::interrupt(); }).wasInterrupted();
    if (updates) text += ", up to its table";
    if (!targets.empty()) text += " → " + list(targets);
    add("fuse", nameOfProcess(process.getSymName()), true, text);
  }

  void handingOver(job::ExchangeOp exchange) {
    std::vector<std::string> keys;
    for (llvm::StringRef name : exchange.getKey().getAsValueRange<mlir::StringAttr>()) {
      name.consume_front("$key.");
      keys.push_back(name.str());
    }
    std::string what = exchange.getKind() == job::ExchangeKind::kHash
                           ? "by " + list(keys) + ": a key group of 256, which one worker owns"
                           : "all rows to one worker";
    add("exchange", "into " + targetName(exchange.getSymName()), true,
        fmt::format("{}; carries {}", what, columnNames(exchange.getColumns().getColumns())));
  }

  void layout(job::TableOp table) {
    std::optional<job::LayoutAttr> layout = table.getLayout();
    if (!layout) return;
    std::vector<std::string> fields;
    for (auto [i, field] : llvm::enumerate(table.getCell().getAsRange<job::FieldAttr>())) {
      std::string there = layout->getValidity()[i] < 0 ? "" : fmt::format(", there {}", layout->getValidity()[i]);
      fields.push_back(fmt::format("{} {} at {}{}", field.getName().getValue().str(), typeText(field.getType()),
                                   layout->getOffsets()[i], there));
    }
    const bool is_fixed = layout->getKeyFixed() >= 0;
    const int64_t stride = (layout->getCellSize() + 7) / 8 * 8;
    // A byte of tag for each slot, and at most 7 of 8 slots are used (docs/formats/table-pages.md).
    add("table", table.getOperatorId().str(), true,
        fmt::format(
            "{} B an entry and window{}, {:.1f} B of memory when pages are as full as they get: key ({}) {}; {}",
            stride, is_fixed ? "" : " besides the bytes of the key", (static_cast<double>(stride) + 1) * 8 / 7,
            columnNames(table.getKey().getColumns()),
            is_fixed ? fmt::format("{} B inline", layout->getKeyFixed()) : "as a reference", list(fields)));
  }

  const Compilation& c_;
  const sema::Program& program_;
  std::vector<Decision> decisions_;
};

}  // namespace

std::vector<Decision> decisionsOf(const Compilation& compilation) { return Decisions(compilation).collect(); }

}  // namespace streamc::driver
