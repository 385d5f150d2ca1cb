// Records in texts, for `decode` steps: a format's decoder and a batch of one row that it fills.
#ifndef RUNTIME_LIB_CONNECTORS_TEXT_DECODER_H
#define RUNTIME_LIB_CONNECTORS_TEXT_DECODER_H

#include <memory>

#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/core/options.h"
#include "runtime-lib/core/task.h"

namespace streamrt {

// `plan` must outlive it. One thread.
Result<std::unique_ptr<TextDecoder>> makeTextDecoder(const DecoderPlan& plan, const Options& options);

}  // namespace streamrt

#endif
