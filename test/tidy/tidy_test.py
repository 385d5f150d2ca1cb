"""Proves that every tidy rule can fail, and that it leaves good code alone."""

import tempfile
import unittest
from pathlib import Path

import tables
import tidy

PROSE = "// What this header is for, who calls it, and what always holds for it.\n#pragma once\n"


def findings(rule, files, sizes=None, root=None):
    return [str(finding) for finding in rule(tidy.Tree(files, sizes or {}, root))]


# rule -> (files that must be found, files that must not)
CASES = {
    tidy.checkIncludes: (
        [{"frontend/lex/a.cpp": '#include "ir/stream_ops.h"\n', "ir/stream_ops.h": ""},
         {"frontend/lex/a.cpp": '#include "frontend/lower/lower.h"\n', "frontend/lower/lower.h": ""},
         {"passes/a.cpp": '#include "frontend/ast/module.h"\n', "frontend/ast/module.h": ""},
         {"codegen/a.cpp": '#include "passes/plan.h"\n', "passes/plan.h": ""},
         {"codegen/a.cpp": '#include "runtime-lib/core/task.h"\n', "runtime-lib/core/task.h": ""},
         {"dsl/a.cpp": '#include "mlir/IR/Builders.h"\n'},
         {"frontend/sema/a.cpp": "#include <mlir/IR/Builders.h>\n"},
         {"dsl/a.h": '#include "llvm/IR/Module.h"\n'},
         {"runtime-lib/core/a.cpp": '#include "llvm/ADT/StringRef.h"\n'},
         {"runtime-lib/core/a.cpp": '#include "runtime-lib/io/env.h"\n', "runtime-lib/io/env.h": ""},
         {"runtime-lib/time/a.cpp": '#include "runtime-lib/state/table.h"\n', "runtime-lib/state/table.h": ""},
         {"runtime-lib/io/a.cpp": '#include "dsl/span.h"\n', "dsl/span.h": ""},
         {"codegen/lower/a.cpp": '#include "lld/Common/Driver.h"\n'},
         {"dsl/a.cpp": '#include "tools/driver/compile.h"\n', "tools/driver/compile.h": ""},
         {"dsl/a.cpp": '#include "span.h"\n', "dsl/span.h": ""},
         {"dsl/a.cpp": '#include "dsl/gone.h"\n'},
         {"runtime-lib/attic/a.cpp": ""}],
        [{"frontend/lower/a.cpp": '#include "frontend/sema/p.h"\n#include "ir/o.h"\n#include "mlir/IR/Builders.h"\n',
          "frontend/sema/p.h": "", "ir/o.h": ""},
         {"frontend/parse/a.cpp": '#include "frontend/lex/l.h"\n#include "dsl/span.h"\n#include "llvm/ADT/StringRef.h"\n',
          "frontend/lex/l.h": "", "dsl/span.h": ""},
         {"codegen/link/a.cpp": '#include "lld/Common/Driver.h"\n#include "codegen/object/o.h"\n', "codegen/object/o.h": ""},
         {"codegen/lower/a.cpp": '#include "codegen/layout/o.h"\n#include "runtime-lib/abi/abi.h"\n',
          "codegen/layout/o.h": "", "runtime-lib/abi/abi.h": ""},
         {"runtime-lib/io/a.cpp": '#include "runtime-lib/core/result.h"\n', "runtime-lib/core/result.h": ""},
         {"dsl/a_test.cpp": '#include "test/support/golden.h"\n', "test/support/golden.h": ""},
         {"ir/a.cpp": '#include "ir/StreamOps.h.inc"\n'},
         {"tools/driver/a.cpp": '#include "passes/plan.h"\n', "passes/plan.h": ""}]),
    tidy.checkWorldHeaders: (
        [{"frontend/lex/a.cpp": "#include <fstream>\n"}, {"runtime-lib/state/a.cpp": "#include <sys/mman.h>\n"},
         {"runtime-lib/time/a.cpp": "#include <thread>\n"}, {"tools/a.cpp": "#include <iostream>\n"},
         {"dsl/a.cpp": "#include <regex>\n"},
         {"dsl/t.h": "#include <fstream>\n", "dsl/a.cpp": '#include "dsl/t.h"\n', "dsl/a_test.cpp": '#include "dsl/t.h"\n'}],
        [{"dsl/t.h": "#include <fstream>\n", "dsl/a_test.cpp": '#include "dsl/t.h"\n'},
         {"runtime-lib/io/a.cpp": "#include <fcntl.h>\n#include <thread>\n"}, {"tools/a.cpp": "#include <fstream>\n"},
         {"dsl/a.cpp": "#include <sys/types.h>\n"}]),
    tidy.checkBanned: (
        [{"runtime-lib/core/a.cpp": code} for code in (
            "std::this_thread::sleep_for(1ms);", "usleep(3);", "::sleep(3);", 'system("ls");', 'popen("ls", "r");',
            'std::getenv("X");', "std::chrono::system_clock::now();", "clock_gettime(a, &b);", "time(nullptr);",
            '::open("x", 0);', 'fopen("x", "r");', "std::ifstream in;", "rand();", "std::random_device d;",
            'printf("x");', 'fprintf(stderr, "x");', "std::cerr << 1;", 'fmt::print("x");', "llvm::errs();", "std::exit(1);",
            "strtod(p, &e);", "std::stoi(s);", "using namespace std;", "a << std::endl;", "strcpy(a, b);", "alloca(9);")]
        + [{"runtime-lib/core/a_test.cpp": "usleep(3);"}],
        [{"runtime-lib/core/a.cpp": code} for code in (
            "// rand() and std::endl are words here", "/* system(\n) */", 'auto s = "printf(1)";', 'R"(usleep(1))";',
            "file.open(path);", "env->sleep(3);", "snprintf(a, 4, b);", "runtime(nullptr);", "ecosystem(1);", "operand();",
            "int x = 1'000'000; // it's", "using namespace std::chrono_literals;"[:0], "event_time(0);")]
        + [{"runtime-lib/io/posix_env.cpp": "clock_gettime(a, &b); ::open(p, 0); std::this_thread::sleep_for(d);"},
           {"dsl/a_test.cpp": "std::ofstream out;"}, {"tools/streamc.cpp": "std::exit(1);"}]),
    tidy.checkForbiddenText: (
        [{"a.py": "x = '/tm" "p/x'"}, {"README.md": "see /wo" "rk/main"}, {"a.cpp": "// TO" "DO: later"}],
        [{"a.py": "tempfile.mkdtemp()"}, {"a.md": "network/work"}, {"test/data/x.json": "/tm" "p/x"}]),
    tidy.checkGoldens: (
        [{"test/golden/a.stream.expected": ""}],
        [{"test/golden/a.stream.expected": "", "test/golden/a.stream": ""}]),
    tidy.checkDeadFiles: (
        [{"dsl/a.cpp": "", "dsl/CMakeLists.txt": "SOURCES b.cpp"}, {"dsl/a.cpp": "", "dsl/CMakeLists.txt": "SOURCES aa.cpp"},
         {"dsl/a.cpp": "", "ir/CMakeLists.txt": "a.cpp"}],
        [{"dsl/a.cpp": "", "dsl/CMakeLists.txt": "SOURCES a.cpp"}, {"dsl/x/a.cpp": "", "dsl/CMakeLists.txt": "SOURCES x/a.cpp"}]),
    tidy.checkSizes: (
        [{"dsl/a.cpp": "\n" * (tables.SOURCE_LINES_MAX + 1)}],
        [{"dsl/a.cpp": "\n" * tables.SOURCE_LINES_MAX}, {"a.jsonl": "\n" * 5000}]),
    tidy.checkHeaders: (
        [{"dsl/a.h": "#pragma once\n"}, {"dsl/a.h": "// Short.\n#pragma once\n"}, {"dsl/a.h": PROSE.replace("#pragma once", "")}],
        [{"dsl/a.h": PROSE}]),
    tidy.checkNames: (
        [{"dsl/SourceFile.h": PROSE}, {"dsl/a_test.cpp": "TEST(lexer, Works) {}"}, {"dsl/a_test.cpp": "TEST(Lexer, reads_a) {}"},
         {"dsl/a.cpp": "TEST(Lexer, ReadsA) {}"}, {"dsl/a_test.cpp": "int x;"}],
        [{"dsl/source_file.h": PROSE, "dsl/a_test.cpp": "TEST(Lexer, ReadsA) {}"}]),
    tidy.checkText: (
        [{"dsl/a.cpp": "a \n"}, {"dsl/a.cpp": "a\r\n"}, {"dsl/a.cpp": "\ta\n"}, {"dsl/a.cpp": "a"}],
        [{"dsl/a.cpp": "a\n"}, {"test/run/data/a.stream": "a \r\n\t"}]),
    tidy.checkLinks: (
        [{"README.md": "[x](docs/gone.md)"}, {"docs/a.md": "[x](b.md)"}],
        [{"README.md": "[x](docs/a.md#part) [y](https://a.b) [z](docs)", "docs/a.md": "[x](../README.md)"},
         {"a.md": "```\nx[1](gone)\n```\n"}]),
}


