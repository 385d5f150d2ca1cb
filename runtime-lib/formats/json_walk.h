// The two passes of the fast path over a window of lines, compiled once for each instruction set (json_walk_kernel.inc)
// and chosen at run time. Private to the JSON decoder.
//
//  1. index(): the positions of all quotes, backslashes and control characters, line ends among them. It needs no state
//     from block to block: what a quote means is decided by the walk.
//  2. walk(): record by record through the graph of shapes. The next position of the index says where the next literal
//     must begin, so a step compares its literal there and then reads the value before it; nothing is searched for, and
//     steps depend on each other only through predicted branches. Every byte of a record is covered by a literal that
//     was compared, a text between two quotes without a control character, or a value that was parsed.
//
// The index of structural characters by SIMD compares is from simdjson (Langdale and Lemire, "Parsing Gigabytes of JSON
// per Second", VLDB Journal 2019).
#ifndef RUNTIME_LIB_FORMATS_JSON_WALK_H
#define RUNTIME_LIB_FORMATS_JSON_WALK_H

#include <cstdint>
#include <string_view>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_shapes.h"
#include "runtime-lib/formats/row_target.h"

namespace streamrt::json {

// What the fast path asks the general decoder to do.
class FieldReader {
 public:
  virtual ~FieldReader() = default;
  // Reads the value at the beginning of `text` into row target.row. Returns where it ends, or null when it does not
  // count.
  virtual const char* readField(const Field& field, std::string_view text, uint32_t depth, const RowTarget& target) = 0;
  // Writes null for a field that is optional.
  virtual void writeNullField(const Field& field, const RowTarget& target) = 0;
};

// The steps of one record.
struct WalkPath {
  static constexpr uint32_t kStepsMax = 64;
  uint32_t count = 0;   // may be more than kStepsMax: then they are not kept
  uint32_t marks = 0;   // of the index, from the record's first to its line end
  bool has_cr = false;  // CR LF
  uint64_t seen = 0;    // fields that got a value
  Step* step[kStepsMax];
  uint32_t
      mark[kStepsMax];  // of each literal's first quote (of the line end when it has none), from the record's first

  void add(Step* next) {
    if (count < kStepsMax) step[count] = next;
    ++count;
  }
};

struct Walk {
  // All positions are relative to these two. Texts become views of `views`, which has the same bytes.
  const char* bytes = nullptr;
  const char* views = nullptr;
  const uint32_t* index = nullptr;  // the next position of the index; behind the last one stands `end`
  const uint32_t* index_end = nullptr;
  uint32_t begin = 0;                // of the next record
  uint32_t end = 0;                  // of the window: behind a line end
  uint32_t record_end = UINT32_MAX;  // of a single record, behind which no line end stands; `end` is one more
  bool not_ascii = false;            // somewhere in the window
  RowTarget target;                  // row: the next one
  uint32_t row_end = 0;
  uint32_t line_bytes_max = UINT32_MAX;
  JsonLine* lines = nullptr;  // a place for each row from target.row to row_end, or null
  Step* start = nullptr;
  const Plan* plan = nullptr;
  FieldReader* reader = nullptr;
  uint64_t wanted = 0;  // the ids of all fields outside of lists
  // Of the last timestamp that was read: its date as text and as microseconds.
  char date[16] = {};
  int64_t date_us = 0;
  // Of the record taken last, of the one before, and of those that are taken together (none: count = 0).
  WalkPath path;
  WalkPath path_before;
  WalkPath trace;

  // The record in `path` was taken: two of one path in a row make a trace.
  void remember();
};

struct WalkKernel {
  const char* name;
  bool (*supported)();
  // Writes the index of [begin, end) behind `out`, which has room for end - begin + 64 positions; returns its end.
  uint32_t* (*index)(const char* bytes, uint32_t begin, uint32_t end, uint32_t* out, bool& not_ascii);
  // Takes records until the window or the rows are used up, or one is not proven right: `begin` is then its beginning.
  void (*walk)(Walk& walk);
  // Takes the record between walk.begin and walk.record_end, or leaves walk.begin as it is.
  void (*walkRecord)(Walk& walk);
};

extern const WalkKernel kWalkAvx2;
extern const WalkKernel kWalkAvx512;

// The best one this machine can run, or null.
const WalkKernel* walkKernel();

}  // namespace streamrt::json

#endif
