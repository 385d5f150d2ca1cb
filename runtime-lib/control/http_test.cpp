// The head of a request and the bytes of a response.
#include "runtime-lib/control/http.h"

#include <gtest/gtest.h>

#include <random>

namespace streamrt {
namespace {

HttpParse parse(std::string_view bytes) {
  HttpRequest request;
  return parseHead(bytes, request);
}

TEST(Http, TakesARequestApart) {
  HttpRequest request;
  ASSERT_EQ(parseHead("GET /metrics?x=1 HTTP/1.1\r\nHost: here\r\n\r\n", request), HttpParse::kRequest);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.path, "/metrics");
  ASSERT_EQ(parseHead("HEAD / HTTP/1.0\r\n\r\nwhat follows is not looked at", request), HttpParse::kRequest);
  EXPECT_EQ(request.method, "HEAD");
  EXPECT_EQ(request.path, "/");
}

TEST(Http, EveryBeginningOfARequestWantsMore) {
  std::string whole = "GET /status HTTP/1.1\r\nHost: here\r\nAccept: */*\r\n\r\n";
  for (size_t size = 0; size < whole.size(); ++size) EXPECT_EQ(parse(whole.substr(0, size)), HttpParse::kMore) << size;
  EXPECT_EQ(parse(whole), HttpParse::kRequest);
}

TEST(Http, RefusesWhatIsNoRequest) {
  for (const char* text :
       {"\r\n\r\n", "GET\r\n", "GET /\r\n", "GET / HTTP/2.0\r\n", "get / HTTP/1.1\r\n", "GET metrics HTTP/1.1\r\n",
        " GET / HTTP/1.1\r\n", "GET  / HTTP/1.1\r\n", "GET /a b HTTP/1.1\r\n", "GET /\x01 HTTP/1.1\r\n",
        "ABCDEFGHIJKLMNOPQ / HTTP/1.1\r\n", "\x16\x03\x01\x02\r\n"})
    EXPECT_EQ(parse(text), HttpParse::kBad) << text;
}

TEST(Http, AHeadHasALimit) {
  std::string line = "GET / HTTP/1.1\r\n";
  std::string filler(kRequestBytesMax - line.size() - 4, 'x');
  EXPECT_EQ(parse(line + filler + "\r\n\r\n"), HttpParse::kRequest);
  EXPECT_EQ(parse(line + filler + "x\r\n\r\n"), HttpParse::kTooLong);
  EXPECT_EQ(parse(std::string(kRequestBytesMax, 'G')), HttpParse::kTooLong);
  EXPECT_EQ(parse(std::string(kRequestBytesMax - 1, 'G')), HttpParse::kMore);
}

TEST(Http, AnyBytesGetAnAnswer) {
  std::mt19937_64 random(1);
  const std::string alphabet = "GET /\r\n: HTP1.\0\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes;
    for (size_t n = random() % 60; n > 0; --n) bytes += alphabet[random() % alphabet.size()];
    HttpRequest request;
    if (parseHead(bytes, request) == HttpParse::kRequest) {
      EXPECT_TRUE(request.path.starts_with('/'));
    }
  }
}

TEST(Http, AResponseSaysHowLongItIsAndThatItIsTheLast) {
  std::string response = httpResponse(200, "text/plain", "hello\n");
  EXPECT_TRUE(response.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(response.find("\r\nContent-Length: 6\r\n"), response.npos);
  EXPECT_NE(response.find("\r\nConnection: close\r\n"), response.npos);
  EXPECT_TRUE(response.ends_with("\r\n\r\nhello\n"));
  std::string head = httpResponse(200, "text/plain", "hello\n", false);
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_NE(head.find("\r\nContent-Length: 6\r\n"), head.npos);
  EXPECT_NE(httpResponse(405, "text/plain", "").find("\r\nAllow: GET, HEAD\r\n"), head.npos);
}

}  // namespace
}  // namespace streamrt
