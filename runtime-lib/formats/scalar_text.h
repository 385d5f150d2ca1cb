// Scalars of any column type as plain text and back: what a CSV cell or the name of a directory holds. The forms are
// those of formats/value_text.h. One switch each: whoever adds a scalar type adds a case here.
#ifndef RUNTIME_LIB_FORMATS_SCALAR_TEXT_H
#define RUNTIME_LIB_FORMATS_SCALAR_TEXT_H

#include <string>
#include <string_view>

#include "runtime-lib/core/arena.h"
#include "runtime-lib/core/column.h"
#include "runtime-lib/formats/byte_buffer.h"

namespace streamrt {

// Appends the text of a value. False: it has none that could be read back (NaN, infinity, an instant outside the years
// 0000 to 9999); `detail` says so and `out` is as before. REQUIRES: no list.
bool writeScalar(const Column& column, const void* value, ByteBuffer& out, std::string& detail);

// Reads columnValueBytes(type) bytes at `out` from a text; texts stay views of it, what needs memory takes it from the
// arena. False: it is no value of this type. REQUIRES: no list; a string's bytes are not looked at.
bool parseScalar(const Column& column, std::string_view text, void* out, Arena& arena);

}  // namespace streamrt

#endif
