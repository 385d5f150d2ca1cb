#include "runtime-lib/main/checkpoints_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime-lib/checkpoint/store.h"
#include "runtime-lib/formats/value_text.h"

namespace streamrt {
namespace {

using Json = nlohmann::json;

// The bytes that this checkpoint added: files that an older one wrote are only named again.
uint64_t bytesAdded(const CheckpointManifest& manifest) {
  uint64_t bytes = 0;
  const std::string own = fmt::format("{}-", manifest.epoch);
  for (const auto& file : manifest.files) {
    if (file.name.starts_with(own)) bytes += file.bytes;
  }
  return bytes;
}

uint64_t keysOf(const CheckpointManifest& manifest) {
  uint64_t keys = 0;
  for (const auto& table : manifest.tables) keys += table.keys;
  return keys;
}

std::string timeText(int64_t us) {
  char text[kScalarTextBytes];
  return {text, writeTimestamp(text, us)};
}

Json jsonOf(const CheckpointManifest& manifest) {
  return {{"epoch", manifest.epoch},
          {"parent", manifest.parent},
          {"created", timeText(manifest.created_us)},
          {"duration_us", manifest.duration_us},
          {"bytes", manifest.stateBytes()},
          {"bytes_added", bytesAdded(manifest)},
          {"keys", keysOf(manifest)},
          {"workers", manifest.workers},
          {"finished", manifest.finished},
          {"plan", manifest.plan_hash}};
}

std::string lineOf(const CheckpointManifest& manifest) {
  return fmt::format("{:>8}  {:<27}  {:>9.1f} ms  {:>12}  {:>12}  {:>10}  {}\n", manifest.epoch,
                     timeText(manifest.created_us), static_cast<double>(manifest.duration_us) / 1e3,
                     manifest.stateBytes(), bytesAdded(manifest), keysOf(manifest),
                     manifest.finished ? "the end of the input" : "");
}

}  // namespace

Result<std::string> checkpointsText(Env& env, const std::string& directory, bool json) {
  auto store = CheckpointStore::look(env, directory);
  if (!env.exists(directory + "/manifests")) {
    return failure(ErrorCode::kStateUnreadable, fmt::format("{} is no state directory of a job", directory));
  }
  auto epochs = store->epochs();
  if (!epochs) return std::unexpected(epochs.error());
  Json list = Json::array();
  std::string table = fmt::format("{:>8}  {:<27}  {:>12}  {:>12}  {:>12}  {:>10}\n", "epoch", "created", "took",
                                  "bytes", "bytes added", "keys");
  for (uint64_t epoch : *epochs) {
    auto manifest = store->load(epoch);
    if (manifest) {
      list.push_back(jsonOf(*manifest));
      table += lineOf(*manifest);
    } else {
      list.push_back({{"epoch", epoch}, {"error", manifest.error().text}});
      table += fmt::format("{:>8}  damaged: {}\n", epoch, manifest.error().text);
    }
  }
  if (json) return list.dump(2) + "\n";
  return epochs->empty() ? fmt::format("{} has no checkpoint yet\n", directory) : table;
}

}  // namespace streamrt
