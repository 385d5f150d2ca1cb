// The connector `generate(rate:, count:, paced:, partitions:)`: rows { n: i64, at: timestamp } with n from 0 and
// at = 1970-01-01T00:00:00Z + n / rate. Deterministic; row n belongs to partition n mod partitions. With `paced` row n
// comes out no earlier than n / rate after the start.
#ifndef RUNTIME_LIB_CONNECTORS_GENERATE_SOURCE_H
#define RUNTIME_LIB_CONNECTORS_GENERATE_SOURCE_H

#include "runtime-lib/connectors/source.h"

namespace streamrt {

Result<std::unique_ptr<Source>> makeGenerateSource(SourceSpec spec);

}  // namespace streamrt

#endif
