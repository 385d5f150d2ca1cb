// Casts between text and the other scalar types (dsl/builtins.def has their meaning). What a text means and how a value
// is written is that of formats/value_text.h, so that f-strings, casts and sinks agree.
#include <limits>

#include "runtime-lib/builtins/text_arguments.h"
#include "runtime-lib/formats/utf8.h"
#include "runtime-lib/formats/value_text.h"

using namespace streamrt;

namespace {

template <class Integer>
uint8_t toSigned(void* out, void* text, uint32_t size) {
  int64_t value;
  if (parseI64(viewOf(text, size), value) != ParseOutcome::kOk) return 0;
  if (value < std::numeric_limits<Integer>::min() || value > std::numeric_limits<Integer>::max()) return 0;
  *static_cast<Integer*>(out) = static_cast<Integer>(value);
  return 1;
}

template <class Integer>
uint8_t toUnsigned(void* out, void* text, uint32_t size) {
  uint64_t value;
  if (parseU64(viewOf(text, size), value) != ParseOutcome::kOk || value > std::numeric_limits<Integer>::max()) return 0;
  *static_cast<Integer*>(out) = static_cast<Integer>(value);
  return 1;
}

template <class T>
void ofScalar(void* task, void* out, char* (*write)(char*, T), T value) {
  char* const begin = scratch(task, kScalarTextBytes);
  give(out, begin, write(begin, value));
}

}  // namespace

uint8_t stream_text_to_i8(void*, void* out, void* text, uint32_t text_size) {
  return toSigned<int8_t>(out, text, text_size);
}
uint8_t stream_text_to_i16(void*, void* out, void* text, uint32_t text_size) {
  return toSigned<int16_t>(out, text, text_size);
}
uint8_t stream_text_to_i32(void*, void* out, void* text, uint32_t text_size) {
  return toSigned<int32_t>(out, text, text_size);
}
uint8_t stream_text_to_i64(void*, void* out, void* text, uint32_t text_size) {
  return toSigned<int64_t>(out, text, text_size);
}
uint8_t stream_text_to_u8(void*, void* out, void* text, uint32_t text_size) {
  return toUnsigned<uint8_t>(out, text, text_size);
}
uint8_t stream_text_to_u16(void*, void* out, void* text, uint32_t text_size) {
  return toUnsigned<uint16_t>(out, text, text_size);
}
uint8_t stream_text_to_u32(void*, void* out, void* text, uint32_t text_size) {
  return toUnsigned<uint32_t>(out, text, text_size);
}
uint8_t stream_text_to_u64(void*, void* out, void* text, uint32_t text_size) {
  return toUnsigned<uint64_t>(out, text, text_size);
}

uint8_t stream_text_to_f32(void*, void* out, void* text, uint32_t text_size) {
  return parseF32(viewOf(text, text_size), *static_cast<float*>(out)) == ParseOutcome::kOk ? 1 : 0;
}
uint8_t stream_text_to_f64(void*, void* out, void* text, uint32_t text_size) {
  return parseF64(viewOf(text, text_size), *static_cast<double*>(out)) == ParseOutcome::kOk ? 1 : 0;
}

uint8_t stream_text_to_bool(void*, void* out, void* text, uint32_t text_size) {
  const std::string_view word = viewOf(text, text_size);
  *static_cast<uint8_t*>(out) = word == "true" ? 1 : 0;
  return word == "true" || word == "false" ? 1 : 0;
}

uint8_t stream_text_to_timestamp(void*, void* out, void* text, uint32_t text_size) {
  return parseTimestamp(viewOf(text, text_size), *static_cast<int64_t*>(out)) == ParseOutcome::kOk ? 1 : 0;
}
uint8_t stream_text_to_duration(void*, void* out, void* text, uint32_t text_size) {
  return parseDuration(viewOf(text, text_size), *static_cast<int64_t*>(out)) == ParseOutcome::kOk ? 1 : 0;
}

uint8_t stream_text_to_date(void*, void* out, void* text, uint32_t text_size) {
  return parseDate(viewOf(text, text_size), *static_cast<int32_t*>(out)) == ParseOutcome::kOk ? 1 : 0;
}
uint8_t stream_bytes_is_text(void* data, uint32_t size) { return isUtf8(viewOf(data, size)) ? 1 : 0; }

void stream_text_of_bool(void*, void* out, uint8_t x) { give(out, x != 0 ? "true" : "false"); }
void stream_text_of_i64(void* task, void* out, int64_t x) { ofScalar<int64_t>(task, out, writeI64, x); }
void stream_text_of_u64(void* task, void* out, int64_t x) {
  ofScalar<uint64_t>(task, out, writeU64, static_cast<uint64_t>(x));
}
void stream_text_of_f32(void* task, void* out, float x) { ofScalar<float>(task, out, writeF32, x); }
void stream_text_of_f64(void* task, void* out, double x) { ofScalar<double>(task, out, writeF64, x); }
void stream_text_of_timestamp(void* task, void* out, int64_t x) { ofScalar<int64_t>(task, out, writeTimestamp, x); }
void stream_text_of_date(void* task, void* out, uint32_t x) {
  ofScalar<int32_t>(task, out, writeDate, static_cast<int32_t>(x));
}
void stream_text_of_duration(void* task, void* out, int64_t x) { ofScalar<int64_t>(task, out, writeDuration, x); }
