# Shared by all lit suites. A test names our tools bare (`// RUN: stream-opt %s | FileCheck %s`); PATH finds the build's.
# A tool that is missing fails the test that names it: nothing is skipped because it was not built.
import os
import platform
import shutil

import lit.formats

config.name = "streamc/" + config.streamc_room
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".stream", ".mlir", ".ll", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.join(config.streamc_source_root, "test", "lit", config.streamc_room)

llvm_bin = os.path.join(config.llvm_root, "bin")
config.environment["PATH"] = os.pathsep.join([config.streamc_bin, llvm_bin, os.environ["PATH"]])
config.environment["LC_ALL"] = "C.UTF-8"
config.environment["TZ"] = "UTC"
config.environment["NO_COLOR"] = "1"
config.environment["FILECHECK_OPTS"] = "--enable-var-scope --dump-input=fail"
# A cache of compiled jobs may never decide the outcome of a test.
config.environment["XDG_CACHE_HOME"] = os.path.join(config.test_exec_root, "cache")

config.substitutions.append(("%python", "/usr/bin/python3"))
config.substitutions.append(("%root", config.streamc_source_root))

config.available_features.add(platform.machine())
if os.geteuid() != 0:
    config.available_features.add("not-root")
if os.path.exists("/dev/full"):
    config.available_features.add("dev-full")
if shutil.which("gdb"):
    config.available_features.add("gdb")
