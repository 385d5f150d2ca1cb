// The state directory of a job: its checkpoints, who may work in it, and the order in which bytes become durable.
//
//   DIR/LOCK                          held by the process that works in it
//   DIR/data/E-A-NAME-HASH.changes    what checkpoints consist of: epoch, attempt (drawn by each process), content hash
//   DIR/manifests/E-A.manifest        a checkpoint exists when its manifest has its name
//
// No file is ever overwritten, no epoch number used twice. `publish` makes a checkpoint: everything that it names was
// synced with its directory before, the manifest is synced, renamed, and its directory synced; then it counts. The
// published manifest is the decider of the epoch: sinks take it as their permission to commit.
//
// A file that no manifest refers to is rubbish of a process that died; `collect` removes it, and checkpoints beyond the
// newest `keep`. A damaged newest checkpoint is an error and not a reason to take an older one silently: output of the
// newest may be in the world. One thread at a time.
#ifndef RUNTIME_LIB_CHECKPOINT_STORE_H
#define RUNTIME_LIB_CHECKPOINT_STORE_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/checkpoint/manifest.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

class CheckpointStore {
 public:
  // Makes the directory when it is missing, and locks it. kStateInUse · kStateUnreadable.
  static Result<std::unique_ptr<CheckpointStore>> open(Env& env, std::string directory);
  // Only to look: nothing is made or locked.
  static std::unique_ptr<CheckpointStore> look(Env& env, std::string directory);

  const std::string& directory() const { return directory_; }

  // Epochs that have a manifest, ascending.
  Result<std::vector<uint64_t>> epochs();
  // The manifest of an epoch, verified; with the sizes of its files.
  Result<CheckpointManifest> load(uint64_t epoch);
  // None when there is no checkpoint.
  Result<std::optional<CheckpointManifest>> newest();
  // Before anything is committed because of it: it may be known only to the page cache of a machine that goes on.
  Result<void> makeDurable(uint64_t epoch);
  // The bytes of one of its files, compared with size and hash.
  Result<std::string> read(const CheckpointManifest& manifest, std::string_view file);
  Result<std::string> read(const CheckpointManifest::File& file);
  // A part of it, compared with nothing.
  Result<std::string> readAt(const std::string& file, uint64_t offset, size_t max) {
    return env_.readFileAt(directory_ + "/data/" + file, offset, max);
  }

  // A file that is written piece by piece; without `finish` it is rubbish.
  class NewFile {
   public:
    Result<void> append(std::string_view bytes);
    // Makes it durable but for its name, which `hash` (contentHash of all of it) completes.
    Result<CheckpointManifest::File> finish(std::string hash);

   private:
    friend class CheckpointStore;
    Env* env_ = nullptr;
    std::unique_ptr<OutputFile> file_;
    std::string part_;  // its path until it is whole
    std::string directory_, name_;
    uint64_t bytes_ = 0;
  };
  // `name` says what it is, in [a-z0-9-].
  Result<NewFile> begin(uint64_t epoch, std::string_view name);
  // Makes the checkpoint. REQUIRES: its files were written by this store, its epoch is new.
  Result<void> publish(const CheckpointManifest& manifest);
  // Removes what the newest `keep` checkpoints do not need.
  Result<void> collect(uint32_t keep);

 private:
  CheckpointStore(Env& env, std::string directory);
  Result<std::string> manifestPath(uint64_t epoch);
  Result<void> writeWhole(const std::string& path, std::string_view bytes);

  Env& env_;
  std::string directory_;
  std::string attempt_;
  std::unique_ptr<DirectoryLock> lock_;
};

}  // namespace streamrt

#endif
