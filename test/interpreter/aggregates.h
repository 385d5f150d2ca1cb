// The aggregate functions of the referee: a group keeps every value that it was given, and the result is computed from
// all of them when its window closes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ir/stream/types.h"
#include "test/interpreter/value.h"

namespace streamc::referee {

class Aggregate {
 public:
  // `argument` is what the region yielded; a conditional one is null where the row does not count.
  // `place` is the row's: source and partition, position.
  using Place = std::optional<std::pair<Int, Int>>;
  void add(ir::stream::AggregateAttr function, const Value& argument, Int event_time, Place place);
  // Throws Rejected.
  Value result(ir::stream::AggregateAttr function, mlir::Type type) const;

 private:
  // Rows of one event time go by their places; those without one, and those of the same, by arrival.
  bool isEarlier(size_t left, size_t right) const;

  std::vector<std::pair<Int, Value>> values_;  // in the order of arrival, with their event times
  std::vector<Place> places_;                  // of values_
};

// A text that is the same for equal keys only: all NaN are one key, the two zeros are one key.
std::string keyText(const Value& value, mlir::Type type);

}  // namespace streamc::referee
