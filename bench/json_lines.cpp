// How fast JSON lines become columns, and columns JSON lines, beside simdjson's On-Demand reader (Keiser and Lemire,
// "On- Demand JSON: A Better Way to Parse Documents?", 2023) which extracts the same fields into the same arrays.
//
//     bench_json_lines [rounds] [FEED.jsonl]
//
// NEXMark bids of about 245 bytes, made here; three of the seven fields and all of them, the time as RFC 3339 and in
// milliseconds; and, when a file is given, the earthquake feed with the fields of examples/earthquakes. All ways run
// one after another in every round, in batches into arrays that stay in cache; thread CPU time. Prints JSON: for each
// measurement the median, least and greatest million records a second, and bytes; ratios are medians of the rounds'.
// simdjson is compiled with -march=native, so that its best kernel is inlined; ours chooses at run time.
#include <time.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <simdjson.h>

#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"
#include "runtime-lib/formats/test_rows.h"

namespace {

using streamrt::test::columns;
using streamrt::test::ColumnText;
using streamrt::test::Rows;

constexpr uint32_t kBatchRows = 4096;
constexpr size_t kChunkBytes = 256 << 10;

double cpuSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Input {
  std::string text;  // with padding behind it
  size_t size = 0;
  std::vector<std::string_view> lines;

  explicit Input(std::string all) : text(std::move(all)), size(text.size()) {
    text.append(std::max<size_t>(simdjson::SIMDJSON_PADDING, streamrt::JsonDecoder::kTextPadding), '\0');
    for (size_t at = 0; at < size;) {
      const size_t end = text.find('\n', at);
      lines.emplace_back(text.data() + at, end - at);
      at = end + 1;
    }
  }
};

std::string bids(size_t count, bool epoch) {
  std::mt19937_64 random(42);
  auto below = [&](uint64_t n) { return random() % n; };
  auto word = [&](size_t letters) {
    std::string out;
    for (size_t i = 0; i < letters; ++i) out += static_cast<char>('a' + below(26));
    return out;
  };
  std::vector<std::string> channels;
  std::vector<std::string> urls;
  for (int i = 0; i < 10000; ++i) {
    channels.push_back(i < 4 ? std::vector<std::string>{"Google", "Facebook", "Baidu", "Apple"}[static_cast<size_t>(i)]
                             : "channel-" + std::to_string(i));
    urls.push_back("https://www.nexmark.com/" + word(5) + "/" + word(5) + "/" + word(5) + "/item.htm?query=1");
    if (below(10) > 0) urls.back() += "&channel_id=" + std::to_string(below(1u << 31));
  }
  std::string out;
  for (size_t i = 0; i < count; ++i) {
    const size_t channel = below(2) == 0 ? below(4) : below(10000);
    const uint64_t millis = 1'700'000'000'000 + i / 10;
    const uint64_t second = millis / 1000 - 1'700'000'000 + 13 * 60 + 20;
    char time[64];
    if (epoch) {
      std::snprintf(time, sizeof time, "%llu", static_cast<unsigned long long>(millis));
    } else {
      std::snprintf(time, sizeof time, "\"2023-11-14T22:%02u:%02u.%03uZ\"", static_cast<unsigned>(second / 60 % 60),
                    static_cast<unsigned>(second % 60), static_cast<unsigned>(millis % 1000));
    }
    const uint64_t price = below(1u << (3 + below(24))) + 100;
    out += "{\"auction\":" + std::to_string(1000 + i / 15 + below(100)) +
           ",\"bidder\":" + std::to_string(1000 + below(1 + i / 50 + 1000)) + ",\"price\":" + std::to_string(price) +
           ",\"channel\":\"" + channels[channel] + "\",\"url\":\"" + urls[channel] + "\",\"dateTime\":" + time +
           ",\"extra\":\"" + word(32 + below(16)) + "\"}\n";
  }
  return out;
}

// A way through the input; called once a round.
struct Way {
  std::string name;
  std::function<void()> run;
};

void measure(const std::string& what, const Input& input, int rounds, const std::vector<Way>& ways, bool last) {
  std::map<std::string, std::vector<double>> taken;
  for (const Way& way : ways) way.run();
  for (int round = 0; round < rounds; ++round) {
    for (const Way& way : ways) {
      const double start = cpuSeconds();
      way.run();
      taken[way.name].push_back(cpuSeconds() - start);
    }
  }
  auto median = [](std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
  };
  std::printf("  \"%s\": {\n    \"records\": %zu, \"record_bytes\": %.1f", what.c_str(), input.lines.size(),
              static_cast<double>(input.size) / static_cast<double>(input.lines.size()));
  const auto records = static_cast<double>(input.lines.size());
  for (const Way& way : ways) {
    const std::vector<double>& times = taken[way.name];
    std::printf(
        ",\n    \"%s\": {\"m_records_per_s\": %.2f, \"min\": %.2f, \"max\": %.2f, \"gb_per_s\": %.2f, "
        "\"ns_per_record\": %.1f}",
        way.name.c_str(), records / median(times) / 1e6, records / *std::max_element(times.begin(), times.end()) / 1e6,
        records / *std::min_element(times.begin(), times.end()) / 1e6,
        static_cast<double>(input.size) / median(times) / 1e9, median(times) * 1e9 / records);
  }
  // Against the best of simdjson's ways, round by round.
  std::vector<double> ratios;
  for (int round = 0; round < rounds; ++round) {
    double best = 1e99;
    for (const Way& way : ways) {
      if (way.name.starts_with("simdjson")) best = std::min(best, taken[way.name][static_cast<size_t>(round)]);
    }
    ratios.push_back(best / taken[ways[0].name][static_cast<size_t>(round)]);
  }
  if (ratios[0] < 1e9) {
    std::printf(",\n    \"ratio_to_simdjson\": {\"median\": %.2f, \"min\": %.2f, \"max\": %.2f}", median(ratios),
                *std::min_element(ratios.begin(), ratios.end()), *std::max_element(ratios.begin(), ratios.end()));
  }
  std::printf("\n  }%s\n", last ? "" : ",");
}

// Our decoder over chunks of the input as the sources read them.
class Ours {
 public:
  Ours(const Input& input, std::vector<streamrt::Column> all, streamrt::JsonOptions options,
       streamrt::JsonDecoder::Path path)
      : input_(input), rows_(std::move(all), kBatchRows), decoder_(rows_.schema(), options), lines_(kBatchRows) {
    decoder_.usePath(path);
  }

