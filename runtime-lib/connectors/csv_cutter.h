// Where records of a CSV file end: at a line end that is not quoted. A byte order mark before the first record does not
// belong to it.
#ifndef RUNTIME_LIB_CONNECTORS_CSV_CUTTER_H
#define RUNTIME_LIB_CONNECTORS_CSV_CUTTER_H

#include "runtime-lib/connectors/record_cutter.h"
#include "runtime-lib/formats/csv_scan.h"

namespace streamrt {

class CsvCutter : public RecordCutter {
 public:
  explicit CsvCutter(CsvDialect dialect) : dialect_(dialect) {}

  size_t lastEnd(const char* data, size_t from, size_t to) override;
  size_t firstEnd(const char* data, size_t from, size_t to) override;
  bool isQuoted() const override { return place_ == CsvPlace::kQuoted; }
  void restart(bool plain) override;

 private:
  size_t skipMark(const char* data, size_t from, size_t to);

  CsvDialect dialect_;
  CsvPlace place_ = CsvPlace::kCellStart;
  size_t mark_seen_ = 0;  // bytes of a byte order mark; more than it has: it is behind us
  bool plain_ = false;
};

}  // namespace streamrt

#endif
