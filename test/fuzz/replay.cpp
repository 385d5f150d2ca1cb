// Runs a fuzz target over files, each once, in the order of their names: what every build does with the corpus. With
// libFuzzer this file is not linked.
//
//     fuzz_parse FILE_OR_DIRECTORY…      of a directory: every file below it that is a program, IR, or has no extension
//
// A file of IR may hold several inputs, divided as MLIR's tools divide them.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void replay(std::string_view bytes) {
  // A copy of exactly this size, so that sanitizers see a byte too far.
  std::vector<uint8_t> exact(bytes.begin(), bytes.end());
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      auto extension = entry.path().extension();
      bool is_input = extension == ".stream" || extension == ".mlir" || extension.empty();
      if (entry.is_regular_file() && is_input) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fputs("there is no corpus\n", stderr);
    return 1;
  }
  for (const fs::path& path : files) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (!in) {
      std::fprintf(stderr, "cannot read %s\n", path.c_str());
      return 1;
    }
    // A crash says which file it was: this is the last line.
    std::fprintf(stderr, "%s\n", path.c_str());
    constexpr std::string_view kDivider = "// -----\n";
    std::string_view rest = bytes;
    for (size_t end; path.extension() == ".mlir" && (end = rest.find(kDivider)) != rest.npos;) {
      replay(rest.substr(0, end));
      rest.remove_prefix(end + kDivider.size());
    }
    replay(rest);
  }
  std::fprintf(stderr, "%zu inputs\n", files.size());
  return 0;
}
