// The beginning of a text from outside, fit for a message.
#ifndef RUNTIME_LIB_FORMATS_EXCERPT_H
#define RUNTIME_LIB_FORMATS_EXCERPT_H

#include <string>
#include <string_view>

namespace streamrt {

// At most 40 characters and "…", as valid UTF-8 without control characters: other bytes are written \xhh.
std::string excerpt(std::string_view text);

}  // namespace streamrt

#endif
