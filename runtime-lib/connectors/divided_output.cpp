#include "runtime-lib/connectors/divided_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "runtime-lib/core/check.h"
#include "runtime-lib/core/mistake.h"

namespace streamrt {
namespace {

struct FrameHead {
  uint32_t directory_bytes;
  uint32_t record_bytes;
};

}  // namespace

void appendFrame(std::string_view directory, std::string_view records, ByteBuffer& out) {
  STREAM_CHECK(records.size() <= UINT32_MAX, "a frame holds less than 4 GiB");
  const FrameHead head{static_cast<uint32_t>(directory.size()), static_cast<uint32_t>(records.size())};
  out.append({reinterpret_cast<const char*>(&head), sizeof head});
  out.append(directory);
  out.append(records);
}

DividedOutput::DividedOutput(Env& env, Settings settings)
    : env_(env), settings_(std::move(settings)), run_(fmt::format("{:012x}", env.random() & 0xffffffffffffu)) {}

Result<void> DividedOutput::makeFolder(const std::string& folder) {
  if (!folders_made_.insert(folder).second || env_.exists(folder)) return {};
  if (auto made = env_.makeDirectories(folder); !made) return made;
  // The entries of all directories that this may have made.
  for (std::string path = folder; path.size() >= settings_.directory.size();) {
    if (auto synced = env_.syncDirectoryOf(path); !synced) return synced;
    const size_t slash = path.find_last_of('/');
    if (slash == std::string::npos) break;
    path.resize(slash);
  }
  return {};
}

Result<void> DividedOutput::open(Part& part) {
  if (part.file != nullptr) return {};
  if (files_open_ >= kFilesOpenMax) {
    auto oldest = std::find_if(parts_.begin(), parts_.end(), [](const Part& p) { return p.file != nullptr; });
    STREAM_CHECK(oldest != parts_.end(), "what is open is a part");
    if (auto closed = oldest->file->close(); !closed) return closed;
    oldest->file.reset();
    --files_open_;
  }
  auto file = part.bytes == 0 ? env_.createOutput(part.temporary())
                              : env_.openOutputAt(part.temporary(), static_cast<int64_t>(part.bytes));
  if (!file) return std::unexpected(file.error());
  part.file = std::move(*file);
  ++files_open_;
  return {};
}

Result<DividedOutput::Part*> DividedOutput::partOf(std::string_view directory) {
  auto known = part_of_.find(directory);
  if (known != part_of_.end()) {
    parts_.splice(parts_.end(), parts_, known->second);
    return &*known->second;
  }
  if (parts_.size() >= kPartsMax) {
    if (auto finished = finish(parts_.begin()); !finished) return std::unexpected(finished.error());
  }
  Part part;
  part.directory = directory;
  part.folder = directory.empty() ? settings_.directory : settings_.directory + "/" + part.directory;
  part.name = fmt::format("part-{}-{:06}.{}", run_, next_number_++, settings_.extension);
  part.begun_us = env_.monotonicUs();
  if (auto made = makeFolder(part.folder); !made) return std::unexpected(made.error());
  parts_.push_back(std::move(part));
  auto at = std::prev(parts_.end());
  part_of_.emplace(at->directory, at);
  if (!prologue_.empty()) {
    if (auto written = append(*at, prologue_); !written) return std::unexpected(written.error());
  }
  return &*at;
}

Result<void> DividedOutput::append(Part& part, std::string_view bytes) {
  if (auto opened = open(part); !opened) return opened;
  while (!bytes.empty()) {
    auto written = part.file->write(bytes);
    if (!written) return std::unexpected(written.error());
    part.bytes += *written;
    part.synced = false;
    bytes.remove_prefix(*written);
  }
  return {};
}

Result<size_t> DividedOutput::write(std::string_view frames) {
  const size_t size = frames.size();
  while (!frames.empty()) {
    FrameHead head;
    STREAM_CHECK(frames.size() >= sizeof head, "frames are written whole");
    std::memcpy(&head, frames.data(), sizeof head);
    const std::string_view directory = frames.substr(sizeof head, head.directory_bytes);
    const std::string_view records = frames.substr(sizeof head + head.directory_bytes, head.record_bytes);
    STREAM_CHECK(records.size() == head.record_bytes, "frames are written whole");
    frames.remove_prefix(sizeof head + head.directory_bytes + head.record_bytes);
    auto part = partOf(directory);
    if (!part) return std::unexpected(part.error());
    if (auto appended = append(**part, records); !appended) return std::unexpected(appended.error());
    if (settings_.roll_bytes == 0 || (*part)->bytes < settings_.roll_bytes) continue;
    if (auto finished = finish(part_of_.at((*part)->directory)); !finished) return std::unexpected(finished.error());
  }
  return size;
}

Result<void> DividedOutput::finish(Parts::iterator part) {
  // Also to make durable what was written before it was closed for a while.
  if (auto opened = open(*part); !opened) return opened;
  if (auto synced = part->file->sync(); !synced) return synced;
  part->synced = true;
  auto closed = part->file->close();
  part->file.reset();
  --files_open_;
  if (!closed) return closed;
  part_of_.erase(part->directory);
  Part whole = std::move(*part);
  parts_.erase(part);
  if (planted(Mistake::kPartNamedEarly) || (!settings_.at_end && !settings_.in_epochs)) return publish(whole);
  waiting_.push_back(std::move(whole));
  return {};
}

Result<void> DividedOutput::publish(const Part& part) {
  if (auto renamed = env_.rename(part.temporary(), part.final()); !renamed) return renamed;
  return env_.syncDirectoryOf(part.final());
}

Result<void> DividedOutput::makeDurable(Part& part) {
  if (!part.synced) {
    if (auto opened = open(part); !opened) return opened;
    if (auto synced = part.file->sync(); !synced) return synced;
    part.synced = true;
  }
  if (std::exchange(part.name_durable, true)) return {};
  return env_.syncDirectoryOf(part.temporary());
}

Result<void> DividedOutput::seal(uint64_t epoch) {
  for (Part& part : parts_) {
    if (auto durable = makeDurable(part); !durable) return durable;
  }
  for (Part& part : waiting_) {
    if (part.epoch != 0) continue;
    if (auto durable = makeDurable(part); !durable) return durable;
    part.epoch = epoch;
  }
  return {};
}

DividedOutput::Noted DividedOutput::noted() const {
  Noted noted{run_, next_number_, {}};
  for (const Part& part : parts_) noted.parts.push_back({part.directory, part.name, part.bytes, false});
  for (const Part& part : waiting_) noted.parts.push_back({part.directory, part.name, part.bytes, true});
  return noted;
}

Result<void> DividedOutput::release(uint64_t epoch) {
  if (settings_.at_end) return {};
  while (!waiting_.empty() && waiting_.front().epoch != 0 && waiting_.front().epoch <= epoch) {
    if (auto published = publish(waiting_.front()); !published) return published;
    waiting_.pop_front();
  }
  return {};
}

Result<void> DividedOutput::name(Env& env, const std::string& root, const Noted::Part& part) {
  const std::string folder = part.directory.empty() ? root : root + "/" + part.directory;
  const std::string from = folder + "/." + part.name, to = folder + "/" + part.name;
  if (!env.exists(from)) return {};
  if (auto renamed = env.rename(from, to); !renamed) return renamed;
  return env.syncDirectoryOf(to);
}

Result<void> DividedOutput::goOn(const Noted& noted) {
  run_ = noted.run;
  next_number_ = noted.next_number;
  for (const Noted::Part& known : noted.parts) {
    if (known.whole && !settings_.at_end) {
      if (auto named = name(env_, settings_.directory, known); !named) return named;
      continue;
    }
    Part part;
    part.directory = known.directory;
    part.folder = known.directory.empty() ? settings_.directory : settings_.directory + "/" + known.directory;
    part.name = known.name;
    part.bytes = known.bytes;
    part.begun_us = env_.monotonicUs();
    part.synced = part.name_durable = true;
    if (known.whole) {
      part.epoch = 1;
      waiting_.push_back(std::move(part));
      continue;
    }
    parts_.push_back(std::move(part));
    auto at = std::prev(parts_.end());
    part_of_.emplace(at->directory, at);
  }
  return {};
}

Result<int64_t> DividedOutput::tick() {
  if (settings_.roll_us == kNever) return kNever;
  const int64_t now_us = env_.monotonicUs();
  int64_t next_us = kNever;
  for (auto part = parts_.begin(); part != parts_.end();) {
    auto next = std::next(part);
    const int64_t due_us = part->begun_us + settings_.roll_us;
    if (due_us <= now_us) {
      if (auto finished = finish(part); !finished) return std::unexpected(finished.error());
    } else {
      next_us = std::min(next_us, due_us);
    }
    part = next;
  }
  return next_us;
}

Result<void> DividedOutput::close() {
  while (!parts_.empty()) {
    if (auto finished = finish(parts_.begin()); !finished) return finished;
  }
  return {};
}

Result<void> DividedOutput::commit() {
  std::deque<Part> parts = std::move(waiting_);
  waiting_.clear();
  for (size_t i = 0; i < parts.size(); ++i) {
    auto published = publish(parts[i]);
    if (published) continue;
    for (; i < parts.size(); ++i) waiting_.push_back(std::move(parts[i]));
    return published;
  }
  return {};
}

std::string DividedOutput::unfinished() const {
  if (parts_.empty() && waiting_.empty()) return "";
  const Part& part = parts_.empty() ? waiting_.front() : parts_.front();
  return fmt::format("{}{}/.part-{}-*", settings_.directory, part.directory.empty() ? "" : "/…", run_);
}

}  // namespace streamrt
