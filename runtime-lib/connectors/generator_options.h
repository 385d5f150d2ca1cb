// What the connectors that make their rows up have in common: how fast, how many, in how many partitions.
#ifndef RUNTIME_LIB_CONNECTORS_GENERATOR_OPTIONS_H
#define RUNTIME_LIB_CONNECTORS_GENERATOR_OPTIONS_H

#include "runtime-lib/connectors/source.h"

namespace streamrt {

struct GeneratorOptions {
  int64_t rows = 1;            // the rate: so many rows …
  int64_t per_us = 1'000'000;  // … in so many µs
  int64_t count = INT64_MAX;   // rows in all partitions together
  bool paced = false;
  int64_t partitions = 1;

  // Reads `rate`, `paced`, `partitions` and the option that holds the count. Fails with kBadOption.
  static Result<GeneratorOptions> read(const SourceSpec& spec, const char* count_option, double default_rate);
};

}  // namespace streamrt

#endif
