#include "runtime-lib/formats/json_shapes.h"

#include <algorithm>
#include <vector>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_scan.h"

namespace streamrt::json {

// Walks over one accepted record and makes its steps. Stops at whatever it has no steps for.
class ShapeLearner {
 public:
  ShapeLearner(Shapes& shapes, std::string_view record)
      : shapes_(shapes), scan_{record.data(), record.data() + record.size(), nullptr} {}

  bool run() {
    mark();
    if (!blanks() || scan_.peek() != '{' || !readObject(0, 1) || !blanks() || scan_.at != scan_.end) return false;
    if (!add(Slot::kEnd, nullptr, 0)) return false;
    Step* last = &shapes_.start_;
    for (Step* step : walk_) {
      link(*last, step);
      last = step;
    }
    return true;
  }

 private:
  static constexpr uint32_t kUndemanded = UINT32_MAX;  // the index of an object that no plan knows
  static constexpr uint32_t kDepthLearned = 16;        // undemanded objects deeper than that are skipped whole

  // The literal begins here, inside these containers.
  void mark() {
    literal_ = scan_.at;
    context_at_literal_ = context_;
  }

  bool blanks() {
    while (scan_.peek() == ' ') ++scan_.at;
    return true;
  }

  // At an opening brace: up to behind the closing one.
  bool readObject(uint32_t index, uint32_t depth) {
    ++scan_.at;
    context_.append(reinterpret_cast<const char*>(&index), sizeof index);
    blanks();
    if (scan_.peek() != '}') {
      for (;;) {
        if (scan_.peek() != '"') return false;
        const char* const key = ++scan_.at;
        bool has_escape = false;
        if (!scan_.skipText(&has_escape) || has_escape) return false;
        const std::string_view name(key, static_cast<size_t>(scan_.at - 1 - key));
        blanks();
        if (scan_.peek() != ':') return false;
        ++scan_.at;
        blanks();
        const Field* field = nullptr;
        if (index != kUndemanded) {
          const ObjectPlan& object = shapes_.plan_.objects[index];
          const int32_t found = object.findField(name);
          if (found >= 0) field = &object.fields[static_cast<size_t>(found)];
        }
        if (!(field != nullptr ? readDemanded(*field, depth) : readUndemanded(depth))) return false;
        blanks();
        const char c = scan_.peek();
        if (c == '}') break;
        if (c != ',') return false;
        ++scan_.at;
        blanks();
      }
    }
    ++scan_.at;
    context_.resize(context_.size() - sizeof index);
    return true;
  }

  bool readUndemanded(uint32_t depth) {
    switch (scan_.peek()) {
      case '"':
        return readText(Slot::kSkipText, nullptr, depth);
      case '{':
        if (depth < kDepthLearned) return readObject(kUndemanded, depth + 1);
        [[fallthrough]];
      default:
        return readOther(Slot::kSkip, nullptr, depth);
    }
  }

  bool readDemanded(const Field& field, uint32_t depth) {
    const char c = scan_.peek();
    // Where a value is read up to the next literal, null is one of its values; else it is part of the literal.
    const bool takes_null = field.kind == FieldKind::kInteger || field.kind == FieldKind::kF64 ||
                            field.kind == FieldKind::kF32 || field.kind == FieldKind::kBool ||
                            (field.kind == FieldKind::kTimestamp && !timeIsText());
    if (c == 'n' && !takes_null) return scan_.skipWord("null") && add(Slot::kNothing, &field, depth);
    switch (field.kind) {
      case FieldKind::kObject:
        if (c != '{' || (seen_ & bit(field)) != 0) return false;
        seen_ |= bit(field);
        if (field.slot != Field::kNoSlot) {
          if (opens_ == std::size(opened_)) return false;
          opened_[opens_++] = &field;
        }
        return readObject(field.object, depth + 1);
      case FieldKind::kString:
        return c == '"' && readText(Slot::kText, &field, depth);
      case FieldKind::kTimestamp:
        if (timeIsText()) return c == '"' && readText(Slot::kTime, &field, depth);
        return readOther(Slot::kInteger, &field, depth);
      case FieldKind::kEnum:
        return c == '"' && readText(Slot::kSymbol, &field, depth);
      case FieldKind::kInteger:
        return readOther(Slot::kInteger, &field, depth);
      case FieldKind::kF64:
        return readOther(Slot::kF64, &field, depth);
      case FieldKind::kBool:
        return readOther(Slot::kBool, &field, depth);
      case FieldKind::kF32:
        return readOther(Slot::kValue, &field, depth);
      default:
        return readOther(Slot::kNested, &field, depth);
    }
  }

  bool timeIsText() const { return shapes_.options_.timestamps == JsonTimestamps::kRfc3339; }

  // At an opening quote, which belongs to the literal; the closing one begins the next.
  bool readText(Slot slot, const Field* field, uint32_t depth) {
    ++scan_.at;
    if (!add(slot, field, depth) || !scan_.skipText()) return false;
    --scan_.at;
    mark();
    ++scan_.at;
    return true;
  }

