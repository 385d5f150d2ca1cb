#include "frontend/sema/connectors.h"

namespace streamc::sema {

namespace {

using enum OptionKind;

constexpr std::string_view kFileFormats = "json csv parquet avro bytes";
constexpr std::string_view kMessageFormats = "json csv avro protobuf bytes";
constexpr std::string_view kMessageMeta =
    "topic:string partition:i32 offset:i64 timestamp:timestamp time:timestamp received_at:timestamp";
constexpr std::string_view kFileMeta = "path:string line:i64 received_at:timestamp time:timestamp";
constexpr std::string_view kRequestMeta = "received_at:timestamp time:timestamp";
constexpr std::string_view kChangeMeta =
    "topic:string partition:i32 offset:i64 timestamp:timestamp source_time:timestamp received_at:timestamp";

// name, source, sink, built, bounded, takes, transactional, replayable, formats, needs format, meta, time of it replays
constexpr ConnectorRow kConnectors[] = {
    {"file", true, true, true, Bounded::kYes, Takes::kAppends, true, true, kFileFormats, false, kFileMeta},
    {"files", true, true, true, Bounded::kYes, Takes::kAppends, true, true, kFileFormats, true, kFileMeta},
    {"stdin", true, false, true, Bounded::kYes, Takes::kAll, false, false, "json csv bytes", false, kRequestMeta},
    {"stdout", false, true, true, Bounded::kYes, Takes::kAppends, false, false, "json csv", false, ""},
    {"stderr", false, true, true, Bounded::kYes, Takes::kAppends, false, false, "json csv", false, ""},
    {"null", false, true, true, Bounded::kYes, Takes::kAll, true, false, "", false, ""},
    {"generate", true, false, true, Bounded::kWithCount, Takes::kAll, false, true, "", false, kRequestMeta, true},
    {"nexmark", true, false, true, Bounded::kWithCount, Takes::kAll, false, true, "", false, kRequestMeta, true},
    {"kafka", true, true, false, Bounded::kNo, Takes::kEither, true, true, kMessageFormats, false, kMessageMeta, true},
    {"debezium", true, false, false, Bounded::kNo, Takes::kAll, false, true, "json avro", false, kChangeMeta},
    {"http", true, true, false, Bounded::kNo, Takes::kEither, false, true, "json csv bytes", false, kRequestMeta},
    {"http_endpoint", true, false, false, Bounded::kNo, Takes::kAll, false, true, "json bytes", false, kRequestMeta},
    {"postgres", true, true, false, Bounded::kNo, Takes::kEither, true, true, "", false, kChangeMeta},
    {"redis", false, true, false, Bounded::kNo, Takes::kKeyed, false, false, "", false, ""},
    {"memcached", false, true, false, Bounded::kNo, Takes::kKeyed, false, false, "", false, ""},
    {"iceberg", true, true, false, Bounded::kYes, Takes::kEither, true, true, "", false, kFileMeta},
    {"tcp", true, true, false, Bounded::kNo, Takes::kAppends, false, true, "json csv bytes", false, kRequestMeta},
    {"websocket", true, true, false, Bounded::kNo, Takes::kAppends, false, true, "json bytes", false, kRequestMeta},
    {"one_of", false, true, false, Bounded::kYes, Takes::kAll, true, false, "", false, ""},
};

// owner, name, kind, required, positional, words
constexpr OptionRow kOptions[] = {
    // every source
    {"source", "max_ahead", kDuration, false, false, ""},
    {"source", "max_record", kSize, false, false, ""},
    {"source", "partitioned_by", kColumns, false, false, ""},
    // every sink
    {"sink", "delivery", kWord, false, false, "exactly_once at_least_once"},
    // files
    {"file files", "path", kText, true, true, ""},
    {"files", "order", kColumn, false, false, ""},
    {"file files", "refresh", kDuration, false, false, ""},
    {"file files", "follow", kBool, false, false, ""},
    {"files iceberg", "partition", kColumns, false, false, ""},
    {"files", "roll", kSettings, false, false, ""},
    {"roll", "size", kSize, false, false, ""},
    {"roll", "every", kDuration, false, false, ""},
    // made up
    {"generate nexmark", "rate", kRate, false, false, ""},
    {"generate", "count", kInteger, false, false, ""},
    {"nexmark", "events", kInteger, false, false, ""},
    {"generate nexmark", "seed", kInteger, false, false, ""},
    {"generate nexmark", "paced", kBool, false, false, ""},
    {"generate nexmark", "partitions", kInteger, false, false, ""},
    // kafka
    {"kafka debezium", "topic", kText, false, false, ""},
    {"kafka", "topics", kTexts, false, false, ""},
    {"kafka debezium", "brokers", kText, false, false, ""},
    {"kafka debezium", "group", kText, false, false, ""},
    {"kafka", "start", kWord, false, false, "earliest latest"},
    {"kafka", "compacted", kBool, false, false, ""},
    {"kafka", "partition", kRowValue, false, false, ""},
    {"kafka", "key", kRowValue, false, false, ""},
    {"kafka", "settings", kSettings, false, false, ""},
    // http
    {"http tcp websocket", "url", kText, true, true, ""},
    {"http", "method", kWord, false, false, "get post put patch delete"},
    {"http", "every", kDuration, false, false, ""},
    {"http", "key", kRowValue, false, false, ""},
    {"http websocket", "headers", kSettings, false, false, ""},
    {"http http_endpoint", "timeout", kDuration, false, false, ""},
    {"http_endpoint", "path", kText, true, true, ""},
    {"http_endpoint", "port", kInteger, false, false, ""},
    // stores
    {"postgres", "url", kText, true, true, ""},
    {"postgres iceberg", "table", kText, true, false, ""},
    {"postgres", "schema", kText, false, false, ""},
    {"redis", "url", kText, true, true, ""},
    {"memcached", "servers", kTexts, true, false, ""},
    {"redis memcached", "key", kRowValue, true, false, ""},
    {"redis memcached", "value", kRowValue, true, false, ""},
    {"redis memcached", "ttl", kDuration, false, false, ""},
    {"iceberg", "catalog", kText, true, false, ""},
    {"iceberg postgres", "mode", kWord, false, false, "append upsert overwrite"},
    // formats
    {"json", "timestamps", kWord, false, false, "s ms us"},
    {"csv", "delimiter", kText, false, false, ""},
    {"csv", "header", kBool, false, false, ""},
    {"csv", "quote", kText, false, false, ""},
    {"csv", "null", kText, false, false, ""},
    {"avro protobuf", "registry", kText, false, false, ""},
    {"avro protobuf", "subject", kText, false, false, ""},
    {"avro protobuf", "schema", kText, false, false, ""},
    {"parquet", "compression", kWord, false, false, "none snappy zstd gzip"},
};

constexpr std::string_view kFormats = "json csv parquet avro protobuf bytes";
constexpr std::string_view kBuiltFormats = "json csv";

}  // namespace

bool hasWord(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    std::size_t end = list.find(' ');
    if (list.substr(0, end) == word) return true;
    if (end == std::string_view::npos) return false;
    list.remove_prefix(end + 1);
  }
  return false;
}

