// For the tests of this room: a text that has been lexed, parsed and checked, and its messages as text.
#pragma once

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/lex/lexer.h"
#include "frontend/parse/parse.h"
#include "frontend/sema/check.h"

namespace streamc::sema {

class CheckedText {
 public:
  explicit CheckedText(const std::string& text, const std::string& name = "test.stream") {
    const SourceFile& file = files.add(name, text);
    module_ = parse::parse(file, lex::lex(file, sink), sink);
    CheckOptions options{.load = [this](std::string_view path, FileId from) { return load(path, from); }};
    programs = check(module_, files, sink, options);
  }

  static CheckedText ofFile(const std::string& path) { return CheckedText(read(path), path); }
  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return in ? text.str() : "";
  }

  // "E0202 E0104"
  std::string codes() const {
    std::string all;
    for (const Diagnostic& diagnostic : sink.diagnostics()) {
      all += (all.empty() ? "" : " ") + std::string(diagnostic.code());
    }
    return all;
  }
  // Each message with its spans, notes and fixes; for goldens and for failures.
  std::string messages() const {
    std::string all;
    for (const Diagnostic& diagnostic : sink.diagnostics()) {
      all += std::string(diagnostic.code()) + " " + diagnostic.message + "\n  " + place(diagnostic.primary) + "\n";
      for (const Label& label : diagnostic.secondary) all += "  because " + place(label) + "\n";
      for (const std::string& note : diagnostic.notes) all += "  note " + note + "\n";
      for (const Fix& fix : diagnostic.fixes) all += "  help " + fix.help + applied(fix) + "\n";
    }
    return all;
  }
  std::string dumped() const { return programs.empty() ? messages() : dump(programs[0], files); }
  // The lines of the dump that contain `part`, without indentation.
  std::string lines(std::string_view part) const {
    std::istringstream in(dumped());
    std::string line, all;
    while (std::getline(in, line)) {
      if (line.find(part) == std::string::npos) continue;
      all += (all.empty() ? "" : "\n") + line.substr(line.find_first_not_of(' '));
    }
    return all;
  }
  // The text after a fix; must check without the message that offered it.
  std::string fixed(const Fix& fix) const {
    std::string text(files.get(fix.edits.at(0).span).text());
    std::vector<Edit> edits = fix.edits;
    std::ranges::sort(edits, {}, [](const Edit& edit) { return edit.span.begin; });
    for (std::size_t i = edits.size(); i-- > 0;) {
      text.replace(edits[i].span.begin, edits[i].span.size(), edits[i].replacement);
    }
    return text;
  }

  SourceFiles files;
  DiagnosticSink sink;
  std::vector<Program> programs;

 private:
  LoadedModule load(std::string_view path, FileId from) {
    std::string name = files.get(from).name();
    name = name.substr(0, name.find_last_of('/') + 1) + std::string(path);
    auto [place, is_new] = modules_.try_emplace(name, nullptr);
    if (is_new) {
      std::string text = read(name);
      if (text.empty()) return {nullptr, "no such file"};
      const SourceFile& file = files.add(name, text);
      place->second = std::make_unique<ast::Module>(parse::parse(file, lex::lex(file, sink), sink));
    }
    return {place->second.get(), ""};
  }
  std::string place(const Label& label) const {
    const SourceFile& file = files.get(label.span);
    LineColumn at = file.lineColumn(label.span.begin);
    return std::to_string(at.line) + ":" + std::to_string(at.column) + " `" + std::string(file.text(label.span)) + "`" +
           (label.text.empty() ? "" : ": " + label.text);
  }
  // The first line that the fix changes, as it is afterwards.
  std::string applied(const Fix& fix) const {
    if (fix.edits.empty()) return "";
    std::string text = fixed(fix);
    std::size_t first = text.size();
    for (const Edit& edit : fix.edits) first = std::min<std::size_t>(first, edit.span.begin);
    std::size_t begin = first == 0 ? 0 : text.rfind('\n', first - 1) + 1;
    return "\n    " + text.substr(begin, text.find('\n', first) - begin);
  }

  ast::Module module_;
  std::map<std::string, std::unique_ptr<ast::Module>> modules_;
};

}  // namespace streamc::sema
