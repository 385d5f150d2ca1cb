#include "runtime-lib/checkpoint/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "runtime-lib/core/mistake.h"

namespace streamrt {
namespace {

constexpr std::string_view kManifestEnd = ".manifest";

// The epoch of a manifest's or data file's name; none for other files.
std::optional<uint64_t> epochOf(std::string_view name) {
  uint64_t epoch = 0;
  auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), epoch);
  if (error != std::errc() || end == name.data() + name.size() || *end != '-') return std::nullopt;
  return epoch;
}

Result<void> writeAll(OutputFile& file, std::string_view bytes) {
  while (!bytes.empty()) {
    Result<size_t> written = file.write(bytes);
    if (!written) return std::unexpected(written.error());
    bytes.remove_prefix(*written);
  }
  return {};
}

}  // namespace

CheckpointStore::CheckpointStore(Env& env, std::string directory)
    : env_(env), directory_(std::move(directory)), attempt_(fmt::format("{:08x}", env.random() & 0xffffffff)) {}

std::unique_ptr<CheckpointStore> CheckpointStore::look(Env& env, std::string directory) {
  return std::unique_ptr<CheckpointStore>(new CheckpointStore(env, std::move(directory)));
}

Result<std::unique_ptr<CheckpointStore>> CheckpointStore::open(Env& env, std::string directory) {
  auto store = look(env, std::move(directory));
  auto unusable = [&](const Error& error) {
    return failure(ErrorCode::kStateUnreadable, fmt::format("state directory: {}", error.text));
  };
  for (const char* part : {"/data", "/manifests"}) {
    if (auto made = env.makeDirectories(store->directory_ + part); !made) return unusable(made.error());
  }
  // The directories' own names.
  for (const std::string& path : {store->directory_ + "/data", store->directory_}) {
    if (auto synced = env.syncDirectoryOf(path); !synced) return unusable(synced.error());
  }
  auto lock = env.lockDirectory(store->directory_);
  if (!lock) return std::unexpected(lock.error());
  store->lock_ = std::move(*lock);
  return store;
}

Result<void> CheckpointStore::writeWhole(const std::string& path, std::string_view bytes) {
  auto file = env_.createOutput(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = writeAll(**file, bytes); !written) return written;
  if (!planted(Mistake::kManifestUnsynced)) {
    if (auto synced = (*file)->sync(); !synced) return synced;
  }
  return (*file)->close();
}

Result<std::vector<uint64_t>> CheckpointStore::epochs() {
  if (!env_.exists(directory_ + "/manifests")) return std::vector<uint64_t>{};
  auto names = env_.listDirectory(directory_ + "/manifests");
  if (!names) return failure(ErrorCode::kStateUnreadable, names.error().text);
  std::vector<uint64_t> epochs;
  for (const std::string& name : *names) {
    if (!name.ends_with(kManifestEnd)) continue;
    if (auto epoch = epochOf(name)) epochs.push_back(*epoch);
  }
  std::sort(epochs.begin(), epochs.end());
  return epochs;
}

Result<std::string> CheckpointStore::manifestPath(uint64_t epoch) {
  auto names = env_.listDirectory(directory_ + "/manifests");
  if (!names) return failure(ErrorCode::kStateUnreadable, names.error().text);
  for (const std::string& name : *names) {
    if (name.ends_with(kManifestEnd) && epochOf(name) == epoch) return directory_ + "/manifests/" + name;
  }
  return failure(ErrorCode::kStateUnreadable, fmt::format("{} has no checkpoint {}", directory_, epoch));
}

Result<CheckpointManifest> CheckpointStore::load(uint64_t epoch) {
  auto path = manifestPath(epoch);
  if (!path) return std::unexpected(path.error());
  auto bytes = env_.readFile(*path);
  if (!bytes) return std::unexpected(bytes.error());
  auto manifest = parseCheckpoint(*bytes, *path);
  if (manifest && manifest->epoch != epoch) {
    return failure(ErrorCode::kBadCheckpoint, fmt::format("{} says that it is checkpoint {}", *path, manifest->epoch));
  }
  return manifest;
}

Result<std::optional<CheckpointManifest>> CheckpointStore::newest() {
  auto all = epochs();
  if (!all) return std::unexpected(all.error());
  if (all->empty()) return std::optional<CheckpointManifest>();
  auto manifest = load(all->back());
  if (manifest) return std::optional(std::move(*manifest));
  std::string hint =
      all->size() > 1 ? fmt::format("; --restore {} goes back to the one before it", all->at(all->size() - 2)) : "";
  return failure(manifest.error().code, manifest.error().text + hint);
}

Result<void> CheckpointStore::makeDurable(uint64_t epoch) {
  auto path = manifestPath(epoch);
  if (!path) return std::unexpected(path.error());
  auto bytes = env_.readFile(*path);
  if (!bytes) return std::unexpected(bytes.error());
  auto file = env_.openOutputAt(*path, static_cast<int64_t>(bytes->size()));
  if (!file) return std::unexpected(file.error());
  if (auto synced = (*file)->sync(); !synced) return synced;
  return env_.syncDirectoryOf(*path);
}

