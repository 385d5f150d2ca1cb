// The job of control/testing_job.h as an executable, linked as built jobs are: an object that defines the image, and
// the archive. Input and output paths come from the environment, so that one program serves all cases of
// job_program_test.py.
#include "runtime-lib/control/testing_job.h"

namespace {

const streamrt::testing::TestJob& job() {
  static const streamrt::testing::TestJob kJob([] {
    streamrt::testing::TestJobOptions options;
    options.source = R"({"connector": "file", "options": {"path": {"env": "IN", "default": "in.jsonl"}}})";
    options.out =
        R"({"connector": "file", "options": {"path": {"concat": [{"env": "OUT", "default": "out"}, ".jsonl"]}}})";
    options.wait_us = 0;
    options.params = R"({"name": "since", "type": "duration", "optional": false, "env": "SINCE"},
                        {"name": "limit", "type": "i8", "optional": false, "default": 7})";
    return options;
  }());
  return kJob;
}

}  // namespace

extern "C" const StreamJobImage stream_job_image;
const StreamJobImage stream_job_image = job().image();
