#include "runtime-lib/formats/csv_scan.h"

#include <immintrin.h>

#include <atomic>
#include <bit>
#include <cstring>

namespace streamrt {
namespace {

constexpr size_t kBlock = 64;

struct BlockMasks {
  uint64_t quotes;
  uint64_t delimiters;
  uint64_t newlines;
  bool ascii;
};

// Any CPU: eight bytes at a time in a word.
struct Portable {
  static uint64_t equal(const char* at, char byte) {
    constexpr uint64_t kLow = 0x0101010101010101u;
    constexpr uint64_t kLow7 = 0x7f7f7f7f7f7f7f7fu;
    uint64_t mask = 0;
    for (int i = 0; i < 8; ++i) {
      uint64_t word;
      std::memcpy(&word, at + 8 * i, 8);
      word ^= kLow * static_cast<uint8_t>(byte);
      const uint64_t zero = ~(((word & kLow7) + kLow7) | word | kLow7);  // 0x80 where a byte was 0, exactly
      mask |= (((zero >> 7) * 0x0102040810204080u) >> 56) << (8 * i);
    }
    return mask;
  }
  static BlockMasks masks(const char* at, const CsvDialect& dialect) {
    uint64_t high = 0;
    for (int i = 0; i < 8; ++i) {
      uint64_t word;
      std::memcpy(&word, at + 8 * i, 8);
      high |= word;
    }
    return {equal(at, dialect.quote), equal(at, dialect.delimiter), equal(at, '\n'), (high & 0x8080808080808080u) == 0};
  }
  // Writes base + i for each set bit i at `out`, which has room for 64 more than there are.
  static void positions(uint64_t mask, uint32_t base, uint32_t* out) {
    for (; mask != 0; mask &= mask - 1) *out++ = base + static_cast<uint32_t>(std::countr_zero(mask));
  }
};

struct Avx2 {
  [[gnu::target("avx2,bmi,bmi2")]] static uint64_t equal(const char* at, char byte) {
    const __m256i wanted = _mm256_set1_epi8(byte);
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted))) |
           uint64_t{static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)))} << 32;
  }
  [[gnu::target("avx2,bmi,bmi2")]] static BlockMasks masks(const char* at, const CsvDialect& dialect) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + 32));
    return {equal(at, dialect.quote), equal(at, dialect.delimiter), equal(at, '\n'),
            _mm256_movemask_epi8(_mm256_or_si256(low, high)) == 0};
  }
  [[gnu::target("avx2,bmi,bmi2")]] static void positions(uint64_t mask, uint32_t base, uint32_t* out) {
    // Eight at a time without asking how many there are: what is too much is overwritten (as simdjson does).
    const int count = std::popcount(mask);
    for (int done = 0; done < count; done += 8) {
      for (int i = 0; i < 8; ++i) {
        out[done + i] = base + static_cast<uint32_t>(_tzcnt_u64(mask));
        mask = _blsr_u64(mask);
      }
    }
  }
};

#define STREAM_CSV_AVX512 "avx512f,avx512bw,avx512vl,avx512vbmi2,bmi,bmi2"
struct Avx512 {
  [[gnu::target(STREAM_CSV_AVX512)]] static uint64_t equal(const char* at, char byte) {
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(at), _mm512_set1_epi8(byte));
  }
  [[gnu::target(STREAM_CSV_AVX512)]] static BlockMasks masks(const char* at, const CsvDialect& dialect) {
    const __m512i bytes = _mm512_loadu_si512(at);
    return {_mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(dialect.quote)),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(dialect.delimiter)),
            _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n')), _mm512_movepi8_mask(bytes) == 0};
  }
  [[gnu::target(STREAM_CSV_AVX512)]] static void positions(uint64_t mask, uint32_t base, uint32_t* out) {
    alignas(64) static constexpr uint8_t kNumbers[64] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    const __m512i packed = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(kNumbers));
    const __m512i offset = _mm512_set1_epi32(static_cast<int>(base));
    const int count = std::popcount(mask);
    _mm512_storeu_si512(out, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed))));
    if (count <= 16) return;
    _mm512_storeu_si512(out + 16, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 1))));
    if (count <= 32) return;
    _mm512_storeu_si512(out + 32, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 2))));
    _mm512_storeu_si512(out + 48, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(packed, 3))));
  }
};

uint64_t prefixXor(uint64_t mask) {
  mask ^= mask << 1;
  mask ^= mask << 2;
  mask ^= mask << 4;
  mask ^= mask << 8;
  mask ^= mask << 16;
  mask ^= mask << 32;
  return mask;
}

