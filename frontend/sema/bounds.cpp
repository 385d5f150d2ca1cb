// State bounds: how much a step can keep, as a formula over what is known about its input.
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "frontend/sema/constants.h"
#include "frontend/sema/steps.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kTtlNeedsTime, "E0307", Severity::kError, "`ttl` counts event time, and the input has none");

namespace {

constexpr double kEntryBytes = 16;        // what an entry of a table costs besides its key and values
constexpr double kTextBytesAssumed = 24;  // of a text without a limit
constexpr double kItemsAssumed = 8;       // of a list

std::string threeDigits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

}  // namespace

double sizeOf(TypeRef type) {
  switch (type->kind) {
    case TypeKind::kBool:
    case TypeKind::kI8:
    case TypeKind::kU8:
    case TypeKind::kEnum:
    case TypeKind::kNull:
      return 1;
    case TypeKind::kI16:
    case TypeKind::kU16:
      return 2;
    case TypeKind::kI32:
    case TypeKind::kU32:
    case TypeKind::kF32:
    case TypeKind::kDate:
      return 4;
    case TypeKind::kDecimal:
      return type->precision <= 18 ? 8 : 16;
    case TypeKind::kString:
    case TypeKind::kBytes:
      return 2 + (type->size_max != 0 ? type->size_max : kTextBytesAssumed);
    case TypeKind::kOptional:
      return 1 + sizeOf(type->element);
    case TypeKind::kList:
    case TypeKind::kSet:
      return kItemsAssumed * sizeOf(type->element);
    case TypeKind::kMap:
      return kItemsAssumed * (sizeOf(type->element) + sizeOf(type->value));
    case TypeKind::kRecord: {
      double size = 0;
      for (const FieldType& field : type->fields) size += sizeOf(field.type);
      return size;
    }
    case TypeKind::kOneof: {
      double size = 0;
      for (const FieldType& field : type->fields) size = std::max(size, sizeOf(field.type));
      return 1 + size;
    }
    default:
      return 8;
  }
}

std::string bytesText(double bytes) {
  constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return (unit == 0 ? std::to_string(static_cast<long long>(bytes)) : threeDigits(bytes)) + " " + kUnits[unit];
}

std::string numberText(double number) {
  constexpr std::pair<double, const char*> kUnits[] = {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}};
  for (const auto& [size, unit] : kUnits) {
    if (number >= size) return threeDigits(number / size) + unit;
  }
  return threeDigits(number);
}

std::optional<double> keyCount(const StreamInfo& in, const std::vector<std::string>& names, TypeRef row) {
  if (names.empty()) return 1;
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ",") + name;
  if (auto known = in.assume.distinct.find(all); known != in.assume.distinct.end()) return known->second;
  double count = 1;
  for (const std::string& name : names) {
    const FieldType* field = row->is(TypeKind::kRecord) ? row->field(name) : nullptr;
    auto known = in.assume.distinct.find(name);
    if (known != in.assume.distinct.end()) {
      count *= known->second;
    } else if (field != nullptr && TypeContext::unwrap(field->type)->is(TypeKind::kEnum)) {
      count *= static_cast<double>(TypeContext::unwrap(field->type)->symbols.size());
    } else if (field != nullptr && field->type->is(TypeKind::kBool)) {
      count *= 2;
    } else {
      return std::nullopt;
    }
  }
  return count;
}

std::string windowBound(const StreamInfo& in, const WindowUse& use, const std::vector<std::string>& keys,
                        TypeRef key_row, double row_bytes) {
  const Window& window = use.window;
  std::optional<double> count = keyCount(in, keys, key_row);
  double wait_us = static_cast<double>(in.time && in.time->wait_us ? *in.time->wait_us : 0) +
                   static_cast<double>(window.late_allow_us.value_or(0));
  bool never_waits = in.time && !in.time->wait_us && !in.time->from_writer;
  double open = 1, seconds_per_window = 0;
  std::string piece = "window";
  switch (window.kind) {
    case Window::Kind::kTumble:
      open = std::ceil(wait_us / static_cast<double>(window.size_us)) + 1;
      seconds_per_window = static_cast<double>(window.size_us) / 1e6;
      break;
    case Window::Kind::kHop:
      piece = "slice";
      open = std::ceil((static_cast<double>(window.size_us) + wait_us) /
                       static_cast<double>(std::max<int64_t>(window.every_us, 1)));
      seconds_per_window = static_cast<double>(window.every_us) / 1e6;
      break;
    case Window::Kind::kSession:
    case Window::Kind::kRows:
      break;
    case Window::Kind::kCalendar:
    case Window::Kind::kCumulate:
      open = 2;
      break;
  }
  std::string keys_text = keys.empty() ? "" : "keys of " + joined(keys);
  std::optional<double> per_window = count;
  if (in.assume.rate && seconds_per_window > 0) {
    double arriving = *in.assume.rate * seconds_per_window;
    per_window = per_window ? std::min(*per_window, arriving) : arriving;
  }
  double entry = row_bytes + kEntryBytes + 8;
  std::string text = never_waits
                         ? "all windows until the end of the input"
                         : numberText(open) + (open == 1 ? " open " : " open ") + piece + (open == 1 ? "" : "s");
  if (!keys.empty()) text += " × " + (per_window ? numberText(*per_window) + " " + keys_text : keys_text);
  text += " × " + bytesText(entry);
  if (per_window && !never_waits) text += " = " + bytesText(open * *per_window * entry);
  return text;
}

std::optional<BoundText> boundOf(Graph& graph, const StreamInfo& in, const std::optional<ast::Bound>& bound,
                                 const Place& place) {
  BoundText text;
  if (!bound) return text;
  text.is_said = true;
  if (bound->isUnbounded()) {
    text.text = "unbounded";
    return text;
  }
  auto ttl = graph.duration(*bound->ttl, place.names, "`ttl`");
  if (!ttl) return std::nullopt;
  if (!in.time) {
    Diagnostic diagnostic(kTtlNeedsTime, bound->span, "`ttl` counts event time, and this stream has none");
    diagnostic.label("counts from the event time of the last change");
    if (!in.source_connector.empty()) {
      diagnostic.because(in.source_connector, "no `time` on this source");
      for (const std::string& field : in.time_fields) {
        diagnostic.fix(Fix::insertAfter(in.source_connector, " time " + field + " wait 10s", "use `" + field + "`"));
      }
      if (in.time_fields.empty()) {
        diagnostic.fix(Fix::insertAfter(in.source_connector, " time meta.timestamp wait 1s",
                                        "use the time that the connector gave the record"));
      }
    }
    const auto* latest = place.step.as<ast::LatestStep>();
    bool orders_by_time = latest != nullptr && latest->order_by == nullptr;
    if (!orders_by_time) diagnostic.fix(Fix::replace(bound->span, "unbounded", "or keep the rows on purpose"));
    graph.context.sink.report(std::move(diagnostic));
    return std::nullopt;
  }
  text.text = "ttl " + durationText(*ttl) + (bound->then == ast::Bound::Then::kKeep ? " then keep" : "");
  return text;
}

}  // namespace streamc::sema
