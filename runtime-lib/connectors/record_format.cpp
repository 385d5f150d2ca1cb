#include "runtime-lib/connectors/record_format.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"

namespace streamrt {
namespace {

Result<JsonOptions> jsonOptions(const Options& options) {
  JsonOptions json;
  if (options.has("timestamps")) {
    Result<std::string> text = options.text("timestamps");
    if (!text) return std::unexpected(text.error());
    auto timestamps = jsonTimestampsNamed(*text);
    if (!timestamps) {
      return failure(
          ErrorCode::kBadOption,
          fmt::format("option timestamps of {} is \"{}\"; it can be rfc3339, s, ms or us", options.owner(), *text));
    }
    json.timestamps = *timestamps;
  }
  Result<bool> lenient = options.truth("lenient", false);
  if (!lenient) return std::unexpected(lenient.error());
  json.lenient = *lenient;
  return json;
}

class JsonRecordDecoder : public RecordDecoder {
 public:
  JsonRecordDecoder(const std::vector<Column>& columns, JsonOptions options) : decoder_(columns, options) {}
  bool decode(std::string_view record, Batch& batch, uint32_t row, std::string& detail) override {
    if (decoder_.decode(record, {batch.columns, batch.validity, row, &batch.arena}, error_)) return true;
    detail = error_.detail;
    return false;
  }
  void open(std::string_view text) override {
    text_ = text;
    decoder_.open(text);
  }
  size_t decodeLines(size_t position, int64_t offset, size_t max_record, Batch& batch, uint32_t row_end) override {
    if (lines_.size() < row_end) lines_.resize(row_end);
    RowTarget target{batch.columns, batch.validity, batch.rows, &batch.arena};
    position = decoder_.decodeLines(position, target, row_end, max_record, lines_.data());
    for (uint32_t row = batch.rows; row < target.row; ++row) {
      const JsonLine& line = lines_[row];
      batch.source->records.push_back({text_.substr(line.begin, line.size), offset + line.begin});
    }
    batch.rows = target.row;
    return position;
  }

 private:
  static_assert(Chunk::kPadding >= JsonDecoder::kTextPadding);
  JsonDecoder decoder_;
  DecodeError error_;
  std::string_view text_;
  std::vector<JsonLine> lines_;
};

class JsonRecordEncoder : public RecordEncoder {
 public:
  JsonRecordEncoder(const Schema& columns, JsonOptions options) : encoder_(columns, options) {}
  bool encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) override {
    if (encoder_.encode({batch.columns, batch.validity, row}, out, error_)) return true;
    detail = error_.detail;
    return false;
  }

 private:
  JsonEncoder encoder_;
  EncodeError error_;
};

std::unexpected<Error> unknownFormat(std::string_view format, const Options& options) {
  return failure(ErrorCode::kUnsupported, fmt::format("{}: this runtime has no format {}", options.owner(), format));
}

}  // namespace

Result<std::unique_ptr<RecordDecoder>> makeDecoder(std::string_view format, const std::vector<Column>& columns,
                                                   const Options& options) {
  if (format != "json") return unknownFormat(format, options);
  Result<JsonOptions> json = jsonOptions(options);
  if (!json) return std::unexpected(json.error());
  return std::make_unique<JsonRecordDecoder>(columns, *json);
}

Result<std::unique_ptr<RecordEncoder>> makeEncoder(std::string_view format, const Schema& columns,
                                                   const Options& options) {
  if (format != "json") return unknownFormat(format, options);
  Result<JsonOptions> json = jsonOptions(options);
  if (!json) return std::unexpected(json.error());
  return std::make_unique<JsonRecordEncoder>(columns, *json);
}

}  // namespace streamrt
