// What checkpoints of a large table cost: the pause at the barrier, bytes, what the worker loses meanwhile, and how
// long a restore takes. One table of 64-byte cells, a worker that updates random keys, and a thread that writes and
// syncs.
//
//     bench_checkpoints DIR [megabytes of state] [epochs]        1,024 MB, 40 epochs; DIR gets files and loses them
//     again
//
// Between two barriers one key of a hundred changes, any of them. Then a table of 1 M keys is counted into for some
// seconds, by turns without checkpoints and with one a second.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime-lib/checkpoint/change_chain.h"
#include "runtime-lib/checkpoint/manifest.h"
#include "runtime-lib/state/key_hash.h"
#include "runtime-lib/state/table.h"

namespace {

using streamrt::ChangeChain;
using streamrt::ChangeFileWriter;
using streamrt::PageAllocator;
using streamrt::SealedChanges;
using streamrt::Slice;
using streamrt::Table;
using streamrt::TableLayout;

constexpr uint64_t kSeed = 0x9e3779b97f4a7c15;
constexpr size_t kHeldMax = size_t{256} << 20;

double seconds(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}
double wall() { return seconds(CLOCK_MONOTONIC); }

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::abort();
}

uint64_t mixed(uint64_t i) {
  i *= 0xbf58476d1ce4e5b9;
  i ^= i >> 31;
  i *= 0x94d049bb133111eb;
  return i ^ (i >> 29);
}

TableLayout layoutOf(uint32_t cell_bytes) {
  TableLayout layout;
  layout.key_bytes = 8;
  layout.cell_bytes = cell_bytes;
  layout.hash_seed = kSeed;
  return layout;
}

// As generated code does it: hashes of a batch first, cells asked for ahead.
void count(Slice& slice, const uint64_t* keys, size_t rows) {
  constexpr size_t kBatch = 1024, kAhead = 12;
  int64_t hashes[kBatch];
  for (size_t i = 0; i < rows; ++i) hashes[i] = static_cast<int64_t>(streamrt::hashKey(kSeed, &keys[i], 8));
  for (size_t i = 0; i < rows; ++i) {
    stream_state_ask(&slice, hashes[std::min(i + kAhead, rows - 1)]);
    uint64_t key = keys[i];
    uint8_t inserted;
    ++static_cast<uint64_t*>(stream_state_upsert_fixed(&slice, &key, 8, hashes[i], &inserted))[1];
  }
}

// Writes what it is handed, in order, as the checkpointer does.
class Writer {
 public:
  explicit Writer(std::string directory) : directory_(std::move(directory)), thread_([this] { run(); }) {}
  ~Writer() {
    hand(nullptr);
    thread_.join();
    for (const std::string& path : paths_) ::unlink(path.c_str());
  }
  void hand(std::shared_ptr<SealedChanges> changes) {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(changes));
    some_.notify_one();
  }
  std::vector<uint32_t> takeWhole() {
    std::lock_guard lock(mutex_);
    return std::exchange(whole_, {});
  }
  void drain() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [&] { return waiting_.empty() && !busy_; });
  }
  bool idle() {
    std::lock_guard lock(mutex_);
    return waiting_.empty() && !busy_;
  }
  ChangeChain& chain() { return chain_; }  // when idle
  uint64_t bytes = 0;                      // of the last file; when idle
  double took = 0;

 private:
  void run() {
    for (;;) {
      std::shared_ptr<SealedChanges> changes;
      {
        std::unique_lock lock(mutex_);
        some_.wait(lock, [&] { return !waiting_.empty(); });
        changes = std::move(waiting_.front());
        waiting_.pop_front();
        busy_ = true;
      }
      if (changes == nullptr) return;
      write(std::move(changes));
      std::lock_guard lock(mutex_);
      busy_ = false;
      idle_.notify_all();
    }
  }
  void write(std::shared_ptr<SealedChanges> changes) {
    const double start = wall();
    const uint64_t epoch = changes->epoch();
    ChangeFileWriter file(std::move(changes));
    const std::string path = directory_ + "/bench-" + std::to_string(epoch) + ".changes";
    const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (out < 0) die(path.c_str());
    std::string part;
    while (file.next(part)) {
      if (::write(out, part.data(), part.size()) != static_cast<ssize_t>(part.size())) die("write");
    }
    if (::fsync(out) != 0 || ::close(out) != 0) die("fsync");
    paths_.push_back(path);
    chain_.add(path, file.bytes(), file.hash(), file.records(), 0);
    std::lock_guard lock(mutex_);
    whole_ = chain_.wantWhole();
    bytes = file.bytes();
    took = wall() - start;
  }

  const std::string directory_;
  std::mutex mutex_;
  std::condition_variable some_, idle_;
  std::deque<std::shared_ptr<SealedChanges>> waiting_;
  bool busy_ = false;
  std::vector<uint32_t> whole_;
  ChangeChain chain_;
  std::vector<std::string> paths_;
  std::thread thread_;
};

