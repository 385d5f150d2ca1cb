#include "dsl/builtins_reference.h"

#include <string_view>

#include "dsl/builtins.h"

namespace streamc {
namespace {

struct Chapter {
  BuiltinGroup group;
  std::string_view title;
  std::string_view introduction;
};

constexpr Chapter kChapters[] = {
    {BuiltinGroup::Text, "Text", "Text is valid UTF-8. Lengths and indexes count code points, from 0."},
    {BuiltinGroup::Numbers, "Numbers",
     "`N` is any number type, `I` any integer type, `S` any signed one, `F` is `f32` or `f64`, `O` is a number, a "
     "timestamp or a duration."},
    {BuiltinGroup::Casts, "Casts", "Functions named as types. They fail when the value does not fit."},
    {BuiltinGroup::Time, "Time", "Instants are UTC and count microseconds."},
    {BuiltinGroup::Lists, "Lists", "`T` is any type."},
};

// One cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string row(const Builtin& builtin) {
  std::string text = "| `";
  text += builtin.isProperty() ? "t." + std::string(builtin.name) + " -> i64"
                               : cell(std::string(builtin.name) + std::string(builtin.signature));
  text += "` | " + cell(builtin.doc);
  if (!builtin.isDeterministic()) text += " Not deterministic.";
  if (builtin.how == BuiltinHow::Later) text += " *Checked, not executed yet (E0109).*";
  text += " | " + builtinCauseNames(builtin.causes);
  text += " | `" + cell(builtin.example) + "` is `" + cell(builtin.value) + "` |\n";
  return text;
}

}  // namespace

std::string builtinReference() {
  std::string text =
      "# Functions\n\n"
      "Every function may be written as a method: `s.lower()` is `lower(s)`. A function that *may fail* rejects the\n"
      "record with the cause named here, unless `catch` handles it. The values of the examples are written as a JSON "
      "sink\n"
      "writes them. This page is made from `dsl/builtins.def`.\n";
  for (const Chapter& chapter : kChapters) {
    text += "\n## " + std::string(chapter.title) + "\n\n" + std::string(chapter.introduction) +
            "\n\n| function | what it gives | may fail with | example |\n|---|---|---|---|\n";
    for (const Builtin& builtin : builtins()) {
      if (builtin.group == chapter.group) text += row(builtin);
    }
  }
  return text;
}

}  // namespace streamc
