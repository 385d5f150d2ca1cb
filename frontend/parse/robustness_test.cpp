// Noise: any bytes at all must give a tree and diagnostics with places inside the text, in linear time, and no crash.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "frontend/parse/parse_fixture.h"

namespace streamc::parse {
namespace {

// std::uniform_int_distribution differs between libraries; this does not.
std::size_t below(std::mt19937_64& random, std::size_t limit) { return static_cast<std::size_t>(random() % limit); }

void checkPlaces(const Parsed& parsed) {
  for (const Diagnostic& diagnostic : parsed.sink.diagnostics()) {
    std::vector<Span> spans = {diagnostic.primary.span};
    for (const Label& label : diagnostic.secondary) spans.push_back(label.span);
    for (const Fix& fix : diagnostic.fixes) {
      for (const Edit& edit : fix.edits) spans.push_back(edit.span);
    }
    for (const Span span : spans) {
      ASSERT_LE(span.begin, span.end) << diagnostic.message;
      ASSERT_LE(span.end, parsed.file.text().size()) << diagnostic.message;
    }
  }
  ASSERT_FALSE(parsed.sink.hasErrors() && parsed.messages().empty());
  ASSERT_EQ(jsonDiagnostics(parsed.sink, parsed.files).empty(), parsed.sink.diagnostics().empty());
  parsed.dump();
}

std::vector<std::string> corpus() {
  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("test/oracle/examples")) {
    if (entry.path().extension() != ".stream") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    texts.push_back(std::move(text).str());
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

TEST(Robustness, RandomBytes) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 400; ++i) {
    std::string text(below(random, 400), '\0');
    for (char& c : text) c = static_cast<char>(random());
    checkPlaces(Parsed(text));
  }
}

TEST(Robustness, RandomPrintable) {
  constexpr std::string_view kAlphabet = "abf\"'`{}()[]<>|=!?.,:;#@/*-+%&_ \n\t\\0123456789rsmhkMB$\xC3\xA9";
  std::mt19937_64 random(2);
  for (int i = 0; i < 1500; ++i) {
    std::string text(below(random, 200), '\0');
    for (char& c : text) c = kAlphabet[below(random, kAlphabet.size())];
    checkPlaces(Parsed(text));
  }
}

TEST(Robustness, DamagedPrograms) {
  const std::vector<std::string> texts = corpus();
  ASSERT_FALSE(texts.empty());
  std::mt19937_64 random(3);
  for (int i = 0; i < 600; ++i) {
    std::string text = texts[below(random, texts.size())];
    for (std::size_t hits = 1 + below(random, 4); hits != 0 && !text.empty(); --hits) {
      const std::size_t at = below(random, text.size());
      switch (below(random, 4)) {
        case 0:
          text.erase(at, below(random, 30));
          break;
        case 1:
          text.insert(at, 1, static_cast<char>(random()));
          break;
        case 2:
          text[at] = static_cast<char>(random());
          break;
        default:
          text.resize(at);
          break;
      }
    }
    checkPlaces(Parsed(text));
  }
}

// Every prefix of a program: what an editor sends while somebody types.
TEST(Robustness, Prefixes) {
  for (const std::string& text : corpus()) {
    for (std::size_t length = 0; length < text.size(); length += 7) checkPlaces(Parsed(text.substr(0, length)));
  }
}

// A quarter of a megabyte of what makes careless scanners quadratic. The test's time limit is the assertion.
TEST(Robustness, HostileTextsAreLinear) {
  const auto repeat = [](std::string_view text) {
    std::string out;
    while (out.size() < (1u << 18)) out += text;
    return out;
  };
  for (const std::string_view text : {"(",          ")",
                                      "{",          "[",
                                      "\"",         "'",
                                      "`",          "f\"{",
                                      "\"\"\"",     "1ms",
                                      "1.5h",       "1_",
                                      "@",          "a|",
                                      "a.",         "|",
                                      "\n|",        "\xFF",
                                      "#",          "#\n",
                                      "//",         "/*",
                                      "a(",         "a b ",
                                      "source a: ", "process P {",
                                      "{ }",        ")(",
                                      "f\"{a\" ",   "\\",
                                      ";",          "\xC3\xA9 ",
                                      "route { ",   "stream s = (\n",
                                      "x = y\n",    "a\n| (",
                                      "} "}) {
    const Parsed parsed(repeat(text));
    EXPECT_LE(parsed.sink.diagnostics().size(), DiagnosticSink::kMaxKept) << text;
    EXPECT_LT(parsed.messages().size(), 1u << 20) << text;
  }
}

}  // namespace
}  // namespace streamc::parse
