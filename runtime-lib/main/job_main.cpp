// The program of a job that is an executable of its own: only in the archive that such jobs are linked with, never in
// the compiler, which calls streamMain for `run`.
#include "runtime-lib/main/stream_main.h"

extern "C" const StreamJobImage stream_job_image;  // defined by the job's object

int main(int argc, char** argv) { return streamrt::streamMain(stream_job_image, argc, argv); }