std::span<const ConnectorRow> connectors() { return kConnectors; }
std::span<const OptionRow> optionRows() { return kOptions; }

const ConnectorRow* findConnector(std::string_view name) {
  for (const ConnectorRow& row : kConnectors) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

bool isOptionOf(const OptionRow& row, std::string_view owner, bool of_source) {
  if (row.owner == "source") return of_source && !isFormat(owner);
  if (row.owner == "sink") return !of_source && !isFormat(owner);
  // What `files` has on one side only.
  if (owner == "files" && hasWord(of_source ? "partition roll" : "order refresh follow", row.name)) return false;
  return hasWord(row.owner, owner);
}

const OptionRow* findOption(std::string_view owner, std::string_view name, bool of_source) {
  for (const OptionRow& row : kOptions) {
    if (row.name == name && isOptionOf(row, owner, of_source)) return &row;
  }
  return nullptr;
}

const OptionRow* positionalOption(std::string_view owner) {
  for (const OptionRow& row : kOptions) {
    if (row.positional && hasWord(row.owner, owner)) return &row;
  }
  return nullptr;
}

bool isFormat(std::string_view name) { return hasWord(kFormats, name); }
bool isBuiltFormat(std::string_view name) { return hasWord(kBuiltFormats, name); }

}  // namespace streamc::sema
