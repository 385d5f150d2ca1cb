#include "runtime-lib/control/status.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

using nlohmann::json;

json timeText(int64_t us) {
  if (us == INT64_MIN || us == INT64_MAX) return nullptr;
  char text[kScalarTextBytes];
  return std::string(text, writeTimestamp(text, us));
}

uint64_t sum(const std::vector<uint64_t>& counts) { return std::accumulate(counts.begin(), counts.end(), uint64_t{0}); }

const char* phaseName(JobFacts::Phase phase) {
  switch (phase) {
    case JobFacts::Phase::kRunning:
      return "running";
    case JobFacts::Phase::kDraining:
      return "draining";
    case JobFacts::Phase::kFailed:
      break;
  }
  return "failed";
}

const char* stateName(JobFacts::Partition::State state) {
  switch (state) {
    case JobFacts::Partition::State::kActive:
      return "active";
    case JobFacts::Partition::State::kIdle:
      return "idle";
    case JobFacts::Partition::State::kEnded:
      break;
  }
  return "ended";
}

json sourceJson(const JobFacts& facts, uint32_t index) {
  const JobFacts::Source& source = facts.sources[index];
  json result = {{"name", source.name},
                 {"operator", source.operator_id},
                 {"records", sum(source.records)},
                 {"undecodable", sum(source.undecodable)},
                 {"partitions", json::array()}};
  if (source.bytes_read) result["bytes_read"] = *source.bytes_read;
  if (source.bytes_left) result["bytes_left"] = *source.bytes_left;
  for (const JobFacts::Partition& partition : facts.partitions) {
    if (partition.source != index) continue;
    result["partitions"].push_back({{"partition", partition.number},
                                    {"worker", partition.worker},
                                    {"state", stateName(partition.state)},
                                    {"watermark", timeText(partition.watermark_us)}});
  }
  return result;
}

json watermarkJson(const JobFacts& facts) {
  const JobFacts::Partition* holding = facts.holdingBack();
  if (holding == nullptr) return nullptr;
  json result = {{"time", timeText(holding->watermark_us)},
                 {"held_back_by", {{"source", facts.sources[holding->source].name}, {"partition", holding->number}}}};
  if (!result["time"].is_null())
    result["lag_seconds"] = static_cast<double>(facts.now_us - holding->watermark_us) / 1e6;
  return result;
}

}  // namespace

const JobFacts::Partition* JobFacts::holdingBack() const {
  const Partition* least = nullptr;
  for (const Partition& partition : partitions) {
    if (partition.state != Partition::State::kActive) continue;
    if (least == nullptr || partition.watermark_us < least->watermark_us) least = &partition;
  }
  return least;
}

std::string statusJson(const JobFacts& facts) {
  json status = {{"job", facts.job},
                 {"compiler", facts.compiler},
                 {"plan", facts.plan},
                 {"state", phaseName(facts.phase)},
                 {"started", timeText(facts.start_us)},
                 {"uptime_seconds", static_cast<double>(facts.now_us - facts.start_us) / 1e6},
                 {"workers", facts.workers},
                 {"watermark", watermarkJson(facts)},
                 {"sources", json::array()},
                 {"sinks", json::array()},
                 {"tables", json::array()},
                 {"rejected", json::object()},
                 {"late", 0}};
  if (facts.phase == JobFacts::Phase::kFailed) status["error"] = facts.failure;
  for (uint32_t i = 0; i < facts.sources.size(); ++i) status["sources"].push_back(sourceJson(facts, i));
  for (const auto& sink : facts.sinks)
    status["sinks"].push_back(
        {{"name", sink.name}, {"operator", sink.operator_id}, {"records", sum(sink.records)}, {"bytes", sink.bytes}});
  uint64_t late = 0;
  for (const auto& op : facts.operators) late += op.late;
  status["late"] = late;
  for (const auto& rejected : facts.rejected) {
    uint64_t rows = sum(rejected.rows);
    if (rows == 0) continue;
    json& count = status["rejected"][rejected.cause];
    count = (count.is_null() ? 0 : count.get<uint64_t>()) + rows;
  }
  for (const auto& table : facts.tables) {
    auto same = [&](const json& other) { return other["id"] == table.id; };
    auto& tables = status["tables"];
    auto found = std::find_if(tables.begin(), tables.end(), same);
    if (found == tables.end()) {
      tables.push_back(
          {{"id", table.id}, {"operator", table.operator_id}, {"bytes", 0}, {"keys", 0}, {"windows_open", 0}});
      found = tables.end() - 1;
    }
    (*found)["bytes"] = (*found)["bytes"].get<uint64_t>() + table.bytes;
    (*found)["keys"] = (*found)["keys"].get<uint64_t>() + table.keys;
    (*found)["windows_open"] = (*found)["windows_open"].get<uint64_t>() + table.windows;
  }
  return status.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace streamrt
