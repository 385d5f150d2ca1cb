#include "frontend/sema/formats.h"

#include "frontend/sema/diagnostics.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kNotInCsv, "E0815", Severity::kError, "a row has a field that a CSV cell cannot hold");

namespace {

// A field, by its path, that is no scalar; "" when all are. Records nest by dotted names; one that may be absent has
// no cell to say so.
std::string notInCsv(TypeRef type, const std::string& path, TypeRef& culprit) {
  TypeRef plain = TypeContext::unwrap(type);
  switch (plain->kind) {
    case TypeKind::kRecord:
      if (type->isOptional()) break;
      for (const FieldType& field : plain->fields) {
        std::string found = notInCsv(field.type, path.empty() ? field.name : path + "." + field.name, culprit);
        if (!found.empty()) return found;
      }
      return "";
    case TypeKind::kJson:
    case TypeKind::kOneof:
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
      break;
    default:
      return "";
  }
  culprit = type;
  return path.empty() ? "row" : path;
}

void cellNames(TypeRef type, const std::string& path, std::string& line) {
  if (type->is(TypeKind::kRecord)) {
    for (const FieldType& field : type->fields)
      cellNames(field.type, path.empty() ? field.name : path + "." + field.name, line);
    return;
  }
  if (!line.empty()) line += ',';
  line += '"';
  for (char c : path) line += c == '"' ? "\"\"" : std::string(1, c);
  line += '"';
}

}  // namespace

bool checkFormatRow(Context& context, const Connector& connector, TypeRef row, Span span) {
  if (connector.format != "csv" || row == nullptr || row->isError()) return true;
  TypeRef culprit = nullptr;
  std::string path = notInCsv(row, "", culprit);
  if (path.empty()) return true;
  Diagnostic diagnostic(kNotInCsv, span,
                        "a cell of CSV holds one plain value, and `" + path + "` is " + describe(culprit));
  diagnostic.label("`" + path + ": " + toString(culprit) + "` goes through CSV here");
  diagnostic.note("`select` the fields that are plain, or take another format, like `json`");
  context.sink.report(std::move(diagnostic));
  return false;
}

void addFormatOptions(Connector& connector, TypeRef row) {
  if (connector.format != "csv" || !row->is(TypeKind::kRecord)) return;
  Option option{.name = "columns"};
  std::string line;
  cellNames(row, "", line);
  option.value.literal = {std::move(line)};
  connector.format_options.push_back(std::move(option));
}

}  // namespace streamc::sema