  void decodeLines() {
    uint64_t taken = 0;
    streamrt::RowTarget target = rows_.target(0);
    for (size_t chunk = 0; chunk < input_.size;) {
      size_t end = std::min(chunk + kChunkBytes, input_.size);
      while (input_.text[end - 1] != '\n') --end;
      const std::string_view text(input_.text.data() + chunk, end - chunk);
      decoder_.open(text);
      for (size_t at = 0; at < text.size();) {
        if (target.row == kBatchRows) {
          target.row = 0;
          rows_.arena().reset();
        }
        const uint32_t first = target.row;
        at = decoder_.decodeLines(at, target, kBatchRows, 1 << 24, lines_.data());
        taken += target.row - first;
        if (target.row == kBatchRows || at == text.size()) continue;
        const size_t stop = text.find('\n', at);
        decodeOne(text.substr(at, stop - at), target);
        ++taken;
        at = stop + 1;
      }
      chunk = end;
    }
    if (taken != input_.lines.size()) std::fprintf(stderr, "%zu records were refused\n", input_.lines.size() - taken);
  }

  void decodeRecords() {
    streamrt::RowTarget target = rows_.target(0);
    for (std::string_view line : input_.lines) {
      if (target.row == kBatchRows) {
        target.row = 0;
        rows_.arena().reset();
      }
      decodeOne(line, target);
    }
  }

 private:
  void decodeOne(std::string_view line, streamrt::RowTarget& target) {
    streamrt::DecodeError error;
    if (!decoder_.decode(line, target, error)) std::fprintf(stderr, "refused: %s\n", error.detail.c_str());
    ++target.row;
  }

  const Input& input_;
  Rows rows_;
  streamrt::JsonDecoder decoder_;
  std::vector<streamrt::JsonLine> lines_;
};

// The same fields by simdjson, into arrays of the same size. A time that is text stays text: less work than ours.
class Theirs {
 public:
  Theirs(const Input& input, bool epoch) : input_(input), epoch_(epoch) {}

  template <class Extract>
  void many(Extract extract) {
    for (size_t chunk = 0; chunk < input_.size;) {
      size_t end = std::min(chunk + kChunkBytes, input_.size);
      while (input_.text[end - 1] != '\n') --end;
      simdjson::ondemand::document_stream stream;
      if (parser_.iterate_many(input_.text.data() + chunk, end - chunk, kChunkBytes).get(stream) != simdjson::SUCCESS)
        return;
      for (auto document : stream) {
        extract(document, row_);
        row_ = (row_ + 1) % kBatchRows;
      }
      chunk = end;
    }
  }