double percentile(std::vector<double> values, double p) {
  std::ranges::sort(values);
  return values[std::min(values.size() - 1, static_cast<size_t>(p * static_cast<double>(values.size())))];
}

streamrt::Result<std::string> readPart(const std::string& path, uint64_t offset, size_t max) {
  const int in = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (in < 0) die(path.c_str());
  std::string bytes;
  bytes.resize_and_overwrite(max, [&](char* to, size_t) {
    size_t got = 0;
    for (ssize_t n = 1; n > 0 && got < max; got += static_cast<size_t>(n)) {
      n = ::pread(in, to + got, max - got, static_cast<off_t>(offset + got));
      if (n < 0) die("read");
    }
    return got;
  });
  ::close(in);
  return bytes;
}

void restore(const ChangeChain& chain, uint64_t keys) {
  for (int round = 0; round < 3; ++round) {
    const double start = wall(), cpu = seconds(CLOCK_THREAD_CPUTIME_ID);
    double reading = 0;
    PageAllocator memory;
    streamrt::PageAssembly assembly(memory);
    ChangeChain again;
    for (const auto& file : chain.files()) {
      auto info = readChangeFile(
          [&](uint64_t offset, size_t max) {
            const double before = seconds(CLOCK_THREAD_CPUTIME_ID);
            auto part = readPart(file.name, offset, max);
            reading += seconds(CLOCK_THREAD_CPUTIME_ID) - before;
            return part;
          },
          file.name, &assembly);
      if (!info) die(info.error().text.c_str());
      again.add(file.name, file.bytes, file.hash, info->records, 0);
    }
    const double assembled = seconds(CLOCK_THREAD_CPUTIME_ID);
    auto pages = assembly.take();
    auto table = Table::open(layoutOf(64), memory, *pages);
    if (!table || (*table)->keys() != keys) die("restore");
    const double end = seconds(CLOCK_THREAD_CPUTIME_ID);
    std::printf("restore: %.2f s, %.2f s CPU (%.2f reading, %.2f pages, %.2f table); %zu files of %.0f MB together\n",
                wall() - start, end - cpu, reading, assembled - cpu - reading, end - assembled, chain.files().size(),
                static_cast<double>(chain.fileBytes()) / 1e6);
  }
}

void largeState(const std::string& directory, size_t megabytes, int epochs) {
  PageAllocator memory;
  Table table(layoutOf(64), memory);
  Writer writer(directory);
  table.beginChanges(1, true);
  Slice& slice = table.slice(0);
  uint64_t keys = 0, batch[1024];
  // Segments are about equally full: they are filled until 70 % of all slots (240 in a page) are used.
  auto slots = [&] { return table.bytes() / streamrt::pageBytes(streamrt::kPageLog2Min) * 240; };
  while (table.bytes() < megabytes << 20 || keys * 10 < slots() * 7) {
    for (uint64_t& key : batch) key = mixed(++keys);
    count(slice, batch, std::size(batch));
  }
  std::printf("%.0f MB of pages, %.1f M keys of 64 bytes, %.0f %% of their bytes in use\n",
              static_cast<double>(table.bytes()) / 1e6, static_cast<double>(keys) / 1e6,
              static_cast<double>(keys * 65) / static_cast<double>(table.bytes()) * 100);
  uint64_t epoch = 1;
  const double first = wall();
  writer.hand(table.seal(++epoch));
  writer.drain();
  std::printf("first checkpoint: %.1f s, %.0f MB\n", wall() - first, static_cast<double>(writer.bytes) / 1e6);
  restore(writer.chain(), keys);

  std::vector<double> pauses, batches, during, bytes, took;
  size_t held = 0;
  uint64_t random = 1;
  for (int i = 0; i < epochs; ++i) {
    for (uint64_t changed = 0; changed < keys / 100; changed += std::size(batch)) {
      for (uint64_t& key : batch) key = mixed(1 + mixed(++random) % keys);
      const bool writing = !writer.idle();
      const double start = wall();
      count(slice, batch, std::size(batch));
      (writing ? during : batches).push_back(wall() - start);
      held = std::max(held, table.heldBytes());
      // Two epochs of changes for each that is written, so that both kinds of batches are seen.
      if (changed > keys / 200 && !writer.idle()) writer.drain();
    }
    writer.drain();
    bytes.push_back(static_cast<double>(writer.bytes));
    took.push_back(writer.took);
    const std::vector<uint32_t> whole = writer.takeWhole();
    const double start = wall();
    if (!table.maySeal(kHeldMax)) die("maySeal");
    auto changes = table.seal(++epoch, whole);
    pauses.push_back(wall() - start);
    writer.hand(std::move(changes));
  }
  writer.drain();
  bytes.erase(bytes.begin());
  const double bar = 1.5 * static_cast<double>(keys) / 100 * 64 + 1e6;
  std::printf("barrier: median %.0f us, p99 %.0f us, worst %.0f us\n", percentile(pauses, 0.5) * 1e6,
              percentile(pauses, 0.99) * 1e6, percentile(pauses, 1) * 1e6);
  double sum = 0;
  for (double b : bytes) sum += b;
  std::printf("bytes a checkpoint: mean %.2f MB, greatest %.2f MB, bar %.2f MB; written in %.0f ms (median)\n",
              sum / static_cast<double>(bytes.size()) / 1e6, percentile(bytes, 1) / 1e6, bar / 1e6,
              percentile(took, 0.5) * 1e3);
  if (!during.empty()) {
    std::printf(
        "1,024 updates: median %.0f us, p99 %.0f us, worst %.0f us; while it is written %.0f, %.0f, %.0f us; "
        "held at most %.1f MB\n",
        percentile(batches, 0.5) * 1e6, percentile(batches, 0.99) * 1e6, percentile(batches, 1) * 1e6,
        percentile(during, 0.5) * 1e6, percentile(during, 0.99) * 1e6, percentile(during, 1) * 1e6,
        static_cast<double>(held) / 1e6);
  }
  restore(writer.chain(), keys);
}

