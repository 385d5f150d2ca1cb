// The connector `nexmark(rate:, events:, seed:, paced:, partitions:)`: the events of the NEXMark benchmark, each a
// variant of a oneof { person, auction, bid }. The source's type may leave out fields, and variants, whose events are
// then no rows of it; a source whose row type is the record of a bid gets the bids alone. Partition p of n has the
// p-th, p+n-th … group of 50 events, so that each has the proportions of the whole. With `paced` an event comes out no
// earlier than its event time says.
//
// Events are made as rows of 128 bytes and read like any other image of rows: NexmarkReader, which benchmarks use
// directly over events that they keep in memory.
#ifndef RUNTIME_LIB_CONNECTORS_NEXMARK_SOURCE_H
#define RUNTIME_LIB_CONNECTORS_NEXMARK_SOURCE_H

#include <array>

#include "runtime-lib/connectors/meta_columns.h"
#include "runtime-lib/connectors/nexmark_events.h"
#include "runtime-lib/connectors/source.h"
#include "runtime-lib/formats/row_image.h"

namespace streamrt {

class NexmarkReader {
 public:
  // Fails with kBadManifest when a column is no field of the events.
  static Result<NexmarkReader> make(const SourcePlan& plan);

  // Where the rows have what is known of them. All but the time of receipt is filled by `append`.
  const MetaColumns& meta() const { return meta_; }

  // Says that the events of the next batch lie here (formats/row_image.h).
  void expect(const NexmarkRow* next, Batch& batch) const { image_.expect(reinterpret_cast<const char*>(next), batch); }

  // Appends the rows of the source among `count` events to the batch. REQUIRES: it has room for all of them.
  void append(const NexmarkRow* events, uint32_t count, Batch& batch) const;

 private:
  using Kinds = std::array<bool, 3>;
  NexmarkReader(RowImageReader image, Kinds rows, MetaColumns meta)
      : image_(std::move(image)), rows_(rows), meta_(meta) {}

  RowImageReader image_;
  Kinds rows_;  // the other kinds of events are no rows of the source
  MetaColumns meta_;
};

Result<std::unique_ptr<Source>> makeNexmarkSource(SourceSpec spec);

}  // namespace streamrt

#endif
