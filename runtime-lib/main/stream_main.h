// The program of every job: reads the command line, the manifest and the parameters, runs the job, reports, and returns
// the exit code (docs/how-to/exit-codes.md). Called by the `main` of a built job and by `streamc run`.
#ifndef RUNTIME_LIB_MAIN_STREAM_MAIN_H
#define RUNTIME_LIB_MAIN_STREAM_MAIN_H

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/io/env.h"

namespace streamrt {

// `env` null: the real system.
int streamMain(const StreamJobImage& image, int argc, char** argv, Env* env = nullptr);

}  // namespace streamrt

#endif