// The automaton, one byte. True: the byte ends a cell.
inline bool advance(const CsvDialect& dialect, const char* at, const char* end, CsvPlace& place, bool& malformed) {
  const char c = *at;
  if (place == CsvPlace::kQuoted) {
    if (c == dialect.quote) place = CsvPlace::kBehindQuote;
    return false;
  }
  if (c == dialect.delimiter || c == '\n') {
    place = CsvPlace::kCellStart;
    return true;
  }
  if (c == dialect.quote) {
    if (place == CsvPlace::kInCell) {
      malformed = true;
    } else {
      place = CsvPlace::kQuoted;
    }
    return false;
  }
  if (place == CsvPlace::kBehindQuote && !(c == '\r' && (at + 1 == end || at[1] == '\n'))) malformed = true;
  place = CsvPlace::kInCell;
  return false;
}

// Takes what a block has, as masks: of the bytes that end cells, of those among them that end records.
struct IndexSink {
  CsvIndex& index;
  uint32_t* out;  // index.separators

  template <class Isa>
  [[gnu::always_inline]] void block(uint64_t ends, uint64_t newlines, uint32_t base) {
    Isa::positions(ends, base, out + index.cells);
    for (uint64_t rest = newlines; rest != 0; rest &= rest - 1) {
      const uint64_t up_to = rest ^ (rest - 1);  // the lowest newline and everything before it
      index.records.push_back(static_cast<uint32_t>(index.cells) + static_cast<uint32_t>(std::popcount(ends & up_to)));
    }
    index.cells += static_cast<size_t>(std::popcount(ends));
  }
  void malformed(uint32_t at) { index.malformed.push_back(at); }
  void notAscii() { index.ascii = false; }
};

struct LastEndSink {
  size_t last = 0;

  template <class Isa>
  [[gnu::always_inline]] void block(uint64_t, uint64_t newlines, uint32_t base) {
    if (newlines != 0) last = base + static_cast<size_t>(64 - std::countl_zero(newlines));
  }
  void malformed(uint32_t) {}
  void notAscii() {}
};

// Up to 64 bytes by the automaton.
template <class Isa, class Sink>
void slowBlock(const CsvDialect& dialect, const char* data, size_t from, size_t to, size_t end, CsvPlace& place,
               Sink& sink) {
  uint64_t ends = 0, newlines = 0;
  bool ascii = true;
  for (size_t at = from; at < to; ++at) {
    bool malformed = false;
    const uint64_t bit = uint64_t{1} << (at - from);
    if (advance(dialect, data + at, data + end, place, malformed)) {
      ends |= bit;
      if (data[at] == '\n') newlines |= bit;
    }
    if (malformed) sink.malformed(static_cast<uint32_t>(at));
    ascii &= static_cast<uint8_t>(data[at]) < 0x80;
  }
  if (!ascii) sink.notAscii();
  sink.template block<Isa>(ends, newlines, static_cast<uint32_t>(from));
}

template <class Isa, class Sink>
[[gnu::always_inline]] inline void scanBlocks(const CsvDialect& dialect, const char* data, size_t from, size_t to,
                                              size_t end, CsvPlace& place_inout, Sink& sink) {
  CsvPlace place = place_inout;
  size_t at = from;
  for (; at + kBlock <= to; at += kBlock) {
    const BlockMasks masks = Isa::masks(data + at, dialect);
    if (!masks.ascii) sink.notAscii();
    uint64_t ends = masks.delimiters | masks.newlines;
    if (masks.quotes == 0 && place != CsvPlace::kBehindQuote) [[likely]] {
      if (place == CsvPlace::kQuoted) continue;
      sink.template block<Isa>(ends, masks.newlines, static_cast<uint32_t>(at));
      place = ends >> 63 != 0 ? CsvPlace::kCellStart : CsvPlace::kInCell;
      continue;
    }
    const uint64_t quoted = prefixXor(masks.quotes) ^ (place == CsvPlace::kQuoted ? ~uint64_t{0} : 0);
    const uint64_t opening = masks.quotes & quoted;
    const uint64_t closing = masks.quotes & ~quoted;
    ends &= ~quoted;
    const uint64_t behind_end = ends << 1 | (place == CsvPlace::kCellStart ? 1 : 0);
    const uint64_t behind_closing = closing << 1 | (place == CsvPlace::kBehindQuote ? 1 : 0);
    const uint64_t line_end_cr = Isa::equal(data + at, '\r') & (masks.newlines >> 1);
    const uint64_t bad =
        (opening & ~(behind_end | behind_closing)) | (behind_closing & ~(ends | opening | line_end_cr));
    if (bad != 0) [[unlikely]] {
      slowBlock<Isa>(dialect, data, at, at + kBlock, end, place, sink);
      continue;
    }
    sink.template block<Isa>(ends, masks.newlines & ~quoted, static_cast<uint32_t>(at));
    place = quoted >> 63 != 0    ? CsvPlace::kQuoted
            : ends >> 63 != 0    ? CsvPlace::kCellStart
            : closing >> 63 != 0 ? CsvPlace::kBehindQuote
                                 : CsvPlace::kInCell;
  }
  if (at < to) slowBlock<Isa>(dialect, data, at, to, end, place, sink);
  place_inout = place;
}

