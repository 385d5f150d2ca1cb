#include "runtime-lib/connectors/partition_path.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime-lib/formats/csv_decoder.h"
#include "runtime-lib/formats/scalar_text.h"

namespace streamrt {
namespace {

constexpr std::string_view kHidden = "$by_";
constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";

bool isPlain(char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') || byte > 127 ||
         std::string_view("_.+-").find(c) != std::string_view::npos;
}

void escape(std::string_view text, std::string& path) {
  constexpr char kHex[] = "0123456789ABCDEF";
  for (char c : text) {
    if (isPlain(c)) {
      path += c;
    } else {
      const auto byte = static_cast<uint8_t>(c);
      path += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
}

std::vector<std::string> namesOf(const Options& options) {
  auto names = options.has("partition") ? options.text("partition") : Result<std::string>("");
  return names && !names->empty() ? csvCells(*names, CsvDialect()) : std::vector<std::string>();
}

}  // namespace

Result<PartitionPath> PartitionPath::make(const Schema& columns, const Options& options) {
  PartitionPath path;
  for (const std::string& name : namesOf(options)) {
    auto found = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    if (found == columns.end()) {
      return failure(ErrorCode::kBadManifest,
                     fmt::format("{} has no column \"{}\" to partition by", options.owner(), name));
    }
    Part part;
    part.shown = name.starts_with(kHidden) ? name.substr(kHidden.size()) : name;
    escape(part.shown, part.name);
    part.name += '=';
    part.column = static_cast<uint32_t>(found - columns.begin());
    part.type = *found;
    path.parts_.push_back(std::move(part));
  }
  return path;
}

Schema PartitionPath::writtenColumns(const Schema& columns, const Options& options) {
  const std::vector<std::string> names = namesOf(options);
  Schema written = columns;
  while (!written.empty() && written.back().name.starts_with(kHidden) &&
         std::find(names.begin(), names.end(), written.back().name) != names.end()) {
    written.pop_back();
  }
  return written;
}

bool PartitionPath::pathOf(const Batch& batch, uint32_t row, std::string& path, std::string& detail) {
  path.clear();
  for (const Part& part : parts_) {
    if (!path.empty()) path += '/';
    const size_t begin = path.size();
    path += part.name;
    if (!batch.present(part.column, row)) {
      path += kNull;
      continue;
    }
    text_.clear();
    const auto* value =
        static_cast<const char*>(batch.columns[part.column]) + size_t{row} * columnValueBytes(part.type.type);
    std::string why;
    if (!writeScalar(part.type, value, text_, why)) {
      detail = fmt::format("column \"{}\" names a directory and {}", part.shown, why);
      return false;
    }
    escape(text_.view(), path);
    if (path.size() - begin > kPartBytesMax) {
      detail =
          fmt::format("column \"{}\" names a directory and is longer than {} bytes there", part.shown, kPartBytesMax);
      return false;
    }
  }
  return true;
}

}  // namespace streamrt
