// Connectors by name: one row each in registry.cpp. Whoever adds a connector adds a row, a file pair and a page of
// docs/reference; nothing of the others changes.
#ifndef RUNTIME_LIB_CONNECTORS_REGISTRY_H
#define RUNTIME_LIB_CONNECTORS_REGISTRY_H

#include "runtime-lib/checkpoint/manifest.h"
#include "runtime-lib/connectors/record_format.h"
#include "runtime-lib/connectors/sink_writer.h"
#include "runtime-lib/connectors/source.h"

namespace streamrt {

// What a connector gets to open a sink.
struct SinkSpec {
  const SinkPlan& plan;
  Options options;
  std::string base;
  Env& env;
  bool bounded;                                      // the job finishes by itself
  bool checkpoints;                                  // the job takes some
  bool atomic;                                       // a file gets its name when the job has come to its end
  const CheckpointManifest::Sink* former = nullptr;  // what the checkpoint that the job goes on from says of this sink
};

// The files of a sink `files` as manifests have them, and back.
DividedOutput::Noted notedOf(const CheckpointManifest::Sink& sink);
void noteParts(const DividedOutput& output, CheckpointManifest::Sink& sink);

Result<std::unique_ptr<Source>> openSource(SourceSpec spec);
Result<SinkWriter::Target> openSink(SinkSpec spec);
// What each worker encodes the rows of a sink with.
Result<std::unique_ptr<RecordEncoder>> openEncoder(const SinkPlan& plan, const Options& options,
                                                   const Options& format_options);

}  // namespace streamrt

#endif