struct Variant {
  std::string_view name;
  bool (*runs)();
  void (*index)(const CsvDialect&, const char*, size_t, size_t, size_t, CsvPlace&, IndexSink&);
  void (*last_end)(const CsvDialect&, const char*, size_t, size_t, size_t, CsvPlace&, LastEndSink&);
};

#define STREAM_CSV_VARIANT(Isa, attributes)                                                                     \
  attributes void index##Isa(const CsvDialect& dialect, const char* data, size_t from, size_t to, size_t end,   \
                             CsvPlace& place, IndexSink& sink) {                                                \
    scanBlocks<Isa>(dialect, data, from, to, end, place, sink);                                                 \
  }                                                                                                             \
  attributes void lastEnd##Isa(const CsvDialect& dialect, const char* data, size_t from, size_t to, size_t end, \
                               CsvPlace& place, LastEndSink& sink) {                                            \
    scanBlocks<Isa>(dialect, data, from, to, end, place, sink);                                                 \
  }

STREAM_CSV_VARIANT(Avx512, [[gnu::target(STREAM_CSV_AVX512)]])
STREAM_CSV_VARIANT(Avx2, [[gnu::target("avx2,bmi,bmi2")]])
STREAM_CSV_VARIANT(Portable, )

constexpr Variant kVariants[] = {
    {"avx512",
     [] {
       return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi2") &&
              __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
     },
     indexAvx512, lastEndAvx512},
    {"avx2",
     [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"); },
     indexAvx2, lastEndAvx2},
    {"portable", [] { return true; }, indexPortable, lastEndPortable},
};

std::atomic<const Variant*> chosen{nullptr};

const Variant& variant() {
  const Variant* known = chosen.load(std::memory_order_relaxed);
  if (known != nullptr) [[likely]]
    return *known;
  useCsvScanVariant("");
  return *chosen.load(std::memory_order_relaxed);
}

}  // namespace

void CsvIndex::clear() {
  cells = 0;
  records.clear();
  malformed.clear();
  ascii = true;
}

CsvPlace scanCsv(const CsvDialect& dialect, const char* data, size_t from, size_t to, size_t end, CsvPlace place,
                 CsvIndex& index) {
  // Every byte may end a cell; a block writes up to 64 positions whatever it has.
  const size_t room = index.cells + (to - from) + kBlock;
  if (index.separators.size() < room) index.separators.resize(room);
  IndexSink sink{index, index.separators.data()};
  variant().index(dialect, data, from, to, end, place, sink);
  return place;
}

size_t lastCsvRecordEnd(const CsvDialect& dialect, const char* data, size_t from, size_t to, CsvPlace& place) {
  LastEndSink sink;
  variant().last_end(dialect, data, from, to, to, place, sink);
  return sink.last;
}

size_t firstCsvRecordEnd(const CsvDialect& dialect, const char* data, size_t from, size_t to, CsvPlace& place) {
  for (size_t at = from; at < to; ++at) {
    bool malformed = false;
    if (advance(dialect, data + at, data + to, place, malformed) && data[at] == '\n') return at + 1;
  }
  return 0;
}

std::vector<std::string_view> csvScanVariants() {
  std::vector<std::string_view> names;
  for (const Variant& candidate : kVariants) {
    if (candidate.runs()) names.push_back(candidate.name);
  }
  return names;
}

void useCsvScanVariant(std::string_view name) {
  for (const Variant& candidate : kVariants) {
    if ((name.empty() || candidate.name == name) && candidate.runs()) {
      chosen.store(&candidate, std::memory_order_relaxed);
      return;
    }
  }
}

}  // namespace streamrt
