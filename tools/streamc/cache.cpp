// `streamc cache`: what is kept of earlier compilations, and how to be rid of it.
#include <cstdio>

#include "tools/driver/compile_cache.h"
#include "tools/streamc/command.h"

namespace streamc::tools {

void addCache(CLI::App& app, Action& run) {
  auto clear = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("cache",
                         "Show or empty the cache of compiled jobs\n"
                         "\n"
                         "run and build keep the machine code they make in $XDG_CACHE_HOME/streamc\n"
                         "(~/.cache/streamc) and take it from there when nothing has changed. It holds\n"
                         "at most 1 GB; what was used least recently goes first.\n"
                         "\n"
                         "  streamc cache            where it is and how much it holds\n"
                         "  streamc cache --clear    empty it\n");
  command->add_flag("--clear", *clear, "Remove everything that is kept");
  command->callback([&run, clear] {
    run = [clear]() -> int {
      driver::CompileCache::Opened opened = driver::CompileCache::open();
      if (!opened.cache) {
        std::fprintf(
            stderr, "streamc: there is no cache: %s\n",
            opened.problem.empty() ? "neither XDG_CACHE_HOME nor HOME names a directory" : opened.problem.c_str());
        return kUserMistake;
      }
      if (*clear) {
        std::printf("%llu jobs removed\n", static_cast<unsigned long long>(opened.cache->clear()));
        return kOk;
      }
      driver::CompileCache::Size size = opened.cache->size();
      std::printf("directory  %s\njobs       %llu\nsize       %.1f MB of %.0f MB\n", opened.cache->directory().c_str(),
                  static_cast<unsigned long long>(size.entries), static_cast<double>(size.bytes) / 1e6,
                  static_cast<double>(driver::CompileCache::kBytesMax) / 1e6);
      return kOk;
    };
  });
}

}  // namespace streamc::tools
