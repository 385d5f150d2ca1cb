"""The tables of the tidy test: what a room may include, what may not be called and what to use instead.

Data only; tidy.py applies it. Paths are prefixes of paths relative to the repository root.
"""

LLVM_SUPPORT = ("llvm/ADT/", "llvm/Support/")
MLIR = ("mlir/", "mlir-c/")
LLVM = ("llvm/", "llvm-c/")

# The runtime's storeys, lowest first: abi <- core <- {io, time, state} <- {formats, checkpoint} <- {builtins, connectors}
# <- {control, main}; builtins write and read values as the formats do. hot/ is what is compiled to bitcode; it gathers the headers whose functions generated code inlines.
RUNTIME_ABI = ("runtime-lib/abi/",)
RUNTIME_CORE = RUNTIME_ABI + ("runtime-lib/core/",)
RUNTIME_MIDDLE = RUNTIME_CORE + ("runtime-lib/io/", "runtime-lib/time/", "runtime-lib/state/")
RUNTIME_UPPER = RUNTIME_MIDDLE + ("runtime-lib/formats/", "runtime-lib/checkpoint/", "runtime-lib/builtins/")

# Room (longest prefix wins) -> what it may include besides itself: our rooms, then libraries of LLVM.
# Everything that is not listed is forbidden; libraries outside LLVM are not governed by this table.
INCLUDES = {
    "dsl/": ((), LLVM_SUPPORT),
    "ir/": (("dsl/",), MLIR + LLVM_SUPPORT),
    "frontend/": (("dsl/",), LLVM_SUPPORT),
    "frontend/lower/": (("dsl/", "frontend/", "ir/"), MLIR + LLVM_SUPPORT),
    "passes/": (("dsl/", "ir/"), MLIR + LLVM_SUPPORT),
    "codegen/": (("dsl/", "ir/", "runtime-lib/abi/"), LLVM + MLIR),
    "codegen/link/": (("dsl/", "ir/", "codegen/", "runtime-lib/abi/"), LLVM + MLIR + ("lld/",)),
    "codegen/udf/": (("dsl/", "ir/", "codegen/", "runtime-lib/abi/"), LLVM + MLIR + ("clang/",)),
    "codegen/testing/": (("dsl/", "ir/", "codegen/", "codegen/link/", "codegen/udf/", "runtime-lib/abi/"), LLVM + MLIR),
    "runtime-lib/abi/": ((), ()),
    "runtime-lib/core/": (RUNTIME_ABI, ()),
    "runtime-lib/io/": (RUNTIME_CORE, ()),
    "runtime-lib/time/": (RUNTIME_CORE, ()),
    "runtime-lib/state/": (RUNTIME_CORE, ()),
    "runtime-lib/builtins/": (RUNTIME_CORE + ("runtime-lib/time/", "runtime-lib/formats/"), ()),
    "runtime-lib/formats/": (RUNTIME_MIDDLE, ()),
    "runtime-lib/checkpoint/": (RUNTIME_MIDDLE, ()),
    "runtime-lib/connectors/": (RUNTIME_UPPER, ()),
    "runtime-lib/control/": (RUNTIME_UPPER + ("runtime-lib/connectors/",), ()),
    "runtime-lib/hot/": (RUNTIME_UPPER, ()),
    "runtime-lib/main/": (RUNTIME_UPPER + ("runtime-lib/connectors/", "runtime-lib/control/", "runtime-lib/hot/"), ()),
    "tools/": (("dsl/", "frontend/", "ir/", "passes/", "codegen/", "runtime-lib/"), LLVM + MLIR + ("lld/", "clang/")),
    "test/": (("dsl/", "frontend/", "ir/", "passes/", "codegen/", "runtime-lib/", "tools/"), LLVM + MLIR),
    "bench/": (("runtime-lib/", "codegen/jit/", "tools/driver/", "test/support/"), ()),
}

# What a unit test may include wherever it lives: the golden helper and its kind.
TEST_SUPPORT = "test/support/"

# Libraries whose headers may stand in quotes; other quoted includes are ours, by their path from the repository root.
QUOTED_LIBRARIES = ("gtest/", "gmock/", "fmt/", "CLI/")

GOVERNED_LIBRARIES = ("llvm/", "llvm-c/", "mlir/", "mlir-c/", "clang/", "clang-c/", "lld/")

