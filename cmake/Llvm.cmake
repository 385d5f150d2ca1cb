# The pinned compiler infrastructure. "19.1" because CMake rejects "19"; HINTS because the packages live off the path.
# STREAMC_RUNTIME_ONLY builds runtime-lib and its tests without LLVM (fast sanitizer builds).
option(STREAMC_RUNTIME_ONLY "Build only the runtime and its tests" OFF)
set(STREAMC_LLVM_ROOT "/usr/lib/llvm-19" CACHE PATH "Where LLVM, MLIR, Clang and lld 19 are installed")
if(NOT STREAMC_RUNTIME_ONLY)
  # LLVM's CMake files look for libraries that only its static parts need; we link libLLVM.so.
  foreach(unused LibEdit CURL httplib FFI LibXml2)
    set(CMAKE_DISABLE_FIND_PACKAGE_${unused} ON)
  endforeach()
  find_package(MLIR 19.1 REQUIRED CONFIG HINTS "${STREAMC_LLVM_ROOT}")
  find_package(LLD REQUIRED CONFIG HINTS "${STREAMC_LLVM_ROOT}/lib/cmake/lld")
  list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
  include(TableGen)
  include(AddLLVM)
  include(AddMLIR)
  include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
  set(CMAKE_INSTALL_RPATH "${STREAMC_LLVM_ROOT}/lib")
  set(CMAKE_BUILD_RPATH "${STREAMC_LLVM_ROOT}/lib")
endif()
