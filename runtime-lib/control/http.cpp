#include "runtime-lib/control/http.h"

#include <fmt/format.h>

#include <algorithm>

namespace streamrt {
namespace {

const char* reasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Service Unavailable";
  }
}

// RFC 9110: token characters, of which methods are made. Upper-case letters are all that any method has.
bool isMethod(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool isTarget(std::string_view text) {
  return text.starts_with('/') && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

// The first line. False: it is none.
bool parseLine(std::string_view line, HttpRequest& request) {
  size_t method_end = line.find(' ');
  if (method_end == line.npos) return false;
  size_t target_end = line.find(' ', method_end + 1);
  if (target_end == line.npos) return false;
  std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  std::string_view version = line.substr(target_end + 1);
  request.method = line.substr(0, method_end);
  request.path = target.substr(0, target.find('?'));
  return isMethod(request.method) && isTarget(target) && (version == "HTTP/1.1" || version == "HTTP/1.0");
}

}  // namespace

HttpParse parseHead(std::string_view bytes, HttpRequest& request) {
  size_t line_end = bytes.find("\r\n");
  // Something else than HTTP is refused as soon as its first line shows it.
  if (line_end != bytes.npos && !parseLine(bytes.substr(0, line_end), request)) return HttpParse::kBad;
  size_t end = bytes.find("\r\n\r\n");
  if (end == bytes.npos || end + 4 > kRequestBytesMax)
    return bytes.size() >= kRequestBytesMax ? HttpParse::kTooLong : HttpParse::kMore;
  return HttpParse::kRequest;
}

std::string httpResponse(int status, std::string_view content_type, std::string_view body, bool with_body) {
  std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n{}Connection: "
      "close\r\n\r\n",
      status, reasonOf(status), content_type, body.size(), status == 405 ? "Allow: GET, HEAD\r\n" : "");
  if (with_body) head += body;
  return head;
}

}  // namespace streamrt
