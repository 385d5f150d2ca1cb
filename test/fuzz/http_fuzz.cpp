// Any bytes as the head of a request, arriving one by one: nothing is said twice differently, a request is what it
// claims to be, and nobody waits for more than the limit.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime-lib/control/http.h"
#include "test/fuzz/require.h"

using namespace streamrt;
using streamc_fuzz::require;

namespace {

// The first line of a request, by the letters of RFC 9112, with what we take of it.
bool isRequestLine(std::string_view line) {
  auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  auto is_visible = [](char c) { return c > 32 && c < 127; };
  size_t at = 0;
  while (at < line.size() && is_upper(line[at])) ++at;
  if (at == 0 || at > 16 || at == line.size() || line[at] != ' ') return false;
  size_t target = ++at;
  while (at < line.size() && is_visible(line[at])) ++at;
  if (at == target || line[target] != '/') return false;
  std::string_view rest = line.substr(at);
  return rest == " HTTP/1.1" || rest == " HTTP/1.0";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  HttpParse last = HttpParse::kMore;
  HttpRequest request;
  for (size_t length = 0; length <= size; ++length) {
    const std::string_view seen = std::string_view(bytes).substr(0, length);
    const HttpParse now = parseHead(seen, request);
    require(last == HttpParse::kMore || now == last, "what was said stays so when more comes");
    last = now;
    if (now == HttpParse::kMore) require(length < kRequestBytesMax, "nobody waits for more than the limit");
    if (now != HttpParse::kRequest) continue;
    require(isRequestLine(seen.substr(0, seen.find("\r\n"))), "what is taken is a request line");
    require(seen.starts_with(request.method) && !request.method.empty(), "the method is what the line begins with");
    require(request.path.starts_with('/') && request.path.find_first_of("? ") == request.path.npos,
            "the path ends where the query begins");
    require(request.path.data() >= seen.data() && request.path.end() <= seen.end(), "its texts lie in the bytes");
  }
  const size_t line_end = bytes.find("\r\n");
  if (line_end != bytes.npos && isRequestLine(std::string_view(bytes).substr(0, line_end)))
    require(last != HttpParse::kBad, "a request line is not refused");
  const std::string response = httpResponse(200, "text/plain", bytes);
  require(response.ends_with(bytes), "a response ends with its body");
  return 0;
}