  template <class Extract>
  void each(Extract extract) {
    for (std::string_view line : input_.lines) {
      simdjson::ondemand::document document;
      const auto rest = static_cast<size_t>(input_.text.data() + input_.text.size() - line.data());
      if (parser_.iterate(line.data(), line.size(), rest).get(document) != simdjson::SUCCESS) return;
      extract(document, row_);
      row_ = (row_ + 1) % kBatchRows;
    }
  }

  template <class Document>
  void threeFields(Document&& document, size_t row) {
    auto object = document.get_object();
    auction[row] = object.find_field("auction").get_int64();
    price[row] = object.find_field("price").get_int64();
    readTime(object, row);
  }

  template <class Document>
  void allFields(Document&& document, size_t row) {
    auto object = document.get_object();
    auction[row] = object.find_field("auction").get_int64();
    bidder[row] = object.find_field("bidder").get_int64();
    price[row] = object.find_field("price").get_int64();
    channel[row] = object.find_field("channel").get_string();
    url[row] = object.find_field("url").get_string();
    readTime(object, row);
    extra[row] = object.find_field("extra").get_string();
  }

  template <class Document>
  void quake(Document&& document, size_t row) {
    auto properties = document["properties"];
    auto magnitude_value = properties["mag"];
    if (!magnitude_value.is_null()) magnitude[row] = magnitude_value.get_double();
    auto place_value = properties["place"];
    if (!place_value.is_null()) channel[row] = place_value.get_string();
    time[row] = properties["time"].get_int64();
    url[row] = document["id"].get_string();
  }

 private:
  template <class Object>
  void readTime(Object& object, size_t row) {
    if (epoch_) {
      time[row] = object.find_field("dateTime").get_int64();
    } else {
      time_text[row] = object.find_field("dateTime").get_string();
    }
  }

