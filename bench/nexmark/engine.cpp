#include "bench/nexmark/engine.h"

#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <vector>

#include "bench/nexmark/programs.h"
#include "codegen/jit/jit.h"
#include "runtime-lib/connectors/nexmark_source.h"
#include "runtime-lib/control/runtime.h"
#include "runtime-lib/core/job_plan.h"
#include "runtime-lib/hot/abi_symbols.h"
#include "runtime-lib/io/posix_env.h"
#include "tools/driver/compile.h"

namespace bench {
namespace {

using namespace streamrt;

double processSeconds() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Every partition takes its chunks of the image in turn.
class ImagePartition : public SourcePartition {
 public:
  ImagePartition(const Image& image, const NexmarkReader& reader, uint64_t first, uint64_t step)
      : image_(image), reader_(reader), chunk_(first), step_(step) {}

  PollOutcome poll(Batch& batch, DecodeFailures&) override {
    batch.source->first_offset = rows_;
    while (chunk_ < image_.chunks()) {
      uint64_t left = image_.chunkRows(chunk_) - done_;
      auto count = static_cast<uint32_t>(std::min<uint64_t>(left, batch.capacity - batch.rows));
      if (count == 0) break;
      reader_.append(image_.rows() + chunk_ * kChunkRows + done_, count, batch);
      done_ += count;
      if (count == left) {
        chunk_ += step_;
        done_ = 0;
      }
      if (batch.rows + kSlack >= batch.capacity) break;
    }
    rows_ += batch.rows;
    if (chunk_ < image_.chunks()) reader_.expect(image_.rows() + chunk_ * kChunkRows + done_, batch);
    return {chunk_ < image_.chunks() ? PollOutcome::Kind::kMore : PollOutcome::Kind::kEnd};
  }

 private:
  static constexpr uint32_t kSlack = 64;  // so few rows are not worth another round

  const Image& image_;
  const NexmarkReader& reader_;
  uint64_t chunk_, step_, done_ = 0;
  int64_t rows_ = 0;
};

class ImageSource : public Source {
 public:
  ImageSource(const Image& image, NexmarkReader reader, unsigned partitions)
      : image_(image), reader_(std::move(reader)), partitions_(partitions) {}
  uint32_t partitions() const override { return partitions_; }
  bool isBounded() const override { return true; }
  streamrt::Result<std::unique_ptr<SourcePartition>> open(uint32_t partition, Waker&, std::string_view) override {
    return std::make_unique<ImagePartition>(image_, reader_, partition, partitions_);
  }

 private:
  const Image& image_;
  NexmarkReader reader_;
  unsigned partitions_;
};

// Folds columns as the hand-written programs fold rows: numbers by value, texts by size.
class Fold : public RowTaker {
 public:
  explicit Fold(const Schema& columns) : columns_(columns) {}

  void take(const Batch& batch) override {
    for (uint32_t c = 0; c < columns_.size(); ++c) {
      const uint64_t weight = 2 * c + 3;
      uint64_t sum = 0;
      if (columns_[c].type == ColumnType::kString) {
        const auto* values = batch.column<StreamString>(c);
        fold(batch, [&](uint32_t at) { sum += values[at].size; });
      } else if (columnValueBytes(columns_[c].type) == 8) {
        const auto* values = batch.column<uint64_t>(c);
        fold(batch, [&](uint32_t at) { sum += values[at]; });
      } else {
        std::abort();  // no query here has another type
      }
      result_.sum += sum * weight;
    }
    result_.rows += batch.rows;
  }
  const Result& result() const { return result_; }

 private:
  template <class Add>
  static void fold(const Batch& batch, Add add) {
    if (batch.positional == 0 || batch.dense != 0) {
      for (uint32_t row = 0; row < batch.rows; ++row) add(row);
    } else {
      for (uint32_t row = 0; row < batch.rows; ++row) add(batch.origins[row]);
    }
  }

  const Schema& columns_;
  Result result_;
};

class Memory : public StandIns {
 public:
  Memory(const Image& image, unsigned partitions) : image_(image), partitions_(partitions) {}

  streamrt::Result<std::unique_ptr<Source>> openSource(SourceSpec spec) override {
    auto reader = NexmarkReader::make(spec.plan);
    if (!reader) return std::unexpected(reader.error());
    return std::make_unique<ImageSource>(image_, std::move(*reader), partitions_);
  }
  std::unique_ptr<RowTaker> openSink(const SinkPlan& plan, uint32_t) override {
    auto fold = std::make_unique<Reporting>(plan.columns, *this);
    return fold;
  }
  bench::Result result() const { return sum_; }

 private:
  // Adds its result to the sum when the job is taken down, which one thread does.
  class Reporting : public Fold {
   public:
    Reporting(const Schema& columns, Memory& to) : Fold(columns), to_(to) {}
    ~Reporting() override {
      to_.sum_.rows += result().rows;
      to_.sum_.sum += result().sum;
    }

   private:
    Memory& to_;
  };

  const Image& image_;
  unsigned partitions_;
  bench::Result sum_;
};

[[noreturn]] void stop(const std::string& what) { throw std::runtime_error(what); }

}  // namespace

struct Engine::Job {
  streamc::codegen::JitJob code;
  JobPlan plan;
};

Engine::Engine(const std::string& path) {
  using namespace streamc;
  driver::Compilation compilation({.path = path, .job = "", .target = {.purpose = codegen::Purpose::kJit}});
  if (driver::compile(compilation, driver::Border::kObject) != driver::Outcome::kReached)
    stop(path + " does not compile (streamc check says why) " + compilation.failure);
  std::vector<codegen::JitSymbol> symbols;
  for (const auto& symbol : abiSymbols()) symbols.push_back({symbol.name, symbol.address});
  auto code = codegen::JitJob::load(compilation.object, symbols);
  if (!code) stop(code.error().message);
  const StreamJobImage& image = *code->image();
  auto plan = parseJobPlan({image.manifest, image.manifest_size}, image.function_count);
  if (!plan) stop(plan.error().text);
  job_ = std::make_unique<Job>(std::move(*code), std::move(*plan));
}

Engine::~Engine() = default;

Engine::Run Engine::run(const Image& image, unsigned partitions, unsigned workers, unsigned batch_rows) const {
  Memory memory(image, partitions);
  PosixEnv env;
  RunOptions options;
  options.workers = workers;
  options.batch_rows = batch_rows;
  options.stand_ins = &memory;
  Run run;
  const double cpu = processSeconds(), wall = wallSeconds();
  {
    Runtime runtime(job_->plan, *job_->code.image(), options, env);
    RunReport report = runtime.run();
    if (report.error) stop(report.error->text);
  }
  run.cpu_s = processSeconds() - cpu;
  run.wall_s = wallSeconds() - wall;
  run.result = memory.result();
  return run;
}

}  // namespace bench
