#include "test/sim/simulated_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

#include "runtime-lib/hot/abi_symbols.h"
#include "runtime-lib/main/stream_main.h"

namespace streamc::sim {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBase = "/job";
constexpr const char* kState = "/state";

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line + (in.eof() ? "" : "\n"));
  return lines;
}

const std::vector<codegen::JitSymbol>& symbols() {
  static const std::vector<codegen::JitSymbol> kSymbols = [] {
    std::vector<codegen::JitSymbol> symbols;
    for (const auto& symbol : streamrt::abiSymbols()) symbols.push_back({symbol.name, symbol.address});
    return symbols;
  }();
  return kSymbols;
}

}  // namespace

std::unique_ptr<SimulatedJob> SimulatedJob::load(const std::string& path) {
  std::unique_ptr<SimulatedJob> job(new SimulatedJob());
  const fs::path file(path);
  job->name_ = file.stem();
  job->readComments(contents(file), file.parent_path());
  const bool example = file.parent_path().parent_path().filename() == "examples";
  for (const auto& entry : fs::directory_iterator(file.parent_path())) {
    const std::string name = entry.path().filename();
    const bool data = name.ends_with(".jsonl") || name.ends_with(".csv");
    if (name.ends_with(".stream") || !(example ? data : name.starts_with(job->name_ + "."))) continue;
    job->addInput(entry.path(), file.parent_path());
  }
  job->compilation_.reset(new driver::Compilation({.path = path, .target = {.purpose = codegen::Purpose::kJit}}));
  if (driver::compile(*job->compilation_, driver::Border::kObject) != driver::Outcome::kReached) return nullptr;
  auto code = codegen::JitJob::load(job->compilation_->object, symbols());
  if (!code) return nullptr;
  job->code_.emplace(std::move(*code));
  return job;
}

void SimulatedJob::readComments(const std::string& text, const std::string& directory) {
  for (const std::string& line : linesOf(text)) {
    const size_t colon = line.find(": ");
    if (!line.starts_with("# ") || colon == std::string::npos) continue;
    const std::string key = line.substr(2, colon - 2);
    if (key != "run" && key != "env" && key != "stdin" && key != "needs") continue;
    std::istringstream words(line.substr(colon + 1));
    for (std::string word; words >> word;) {
      if (key == "run") options_.push_back(word);
      if (key == "env") variables_[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
      if (key == "stdin") inputs_["-"] = contents(fs::path(directory) / word);
      if (key == "needs") addInput(fs::path(directory) / word, directory);
    }
  }
}

void SimulatedJob::addInput(const std::string& path, const std::string& directory) {
  if (fs::is_directory(path)) {
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) addInput(entry.path(), directory);
    return;
  }
  inputs_[fmt::format("{}/{}", kBase, fs::relative(path, directory).string())] = contents(path);
}

std::shared_ptr<streamrt::SimDisk> SimulatedJob::world() const {
  auto disk = std::make_shared<streamrt::SimDisk>();
  disk->makeDirectories(kBase);
  for (const auto& [path, bytes] : inputs_) {
    disk->makeDirectories(fs::path(path).parent_path());
    disk->put(path, bytes);
  }
  return disk;
}

Life SimulatedJob::live(const std::shared_ptr<streamrt::SimDisk>& disk, const LifeChoice& choice) const {
  streamrt::SimEnv env(choice.options, disk);
  for (const auto& [name, value] : variables_) env.putVariable(name, value);
  std::vector<std::string> words = {
      name_,    "--base", kBase, "--workers", std::to_string(choice.workers), "--batch", std::to_string(choice.batch),
      "--quiet"};
  words.insert(words.end(), options_.begin(), options_.end());
  if (choice.checkpoint_us > 0) {
    words.insert(words.end(),
                 {"--state", kState, "--checkpoint", fmt::format("{}us", choice.checkpoint_us), "--keep", "3"});
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  const int code = streamrt::streamMain(*code_->image(), static_cast<int>(argv.size()), argv.data(), &env);
  return {env.died(), code, env.steps(), env.changes(), env.monotonicUs()};
}

Outputs SimulatedJob::outputs(const streamrt::SimDisk& disk) const {
  Outputs outputs;
  for (const std::string& path : disk.paths()) {
    const bool unfinished = path.ends_with(".part") || fs::path(path).filename().string().starts_with(".part-");
    if (inputs_.contains(path) || unfinished || path.starts_with(std::string(kState) + "/")) continue;
    std::vector<std::string> lines = linesOf(disk.read(path).value_or(""));
    if (path == "<stderr>") std::erase_if(lines, [](const std::string& line) { return !line.starts_with("{"); });
    const fs::path file(path);
    const bool divided = file.filename().string().starts_with("part-");
    std::vector<std::string>& all = outputs[divided ? file.parent_path().string() : path];
    all.insert(all.end(), lines.begin(), lines.end());
  }
  for (auto& [path, lines] : outputs) std::sort(lines.begin(), lines.end());
  return outputs;
}

std::string difference(const Outputs& wanted, const Outputs& got, bool repeats) {
  std::set<std::string> paths;
  for (const auto& [path, lines] : wanted) paths.insert(path);
  for (const auto& [path, lines] : got) paths.insert(path);
  for (const std::string& path : paths) {
    static const std::vector<std::string> kNone;
    const auto& want = wanted.contains(path) ? wanted.at(path) : kNone;
    auto have = got.contains(path) ? got.at(path) : kNone;
    std::vector<std::string> lost, surplus;
    std::set_difference(want.begin(), want.end(), have.begin(), have.end(), std::back_inserter(lost));
    if (repeats || path.starts_with("<")) {
      // Each line as often as it is wanted, or more.
      std::set<std::string> known(want.begin(), want.end());
      std::erase_if(have, [&](const std::string& line) { return known.contains(line); });
      surplus = have;
    } else {
      std::set_difference(have.begin(), have.end(), want.begin(), want.end(), std::back_inserter(surplus));
    }
    const bool both = path.starts_with("<") || wanted.contains(path) == got.contains(path);
    if (lost.empty() && surplus.empty() && both) continue;
    return fmt::format("{}: {} lines lost{}, {} too many{}", path, lost.size(),
                       lost.empty() ? "" : " (" + lost.front() + ")", surplus.size(),
                       surplus.empty() ? "" : " (" + surplus.front() + ")");
  }
  return "";
}

}  // namespace streamc::sim
