#include "runtime-lib/control/metrics.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>
#include <utility>

namespace streamrt {
namespace {

struct Family {
  const char *name, *type, *help;
};
enum Metric : size_t {
#define STREAM_METRIC(name, text, type, labels, help) name,
#include "runtime-lib/control/metrics.def"
#undef STREAM_METRIC
};
constexpr Family kFamilies[] = {
#define STREAM_METRIC(name, text, type, labels, help) {text, type, help},
#include "runtime-lib/control/metrics.def"
#undef STREAM_METRIC
};

using Labels = std::initializer_list<std::pair<const char*, std::string_view>>;

class Exposition {
 public:
  explicit Exposition(std::string_view job) : job_(job) {}

  void family(Metric metric) {
    name_ = kFamilies[metric].name;
    text_ += fmt::format("# HELP streamc_{} {}\n# TYPE streamc_{} {}\n", name_, kFamilies[metric].help, name_,
                         kFamilies[metric].type);
  }
  template <class Number>
  void sample(Labels labels, Number value) {
    text_ += fmt::format("streamc_{}{{job=\"", name_);
    escape(job_);
    text_ += '"';
    for (const auto& [label, text] : labels) {
      text_ += fmt::format(",{}=\"", label);
      escape(text);
      text_ += '"';
    }
    text_ += fmt::format("}} {}\n", value);
  }
  std::string take() { return std::move(text_); }

 private:
  void escape(std::string_view text) {
    for (char c : text) {
      if (c == '\\' || c == '"') text_ += '\\';
      if (c == '\n')
        text_ += "\\n";
      else
        text_ += c;
    }
  }

  std::string_view job_;
  const char* name_ = "";
  std::string text_;
};

std::string number(uint64_t value) { return fmt::format("{}", value); }

double seconds(int64_t us) { return static_cast<double>(us) / 1e6; }

void writeOperators(const JobFacts& facts, Exposition& out) {
  out.family(kRecordsIn);
  for (const auto& op : facts.operators) out.sample({{"operator", op.name}, {"worker", number(op.worker)}}, op.in);
  out.family(kRecordsOut);
  for (const auto& op : facts.operators) out.sample({{"operator", op.name}, {"worker", number(op.worker)}}, op.out);
  out.family(kLate);
  for (const auto& op : facts.operators) out.sample({{"operator", op.name}, {"worker", number(op.worker)}}, op.late);
}

void writeSources(const JobFacts& facts, Exposition& out) {
  out.family(kSourceRecords);
  for (const auto& source : facts.sources)
    for (size_t worker = 0; worker < source.records.size(); ++worker)
      out.sample({{"operator", source.operator_id}, {"worker", number(worker)}}, source.records[worker]);
  out.family(kDecodeErrors);
  for (const auto& source : facts.sources)
    for (size_t worker = 0; worker < source.undecodable.size(); ++worker)
      out.sample({{"operator", source.operator_id}, {"worker", number(worker)}, {"reason", "decode"}},
                 source.undecodable[worker]);
  out.family(kSourceReadBytes);
  for (const auto& source : facts.sources)
    if (source.bytes_read) out.sample({{"operator", source.operator_id}}, *source.bytes_read);
  out.family(kSourceLagBytes);
  for (const auto& source : facts.sources)
    if (source.bytes_left) out.sample({{"operator", source.operator_id}}, *source.bytes_left);
  out.family(kWatermarkLag);
  for (const auto& partition : facts.partitions) {
    bool known = partition.watermark_us != INT64_MIN && partition.watermark_us != INT64_MAX;
    if (!known || partition.state == JobFacts::Partition::State::kEnded) continue;
    out.sample({{"operator", facts.sources[partition.source].operator_id},
                {"worker", number(partition.worker)},
                {"partition", fmt::format("{}", partition.number)}},
               seconds(facts.now_us - partition.watermark_us));
  }
}

void writeSinks(const JobFacts& facts, Exposition& out) {
  out.family(kSinkRecords);
  for (const auto& sink : facts.sinks)
    for (size_t worker = 0; worker < sink.records.size(); ++worker)
      out.sample({{"operator", sink.operator_id}, {"worker", number(worker)}}, sink.records[worker]);
  out.family(kSinkBytes);
  for (const auto& sink : facts.sinks) out.sample({{"operator", sink.operator_id}}, sink.bytes);
}

void writeRejected(const JobFacts& facts, Exposition& out) {
  out.family(kRejected);
  for (const auto& rejected : facts.rejected)
    for (size_t worker = 0; worker < rejected.rows.size(); ++worker)
      out.sample({{"operator", rejected.step}, {"worker", number(worker)}, {"cause", rejected.cause}},
                 rejected.rows[worker]);
}

void writeWorkers(const JobFacts& facts, Exposition& out) {
  auto each = [&](auto write) {
    for (size_t i = 0; i < facts.by_worker.size(); ++i) write(number(i), facts.by_worker[i]);
  };
  out.family(kErrorsLost);
  each([&](const std::string& worker, const auto& of) { out.sample({{"worker", worker}}, of.errors_lost); });
  out.family(kTaskTime);
  each([&](const std::string& worker, const auto& of) {
    out.sample({{"worker", worker}, {"state", "busy"}}, of.busy_s);
    out.sample({{"worker", worker}, {"state", "idle"}}, of.idle_s);
    out.sample({{"worker", worker}, {"state", "blocked"}}, of.blocked_s);
  });
  out.family(kWindowsFired);
  each([&](const std::string& worker, const auto& of) { out.sample({{"worker", worker}}, of.windows_fired); });
}

void writeState(const JobFacts& facts, Exposition& out) {
  out.family(kQueueRatio);
  for (const auto& queue : facts.queues)
    out.sample({{"operator", queue.reader}, {"worker", number(queue.worker)}}, queue.ratio);
  auto tables = [&](Metric metric, uint64_t JobFacts::Table::* value) {
    out.family(metric);
    for (const auto& table : facts.tables)
      out.sample({{"operator", table.operator_id}, {"worker", number(table.worker)}, {"table", number(table.id)}},
                 table.*value);
  };
  tables(kStateBytes, &JobFacts::Table::bytes);
  tables(kStateBytesMost, &JobFacts::Table::bytes_most);
  tables(kStateBytesHeld, &JobFacts::Table::bytes_held);
  tables(kStateKeys, &JobFacts::Table::keys);
  tables(kWindowsOpen, &JobFacts::Table::windows);
}

}  // namespace

std::string metricsText(const JobFacts& facts) {
  Exposition out(facts.job);
  out.family(kJobInfo);
  out.sample({{"compiler", facts.compiler}, {"plan", facts.plan}}, 1);
  out.family(kJobStart);
  out.sample({}, seconds(facts.start_us));
  writeOperators(facts, out);
  writeSources(facts, out);
  writeSinks(facts, out);
  writeRejected(facts, out);
  writeWorkers(facts, out);
  writeState(facts, out);
  return out.take();
}

}  // namespace streamrt
