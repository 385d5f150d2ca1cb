// The disk of a simulated machine: it outlives the processes that SimEnv runs, and forgets what a power cut may forget.
//
// Two things become durable apart from each other, as on a real file system: the bytes of a file by `sync`, and the
// names of a directory by `syncDirectory`. What a killed process wrote stays. After a power cut a file that was not
// synced has what it had at its last sync and some part of what was written since, the last block perhaps torn; and of
// the changes of a directory since its last sync some have happened and some have not, each rename as a whole.
//
// The model is harsher than journalling file systems (which keep the order of changes of names) and as harsh as POSIX
// allows: T. Pillai et al., "All file systems are not created equal", OSDI 2014. One thread.
#ifndef RUNTIME_LIB_IO_SIM_DISK_H
#define RUNTIME_LIB_IO_SIM_DISK_H

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"

namespace streamrt {

class SimDisk {
 public:
  struct File {
    std::string bytes;
    std::string durable;
    bool synced = false;  // durable == bytes
  };
  using FilePtr = std::shared_ptr<File>;

  // The world outside the job: durable at once.
  void put(const std::string& path, std::string bytes);
  std::optional<std::string> read(const std::string& path) const;
  // Its bytes and its name would outlive a power cut.
  bool isDurable(const std::string& path) const;
  std::vector<std::string> paths() const;

  FilePtr find(const std::string& path) const;  // null when there is none
  FilePtr create(const std::string& path);      // a new file under this name, whatever had it before
  void append(File& file, std::string_view bytes);
  void truncate(File& file, size_t size);
  void sync(File& file);
  bool rename(const std::string& from, const std::string& to);
  bool remove(const std::string& path);
  void syncDirectoryOf(const std::string& path);

  void makeDirectories(const std::string& path);
  bool isDirectory(const std::string& path) const { return directories_.contains(path); }
  std::vector<std::string> list(const std::string& directory) const;

  // `below(n)` gives a number less than n.
  void powerCut(const std::function<uint64_t(uint64_t)>& below);

  // Processes that hold a lock; a crash releases it.
  std::set<std::string> locks;

 private:
  struct Change {
    std::vector<std::pair<std::string, FilePtr>> names;  // what they refer to from now on; null: nothing
  };
  void change(Change change);

  std::map<std::string, FilePtr> names_;
  std::map<std::string, FilePtr> durable_names_;
  std::vector<Change> changes_;  // since the directories' last syncs, in order
  std::set<std::string> directories_;
};

}  // namespace streamrt

#endif
