// CSV as a format of connectors: the decoder and encoder of formats/ behind the interfaces of record_format.h, and
// their options.
#ifndef RUNTIME_LIB_CONNECTORS_CSV_FORMAT_H
#define RUNTIME_LIB_CONNECTORS_CSV_FORMAT_H

#include "runtime-lib/connectors/record_format.h"

namespace streamrt {

Result<std::unique_ptr<RecordDecoder>> makeCsvDecoder(const RecordReading& reading);
Result<std::unique_ptr<RecordCutter>> makeCsvCutter(const RecordReading& reading);
Result<std::unique_ptr<RecordEncoder>> makeCsvEncoder(const Schema& columns, const Options& options);

}  // namespace streamrt

#endif
