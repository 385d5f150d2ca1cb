#include "runtime-lib/connectors/record_format.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/chunk.h"
#include "runtime-lib/connectors/csv_format.h"
#include "runtime-lib/connectors/line_decoder.h"
#include "runtime-lib/formats/json_decoder.h"
#include "runtime-lib/formats/json_encoder.h"

namespace streamrt {
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

namespace {

class JsonRecordDecoder : public LineDecoder {
 public:
  JsonRecordDecoder(const std::vector<Column>& columns, JsonOptions options, size_t max_record)
      : LineDecoder(max_record), decoder_(columns, options) {}

 protected:
  bool decodeLine(std::string_view line, Batch& batch, uint32_t row, std::string& detail) override {
    if (decoder_.decode(line, {batch.columns, batch.validity, row, &batch.arena}, error_)) return true;
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
    std::vector<RecordView>& records = batch.source->records;
    size_t record = records.size();
    records.resize(record + target.row - batch.rows);
    for (uint32_t row = batch.rows; row < target.row; ++row) {
      const JsonLine& line = lines_[row];
      records[record++] = {{text_.data() + line.begin, line.size}, offset + line.begin};
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

Result<std::unique_ptr<RecordDecoder>> makeJsonDecoder(const RecordReading& reading) {
  Result<JsonOptions> json = jsonOptions(reading.options);
  if (!json) return std::unexpected(json.error());
  return std::make_unique<JsonRecordDecoder>(reading.columns, *json, reading.max_record);
}

Result<std::unique_ptr<RecordCutter>> makeLineCutter(const RecordReading&) { return std::make_unique<LineCutter>(); }

Result<std::unique_ptr<RecordEncoder>> makeJsonEncoder(const Schema& columns, const Options& options) {
  Result<JsonOptions> json = jsonOptions(options);
  if (!json) return std::unexpected(json.error());
  return std::make_unique<JsonRecordEncoder>(columns, *json);
}

struct FormatRow {
  std::string_view name;
  Result<std::unique_ptr<RecordDecoder>> (*decoder)(const RecordReading&);
  Result<std::unique_ptr<RecordCutter>> (*cutter)(const RecordReading&);
  Result<std::unique_ptr<RecordEncoder>> (*encoder)(const Schema&, const Options&);
  std::string_view extension;
};
constexpr FormatRow kFormats[] = {
    {"json", makeJsonDecoder, makeLineCutter, makeJsonEncoder, "jsonl"},
    {"csv", makeCsvDecoder, makeCsvCutter, makeCsvEncoder, "csv"},
};

Result<const FormatRow*> findFormat(std::string_view name, const Options& options) {
  for (const FormatRow& row : kFormats) {
    if (row.name == name) return &row;
  }
  return failure(ErrorCode::kUnsupported, fmt::format("{}: this runtime has no format {}", options.owner(), name));
}

}  // namespace

std::string_view fileExtension(std::string_view format) {
  for (const FormatRow& row : kFormats) {
    if (row.name == format) return row.extension;
  }
  return "data";
}

Result<std::unique_ptr<RecordDecoder>> makeDecoder(const RecordReading& reading) {
  auto row = findFormat(reading.format, reading.options);
  if (!row) return std::unexpected(row.error());
  return (*row)->decoder(reading);
}

Result<std::unique_ptr<RecordCutter>> makeCutter(const RecordReading& reading) {
  auto row = findFormat(reading.format, reading.options);
  if (!row) return std::unexpected(row.error());
  return (*row)->cutter(reading);
}

Result<std::unique_ptr<RecordEncoder>> makeEncoder(std::string_view format, const Schema& columns,
                                                   const Options& options) {
  auto row = findFormat(format, options);
  if (!row) return std::unexpected(row.error());
  return (*row)->encoder(columns, options);
}

}  // namespace streamrt