  bool readOther(Slot slot, const Field* field, uint32_t depth) {
    if (slot != Slot::kSkip && slot != Slot::kNested && (scan_.peek() == '"' || scan_.peek() == '[')) return false;
    if (!add(slot, field, depth) || !scan_.skipValue<JsonDecoder::kDepthMax>(depth)) return false;
    mark();
    return true;
  }

  static uint64_t bit(const Field& field) { return uint64_t{1} << field.id; }

  // The literal is whole: the step behind the last one.
  bool add(Slot slot, const Field* field, uint32_t depth) {
    const std::string_view literal(literal_, static_cast<size_t>(scan_.at - literal_));
    if (literal.size() > Step::kLiteralMax || std::count(literal.begin(), literal.end(), '"') > Step::kQuotesMax)
      return false;
    if (std::any_of(literal.begin(), literal.end(), [](char c) { return static_cast<uint8_t>(c) < ' ' || c == '\\'; }))
      return false;
    if (field != nullptr && slot == Slot::kNothing && !field->optional && !field->lenient) return false;
    if (field != nullptr) seen_ |= slot == Slot::kNothing ? Shapes::idsOf(*field) & shapes_.wanted_ : bit(*field);
    // Of a repeated key only the last value had to be right, so the others teach nothing.
    if ((seen_ & seen_before_) != 0) return false;
    seen_before_ |= seen_;
    Step* step = find(literal, slot, field, depth);
    if (step == nullptr) return false;
    walk_.push_back(step);
    seen_ = 0;
    opens_ = 0;
    mark();
    return true;
  }

  Step* find(std::string_view literal, Slot slot, const Field* field, uint32_t depth) {
    std::string name = context_at_literal_;
    const uint32_t id = field != nullptr ? field->id + 1 : 0;
    name.push_back(static_cast<char>(slot));
    name.append(reinterpret_cast<const char*>(&id), sizeof id);
    name.append(literal);
    Step*& known = shapes_.known_[name];
    if (known != nullptr) return known;
    if (shapes_.full()) return nullptr;
    Step& step = shapes_.steps_.emplace_back();
    known = &step;
    std::copy(literal.begin(), literal.end(), step.literal);
    step.size = static_cast<uint8_t>(literal.size());
    const uint64_t mask = literal.size() == 64 ? ~uint64_t{0} : (uint64_t{1} << literal.size()) - 1;
    step.mask_low = static_cast<uint32_t>(mask);
    step.mask_high = static_cast<uint32_t>(mask >> 32);
    step.anchor = static_cast<uint8_t>(std::min(literal.find('"'), literal.size()));
    step.quotes = static_cast<uint8_t>(std::count(literal.begin(), literal.end(), '"'));
    step.slot = slot;
    step.depth = depth;
    step.seen = seen_;
    step.opens = opens_;
    std::copy_n(opened_, opens_, step.opened);
    if (field != nullptr) describe(step, *field);
    return &step;
  }

  void describe(Step& step, const Field& field) const {
    step.field = &field;
    step.column = field.slot;
    step.value_bytes = field.value_bytes;
    step.optional = field.optional;
    step.negative_allowed = field.negative_allowed;
    step.magnitude_max = field.magnitude_max;
    if (field.kind == FieldKind::kTimestamp) {
      step.unit = microsPerUnit(shapes_.options_.timestamps);
      step.negative_allowed = true;
      step.magnitude_max = static_cast<uint64_t>(INT64_MAX / step.unit);
    }
  }

  // The newest first; the oldest is forgotten.
  static void link(Step& from, Step* to) {
    Step** const first = from.next;
    Step** const end = first + Step::kNextMax;
    Step** place = std::find(first, end, to);
    if (place == end) place = end - 1;
    std::move_backward(first, place, place + 1);
    *first = to;
  }

  Shapes& shapes_;
  Scanner scan_;
  std::vector<Step*> walk_;
  const char* literal_ = nullptr;
  std::string context_;
  std::string context_at_literal_;
  uint64_t seen_ = 0;         // fields that the step gives a value
  uint64_t seen_before_ = 0;  // … that those before it gave one
  uint32_t opens_ = 0;
  const Field* opened_[4] = {};
};

Shapes::Shapes(const Plan& plan, JsonOptions options) : plan_(plan), options_(options) {
  if (plan.field_count > kFieldsMax) return;
  std::vector<uint32_t> objects = {0};
  while (!objects.empty()) {
    const ObjectPlan& object = plan.objects[objects.back()];
    objects.pop_back();
    for (const Field& field : object.fields) {
      wanted_ |= uint64_t{1} << field.id;
      if (field.kind == FieldKind::kObject) objects.push_back(field.object);
    }
  }
}

bool Shapes::learn(std::string_view record) {
  return plan_.field_count <= kFieldsMax && ShapeLearner(*this, record).run();
}

void Shapes::clear() {
  start_ = Step();
  known_.clear();
  steps_.clear();
}

}  // namespace streamrt::json
