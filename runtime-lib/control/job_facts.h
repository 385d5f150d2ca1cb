// What is known about a running job at one moment: plain numbers, of which control/metrics.h and control/status.h make
// texts. Collected from counters that the workers keep for themselves (control/counters.h), so nothing waits for
// anything; numbers that are read one after the other need not belong to the same instant.
#ifndef RUNTIME_LIB_CONTROL_JOB_FACTS_H
#define RUNTIME_LIB_CONTROL_JOB_FACTS_H

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streamrt {

struct JobFacts {
  enum class Phase : uint8_t { kRunning, kDraining, kFailed };

  std::string job, compiler, plan;
  Phase phase = Phase::kRunning;
  std::string failure;               // with kFailed: what went wrong
  int64_t start_us = 0, now_us = 0;  // wall clock
  uint32_t workers = 0;

  struct Operator {
    std::string name;
    uint32_t worker = 0;
    uint64_t in = 0, out = 0, late = 0;
  };
  struct Source {
    std::string name, operator_id;
    std::vector<uint64_t> records, undecodable;  // by worker
    std::optional<uint64_t> bytes_read, bytes_left;
  };
  struct Partition {
    enum class State : uint8_t { kActive, kIdle, kEnded };
    uint32_t source = 0;
    int32_t number = 0;
    uint32_t worker = 0;
    State state = State::kActive;
    int64_t watermark_us = INT64_MIN;
  };
  struct Sink {
    std::string name, operator_id;
    std::vector<uint64_t> records;  // by worker
    uint64_t bytes = 0;
  };
  struct Rejected {
    std::string step, cause;
    std::vector<uint64_t> rows;  // by worker
  };
  struct Worker {
    double busy_s = 0, idle_s = 0, blocked_s = 0;
    uint64_t errors_lost = 0, windows_fired = 0;
  };
  struct Queue {
    std::string reader;  // operator
    uint32_t worker = 0;
    double ratio = 0;
  };
  struct Table {
    uint32_t id = 0;
    std::string operator_id;
    uint32_t worker = 0;
    uint64_t bytes = 0, bytes_most = 0, bytes_held = 0, keys = 0, windows = 0;
  };
  std::vector<Operator> operators;
  std::vector<Source> sources;
  std::vector<Partition> partitions;
  std::vector<Sink> sinks;
  std::vector<Rejected> rejected;  // without late ones
  std::vector<Worker> by_worker;
  std::vector<Queue> queues;
  std::vector<Table> tables;

  // The partition whose watermark is least among those that count: what everything else waits for. Null when there is
  // none.
  const Partition* holdingBack() const;
};

}  // namespace streamrt

#endif
