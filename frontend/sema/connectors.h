// Connectors and formats of the language as tables: one row each, one row an option. Adding one touches nothing else.
//
// Read by options.cpp (checks the text against it), sources.cpp and steps_sink.cpp (what a sink can take). `built` says
// whether the runtime has it; the others are checked all the same.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace streamc::sema {

// What an option holds. Values over a row are checked where the row is known.
enum class OptionKind : uint8_t {
  kText,
  kInteger,
  kBool,
  kDuration,
  kSize,
  kRate,
  kNumber,
  kWord,      // one of the words of the row
  kTexts,     // a list of texts
  kSettings,  // a record of settings
  kColumn,    // a field of the row
  kColumns,   // a list of expressions over the row
  kRowValue,  // an expression over the row
};

enum class Bounded : uint8_t { kYes, kNo, kWithCount };

// What a sink can do with rows.
enum class Takes : uint8_t {
  kAppends,  // new rows only
  kKeyed,    // rows by key, replaced and deleted
  kEither,   // appends without `key`, keyed with one
  kAll,      // anything: the rows go nowhere
};

struct ConnectorRow {
  std::string_view name;
  bool is_source;
  bool is_sink;
  bool built;
  Bounded bounded;
  Takes takes;
  bool transactional;        // takes part in exactly-once
  bool replayable;           // as a source: the same records again from a position
  std::string_view formats;  // "json csv", the first is the default where `needs_format` is false; "" = none
  bool needs_format;
  std::string_view meta;           // "topic:string offset:i64"
  bool meta_time_replays = false;  // `meta.time` is of the record, not of its reading
};

struct OptionRow {
  std::string_view owner;  // connectors or format, blank-separated; "source" and "sink" for all of them
  std::string_view name;
  OptionKind kind;
  bool required;
  bool positional;         // the first argument without a label
  std::string_view words;  // of kWord
};

const ConnectorRow* findConnector(std::string_view name);
std::span<const ConnectorRow> connectors();
// Options of a connector on one side, or of a format.
const OptionRow* findOption(std::string_view owner, std::string_view name, bool of_source);
const OptionRow* positionalOption(std::string_view owner);
std::span<const OptionRow> optionRows();
bool isOptionOf(const OptionRow& row, std::string_view owner, bool of_source);
// Whether the blank-separated list has the word.
bool hasWord(std::string_view list, std::string_view word);
bool isFormat(std::string_view name);
bool isBuiltFormat(std::string_view name);

}  // namespace streamc::sema