  const Input& input_;
  const bool epoch_;
  simdjson::ondemand::parser parser_;
  size_t row_ = 0;
  std::vector<int64_t> auction = std::vector<int64_t>(kBatchRows);
  std::vector<int64_t> bidder = auction;
  std::vector<int64_t> price = auction;
  std::vector<int64_t> time = auction;
  std::vector<double> magnitude = std::vector<double>(kBatchRows);
  std::vector<std::string_view> channel = std::vector<std::string_view>(kBatchRows);
  std::vector<std::string_view> url = channel;
  std::vector<std::string_view> extra = channel;
  std::vector<std::string_view> time_text = channel;
};

void measureBids(bool epoch, int rounds) {
  const Input input(bids(6'000, epoch));
  streamrt::JsonOptions options;
  if (epoch) options.timestamps = streamrt::JsonTimestamps::kMillis;
  const std::vector<ColumnText> three = {{"auction", "i64"}, {"price", "i64"}, {"dateTime", "timestamp"}};
  const std::vector<ColumnText> all = {{"auction", "i64"},    {"bidder", "i64"}, {"price", "i64"},
                                       {"channel", "string"}, {"url", "string"}, {"dateTime", "timestamp"},
                                       {"extra", "string"}};
  for (const bool few : {true, false}) {
    using Path = streamrt::JsonDecoder::Path;
    Ours best(input, columns(few ? three : all), options, Path::kBest);
    Ours single(input, columns(few ? three : all), options, Path::kBest);
    Ours avx2(input, columns(few ? three : all), options, Path::kAvx2);
    Ours general(input, columns(few ? three : all), options, Path::kGeneral);
    Theirs theirs(input, epoch);
    auto extract = [&](auto&& document, size_t row) {
      if (few) {
        theirs.threeFields(document, row);
      } else {
        theirs.allFields(document, row);
      }
    };
    measure(std::string("bid, ") + (few ? "3" : "7") + " of 7 fields, time " + (epoch ? "in ms" : "as text"), input,
            rounds,
            {{"lines", [&] { best.decodeLines(); }},
             {"lines, AVX2", [&] { avx2.decodeLines(); }},
             {"single records", [&] { single.decodeRecords(); }},
             {"general decoder", [&] { general.decodeRecords(); }},
             {"simdjson iterate_many", [&] { theirs.many(extract); }},
             {"simdjson iterate", [&] { theirs.each(extract); }}},
            false);
  }
}

// What a fast path finds hard: texts with escapes and outside of ASCII; keys that nobody has seen before.
void measureHard(int rounds) {
  const std::vector<ColumnText> fields = {{"id", "i64"}, {"name", "string"}, {"note", "string?"}};
  using Path = streamrt::JsonDecoder::Path;
  auto measureOurs = [&](const char* what, std::string text) {
    const Input input(std::move(text));
    Ours best(input, columns(fields), {}, Path::kBest);
    Ours general(input, columns(fields), {}, Path::kGeneral);
    measure(what, input, rounds,
            {{"lines", [&] { best.decodeLines(); }}, {"general decoder", [&] { general.decodeRecords(); }}}, false);
  };
  std::mt19937_64 random(1);
  std::string escapes;
  std::string letters;
  std::string keys;
  for (int i = 0; i < 6000; ++i) {
    const std::string head = "{\"id\":" + std::to_string(random() % 100'000);
    escapes += head + ",\"name\":\"a \\\"quoted\\\" name\",\"note\":\"first line\\nsecond line \\u00e9\"}\n";
    letters += head + ",\"name\":\"Ξενοφῶν ὁ Ἀθηναῖος\",\"note\":" + (random() % 2 == 0 ? "null" : "\"Größe\"") + "}\n";
    keys += head + ",\"name\":\"x\",\"k" + std::to_string(random()) + "\":1,\"note\":\"y\"}\n";
  }
  measureOurs("escapes in every text", escapes);
  measureOurs("texts outside of ASCII, null or a text", letters);
  measureOurs("a new key in every record", keys);
}

void measureFeed(const char* path, int rounds) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  std::string all = text.str();
  if (!all.ends_with('\n')) all += '\n';
  const Input input(std::move(all));
  const std::vector<ColumnText> fields = {
      {"properties.mag", "f64?"}, {"properties.place", "string?"}, {"properties.time", "timestamp"}, {"id", "string"}};
  streamrt::JsonOptions options;
  options.timestamps = streamrt::JsonTimestamps::kMillis;
  using Path = streamrt::JsonDecoder::Path;
  Ours best(input, columns(fields), options, Path::kBest);
  Ours avx2(input, columns(fields), options, Path::kAvx2);
  Ours general(input, columns(fields), options, Path::kGeneral);
  Theirs theirs(input, true);
  auto extract = [&](auto&& document, size_t row) { theirs.quake(document, row); };
  measure("earthquakes, 4 fields", input, rounds * 4,
          {{"lines", [&] { best.decodeLines(); }},
           {"lines, AVX2", [&] { avx2.decodeLines(); }},
           {"general decoder", [&] { general.decodeRecords(); }},
           {"simdjson iterate_many", [&] { theirs.many(extract); }},
           {"simdjson iterate", [&] { theirs.each(extract); }}},
          false);
}

void measureEncoder(int rounds) {
  const Input input(bids(kBatchRows, false));
  Rows rows(columns({{"auction", "i64"},
                     {"bidder", "i64"},
                     {"price", "i64"},
                     {"channel", "string"},
                     {"url", "string"},
                     {"dateTime", "timestamp"},
                     {"extra", "string"}}),
            kBatchRows);
  streamrt::JsonDecoder decoder(rows.schema(), {});
  streamrt::DecodeError error;
  uint32_t row = 0;
  for (std::string_view line : input.lines) decoder.decode(line, rows.target(row++), error);
  streamrt::JsonEncoder encoder(rows.schema(), {});
  streamrt::ByteBuffer out;
  streamrt::EncodeError encode_error;
  measure("encode bids, 7 fields", input, rounds * 20,
          {{"encoder",
            [&] {
              out.clear();
              for (uint32_t i = 0; i < kBatchRows; ++i) {
                if (!encoder.encode(rows.source(i), out, encode_error))
                  std::fprintf(stderr, "refused: %s\n", encode_error.detail.c_str());
              }
            }}},
          true);
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 11;
  if (argc > 1) std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), rounds);
  std::printf("{\n  \"simdjson\": \"%s\",\n", simdjson::get_active_implementation()->name().c_str());
  for (const bool epoch : {false, true}) measureBids(epoch, rounds);
  if (argc > 2) measureFeed(argv[2], rounds);
  measureHard(rounds);
  measureEncoder(rounds);
  std::printf("}\n");
  return 0;
}
