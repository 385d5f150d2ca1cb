// Bytes that are appended to: what an encoder writes into and a sink writes out. Grows by doubling, keeps its memory
// when cleared. Not initialised beyond size(). Not thread safe.
#ifndef RUNTIME_LIB_FORMATS_BYTE_BUFFER_H
#define RUNTIME_LIB_FORMATS_BYTE_BUFFER_H

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace streamrt {

class ByteBuffer {
 public:
  const char* data() const { return data_.get(); }
  char* data() { return data_.get(); }
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_.get(), size_}; }
  void clear() { size_ = 0; }
  // REQUIRES: size <= size().
  void truncate(size_t size) { size_ = size; }

  // Room for `bytes` more behind size(); what was written there counts after advance().
  char* room(size_t bytes) {
    if (bytes > capacity_ - size_) grow(bytes);
    return data_.get() + size_;
  }
  // The same behind `at`, which is in room that was given before and need not have been counted yet; returns where it
  // is now.
  char* roomAt(char* at, size_t bytes) {
    if (bytes <= capacity_ - static_cast<size_t>(at - data_.get())) return at;
    advanceTo(at);
    return room(bytes);
  }
  void advanceTo(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }

  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    std::memcpy(room(bytes.size()), bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void append(char byte) {
    *room(1) = byte;
    ++size_;
  }

 private:
  void grow(size_t bytes) {
    size_t capacity = capacity_ == 0 ? 256 : capacity_ * 2;
    while (capacity - size_ < bytes) capacity *= 2;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) std::memcpy(larger.get(), data_.get(), size_);
    data_ = std::move(larger);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace streamrt

#endif
