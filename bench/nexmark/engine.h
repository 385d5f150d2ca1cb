// The engine's side: jobs/<name>.stream, compiled in this process, run over the image by the runtime as any job is.
// Only the connectors are others: the source hands out rows of the image, the sink folds the columns it is given.
#pragma once

#include <memory>
#include <string>

#include "bench/nexmark/image.h"

namespace bench {

class Engine {
 public:
  // Throws std::runtime_error when the job does not compile.
  explicit Engine(const std::string& path);
  ~Engine();

  struct Run {
    Result result;
    double cpu_s = 0;   // of all threads of the job
    double wall_s = 0;  // from the first actor to the last
  };
  Run run(const Image& image, unsigned partitions, unsigned workers, unsigned batch_rows) const;

 private:
  struct Job;
  std::unique_ptr<Job> job_;
};

}  // namespace bench
