// What a generated job exports and what the runtime calls: the whole border between the two, besides stream_abi.def.
//
// The generated module defines one symbol, `stream_job_image`. Everything that is data (schemas, operators, connectors,
// tables, sites of failure) is in the manifest (docs/formats/manifest.md), a JSON text embedded in the image;
// everything that is code is in `functions`, which the manifest refers to by index. The runtime checks `magic` and
// `abi` first.
#ifndef STREAM_ABI_JOB_IMAGE_H
#define STREAM_ABI_JOB_IMAGE_H

#include <stdint.h>

// One integer for every layout and signature in runtime-lib/abi. Raised by any change that an old binary would notice.
#define STREAM_ABI 2
#define STREAM_JOB_MAGIC 0x4d414552u /* "REAM" */

// Opaque to generated code; reached through the functions of stream_abi.def, whose hot ones are inlined from bitcode.
typedef struct StreamTask StreamTask;    // one process on one worker: its outputs, tables, scratch memory, parameters
typedef struct StreamBatch StreamBatch;  // columns of up to `--batch` rows
typedef struct StreamTable StreamTable;  // one table's share on one worker
typedef struct StreamSlice StreamSlice;  // the part of a windowed table that belongs to one window start

// Runs the fused steps of a process over all rows of `in`. Never blocks: the runtime has made sure that every output
// has room for as many rows as `in` holds.
typedef void (*StreamProcessFn)(StreamTask* task, StreamBatch* in);

// Finishes `count` entries of a due window: writes one row of `out` (columns of the manifest's `fired` list) for each.
// `out` has room for `count` rows.
typedef void (*StreamFireFn)(StreamTask* task, StreamSlice* slice, void* const* cells, uint32_t count,
                             int64_t window_start, int64_t window_end, StreamBatch* out);

typedef struct StreamJobImage {
  uint32_t magic;
  uint32_t abi;
  const char* manifest;  // canonical JSON, UTF-8
  uint64_t manifest_size;
  void* const* functions;  // StreamProcessFn or StreamFireFn, as the manifest says
  uint64_t function_count;
} StreamJobImage;

#endif
