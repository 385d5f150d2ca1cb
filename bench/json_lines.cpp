// How fast JSON lines become columns and columns JSON lines, beside simdjson's on-demand reader extracting the same
// fields into the same arrays.
//
//     bench_json_lines FILE.jsonl [rounds]
//
// The file is the earthquake feed (examples/earthquakes); the demanded fields are those of its example. Prints one line
// per measurement: the best of the rounds, in MB/s of input and ns a record.
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <simdjson.h>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace {

using streamrt::test::columns;
using streamrt::test::Rows;

template <class Round>
void measure(const char* what, size_t bytes, size_t records, int rounds, Round round) {
  double best = 1e99;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    round();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    best = std::min(best, taken.count());
  }
  std::printf("%-44s %8.0f MB/s %8.0f ns/record\n", what, static_cast<double>(bytes) / best / 1e6,
              best * 1e9 / static_cast<double>(records));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s FILE.jsonl [rounds]\n", argv[0]);
    return 2;
  }
  int rounds = 20;
  if (argc > 2) std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), rounds);
  std::ifstream in(argv[1], std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  const std::string data = text.str();
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < data.size();) {
    const size_t end = std::min(data.find('\n', at), data.size());
    lines.emplace_back(data.data() + at, end - at);
    at = end + 1;
  }

  Rows rows(columns({{"properties.mag", "f64?"},
                     {"properties.place", "string?"},
                     {"properties.time", "timestamp"},
                     {"id", "string"}}),
            static_cast<uint32_t>(lines.size()));
  streamrt::JsonOptions options;
  options.timestamps = streamrt::JsonTimestamps::kMillis;
  streamrt::JsonDecoder decoder(rows.schema(), options);
  streamrt::DecodeError error;
  measure("decode 4 fields", data.size(), lines.size(), rounds, [&] {
    uint32_t row = 0;
    for (std::string_view line : lines) {
      if (!decoder.decode(line, rows.target(row++), error)) std::printf("refused: %s\n", error.detail.c_str());
    }
    rows.arena().reset();
  });

  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(data);
  std::vector<double> magnitudes(lines.size());
  std::vector<std::string_view> places(lines.size());
  std::vector<std::string_view> ids(lines.size());
  std::vector<int64_t> times(lines.size());
  measure("simdjson on demand, the same fields", data.size(), lines.size(), rounds, [&] {
    size_t row = 0;
    simdjson::ondemand::document_stream documents = parser.iterate_many(padded);
    for (auto document : documents) {
      auto properties = document["properties"];
      auto magnitude = properties["mag"];
      if (!magnitude.is_null()) magnitudes[row] = magnitude.get_double();
      auto place = properties["place"];
      if (!place.is_null()) places[row] = place.get_string();
      times[row] = properties["time"].get_int64();
      ids[row] = document["id"].get_string();
      ++row;
    }
  });

  streamrt::JsonEncoder encoder(rows.schema(), {});
  streamrt::ByteBuffer out;
  streamrt::EncodeError encode_error;
  auto encodeAll = [&] {
    out.clear();
    for (uint32_t row = 0; row < lines.size(); ++row) {
      if (!encoder.encode(rows.source(row), out, encode_error))
        std::printf("refused: %s\n", encode_error.detail.c_str());
    }
  };
  uint32_t row = 0;
  for (std::string_view line : lines) decoder.decode(line, rows.target(row++), error);
  encodeAll();
  measure("encode 4 fields (of output)", out.size(), lines.size(), rounds, encodeAll);
  return 0;
}
