// Prints the table of builtin functions as JSON lines, for run_examples.py.
#include <cstdio>
#include <string>

#include "dsl/builtins.h"

namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace

int main() {
  for (const streamc::Builtin& row : streamc::builtins()) {
    const std::string line = "{\"name\":" + quoted(row.name) + ",\"signature\":" + quoted(row.signature) +
                             ",\"built\":" + (row.how == streamc::BuiltinHow::Later ? "false" : "true") +
                             ",\"example\":" + quoted(row.example) + ",\"value\":" + quoted(row.value) + "}";
    std::puts(line.c_str());
  }
  return 0;
}
