#include "runtime-lib/connectors/divided_encoder.h"

#include "runtime-lib/connectors/divided_output.h"

namespace streamrt {

bool DividedEncoder::encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) {
  if (!path_.pathOf(batch, row, directory_, detail)) return false;
  if (current_ == nullptr || current_->first != directory_) current_ = &*kept_.try_emplace(directory_).first;
  ByteBuffer& buffer = current_->second;
  const size_t before = buffer.size();
  if (!encoder_->encode(batch, row, buffer, detail)) return false;
  kept_bytes_ += buffer.size() - before;
  if (buffer.size() >= frame_bytes_) {
    appendFrame(current_->first, buffer.view(), out);
    kept_bytes_ -= buffer.size();
    buffer.clear();
  }
  if (kept_bytes_ >= kKeptBytesMax) drain(out);
  return true;
}

void DividedEncoder::drain(ByteBuffer& out) {
  for (auto& [directory, buffer] : kept_) {
    if (buffer.empty()) continue;
    appendFrame(directory, buffer.view(), out);
    buffer.clear();
  }
  kept_bytes_ = 0;
  if (kept_.size() > kBuffersMax) {
    kept_.clear();
    current_ = nullptr;
  }
}

}  // namespace streamrt