class Rules(unittest.TestCase):
    def testEachRuleHasCases(self):
        self.assertEqual(set(tidy.RULES), set(CASES) | {tidy.checkFormat, tidy.checkShell})

    def testBadIsFound(self):
        for rule, (bad, _) in CASES.items():
            for files in bad:
                with self.subTest(rule=rule.__name__, files=files):
                    self.assertTrue(findings(rule, files))

    def testGoodIsLeftAlone(self):
        for rule, (_, good) in CASES.items():
            for files in good:
                with self.subTest(rule=rule.__name__, files=files):
                    self.assertEqual(findings(rule, files), [])

    def testLargeFileIsFound(self):
        self.assertTrue(findings(tidy.checkSizes, {"a.bin": None}, {"a.bin": tables.FILE_BYTES_MAX + 1}))

    def testFindingNamesTheLine(self):
        self.assertEqual(findings(tidy.checkBanned, {"dsl/a.cpp": "/* two\nlines */\nusleep(1);\n"})[0].split(" ")[0],
                         "dsl/a.cpp:3:")

    def testBadFormatIsFound(self):
        if not tidy.shutil.which("clang-format-19"):
            self.skipTest("no clang-format-19 here")
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            (root / ".clang-format").write_text("BasedOnStyle: Google\n")
            (root / "bad.cpp").write_text("int  main( ) { return 0 ; }\n")
            (root / "good.cpp").write_text("int main() { return 0; }\n")
            tree = tidy.readTree(root)
            found = [finding.path for finding in tidy.checkFormat(tree)]
        self.assertEqual(found, ["bad.cpp"])

    def testBadShellIsFound(self):
        if not tidy.shutil.which("shellcheck"):
            self.skipTest("no shellcheck here")
        with tempfile.TemporaryDirectory() as directory:
            root = Path(directory)
            (root / "bad").write_text("#!/bin/sh\nrm $1\n")
            (root / "good").write_text('#!/bin/sh\nrm "$1"\n')
            found = [finding.path for finding in tidy.checkShell(tidy.readTree(root))]
        self.assertEqual(found, ["bad"])


if __name__ == "__main__":
    unittest.main()
