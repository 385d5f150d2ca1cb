// From a module to running code, both ways, with a stand-in for the runtime (test_batch.h).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include "codegen/jit/jit.h"
#include "codegen/link/link.h"
#include "codegen/llvm_module.h"
#include "codegen/lower/hot_bitcode.h"
#include "codegen/object/assemble.h"
#include "codegen/object/optimize.h"
#include "codegen/testing/test_batch.h"
#include "gtest/gtest.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"

namespace streamc::codegen {
namespace {

std::string readFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

LlvmModule loadJob() {
  LlvmModule loaded;
  llvm::SMDiagnostic problem;
  loaded.module = llvm::parseIRFile("codegen/testing/test_job.ll", problem, *loaded.context);
  EXPECT_TRUE(loaded.module) << problem.getMessage().str();
  static const std::string bitcode = readFile(STREAMC_TEST_HOT_BITCODE);
  linkHotBitcode(*loaded.module, bitcode);
  return loaded;
}

std::string run(const std::string& command) {
  std::string output;
  std::array<char, 4096> chunk;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  while (size_t n = fread(chunk.data(), 1, chunk.size(), pipe)) output.append(chunk.data(), n);
  int status = pclose(pipe);
  if (status != 0) output += "exit " + std::to_string(WEXITSTATUS(status)) + "\n";
  return output;
}

std::filesystem::path scratchDirectory() {
  auto path = std::filesystem::temp_directory_path() / ("streamc-backend-test-" + std::to_string(getpid()));
  std::filesystem::create_directories(path);
  return path;
}

TEST(Backend, HotFunctionsVanishFromTheLoop) {
  LlvmModule job = loadJob();
  auto machine = makeTargetMachine({.purpose = Purpose::kAot});
  ASSERT_TRUE(machine);
  optimize(*job.module, **machine, Purpose::kAot);
  std::string assembly = assemble(*job.module, **machine, AssembleAs::kText);
  EXPECT_EQ(assembly.find("call"), std::string::npos) << assembly;
}

TEST(Backend, JitRunsTheJob) {
  LlvmModule job = loadJob();
  auto machine = makeTargetMachine({.purpose = Purpose::kJit});
  ASSERT_TRUE(machine);
  optimize(*job.module, **machine, Purpose::kJit);
  auto jit = JitJob::load(assemble(*job.module, **machine), {});
  ASSERT_TRUE(jit) << jit.error().message;
  ASSERT_EQ(jit->image()->magic, STREAM_JOB_MAGIC);
  ASSERT_EQ(jit->image()->function_count, 1u);

  std::vector<int64_t> in_values = {7, 8, 9, 10}, out_values(4);
  StreamBatch in = {4, {in_values.data()}}, out = {0, {out_values.data()}};
  StreamTask task = {&out};
  reinterpret_cast<StreamProcessFn>(jit->image()->functions[0])(&task, &in);
  ASSERT_EQ(out.rows, 2u);
  EXPECT_EQ(out_values[0], 4);
  EXPECT_EQ(out_values[1], 5);

  EXPECT_FALSE(std::regex_search(readFile("/proc/self/maps"), std::regex(" rwx")))
      << "a page is writable and executable";
}

// Sums are kept in 128 bits: what LLVM calls for them has to be there.
TEST(Backend, JitHasWideArithmetic) {
  LlvmModule job;
  llvm::SMDiagnostic problem;
  const char* text = R"(
    @functions = private constant [1 x ptr] [ptr @mean]
    @stream_job_image = constant { i32, i32, ptr, i64, ptr, i64 } { i32 0, i32 0, ptr null, i64 0, ptr @functions, i64 1 }
    define double @mean(i64 %low, i64 %high, i64 %n) {
      %l = zext i64 %low to i128
      %h = zext i64 %high to i128
      %s = shl i128 %h, 64
      %sum = or i128 %s, %l
      %d = sext i64 %n to i128
      %q = sdiv i128 %sum, %d
      %r = urem i128 %sum, %d
      %a = sitofp i128 %q to double
      %b = uitofp i128 %r to float
      %c = fpext float %b to double
      %x = fadd double %a, %c
      %y = fptosi double %x to i128
      %z = sitofp i128 %y to double
      ret double %z
    })";
  job.module = llvm::parseIR(llvm::MemoryBufferRef(text, "wide"), problem, *job.context);
  ASSERT_TRUE(job.module) << problem.getMessage().str();
  auto machine = makeTargetMachine({.purpose = Purpose::kJit});
  optimize(*job.module, **machine, Purpose::kJit);
  auto jit = JitJob::load(assemble(*job.module, **machine), {});
  ASSERT_TRUE(jit) << jit.error().message;
  auto mean = reinterpret_cast<double (*)(int64_t, int64_t, int64_t)>(jit->image()->functions[0]);
  EXPECT_EQ(mean(7, 0, 2), 4.0);                     // 3 + 1
  EXPECT_EQ(mean(0, 3, 4), 13835058055282163712.0);  // 3 * 2^64 / 4
}

TEST(Backend, JitSeesOnlyTheGivenSymbols) {
  for (const char* callee : {"getenv_of_nobody", "LLVMContextCreate"}) {
    LlvmModule job;
    llvm::SMDiagnostic problem;
    std::string text =
        std::string("@stream_job_image = constant ptr @") + callee + "\ndeclare void @" + callee + "()\n";
    job.module = llvm::parseIR(llvm::MemoryBufferRef(text, "closed"), problem, *job.context);
    ASSERT_TRUE(job.module);
    auto machine = makeTargetMachine({.purpose = Purpose::kJit});
    optimize(*job.module, **machine, Purpose::kJit);
    auto jit = JitJob::load(assemble(*job.module, **machine), {});
    ASSERT_FALSE(jit) << callee << " is visible to jobs";
    EXPECT_EQ(jit.error().code, "C0301");
    EXPECT_NE(jit.error().message.find(callee), std::string::npos) << jit.error().message;
  }
}

TEST(Backend, AotNeedsGlibcAlone) {
  LlvmModule job = loadJob();
  auto machine = makeTargetMachine({.purpose = Purpose::kAot, .cpu = "x86-64-v2"});
  ASSERT_TRUE(machine);
  optimize(*job.module, **machine, Purpose::kAot);
  std::string object = assemble(*job.module, **machine);

  auto directory = scratchDirectory();
  std::string output = directory / "job";
  // Twice: lld must be able to run again in one process.
  for (int round = 0; round < 2; ++round) {
    auto linked = link({.object = object,
                        .output = output,
                        .bundle = STREAMC_BUNDLE,
                        .more_archives = {STREAMC_TEST_RUNTIME},
                        .runtime = "libgcc.a"});
    ASSERT_TRUE(linked) << linked.error().message;
  }
  EXPECT_EQ(run(output), "0\n1\n2\n3\n4\n");
  std::string needed = run("ldd " + output);
  for (size_t at = 0, end; at < needed.size(); at = end + 1) {
    end = needed.find('\n', at);
    std::string line = needed.substr(at, end - at);
    EXPECT_TRUE(std::regex_search(line, std::regex("linux-vdso|libc\\.so\\.6|libm\\.so\\.6|ld-linux"))) << line;
  }
  struct stat status;
  ASSERT_EQ(stat(output.c_str(), &status), 0);
  EXPECT_TRUE(status.st_mode & S_IXUSR);
  std::filesystem::remove_all(directory);
}

TEST(Backend, LinkFailuresAreInTheUsersWords) {
  auto directory = scratchDirectory();
  auto no_bundle = link({.object = "x", .output = directory / "job", .bundle = directory / "nowhere"});
  ASSERT_FALSE(no_bundle);
  EXPECT_EQ(no_bundle.error().code, "C0201");
  EXPECT_NE(no_bundle.error().message.find("Scrt1.o"), std::string::npos);

  auto no_object =
      link({.object = "not an object", .output = directory / "job", .bundle = STREAMC_BUNDLE, .runtime = "libgcc.a"});
  ASSERT_FALSE(no_object);
  EXPECT_EQ(no_object.error().code, "C0202");

  LlvmModule job = loadJob();
  auto machine = makeTargetMachine({});
  optimize(*job.module, **machine, Purpose::kAot);
  auto no_place = link({.object = assemble(*job.module, **machine),
                        .output = directory / "missing" / "job",
                        .bundle = STREAMC_BUNDLE,
                        .more_archives = {STREAMC_TEST_RUNTIME},
                        .runtime = "libgcc.a"});
  ASSERT_FALSE(no_place);
  EXPECT_NE(no_place.error().message.find("missing"), std::string::npos) << no_place.error().message;
  std::filesystem::remove_all(directory);
}

TEST(Backend, EveryErrorIsInTheReference) {
  std::string page = readFile("docs/reference/back-end-errors.md");
#define CODEGEN_ERROR(name, number, meaning) \
  EXPECT_NE(page.find("| " + toString(ErrorCode::name) + " | " meaning " |"), std::string::npos) << #name;
#include "codegen/error_codes.def"
#undef CODEGEN_ERROR
}

TEST(Backend, UnknownProcessorIsTheUsersError) {
  auto machine = makeTargetMachine({.purpose = Purpose::kAot, .cpu = "pentium-nine"});
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code, "C0101");
}

}  // namespace
}  // namespace streamc::codegen
