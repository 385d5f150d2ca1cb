// What the records of a source look like, learned from those that were accepted: a graph of the bytes that stand
// between their values. The fast path (json_fast.h) checks that a record is a walk through this graph.
//
// A step is one run of constant bytes (the literal: punctuation, blanks, keys, and the quotes of texts) and the value
// behind it. From `{"a":1,"b":"x"}` come the steps  {"a": integer · ,"b":" text · "} end.  A step is known by the open
// containers before its literal, the literal and what it is followed by; so whatever order records mix steps in, a walk
// from start to end spells an object with balanced brackets, whose values remain to be checked. Keys in another order,
// missing ones, null instead of a text and other blanks are other steps between the same ones.
//
// Speculation on the order of keys is Mison's idea (Li et al., "Mison: A Fast JSON Parser for Data Analytics", VLDB
// 2017); here the guess covers all bytes of a record that are not values. One thread.
#ifndef RUNTIME_LIB_FORMATS_JSON_SHAPES_H
#define RUNTIME_LIB_FORMATS_JSON_SHAPES_H

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

#include "runtime-lib/formats/json_options.h"
#include "runtime-lib/formats/json_plan.h"

namespace streamrt::json {

enum class Slot : uint8_t {
  kNothing,   // the literal was all: null, or the beginning of a record
  kSkipText,  // a text nobody demanded, up to its closing quote
  kSkip,      // any other value nobody demanded
  kText,      // a string field
  kTime,      // a timestamp field written as text
  kSymbol,    // an enum field
  kInteger,   // an integer field, or a timestamp field counted in `unit`s
  kF64,       // a float field
  kBool,      // a bool field
  kValue,     // a field that the general decoder reads, up to the next literal
  kNested,    // a field that the general decoder reads, up to where it ends
  kEnd,       // the literal ends the record
};

struct alignas(64) Step {
  static constexpr uint32_t kLiteralMax = 64;
  static constexpr uint32_t kQuotesMax = 15;  // in a literal
  static constexpr uint32_t kNextMax = 7;
  char literal[kLiteralMax] = {};
  uint32_t mask_low = 0;   // which bytes of literal[0…31] count
  uint32_t mask_high = 0;  // … of literal[32…63]
  uint8_t size = 0;        // of the literal
  uint8_t anchor = 0;      // of its first quote; its size when it has none: then the end of the record follows
  uint8_t quotes = 0;
  Slot slot = Slot::kNothing;
  uint8_t value_bytes = 0;
  bool optional = false;
  bool negative_allowed = false;
  uint32_t column = Field::kNoSlot;
  uint32_t depth = 0;  // of the object that the value is a field of
  uint64_t seen = 0;   // fields that this step gives a value, by id
  uint64_t magnitude_max = 0;
  int64_t unit = 1;
  const Field* field = nullptr;
  uint32_t opens = 0;  // records with a `present` column that the literal opens: opened[0…opens)
  const Field* opened[4] = {};
  Step* next[kNextMax + 1] = {};  // what followed, the last one first; ends with null
};

class Shapes {
 public:
  // More fields than that and nothing is learned.
  static constexpr uint32_t kFieldsMax = 64;

  // REQUIRES: `plan` outlives it and is not moved.
  Shapes(const Plan& plan, JsonOptions options);

  // Adds the walk of a record that the general decoder accepted. False when it has none (escapes in a key, a literal
  // too long, …) or there was no room for its steps.
  bool learn(std::string_view record);
  Step* start() { return &start_; }
  // The ids of all fields outside of lists; 0 when there are too many.
  uint64_t wanted() const { return wanted_; }
  // The ids of a field and of what is inside it.
  static uint64_t idsOf(const Field& field) {
    const uint64_t below_end = field.subtree_end >= 64 ? ~uint64_t{0} : (uint64_t{1} << field.subtree_end) - 1;
    return below_end & ~((uint64_t{1} << field.id) - 1);
  }
  bool empty() const { return start_.next[0] == nullptr; }
  bool full() const { return steps_.size() >= kStepsMax; }
  void clear();

 private:
  friend class ShapeLearner;
  static constexpr size_t kStepsMax = 4096;

  const Plan& plan_;
  const JsonOptions options_;
  uint64_t wanted_ = 0;
  Step start_;
  std::deque<Step> steps_;
  std::unordered_map<std::string, Step*> known_;
};

}  // namespace streamrt::json

#endif