Result<std::string> CheckpointStore::read(const CheckpointManifest& manifest, std::string_view name) {
  const CheckpointManifest::File* file = manifest.file(name);
  if (file == nullptr)
    return failure(ErrorCode::kBadCheckpoint, fmt::format("checkpoint {} does not list {}", manifest.epoch, name));
  auto bytes = read(*file);
  if (bytes) return bytes;
  return failure(bytes.error().code, fmt::format("checkpoint {}: {}", manifest.epoch, bytes.error().text));
}

Result<std::string> CheckpointStore::read(const CheckpointManifest::File& file) {
  std::string path = fmt::format("{}/data/{}", directory_, file.name);
  auto bytes = env_.readFile(path);
  if (!bytes) return failure(ErrorCode::kBadCheckpoint, bytes.error().text);
  if (bytes->size() != file.bytes || contentHash(*bytes) != file.hash) {
    return failure(ErrorCode::kBadCheckpoint,
                   fmt::format("{} is not what was written ({} bytes of {})", path, bytes->size(), file.bytes));
  }
  return bytes;
}

Result<CheckpointStore::NewFile> CheckpointStore::begin(uint64_t epoch, std::string_view name) {
  NewFile file;
  file.env_ = &env_;
  file.directory_ = directory_ + "/data/";
  file.name_ = fmt::format("{}-{}-{}", epoch, attempt_, name);
  file.part_ = file.directory_ + file.name_ + ".part";
  auto output = env_.createOutput(file.part_);
  if (!output) return std::unexpected(output.error());
  file.file_ = std::move(*output);
  return file;
}

Result<void> CheckpointStore::NewFile::append(std::string_view bytes) {
  bytes_ += bytes.size();
  return writeAll(*file_, bytes);
}

Result<CheckpointManifest::File> CheckpointStore::NewFile::finish(std::string hash) {
  if (!planted(Mistake::kDataUnsynced)) {
    if (auto synced = file_->sync(); !synced) return std::unexpected(synced.error());
  }
  if (auto closed = file_->close(); !closed) return std::unexpected(closed.error());
  CheckpointManifest::File whole{fmt::format("{}-{}.changes", name_, hash.substr(0, 16)), bytes_, std::move(hash)};
  if (auto renamed = env_->rename(part_, directory_ + whole.name); !renamed) return std::unexpected(renamed.error());
  return whole;
}

Result<void> CheckpointStore::publish(const CheckpointManifest& manifest) {
  if (!planted(Mistake::kDataNamesUnsynced)) {
    if (auto synced = env_.syncDirectoryOf(directory_ + "/data/x"); !synced) return synced;
  }
  std::string path = fmt::format("{}/manifests/{}-{}{}", directory_, manifest.epoch, attempt_, kManifestEnd);
  if (auto written = writeWhole(path + ".part", checkpointBytes(manifest)); !written) return written;
  if (auto renamed = env_.rename(path + ".part", path); !renamed) return renamed;
  if (planted(Mistake::kManifestNameUnsynced)) return {};
  return env_.syncDirectoryOf(path);
}

Result<void> CheckpointStore::collect(uint32_t keep) {
  auto all = epochs();
  if (!all) return std::unexpected(all.error());
  std::set<uint64_t> kept(all->end() - std::min<ptrdiff_t>(keep, std::ssize(*all)), all->end());
  std::set<std::string> needed;
  for (uint64_t epoch : kept) {
    auto manifest = load(epoch);
    if (!manifest) return {};  // what a damaged checkpoint needs is not known: everything stays
    if (planted(Mistake::kCollectsTooMuch) && epoch == *kept.rbegin()) continue;
    for (const auto& file : manifest->files) needed.insert(file.name);
  }
  // Manifests first, so that none refers to a file that is gone.
  auto manifests = env_.listDirectory(directory_ + "/manifests");
  if (!manifests) return std::unexpected(manifests.error());
  for (const std::string& name : *manifests) {
    auto epoch = epochOf(name);
    if (epoch && name.ends_with(kManifestEnd) && kept.contains(*epoch)) continue;
    if (auto removed = env_.removeFile(directory_ + "/manifests/" + name); !removed) return removed;
  }
  if (!planted(Mistake::kManifestNameUnsynced)) {
    if (auto synced = env_.syncDirectoryOf(directory_ + "/manifests/x"); !synced) return synced;
  }
  auto data = env_.listDirectory(directory_ + "/data");
  if (!data) return std::unexpected(data.error());
  for (const std::string& name : *data) {
    if (needed.contains(name)) continue;
    if (auto removed = env_.removeFile(directory_ + "/data/" + name); !removed) return removed;
  }
  return {};
}

}  // namespace streamrt
