// The encoder of a sink `files`: rows of one directory are kept together and leave as frames for a DividedOutput. What
// is kept back is at most kKeptBytesMax, and leaves when the stage has nothing more to do. One thread.
#ifndef RUNTIME_LIB_CONNECTORS_DIVIDED_ENCODER_H
#define RUNTIME_LIB_CONNECTORS_DIVIDED_ENCODER_H

#include <memory>
#include <string>
#include <unordered_map>

#include "runtime-lib/connectors/partition_path.h"
#include "runtime-lib/connectors/record_format.h"

namespace streamrt {

class DividedEncoder : public RecordEncoder {
 public:
  static constexpr size_t kFrameBytes = 64 << 10;   // a directory with so much leaves
  static constexpr size_t kKeptBytesMax = 1 << 20;  // all leave
  static constexpr size_t kBuffersMax = 4096;       // more empty ones are not kept

  // `encoder` writes the columns that are not there for directories alone.
  DividedEncoder(PartitionPath path, std::unique_ptr<RecordEncoder> encoder, size_t frame_bytes)
      : path_(std::move(path)), encoder_(std::move(encoder)), frame_bytes_(frame_bytes) {}

  bool encode(const Batch& batch, uint32_t row, ByteBuffer& out, std::string& detail) override;
  void drain(ByteBuffer& out) override;
  std::string prologue() const override { return encoder_->prologue(); }

 private:
  PartitionPath path_;
  std::unique_ptr<RecordEncoder> encoder_;
  const size_t frame_bytes_;
  std::unordered_map<std::string, ByteBuffer> kept_;  // by directory
  std::pair<const std::string, ByteBuffer>* current_ = nullptr;
  size_t kept_bytes_ = 0;
  std::string directory_;
};

}  // namespace streamrt

#endif
