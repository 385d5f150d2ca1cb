#include "runtime-lib/checkpoint/manifest.h"

#include <fmt/format.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <nlohmann/json.hpp>

namespace streamrt {
namespace {

using Json = nlohmann::json;

constexpr char kMagic[8] = {'S', 'T', 'R', 'M', 'C', 'K', 'P', 'T'};

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t zero;
  uint64_t bytes;  // of the text
  uint64_t hash;   // XXH3-64 of the text
};
static_assert(sizeof(Header) == 32);

Json partitionJson(const CheckpointManifest::Partition& p) {
  return {{"source", p.source},     {"partition", p.partition},    {"name", p.name},
          {"position", p.position}, {"watermark", p.watermark_us}, {"ended", p.ended}};
}
Json stageJson(const CheckpointManifest::Stage& s) {
  return {{"process", s.process}, {"worker", s.worker}, {"watermark", s.watermark_us}, {"rows_passed", s.rows_passed}};
}
Json tableJson(const CheckpointManifest::Table& t) {
  return {{"operator", t.operator_id}, {"worker", t.worker}, {"files", t.files}, {"keys", t.keys}};
}
Json sinkJson(const CheckpointManifest::Sink& s) {
  Json json = {{"operator", s.operator_id}, {"path", s.path}, {"bytes", s.bytes}, {"rewinds", s.rewinds}};
  if (s.run.empty()) return json;
  json["run"] = s.run;
  json["next_number"] = s.next_number;
  json["parts"] = Json::array();
  for (const auto& p : s.parts) {
    json["parts"].push_back({{"directory", p.directory}, {"name", p.name}, {"bytes", p.bytes}, {"whole", p.whole}});
  }
  return json;
}
Json fileJson(const CheckpointManifest::File& f) { return {{"name", f.name}, {"bytes", f.bytes}, {"hash", f.hash}}; }

template <class T>
Json arrayOf(const std::vector<T>& items, Json (*one)(const T&)) {
  Json array = Json::array();
  for (const T& item : items) array.push_back(one(item));
  return array;
}

CheckpointManifest fromJson(const Json& root) {
  CheckpointManifest m;
  root.at("job").get_to(m.job);
  root.at("plan").get_to(m.plan_hash);
  root.at("compiler").get_to(m.compiler);
  root.at("epoch").get_to(m.epoch);
  root.at("parent").get_to(m.parent);
  root.at("finished").get_to(m.finished);
  root.at("created").get_to(m.created_us);
  root.at("duration_us").get_to(m.duration_us);
  root.at("hash_seed").get_to(m.hash_seed);
  root.at("workers").get_to(m.workers);
  for (const Json& p : root.at("partitions")) {
    m.partitions.push_back(
        {p.at("source"), p.at("partition"), p.at("name"), p.at("position"), p.at("watermark"), p.at("ended")});
  }
  for (const Json& s : root.at("stages")) {
    m.stages.push_back({s.at("process"), s.at("worker"), s.at("watermark"), s.at("rows_passed")});
  }
  for (const Json& t : root.at("tables")) {
    m.tables.push_back({t.at("operator"), t.at("worker"), t.at("files").get<std::vector<std::string>>(), t.at("keys")});
  }
  for (const Json& s : root.at("sinks")) {
    m.sinks.push_back({s.at("operator"), s.at("path"), s.at("bytes"), s.at("rewinds")});
    if (!s.contains("run")) continue;
    CheckpointManifest::Sink& sink = m.sinks.back();
    s.at("run").get_to(sink.run);
    s.at("next_number").get_to(sink.next_number);
    for (const Json& p : s.at("parts")) {
      sink.parts.push_back({p.at("directory"), p.at("name"), p.at("bytes"), p.at("whole")});
    }
  }
  for (const Json& f : root.at("files")) m.files.push_back({f.at("name"), f.at("bytes"), f.at("hash")});
  return m;
}

std::unexpected<Error> bad(const std::string& name, std::string_view what) {
  return failure(ErrorCode::kBadCheckpoint, fmt::format("{}: {}", name, what));
}

}  // namespace

const CheckpointManifest::File* CheckpointManifest::file(std::string_view name) const {
  for (const File& file : files) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

uint64_t CheckpointManifest::stateBytes() const {
  uint64_t bytes = 0;
  for (const File& file : files) bytes += file.bytes;
  return bytes;
}

std::string contentHash(std::string_view bytes) {
  XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

std::string checkpointBytes(const CheckpointManifest& m) {
  Json root = {{"job", m.job},
               {"plan", m.plan_hash},
               {"compiler", m.compiler},
               {"epoch", m.epoch},
               {"parent", m.parent},
               {"finished", m.finished},
               {"created", m.created_us},
               {"duration_us", m.duration_us},
               {"hash_seed", m.hash_seed},
               {"workers", m.workers},
               {"partitions", arrayOf(m.partitions, partitionJson)},
               {"stages", arrayOf(m.stages, stageJson)},
               {"tables", arrayOf(m.tables, tableJson)},
               {"sinks", arrayOf(m.sinks, sinkJson)},
               {"files", arrayOf(m.files, fileJson)}};
  std::string text = root.dump(-1, ' ', false, Json::error_handler_t::replace);
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof kMagic);
  header.version = kCheckpointVersion;
  header.bytes = text.size();
  header.hash = XXH3_64bits(text.data(), text.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes + text;
}

Result<CheckpointManifest> parseCheckpoint(std::string_view bytes, const std::string& name) {
  Header header;
  if (bytes.size() < sizeof header) return bad(name, "shorter than the header of a checkpoint");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return bad(name, "not a checkpoint");
  if (header.version > kCheckpointVersion) {
    return failure(ErrorCode::kForeignCheckpoint,
                   fmt::format("{} has format version {}; this program knows versions up to {}", name, header.version,
                               kCheckpointVersion));
  }
  std::string_view text = bytes.substr(sizeof header);
  if (header.version != kCheckpointVersion || header.zero != 0) return bad(name, "the header is damaged");
  if (text.size() != header.bytes) return bad(name, fmt::format("{} bytes of {}", text.size(), header.bytes));
  if (XXH3_64bits(text.data(), text.size()) != header.hash) return bad(name, "the bytes do not fit their hash");
  Json root = Json::parse(text, nullptr, false);
  try {
    return fromJson(root);
  } catch (const Json::exception& error) {
    return bad(name, error.what());
  }
}

}  // namespace streamrt
