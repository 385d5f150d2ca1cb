// StreamTask: one process of the job on one worker, as generated code sees it: its outputs, its tables, the parameters,
// scratch memory. A stage owns the tasks of all its processes (control/stage.h). Used by one thread.
#ifndef RUNTIME_LIB_CORE_TASK_H
#define RUNTIME_LIB_CORE_TASK_H

#include <cstdint>
#include <string_view>

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/abi/values.h"
#include "runtime-lib/core/arena.h"
#include "runtime-lib/core/batch.h"

namespace streamrt {

constexpr uint32_t kKeyGroups = 256;  // for ever: the top 8 bits of a key's hash

// A parameter's value, as stream_core_param hands it out.
struct ParamSlot {
  union {
    int64_t integer;
    double number;
    StreamString text;
  } value;
  uint8_t present;
  uint8_t zero[7];
};
static_assert(sizeof(ParamSlot) == 24 && offsetof(ParamSlot, present) == 16, "the layout that stream_abi.def promises");

class Outbox;

// One output of a process. `targets[target_of_group[hash >> 56]]` is the batch a row goes to.
struct Output {
  Batch* const* targets = nullptr;
  const uint8_t* target_of_group = nullptr;  // 256 entries
  Outbox* outbox = nullptr;
};

// Reads records in texts: one for each `stream.decode` of a process.
class TextDecoder {
 public:
  virtual ~TextDecoder() = default;
  // The first row of the batch; null: `detail` says why there is none. The memory of texts grows until `clear`.
  virtual Batch* decode(std::string_view text, std::string_view& detail) = 0;
  virtual void clear() = 0;
};

// Takes the rows that a process rejects.
class Rejecter {
 public:
  virtual ~Rejecter() = default;
  virtual void reject(StreamTask& task, Batch& batch, uint32_t row, uint32_t site, std::string_view detail) = 0;
};

}  // namespace streamrt

struct StreamTask {
  // Read by hot functions.
  streamrt::Output* outputs = nullptr;
  void* const* tables = nullptr;  // indexed by the manifest's table number; null where this task owns none
  streamrt::ParamSlot* params = nullptr;
  uint64_t hash_seed = 0;
  streamrt::Arena scratch;  // emptied before the next call of the process (or of its fire function)

  // Cold.
  streamrt::Rejecter* rejecter = nullptr;
  streamrt::TextDecoder* const* decoders = nullptr;  // indexed by the manifest's number; null where others use it
  uint32_t process = 0;
};

#endif
