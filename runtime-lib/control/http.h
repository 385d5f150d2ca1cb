// As much of HTTP/1.1 (RFC 9112) as a few small answers need: the head of a request in, the bytes of a response out.
// Every response closes its connection, so what a client sends behind the head is never looked at. Pure functions.
#ifndef RUNTIME_LIB_CONTROL_HTTP_H
#define RUNTIME_LIB_CONTROL_HTTP_H

#include <cstddef>
#include <string>
#include <string_view>

namespace streamrt {

constexpr size_t kRequestBytesMax = 8192;  // of a request's head

struct HttpRequest {
  std::string_view method;
  std::string_view path;  // without the query
};

enum class HttpParse : uint8_t {
  kMore,     // the head is not complete
  kRequest,  // `request` is set; its texts point into `bytes`
  kBad,      // not HTTP
  kTooLong,  // more than kRequestBytesMax without an end
};
HttpParse parseHead(std::string_view bytes, HttpRequest& request);

// A whole response. `with_body` = false, for HEAD: the length is that of the body, which is left out.
std::string httpResponse(int status, std::string_view content_type, std::string_view body, bool with_body = true);

}  // namespace streamrt

#endif
