#include "runtime-lib/connectors/csv_format.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/csv_cutter.h"
#include "runtime-lib/formats/csv_decoder.h"
#include "runtime-lib/formats/csv_encoder.h"

namespace streamrt {
namespace {

Result<char> character(const Options& options, const char* name, char otherwise) {
  if (!options.has(name)) return otherwise;
  Result<std::string> text = options.text(name);
  if (!text) return std::unexpected(text.error());
  if (text->size() == 1 && static_cast<uint8_t>((*text)[0]) < 0x80 && *text != "\n" && *text != "\r") return (*text)[0];
  return failure(ErrorCode::kBadOption,
                 fmt::format("option {} of {} is not one ASCII character, or is a line end", name, options.owner()));
}

Result<CsvOptions> csvOptions(const Options& options) {
  CsvOptions csv;
  Result<char> delimiter = character(options, "delimiter", ',');
  if (!delimiter) return std::unexpected(delimiter.error());
  Result<char> quote = character(options, "quote", '"');
  if (!quote) return std::unexpected(quote.error());
  if (*delimiter == *quote) {
    return failure(ErrorCode::kBadOption,
                   fmt::format("options delimiter and quote of {} are the same character", options.owner()));
  }
  csv.dialect = {*delimiter, *quote};
  Result<bool> header = options.truth("header", true);
  if (!header) return std::unexpected(header.error());
  csv.header = *header;
  if (options.has("null")) {
    Result<std::string> null_text = options.text("null");
    if (!null_text) return std::unexpected(null_text.error());
    const char special[] = {*delimiter, *quote, '\n', '\r'};
    if (null_text->find_first_of(std::string_view(special, 4)) != std::string::npos) {
      return failure(ErrorCode::kBadOption,
                     fmt::format("option null of {} has a delimiter, quote or line end", options.owner()));
    }
    csv.null_text = std::move(*null_text);
  }
  if (options.has("columns")) {
    Result<std::string> columns = options.text("columns");
    if (!columns) return std::unexpected(columns.error());
    csv.columns = std::move(*columns);
  }
  return csv;
}

class CsvRecordDecoder : public RecordDecoder {
 public:
  CsvRecordDecoder(const std::vector<Column>& columns, CsvOptions options, size_t max_record)
      : decoder_(columns, std::move(options), max_record) {}

  void begin(std::string_view text, int64_t offset) override {
    text_ = text;
    offset_ = offset;
    decoder_.begin(text, offset == 0);
  }

  uint32_t decode(Batch& batch, uint32_t records_max, DecodeFailures& failures) override {
    const uint32_t records =
        decoder_.decode({batch.columns, batch.validity, batch.rows, &batch.arena}, records_max, decoded_);
    for (const std::string_view row : decoded_.rows) batch.source->records.push_back(viewOf(row));
    batch.rows += static_cast<uint32_t>(decoded_.rows.size());
    for (const auto& refused : decoded_.refused) failures.undecodable(viewOf(refused.text), refused.detail);
    return records;
  }

  int64_t consumed() const override { return offset_ + static_cast<int64_t>(decoder_.consumed()); }
  std::string_view header() const override { return decoder_.header(); }
  void restart(std::string_view header) override { decoder_.restart(header); }
  const std::string& fatal() const override { return decoded_.fatal; }

 private:
  RecordView viewOf(std::string_view record) const { return {record, offset_ + (record.data() - text_.data())}; }

  CsvDecoder decoder_;
  CsvDecoder::Decoded decoded_;
  std::string_view text_;
  int64_t offset_ = 0;
};

class CsvRecordEncoder : public RecordEncoder {
 public:
  CsvRecordEncoder(const Schema& columns, CsvOptions options) : encoder_(columns, std::move(options)) {}
  bool encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) override {
    return encoder_.encode({batch.columns, batch.validity, row}, out, detail);
  }
  std::string prologue() const override { return encoder_.prologue(); }

 private:
  CsvEncoder encoder_;
};

}  // namespace

Result<std::unique_ptr<RecordDecoder>> makeCsvDecoder(const RecordReading& reading) {
  Result<CsvOptions> options = csvOptions(reading.options);
  if (!options) return std::unexpected(options.error());
  return std::make_unique<CsvRecordDecoder>(reading.columns, std::move(*options), reading.max_record);
}

Result<std::unique_ptr<RecordCutter>> makeCsvCutter(const RecordReading& reading) {
  Result<CsvOptions> options = csvOptions(reading.options);
  if (!options) return std::unexpected(options.error());
  return std::make_unique<CsvCutter>(options->dialect);
}

Result<std::unique_ptr<RecordEncoder>> makeCsvEncoder(const Schema& columns, const Options& options) {
  Result<CsvOptions> csv = csvOptions(options);
  if (!csv) return std::unexpected(csv.error());
  return std::make_unique<CsvRecordEncoder>(columns, std::move(*csv));
}

}  // namespace streamrt
