#include "runtime-lib/connectors/text_decoder.h"

#include <fmt/format.h>

#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/formats/json_decoder.h"

namespace streamrt {
namespace {

class JsonTextDecoder : public TextDecoder {
 public:
  JsonTextDecoder(const DecoderPlan& plan, JsonOptions options)
      : decoder_(plan.columns, options), row_(plan.stored, 1, false) {}

  Batch* decode(std::string_view text, std::string_view& detail) override {
    if (decoder_.decode(text, {row_.columns, row_.validity, 0, &row_.arena}, error_)) return &row_;
    detail = error_.detail;
    return nullptr;
  }
  void clear() override { row_.arena.reset(); }

 private:
  JsonDecoder decoder_;
  Batch row_;
  DecodeError error_;
};

}  // namespace

Result<std::unique_ptr<TextDecoder>> makeTextDecoder(const DecoderPlan& plan, const Options& options) {
  if (plan.format != "json") {
    return failure(ErrorCode::kUnsupported, fmt::format("decode: this runtime reads no {} in texts", plan.format));
  }
  Result<JsonOptions> json = jsonOptions(options);
  if (!json) return std::unexpected(json.error());
  return std::make_unique<JsonTextDecoder>(plan, *json);
}

}  // namespace streamrt
