#include "runtime-lib/control/restore.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/checkpoint/change_file.h"
#include "runtime-lib/core/mistake.h"

namespace streamrt {

Result<std::unique_ptr<Restore>> Restore::of(CheckpointStore& store, CheckpointManifest manifest, const JobPlan& plan) {
  auto foreign = [&](std::string_view what) {
    return failure(ErrorCode::kForeignCheckpoint, fmt::format("checkpoint {} in {} {}; --restore none begins anew",
                                                              manifest.epoch, store.directory(), what));
  };
  if (manifest.job != plan.job) return foreign(fmt::format("is of job {}, this is {}", manifest.job, plan.job));
  if (manifest.plan_hash != plan.plan_hash) {
    return foreign(fmt::format("was made by another version of the program (plan {}, this is {})", manifest.plan_hash,
                               plan.plan_hash));
  }
  return std::unique_ptr<Restore>(new Restore(store, std::move(manifest)));
}

const CheckpointManifest::Partition* Restore::partition(const std::string& source, int32_t partition) const {
  for (const auto& known : manifest_.partitions) {
    if (known.source == source && known.partition == partition) return &known;
  }
  return nullptr;
}

const CheckpointManifest::Sink* Restore::sink(const std::string& operator_id) const {
  for (const auto& known : manifest_.sinks) {
    if (known.operator_id == operator_id) return &known;
  }
  return nullptr;
}

int64_t Restore::watermark(const std::string& process) const {
  int64_t greatest = INT64_MIN;
  for (const auto& stage : manifest_.stages) {
    if (stage.process == process) greatest = std::max(greatest, stage.watermark_us);
  }
  return greatest;
}

int64_t Restore::rowsPassed(const std::string& process) const {
  int64_t rows = 0;
  if (planted(Mistake::kLimitForgotten)) return rows;
  for (const auto& stage : manifest_.stages) {
    if (stage.process == process) rows += stage.rows_passed;  // one worker has them all
  }
  return rows;
}

std::vector<SourceSpec::Former> Restore::partitions(const std::string& source) const {
  std::vector<SourceSpec::Former> former;
  for (const auto& known : manifest_.partitions) {  // sorted by number
    if (known.source == source) former.push_back({known.name, known.position, known.ended});
  }
  return former;
}

Result<Restore::Opened> Restore::open(const CheckpointManifest::Table& share, const TableLayout& layout,
                                      PageAllocator& pages) {
  Opened opened;
  opened.in_files = true;
  PageAssembly assembly(pages);
  uint64_t keys = 0;
  for (const std::string& name : share.files) {
    auto wrong = [&](std::string_view what) {
      return failure(ErrorCode::kBadCheckpoint, fmt::format("checkpoint {}: {}", manifest_.epoch, what));
    };
    auto info =
        readChangeFile([&](uint64_t offset, size_t max) { return store_.readAt(name, offset, max); }, name, &assembly);
    if (!info) return wrong(info.error().text);
    const CheckpointManifest::File* file = manifest_.file(name);
    if (file == nullptr || info->bytes != file->bytes || info->hash != file->hash) {
      return wrong(fmt::format("{} is not what was written", name));
    }
    opened.chain.add(name, file->bytes, file->hash, info->records, 0);
    keys = info->keys;
  }
  auto taken = assembly.take();
  if (!taken) return std::unexpected(taken.error());
  auto table = Table::open(layout, pages, *taken);
  if (!table) return std::unexpected(table.error());
  opened.table = std::move(*table);
  if (opened.table->keys() != keys || keys != share.keys) {
    return failure(ErrorCode::kBadCheckpoint,
                   fmt::format("checkpoint {}: table {} of worker {} has {} keys, its files say {}", manifest_.epoch,
                               share.operator_id, share.worker, opened.table->keys(), keys));
  }
  return opened;
}

Result<Restore::Opened> Restore::table(const TableLayout& layout, const std::string& operator_id, uint32_t worker,
                                       uint32_t workers, const GroupMap& owners, PageAllocator& pages) {
  if (workers == manifest_.workers || planted(Mistake::kGroupsStay)) {
    for (const auto& share : manifest_.tables) {
      if (share.operator_id == operator_id && share.worker == worker) return open(share, layout, pages);
    }
    return Opened{std::make_unique<Table>(layout, pages), false, {}};
  }
  auto [former, fresh] = former_.try_emplace(operator_id);
  if (fresh) {
    for (const auto& share : manifest_.tables) {
      if (share.operator_id != operator_id) continue;
      auto opened = open(share, layout, former->second.pages);
      if (!opened) return std::unexpected(opened.error());
      former->second.tables.push_back(std::move(opened->table));
    }
  }
  Opened opened{std::make_unique<Table>(layout, pages), false, {}};
  for (const auto& share : former->second.tables) {
    opened.table->copyFrom(*share, [&](uint64_t hash) { return owners[hash >> 56] == worker; });
  }
  return opened;
}

}  // namespace streamrt
