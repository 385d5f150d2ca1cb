// A job written by hand the way generated code is: process and fire functions that call the ABI, and a manifest. It
// reads records {"k": text, "v": integer, "t": timestamp}, rejects negative v (cause assert), keeps those whose v is
// not a multiple of 3, and counts and sums v per k and 10 s of event time; late rows go to a sink of their own. With
// its naive evaluator, which reads the input line by line. Tests only.
#ifndef RUNTIME_LIB_CONTROL_TESTING_JOB_H
#define RUNTIME_LIB_CONTROL_TESTING_JOB_H

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime-lib/abi/job_image.h"
#include "runtime-lib/control/runtime.h"
#include "runtime-lib/io/env.h"

namespace streamrt::testing {

struct TestJobOptions {
  std::string source = R"({"connector": "file", "options": {"path": "in.jsonl"}})";
  int64_t wait_us = 5'000'000;
  std::string errors_policy = "stream";
  int64_t max_record = 4096;
  bool generated = false;  // the source has { n, at } instead: k = "key-" n mod 10, v = 3 n + 1, t = at
  std::string idle_us = "null";
  std::string exchange = R"("kind": "hash")";
  std::string params;  // declarations, put between the brackets
  std::string out = R"({"connector": "file", "options": {"path": "out.jsonl"}})";
};

// The manifest and the image; owns what the image points to.
class TestJob {
 public:
  explicit TestJob(const TestJobOptions& options = {});
  const StreamJobImage& image() const { return image_; }
  JobPlan plan() const;
  const std::string& manifest() const { return manifest_; }

 private:
  std::string manifest_;
  StreamJobImage image_;
};

RunReport runTestJob(const TestJob& job, Env& env, const std::string& base, uint32_t workers, uint32_t batch_rows);

// What an undisturbed run writes, as sorted lines.
struct Expected {
  std::vector<std::string> out;
  std::vector<std::string> late;
  uint64_t rejected = 0;
};
struct TestRecord {
  std::string key;
  int64_t value = 0;
  int64_t time_us = 0;
};
Expected evaluate(const std::vector<TestRecord>& records, int64_t wait_us);
std::string jsonLines(const std::vector<TestRecord>& records);
// Keys and values from a seed; times go up with some disorder, so that some records are late.
std::vector<TestRecord> testRecords(uint64_t seed, size_t count);

std::vector<std::string> sortedLines(std::string_view text);

}  // namespace streamrt::testing

#endif
