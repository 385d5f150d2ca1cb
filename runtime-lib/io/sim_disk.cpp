#include "runtime-lib/io/sim_disk.h"

#include <algorithm>

namespace streamrt {
namespace {

constexpr size_t kBlockBytes = 512;

std::string directoryOf(const std::string& path) {
  size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

void SimDisk::put(const std::string& path, std::string bytes) {
  auto file = std::make_shared<File>(File{bytes, bytes, true});
  names_[path] = file;
  durable_names_[path] = file;
}

std::optional<std::string> SimDisk::read(const std::string& path) const {
  FilePtr file = find(path);
  return file == nullptr ? std::nullopt : std::optional<std::string>(file->bytes);
}

bool SimDisk::isDurable(const std::string& path) const {
  auto durable = durable_names_.find(path);
  FilePtr file = find(path);
  return file != nullptr && file->synced && durable != durable_names_.end() && durable->second == file;
}

std::vector<std::string> SimDisk::paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, file] : names_) paths.push_back(path);
  return paths;
}

SimDisk::FilePtr SimDisk::find(const std::string& path) const {
  auto found = names_.find(path);
  return found == names_.end() ? nullptr : found->second;
}

void SimDisk::change(Change change) {
  for (auto& [name, file] : change.names) {
    if (file == nullptr)
      names_.erase(name);
    else
      names_[name] = file;
  }
  changes_.push_back(std::move(change));
}

SimDisk::FilePtr SimDisk::create(const std::string& path) {
  auto file = std::make_shared<File>();
  change({{{path, file}}});
  return file;
}

void SimDisk::append(File& file, std::string_view bytes) {
  file.bytes.append(bytes);
  file.synced = false;
}

void SimDisk::truncate(File& file, size_t size) {
  file.bytes.resize(size);
  file.synced = false;
}

void SimDisk::sync(File& file) {
  file.durable = file.bytes;
  file.synced = true;
}

bool SimDisk::rename(const std::string& from, const std::string& to) {
  FilePtr file = find(from);
  if (file == nullptr) return false;
  change({{{from, nullptr}, {to, file}}});
  return true;
}

bool SimDisk::remove(const std::string& path) {
  if (find(path) == nullptr) return false;
  change({{{path, nullptr}}});
  return true;
}

// A rename between two directories is durable once one of them is synced: journalled as one.
void SimDisk::syncDirectoryOf(const std::string& path) {
  std::string directory = directoryOf(path);
  std::erase_if(changes_, [&](const Change& change) {
    bool here = std::any_of(change.names.begin(), change.names.end(),
                            [&](const auto& name) { return directoryOf(name.first) == directory; });
    if (!here) return false;
    for (const auto& [name, file] : change.names) {
      if (file == nullptr)
        durable_names_.erase(name);
      else
        durable_names_[name] = file;
    }
    return true;
  });
}

void SimDisk::makeDirectories(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    directories_.insert(path.substr(0, slash));
  }
  directories_.insert(path);
}

std::vector<std::string> SimDisk::list(const std::string& directory) const {
  std::set<std::string> found;
  auto consider = [&](const std::string& path) {
    if (path.starts_with(directory + "/")) found.insert(path.substr(directory.size() + 1));
  };
  for (const auto& [path, file] : names_) consider(path);
  for (const std::string& path : directories_) consider(path);
  std::erase_if(found, [](const std::string& name) { return name.find('/') != std::string::npos; });
  return {found.begin(), found.end()};
}

void SimDisk::powerCut(const std::function<uint64_t(uint64_t)>& below) {
  bool in_order = below(4) != 0;
  bool lost_one = false;
  for (const Change& change : changes_) {
    bool happened = below(2) == 0 && !(in_order && lost_one);
    lost_one |= !happened;
    if (!happened) continue;
    for (const auto& [name, file] : change.names) {
      if (file == nullptr)
        durable_names_.erase(name);
      else
        durable_names_[name] = file;
    }
  }
  changes_.clear();
  names_ = durable_names_;
  std::set<File*> seen;
  for (const auto& [name, file] : names_) {
    if (file->synced || !seen.insert(file.get()).second) continue;
    std::string& durable = file->durable;
    if (file->bytes.starts_with(durable)) {
      size_t unsynced = below(file->bytes.size() - durable.size() + 1);  // bytes of them that stay
      durable = file->bytes.substr(0, durable.size() + unsynced);
      if (unsynced > 0 && below(4) == 0) {  // the size was written and the last block was not
        auto torn = static_cast<ptrdiff_t>(1 + below(std::min(unsynced, kBlockBytes)));
        std::fill(durable.end() - torn, durable.end(), '\0');
      }
    } else if (below(2) == 0) {
      durable = file->bytes;  // it was truncated: either length
    }
    file->bytes = durable;
    file->synced = true;
  }
  locks.clear();
}

}  // namespace streamrt
