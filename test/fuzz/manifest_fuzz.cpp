// Any bytes as the manifest of a checkpoint: refused with a message, or a manifest that is written and read as itself.
// The second half of inputs is given the header that vouches for it, since no search finds a hash.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "runtime-lib/checkpoint/manifest.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

void look(std::string_view bytes) {
  auto manifest = parseCheckpoint(bytes, "fuzz");
  if (!manifest) {
    require(!manifest.error().text.empty(), "a refusal has a reason");
    return;
  }
  (void)manifest->stateBytes();
  (void)manifest->file("x");
  const std::string written = checkpointBytes(*manifest);
  auto again = parseCheckpoint(written, "fuzz");
  require(again.has_value(), "what was written can be read");
  require(checkpointBytes(*again) == written, "what was read is written as it was");
}

std::string sealed(std::string_view text) {
  static const std::string kEmpty = checkpointBytes({});
  std::string bytes = kEmpty.substr(0, 16);  // magic and version
  const uint64_t size = text.size(), hash = XXH3_64bits(text.data(), text.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
  bytes.append(reinterpret_cast<const char*>(&hash), sizeof hash);
  return bytes.append(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  look(bytes);
  look(sealed(bytes));
  return 0;
}
