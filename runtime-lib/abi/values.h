// How values lie in memory, for generated code and the runtime alike. Pure C, no dependencies.
//
//   language type            column element / cell field        in a register (LLVM)
//   bool                     uint8_t 0 or 1                     i1
//   i8..i64, u8..u64         2's complement, little endian      i8..i64
//   f32, f64                 IEEE 754                           float, double
//   timestamp, duration      int64_t microseconds               i64
//   date                     int32_t days since 1970-01-01      i32
//   decimal(p, s)            the number without its point:      i64, i128
//                            int64_t to 18 digits, else 128 bits
//   string, bytes            StreamString                       { ptr, i32 }
//   list<T>                  StreamList                         { ptr, i32 }
//   enum                     int16_t index of the symbol        i16
//   open enum                StreamString                       { ptr, i32 }
//   oneof                    int16_t index of the variant       i16; the leaves of payloads are columns of their own
//   T?                       value + one validity byte (1 = present), kept apart: see StreamColumn
//
// A null value's bytes are unspecified but initialised. Views never own: a string or list in a batch points into the
// arena of that batch, or into raw input that the batch keeps alive.
//
// List elements are stored one after another with this layout: the leaf fields in declaration order, each at its
// natural alignment, an optional leaf followed by its validity byte, the element size rounded up to 8 bytes.
#ifndef STREAM_ABI_VALUES_H
#define STREAM_ABI_VALUES_H

#include <stdint.h>

// Values of 16 bytes are 8-aligned: 128 bits are copied, never pointed to as such.
typedef struct StreamString {
  const char* data;
  uint32_t size;  // bytes: of valid UTF-8, where the type is string
  uint32_t zero;  // always 0, so that 16 bytes may be compared and copied whole
} StreamString;

typedef struct StreamList {
  const void* data;
  uint32_t count;
  uint32_t zero;
} StreamList;

// A variable-length value inside table pages: position-independent. page = 0 means "empty".
typedef struct StreamBlobRef {
  uint32_t page;    // page id within the table
  uint32_t offset;  // bytes from the start of the page
  uint32_t size;    // bytes
  uint32_t zero;
} StreamBlobRef;

#endif
