// The manifest of a job (docs/formats/manifest.md): everything about it that is data, as canonical JSON. Called by
// codegen/lower/emit once all functions are emitted, because sites of rejection are numbered while code is.
//
// Canonical: keys sorted, no blanks, lists in order of ids. plan_hash is XXH3-64 of the text without base, compiler and
// plan_hash, so it depends on what the job does, not on where it lies or who compiled it.
#ifndef CODEGEN_MANIFEST_MANIFEST_H
#define CODEGEN_MANIFEST_MANIFEST_H

#include <string>

#include "codegen/manifest/job_index.h"
#include "codegen/manifest/sites.h"

namespace streamc::codegen {

struct ManifestOptions {
  std::string base;      // directory of the .stream file
  std::string compiler;  // "streamc 0.1.0"
};

// `sites` gets the sites of decoders and encoders added. `place` gives "file:line:column" of a location.
std::string writeManifest(const JobIndex& index, Sites& sites, const ManifestOptions& options,
                          llvm::function_ref<std::string(mlir::Location)> place);

}  // namespace streamc::codegen

#endif
