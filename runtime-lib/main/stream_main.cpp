#include "runtime-lib/main/stream_main.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "runtime-lib/control/runtime.h"
#include "runtime-lib/core/exchange.h"
#include "runtime-lib/io/crash_report.h"
#include "runtime-lib/io/posix_env.h"
#include "runtime-lib/main/checkpoints_text.h"
#include "runtime-lib/main/log.h"
#include "runtime-lib/main/params.h"
#include "runtime-lib/main/report_text.h"
#include "runtime-lib/main/zones.h"

namespace streamrt {
namespace {

struct CommandLine {
  std::vector<std::string> params;
  uint32_t workers = 0;
  uint32_t batch = kBatchRowsDefault;
  std::string base;
  std::string stats_json;
  std::string listen;
  std::string state;
  std::string checkpoint = "10s";
  std::string restore = "latest";
  bool lists_checkpoints = false;  // the command `checkpoints`
  uint32_t keep = 10;
  std::string log_level = "warning";
  std::string log_format = "text";
  bool quiet = false;
  bool manifest = false;
  bool stats = false;
  bool json = false;
};

Result<JobPlan> planOf(const StreamJobImage& image) {
  if (image.magic != STREAM_JOB_MAGIC || image.abi != STREAM_ABI) {
    return failure(ErrorCode::kBadImage,
                   fmt::format("the job was made for runtime ABI {}, this is {}", image.abi, STREAM_ABI));
  }
  return parseJobPlan({image.manifest, image.manifest_size}, image.function_count);
}

std::string paramHelp(const JobPlan& plan) {
  if (plan.params.empty()) return "";
  std::string text = "Parameters:\n";
  for (const ParamPlan& param : plan.params) {
    text += fmt::format("  {}: {}{}", param.name, typeText(param.type, param.precision, param.scale),
                        param.optional ? "?" : "");
    bool has_default = param.default_value && !std::holds_alternative<std::monostate>(*param.default_value);
    if (has_default) text += fmt::format(" = {}", literalAsArgument(param.type, *param.default_value));
    if (!param.default_value && !param.optional) text += ", required";
    if (param.env) text += fmt::format(", or environment variable {}", *param.env);
    text += "\n";
  }
  return text + "\n";
}

void declare(CLI::App& app, CommandLine& line, const JobPlan& plan) {
  app.add_option("--param", line.params, "Value of a parameter of the job; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
  app.add_option("--workers", line.workers,
                 "Threads that process records; default: one for each partition of the input, at most one a core")
      ->check(CLI::Range(1u, kMaxWorkers));
  app.add_option("--batch", line.batch, "Rows in a batch")->check(CLI::Range(1u, kBatchRowsMax))->capture_default_str();
  app.add_option("--base", line.base, "Directory that relative paths of the job start from")->type_name("DIR");
  auto* state =
      app.add_option("--state", line.state, "Directory of the job's checkpoints: a run goes on from the newest one")
          ->type_name("DIR");
  app.add_option("--checkpoint", line.checkpoint, "How often a checkpoint is taken")
      ->type_name("DURATION")
      ->needs(state)
      ->capture_default_str();
  app.add_option("--restore", line.restore,
                 "Where to go on: latest, none (from the beginning), or the number of a checkpoint")
      ->type_name("WHICH")
      ->needs(state)
      ->capture_default_str();
  app.add_option("--keep", line.keep, "How many checkpoints are kept")
      ->needs(state)
      ->check(CLI::Range(1u, 1'000'000u))
      ->capture_default_str();
  auto* checkpoints = app.add_subcommand("checkpoints", "List the checkpoints of a state directory and exit");
  checkpoints->add_option("--state", line.state, "The directory")->type_name("DIR")->required();
  checkpoints->add_flag("--json", line.json, "As JSON");
  checkpoints->callback([&line] { line.lists_checkpoints = true; });
  app.add_flag("--quiet", line.quiet, "No progress line and no summary");
  app.add_flag("--stats", line.stats, "Always print the summary line");
  app.add_option("--stats-json", line.stats_json, "Write the final counters to a file, - for standard output")
      ->type_name("FILE");
  app.add_option("--listen", line.listen,
                 "Answer /metrics, /status, /healthz and /readyz there; port 0 takes a free one and says which")
      ->type_name("HOST:PORT");
  app.add_flag("--json", line.json, "Summary as JSON; with --manifest: without indentation");
  app.add_flag("--manifest", line.manifest, "Print the job's manifest and exit");
  app.add_option("--log-level", line.log_level, "error, warning, info or debug")
      ->check(CLI::IsMember({"error", "warning", "info", "debug"}))
      ->capture_default_str();
  app.add_option("--log-format", line.log_format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app.set_version_flag("--version", fmt::format("{} ({}, runtime ABI {}, plan {})", plan.job, plan.compiler, STREAM_ABI,
                                                plan.plan_hash));
  std::string program = "./" + app.get_name();
  std::string example = plan.params.empty() ? "" : fmt::format(" --param {}=…", plan.params.front().name);
  app.footer(
      fmt::format("\n{}Examples:\n  {}{}\n  {} --workers 4 --stats\n  {} --base /data --stats-json stats.json\n"
                  "\nSIGINT or SIGTERM finishes what is in flight and exits with 0; a second one exits at once.",
                  paramHelp(plan), program, example, program, program));
}

// The answer of the command line itself: help, version, a mistake.
int answer(CLI::App& app, const CLI::ParseError& error, Env& env) {
  std::ostringstream out, err;
  int code = app.exit(error, out, err);
  if (!out.str().empty()) {
    if (auto file = env.createOutput("-")) (void)(*file)->write(out.str());
  }
  if (!err.str().empty()) env.tell(err.str());
  return code == 0 ? 0 : 2;
}

Result<void> writeWhole(Env& env, const std::string& path, std::string_view text) {
  auto file = env.createOutput(path);
  if (!file) return std::unexpected(file.error());
  while (!text.empty()) {
    Result<size_t> written = (*file)->write(text);
    if (!written) return std::unexpected(written.error());
    text.remove_prefix(*written);
  }
  return (*file)->close();
}

LogOptions logOptions(const CommandLine& line) {
  LogOptions options;
  options.json = line.log_format == "json";
  options.level = line.log_level == "error"   ? LogLevel::kError
                  : line.log_level == "info"  ? LogLevel::kInfo
                  : line.log_level == "debug" ? LogLevel::kDebug
                                              : LogLevel::kWarning;
  return options;
}

int fail(Log& log, const Error& error) {
  log.error(error);
  return exitCodeOf(error.code);
}

int printManifest(const StreamJobImage& image, const CommandLine& line, Env& env, Log& log) {
  std::string text(image.manifest, image.manifest_size);
  if (!line.json) text = nlohmann::json::parse(text).dump(2);
  Result<void> written = writeWhole(env, "-", text + "\n");
  return written ? 0 : fail(log, written.error());
}

int listCheckpoints(const CommandLine& line, Env& env, Log& log) {
  auto text = checkpointsText(env, line.state, line.json);
  if (!text) return fail(log, text.error());
  Result<void> written = writeWhole(env, "-", *text);
  return written ? 0 : fail(log, written.error());
}

// kUsage: what --checkpoint or --restore says cannot be understood.
Result<void> setCheckpoints(RunOptions& options, const CommandLine& line) {
  options.state_directory = line.state;
  options.keep = line.keep;
  auto interval = parseLiteral(ColumnType::kDuration, line.checkpoint);
  if (!interval || std::get<int64_t>(*interval) <= 0) {
    return failure(ErrorCode::kUsage,
                   fmt::format("--checkpoint {}: not a duration such as 10s or 1m30s", line.checkpoint));
  }
  options.checkpoint_us = std::get<int64_t>(*interval);
  if (line.restore == "latest") return {};
  if (line.restore == "none") {
    options.restore_from = RunOptions::RestoreFrom::kNone;
    return {};
  }
  auto epoch = parseLiteral(ColumnType::kI64, line.restore);
  if (!epoch || std::get<int64_t>(*epoch) <= 0) {
    return failure(ErrorCode::kUsage,
                   fmt::format("--restore {}: neither latest, none nor the number of a checkpoint", line.restore));
  }
  options.restore_from = RunOptions::RestoreFrom::kEpoch;
  options.restore_epoch = static_cast<uint64_t>(std::get<int64_t>(*epoch));
  return {};
}

void tellAboutRun(const JobPlan& plan, const CommandLine& line, const RunReport& report, Env& env, Log& log) {
  for (const std::string& path : report.unfinished) {
    log.write(LogLevel::kWarning, fmt::format("{} is unfinished: the job did not reach the end of its input", path));
  }
  if (report.errors_lost > 0) {
    log.write(
        LogLevel::kWarning,
        fmt::format("{} rows were rejected by the flow that handles rejected rows, and are lost", report.errors_lost));
  }
  if (report.finished_before) {
    log.write(LogLevel::kInfo, fmt::format("an earlier run has come to the end (checkpoint {}): nothing was done",
                                           report.checkpoint_epoch));
    if (!line.quiet)
      env.tell(fmt::format("{}: finished before, nothing to do; --restore none begins anew\n", plan.job));
    return;
  }
  if (line.quiet) return;
  bool wanted =
      line.stats || line.json || hasLosses(report) || report.windows_open > 0 || env.terminalWidth().has_value();
  if (!wanted) return;
  env.tell(line.json ? statisticsJson(plan.job, report) : summaryLine(plan.job, report) + "\n");
}

int runJob(const JobPlan& plan, const StreamJobImage& image, const CommandLine& line, Env& env, Log& log) {
  auto params = paramValues(plan, line.params, [&](const std::string& name) { return env.variable(name); });
  if (!params) return fail(log, params.error());
  if (Result<void> loaded = loadZones(plan.zones, env); !loaded) return fail(log, loaded.error());
  RunOptions options;
  options.workers = line.workers;
  options.batch_rows = line.batch;
  options.base = line.base.empty() ? plan.base : line.base;
  options.params = std::move(*params);
  options.listen = line.listen;
  options.live_line = !line.quiet && !line.json && env.terminalWidth().has_value();
  if (Result<void> set = setCheckpoints(options, line); !set) return fail(log, set.error());
  options.on_restored = [&log](uint64_t epoch) {
    log.write(LogLevel::kInfo, fmt::format("the job goes on from checkpoint {}", epoch));
  };
  log.write(LogLevel::kInfo, fmt::format("job {} starts, plan {}", plan.job, plan.plan_hash));
  RunReport report = Runtime(plan, image, std::move(options), env).run();
  tellAboutRun(plan, line, report, env, log);
  int code = 0;
  if (report.error && report.error->code != ErrorCode::kBrokenPipe) code = fail(log, *report.error);
  if (!line.stats_json.empty()) {
    Result<void> written = writeWhole(env, line.stats_json, statisticsJson(plan.job, report));
    if (!written && code == 0) code = fail(log, written.error());
  }
  return code;
}

// From here on a crash is reported in the name of this job.
void reportCrashes(const JobPlan& plan, const StreamJobImage& image, const std::string& program) {
  CrashIdentity identity{program, plan.job, plan.compiler, plan.plan_hash, {}};
  for (const ProcessPlan& process : plan.processes)
    identity.functions.push_back({image.functions[process.function], process.name});
  for (const TablePlan& table : plan.tables)
    if (table.fire) identity.functions.push_back({image.functions[*table.fire], table.operator_id});
  installCrashReport(identity);
}

}  // namespace

int streamMain(const StreamJobImage& image, int argc, char** argv, Env* env) {
  std::unique_ptr<PosixEnv> system;
  if (env == nullptr) {
    system = std::make_unique<PosixEnv>();
    env = system.get();
  }
  std::string program = argc > 0 ? argv[0] : "job";
  program = program.substr(program.find_last_of('/') + 1);
  Log log(*env, program);
  Result<JobPlan> plan = planOf(image);
  if (!plan) return fail(log, plan.error());
  if (system) reportCrashes(*plan, image, program);

  CommandLine line;
  CLI::App app(fmt::format("{}: a streaming job", plan->job), program);
  declare(app, line, *plan);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return answer(app, error, *env);
  }
  log.configure(logOptions(line));
  if (line.lists_checkpoints) return listCheckpoints(line, *env, log);
  if (line.manifest) return printManifest(image, line, *env, log);
  return runJob(*plan, image, line, *env, log);
}

}  // namespace streamrt
