#include "test/interpreter/aggregates.h"

#include <algorithm>
#include <cmath>

#include "test/interpreter/decimals.h"
#include "test/interpreter/row_code.h"

namespace streamc::referee {

namespace stream = ir::stream;
using stream::AggregateFunction;
using stream::Cause;

void Aggregate::add(stream::AggregateAttr function, const Value& argument, Int event_time, Place place) {
  if (function.getConditional()) {
    bool counts = function.getFunction() == AggregateFunction::kCount ? isTrue(argument) : !argument.is<Null>();
    if (!counts) return;
  }
  values_.emplace_back(event_time, argument);
  places_.push_back(place);
}

bool Aggregate::isEarlier(size_t left, size_t right) const {
  if (values_[left].first != values_[right].first) return values_[left].first < values_[right].first;
  return places_[left] && places_[right] && *places_[left] < *places_[right];
}

namespace {

// Whether one value stands before another for min and max: NaN is the greatest number, text goes by code point.
bool isLess(const Value& left, const Value& right, mlir::Type type) {
  if (isText(type)) return asText(left) < asText(right);
  if (!isFloat(type)) return numberOf(left, type) < numberOf(right, type);
  double a = asFloat(left), b = asFloat(right);
  return std::isnan(b) ? !std::isnan(a) : a < b;
}

Value fitted(Int value, mlir::Type type) {
  mlir::Type of = unwrapped(type);
  Int least = isInteger(of) ? leastOf(of) : Int{INT64_MIN}, greatest = isInteger(of) ? greatestOf(of) : Int{INT64_MAX};
  if (value < least || value > greatest) throw Rejected{Cause::kOverflow, textOf(value) + " does not fit"};
  return ofInt(value, widthOf(of));
}

}  // namespace

Value Aggregate::result(stream::AggregateAttr function, mlir::Type type) const {
  AggregateFunction kind = function.getFunction();
  if (kind == AggregateFunction::kCount) return ofInt(static_cast<Int>(values_.size()), 64);
  if (values_.empty()) return Null{};
  mlir::Type of = unwrapped(function.getArgType());
  size_t first = 0, last = 0;
  for (size_t row = 1; row < values_.size(); ++row) {
    if (isEarlier(row, first)) first = row;
    if (!isEarlier(row, last)) last = row;
  }
  switch (kind) {
    case AggregateFunction::kSum:
    case AggregateFunction::kAvg: {
      if (auto decimal = mlir::dyn_cast<stream::DecimalType>(of)) {
        std::vector<Int> numbers;
        for (const auto& [time, value] : values_) numbers.push_back(numberOf(value, of));
        auto to = mlir::cast<stream::DecimalType>(unwrapped(type));
        auto total = decimalTotal(numbers, decimal.getScale(), kind == AggregateFunction::kAvg, to);
        if (!total) throw Rejected{Cause::kOverflow, "more than 38 digits"};
        return ofInt(*total, 128);
      }
      Int exact = 0;
      double folded = 0;
      for (const auto& [time, value] : values_)
        isFloat(of) ? void(folded += asFloat(value)) : void(exact += numberOf(value, of));
      auto count = static_cast<double>(values_.size());
      if (kind == AggregateFunction::kSum)
        return isFloat(of) ? Value(narrowedTo(unwrapped(type), folded)) : fitted(exact, type);
      if (!isFloat(unwrapped(type))) return fitted(exact / static_cast<Int>(values_.size()), type);  // of durations
      return narrowedTo(unwrapped(type), (isFloat(of) ? folded : static_cast<double>(exact)) / count);
    }
    case AggregateFunction::kMin:
      return std::min_element(
                 values_.begin(), values_.end(),
                 [&](const auto& left, const auto& right) { return isLess(left.second, right.second, of); })
          ->second;
    case AggregateFunction::kMax:
      return std::max_element(
                 values_.begin(), values_.end(),
                 [&](const auto& left, const auto& right) { return isLess(left.second, right.second, of); })
          ->second;
    case AggregateFunction::kAny:
    case AggregateFunction::kFirst:
      return values_[first].second;
    case AggregateFunction::kLast:
      return values_[last].second;
    default:
      break;
  }
  throw Stuck("an aggregate function that the referee does not know");
}

std::string keyText(const Value& value, mlir::Type type) {
  if (value.is<Null>()) return "null";
  if (value.is<Unspecified>()) throw Stuck("an unspecified value is a key");
  if (value.is<double>()) {
    double number = asFloat(value);
    return floatText(number == 0 ? 0.0 : number, false);
  }
  if (value.is<std::string>()) {
    std::string text = "\"";
    for (char c : asText(value)) text += (c == '\n' || c == '\\') ? std::string("\\") + c : std::string(1, c);
    return text;
  }
  return textOf(asUnsigned(value));
}

}  // namespace streamc::referee
