#include "codegen/link/link.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>

#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace streamc::codegen {
namespace {

// The object as a file that lld can map, without a file.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("job.o", MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  bool write(std::string_view bytes) {
    if (descriptor_ < 0) return false;
    while (!bytes.empty()) {
      ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return true;
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// The command line of ld, in an order that matters: start files, job, archives from high to low, libc, end files.
Result<std::vector<std::string>> arguments(const LinkRequest& request, const std::string& object_path) {
  std::vector<std::string> args = {"ld.lld", "-pie", "-m", "elf_x86_64", "--eh-frame-hdr", "--hash-style=gnu",
                                   "--build-id=fast", "-dynamic-linker", "/lib64/ld-linux-x86-64.so.2",
                                   // Read-only after relocation, bound at start, stack not executable.
                                   "-z", "relro", "-z", "now", "-z", "noexecstack", "--gc-sections", "--as-needed",
                                   "-o", request.output};
  std::string missing;
  auto bundled = [&](std::string_view name) {
    args.push_back(request.bundle + "/" + std::string(name));
    if (missing.empty() && !llvm::sys::fs::exists(args.back())) missing = args.back();
  };
  for (auto name : {"Scrt1.o", "crti.o", "crtbeginS.o"}) bundled(name);
  args.push_back(object_path);
  bundled(request.runtime);
  args.insert(args.end(), request.more_archives.begin(), request.more_archives.end());
  for (auto name : {"libstdc++.a", "libgcc_eh.a", "libgcc.a", "libm.so.6", "libc.so.6", "libc_nonshared.a",
                    "ld-linux-x86-64.so.2", "crtendS.o", "crtn.o"}) {
    bundled(name);
  }
  if (!missing.empty())
    return failure(ErrorCode::kIncompleteInstallation, "the installation is incomplete: there is no '" + missing + "'");
  return args;
}

}  // namespace

Result<void> link(const LinkRequest& request) {
  MemoryFile object;
  if (!object.write(request.object))
    return failure(ErrorCode::kNoMemoryFile, std::string("no memory for the object file: ") + strerror(errno));

  auto args = arguments(request, object.path());
  if (!args) return std::unexpected(args.error());
  std::vector<const char*> argv;
  for (const std::string& arg : *args) argv.push_back(arg.c_str());

  static std::mutex one_at_a_time;
  std::lock_guard lock(one_at_a_time);
  std::string words;
  llvm::raw_string_ostream stream(words);
  lld::Result result = lld::lldMain(argv, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0) {
    while (!words.empty() && words.back() == '\n') words.pop_back();
    return failure(ErrorCode::kLinkFailed, "cannot link '" + request.output + "': " + words);
  }
  return {};
}

}  // namespace streamc::codegen
