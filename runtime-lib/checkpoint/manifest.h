// What a checkpoint is: the manifest that names everything a job needs to go on from one point of its inputs. Drawn in
// docs/formats/checkpoints.md.
//
// In a file: a fixed binary header (magic, version, size and hash of what follows) and canonical JSON. Whatever the
// header does not vouch for is refused, a newer version by its number, so that an old binary never guesses.
#ifndef RUNTIME_LIB_CHECKPOINT_MANIFEST_H
#define RUNTIME_LIB_CHECKPOINT_MANIFEST_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/core/error.h"

namespace streamrt {

inline constexpr uint32_t kCheckpointVersion = 1;

struct CheckpointManifest {
  // A source partition: everything before `position` is in the state.
  struct Partition {
    std::string source;  // operator id
    int32_t partition = 0;
    std::string name;      // a file's path; "" where numbers are names
    std::string position;  // the connector's own JSON
    int64_t watermark_us = INT64_MIN;
    bool ended = false;  // it was read out
  };
  // One worker's share of a stage. Its root process names the stage.
  struct Stage {
    std::string process;
    uint32_t worker = 0;
    int64_t watermark_us = INT64_MIN;
    int64_t rows_passed = 0;  // a limit before the stage has let through so many
  };
  // One worker's share of a table: a chain of files of changes, oldest first (checkpoint/change_chain.h).
  struct Table {
    std::string operator_id;
    uint32_t worker = 0;
    std::vector<std::string> files;
    uint64_t keys = 0;
  };
  struct Sink {
    std::string operator_id;
    std::string path;      // where the result will be; "" = the sink keeps nothing
    uint64_t bytes = 0;    // of the unfinished file that belong to this checkpoint
    bool rewinds = false;  // what follows these bytes is cut off before the job goes on
    // Of a sink `files`: its files that have no names yet. Those that are whole get them because of this checkpoint, or
    // at the end of the job.
    struct Part {
      std::string directory, name;
      uint64_t bytes = 0;
      bool whole = false;
    };
    std::string run = {};  // in the names of its files
    uint64_t next_number = 0;
    std::vector<Part> parts = {};
  };
  struct File {
    std::string name;
    uint64_t bytes = 0;
    std::string hash;  // XXH3-128 of its bytes, 32 hexadecimal digits
  };

  std::string job;
  std::string plan_hash;
  std::string compiler;
  uint64_t epoch = 0;
  uint64_t parent = 0;     // the epoch that the process began from; 0 = from the beginning
  bool finished = false;   // the job's inputs were read out; nothing is left to do
  int64_t created_us = 0;  // wall clock
  uint64_t duration_us = 0;
  uint64_t hash_seed = 0;
  uint32_t workers = 0;
  std::vector<Partition> partitions;
  std::vector<Stage> stages;
  std::vector<Table> tables;
  std::vector<Sink> sinks;
  std::vector<File> files;

  const File* file(std::string_view name) const;
  uint64_t stateBytes() const;
};

std::string checkpointBytes(const CheckpointManifest& manifest);
// kBadCheckpoint: damaged or incomplete. kForeignCheckpoint: a newer format. `name` is for the message.
Result<CheckpointManifest> parseCheckpoint(std::string_view bytes, const std::string& name);

// XXH3-128 as 32 hexadecimal digits.
std::string contentHash(std::string_view bytes);

}  // namespace streamrt

#endif
