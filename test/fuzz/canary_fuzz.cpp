// A planted mistake, deep enough that only guided search finds it: whether the harness finds anything at all. `./dev
// prove fuzz` fails when this target does not crash. Its corpus holds harmless inputs.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.size() < 12 || !text.starts_with("from ")) return 0;
  size_t bar = text.find('|');
  if (bar == text.npos || bar + 3 >= text.size()) return 0;
  if (text[bar + 1] == 't' && text[bar + 2] == 'o' && static_cast<unsigned char>(text[bar + 3]) == 0xff) std::abort();
  return 0;
}