// Rows a second of the worker, for `time` seconds of wall clock.
double countFor(double time, Table& table, Writer* writer, double* cpu) {
  constexpr uint64_t kKeys = 1'000'000;
  constexpr uint64_t kRowsOfWindow = 20'000'000;
  static uint64_t random = 0;
  uint64_t batch[1024], rows = 0, in_window = 0;
  int64_t start_of_window = static_cast<int64_t>(++random);
  const double start = wall(), cpu_start = seconds(CLOCK_THREAD_CPUTIME_ID);
  double next = start + 1, now = start;
  while (now < start + time) {
    for (int i = 0; i < 16; ++i) {
      for (uint64_t& key : batch) key = mixed(++random) % kKeys;
      count(table.slice(start_of_window), batch, std::size(batch));
    }
    rows += 16 * std::size(batch);
    in_window += 16 * std::size(batch);
    if (in_window >= kRowsOfWindow) {
      table.dropSlice(start_of_window++);
      in_window = 0;
    }
    now = wall();
    if (writer != nullptr && now >= next && writer->idle() && table.maySeal(kHeldMax)) {
      writer->hand(table.seal(table.epoch() + 1, writer->takeWhole()));
      next += 1;
    }
  }
  table.dropSlice(start_of_window);
  *cpu = static_cast<double>(rows) / (seconds(CLOCK_THREAD_CPUTIME_ID) - cpu_start);
  return static_cast<double>(rows) / (wall() - start);
}

void throughput(const std::string& directory) {
  PageAllocator memory;
  Table plain(layoutOf(16), memory), noted(layoutOf(16), memory);
  Writer writer(directory);
  noted.beginChanges(1, true);
  std::vector<double> ratios, cpu_ratios;
  for (int round = 0; round < 5; ++round) {
    double cpu_plain, cpu_noted;
    const double a = countFor(5, plain, nullptr, &cpu_plain);
    const double b = countFor(5, noted, &writer, &cpu_noted);
    ratios.push_back(b / a);
    cpu_ratios.push_back(cpu_noted / cpu_plain);
    std::printf("count on 1 M keys, 20 M rows a window: %.1f M rows/s, with a checkpoint a second %.1f\n", a / 1e6,
                b / 1e6);
  }
  writer.drain();
  std::printf("throughput with a checkpoint a second: %.3f by wall clock, %.3f by CPU time of the worker (medians)\n",
              percentile(ratios, 0.5), percentile(cpu_ratios, 0.5));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: bench_checkpoints DIR [megabytes of state] [epochs]\n");
    return 2;
  }
  if (argc <= 2 || std::strtoull(argv[2], nullptr, 10) != 0)
    largeState(argv[1], argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1024,
               argc > 3 ? static_cast<int>(std::strtol(argv[3], nullptr, 10)) : 40);
  throughput(argv[1]);
  return 0;
}