# Headers that open the outside world, the only rooms that may include them, and the way for everybody else.
WORLD_HEADERS = (
    (r"(fcntl|unistd|poll|netdb|dirent)\.h|(sys|netinet|arpa)/(?!types\.h|cdefs\.h)\w+\.h|fstream|filesystem",
     ("runtime-lib/io/", "runtime-lib/connectors/", "runtime-lib/main/", "codegen/jit/", "codegen/link/", "tools/", "test/",
      "bench/", "runtime-lib/state/page_arena"),  # the arena asks for addresses and huge pages, nothing else
     "only io/ and connectors/ touch the outside world: go through Env (runtime) or the driver (compiler)"),
    (r"thread|pthread\.h|future",
     ("runtime-lib/io/", "runtime-lib/core/", "runtime-lib/connectors/", "runtime-lib/main/", "test/", "bench/"),
     "threads come from Env"),
    (r"iostream", ("bench/",), "no static initialisers in every user: write to the stream you were given, or fmt::print in tools"),
    (r"regex", (), "std::regex is slow and overflows the stack: write the few lines of matching"),
)

# Calls that are banned: pattern on code without comments and string contents, rooms where it is allowed, what to use instead.
BANNED = (
    # (name, pattern, allowed prefixes, applies to tests too, use instead)
    ("sleep", r"\b(?:usleep|nanosleep|sleep_for|sleep_until)\s*\(|(?<![\w.>])sleep\s*\(", ("runtime-lib/io/",), True,
     "a test waits for an event, the runtime asks Env's clock"),
    ("process", r"(?<![\w.>])(?:system|popen|execvp?|execl|fork|vfork)\s*\(", ("codegen/testing/",), True,
     "no child processes: link the library, or drive programs from a Python test"),
    ("getenv", r"\bgetenv\s*\(", ("runtime-lib/io/", "runtime-lib/main/", "tools/", "test/support/"), True,
     "the environment comes from Env (runtime) or the driver (compiler)"),
    ("clock", r"\b(?:system_clock|steady_clock|high_resolution_clock)::now\s*\(|\bclock_gettime\s*\(|\bgettimeofday\s*\("
              r"|(?<![\w.>])time\s*\(\s*(?:nullptr|NULL|0)\s*\)",
     ("runtime-lib/io/", "tools/", "codegen/testing/", "bench/"), True, "Env's clock, so that the simulator can turn it"),
    ("files", r"(?<![\w.>])(?:fopen|freopen|creat|openat)\s*\(|(?<!\w)::open\s*\(|\bstd::(?:if|of|f)stream\b",
     ("runtime-lib/io/", "tools/", "test/", "bench/"), False, "Env's files (runtime) or the driver (compiler)"),
    ("randomness", r"(?<![\w.>])s?rand\s*\(|\brandom_device\b", ("runtime-lib/io/",), True,
     "a seeded generator from Env, so that a run can be repeated"),
    ("printing", r"(?<![\w.>])(?:printf|puts|putchar)\s*\(|\bfprintf\s*\(\s*std(?:err|out)\b|\bstd::(?:cout|cerr|clog)\b"
                 r"|\bfmt::print(?:ln)?\s*\(|\bllvm::(?:outs|errs|dbgs)\s*\(",
     ("tools/", "codegen/testing/", "runtime-lib/main/", "runtime-lib/core/check", "test/", "bench/"), True,
     "debug output stays at home; messages go to the diagnostics engine or the log"),
    ("exit", r"(?<![\w.>])(?:_exit|quick_exit)\s*\(|(?<![\w.>])exit\s*\(",
     ("tools/", "runtime-lib/main/", "runtime-lib/core/check", "runtime-lib/io/", "test/"), True,
     "return an error; only a main decides to end the process"),
    ("locale", r"(?<![\w.>])(?:setlocale|atof|atoi|atol|atoll|strtod|strtof)\s*\(|\bstd::(?:stod|stof|stoi|stol|stoll)\s*\(",
     ("test/fuzz/value_text_fuzz.cpp",), True, "std::from_chars: no locale, no exception, the same result everywhere"),
    ("using namespace std", r"\busing\s+namespace\s+std\b", (), True, "name what you use"),
    ("endl", r"\bstd::endl\b", (), True, "'\\n': endl also flushes"),
    ("unsafe text", r"(?<![\w.>])(?:strcpy|strcat|sprintf|vsprintf|gets|strtok)\s*\(", (), True,
     "std::string, std::string_view or fmt"),
    ("alloca", r"(?<![\w.>])alloca\s*\(", (), True, "the batch's arena"),
)

# Text that may stand in no tracked source, comment or not. Split, so that this file does not find itself.
FORBIDDEN_TEXT = (
    (r"/wo" r"rk/|/tm" r"p/", "a path of one machine: use the source root, the build tree or a temporary directory"),
    (r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b", "finish it, or write an issue"),
)

SOURCE_LINES_MAX = 900
FILE_BYTES_MAX = 2 * 1024 * 1024
