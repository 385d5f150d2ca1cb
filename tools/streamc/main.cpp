// streamc: check, run, build and explain `.stream` files.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "tools/driver/crash.h"
#include "tools/streamc/command.h"

#ifndef STREAMC_VERSION
#define STREAMC_VERSION "0.0.0"
#endif

using namespace streamc::tools;

int main(int argc, char** argv) {
  streamc::driver::reportCrashes(argc, argv);
  CLI::App app{
      "streamc compiles streams: a .stream file becomes one native program.\n"
      "\n"
      "  streamc run job.stream                 compile in memory and run\n"
      "  streamc build job.stream -o job        make an executable\n"
      "  streamc check job.stream               look for mistakes, run nothing\n"
      "  streamc explain job.stream             what it will do, keep and cost"};
  app.name("streamc");
  app.set_version_flag("--version", "streamc " STREAMC_VERSION);
  app.require_subcommand(0, 1);

  std::string border, path, job, output;
  auto* emit = app.add_option("--emit", border,
                              "Print what is known at a border of the compiler:\n"
                              "tokens ast program stream stream-opt job llvm asm obj");
  app.add_option("FILE", path, "The .stream file (with --emit)");
  app.add_option("--job", job, "Which job of the file (with --emit)")->needs(emit);
  app.add_option("-o,--output", output, "Where --emit writes; default is standard output")->needs(emit);

  Action run;
  addCheck(app, run);
  addRun(app, run);
  addBuild(app, run);
  addExplain(app, run);
  addCache(app, run);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {  // --help, --version
    return app.exit(wanted);
  } catch (const CLI::ParseError& error) {
    app.exit(error);
    return kUsage;
  }
  if (run) return run();
  if (!border.empty()) {
    if (path.empty()) {
      std::fputs("streamc: --emit needs a file\n", stderr);
      return kUsage;
    }
    return emitBorder(border, path, job, output);
  }
  if (!path.empty())
    std::fprintf(stderr, "streamc: what should be done with %s? (check, run, build, explain)\n", path.c_str());
  std::fputs(app.help().c_str(), stderr);
  return kUsage;
}
