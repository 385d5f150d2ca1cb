// Where records end in bytes that arrive in pieces: what a RecordAssembler asks to cut a stream into chunks of whole
// records. One row a format in record_format.cpp. A cutter remembers where it stands; one is used by one thread for one
// stream of bytes, from its beginning.
#ifndef RUNTIME_LIB_CONNECTORS_RECORD_CUTTER_H
#define RUNTIME_LIB_CONNECTORS_RECORD_CUTTER_H

#include <cstddef>

namespace streamrt {

class RecordCutter {
 public:
  virtual ~RecordCutter() = default;

  // Goes over data[from, to), which follow what it has seen. The position behind the last record end there, or 0.
  virtual size_t lastEnd(const char* data, size_t from, size_t to) = 0;
  // The same up to the first record end, and stops there; 0: there is none, and everything was seen.
  virtual size_t firstEnd(const char* data, size_t from, size_t to) = 0;
  // What was seen ends inside a quote: the record goes on over line ends until it closes.
  virtual bool isQuoted() const { return false; }
  // A record begins with the next byte, whatever was seen; `plain`: no quote counts until it ends.
  virtual void restart(bool plain) { (void)plain; }
};

// Records are lines.
class LineCutter : public RecordCutter {
 public:
  size_t lastEnd(const char* data, size_t from, size_t to) override;
  size_t firstEnd(const char* data, size_t from, size_t to) override;
};

}  // namespace streamrt

#endif
