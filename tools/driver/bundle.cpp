#include "tools/driver/bundle.h"

#include <cstdlib>
#include <filesystem>

namespace streamc::driver {

std::string bundleDirectory() {
  if (const char* given = std::getenv("STREAMC_BUNDLE")) return given;
  std::error_code ignored;
  std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (self.parent_path().parent_path() / "lib" / "streamc").string();
}

}  // namespace streamc::driver
