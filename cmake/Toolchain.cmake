# Language level, warnings and code-generation flags shared by every room.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

set(STREAMC_SANITIZE "" CACHE STRING "Sanitizers for everything but the JIT-ed code: address,undefined or thread")

add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -fno-omit-frame-pointer
  -ffp-contract=off -fdiagnostics-color=always)
# __FILE__ is relative to the repository: the same bytes come out wherever the tree lies, and no machine's paths.
add_compile_options("-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=")
add_compile_definitions(FMT_HEADER_ONLY)
add_link_options(-fuse-ld=lld)
if(STREAMC_SANITIZE)
  add_compile_options(-fsanitize=${STREAMC_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${STREAMC_SANITIZE})
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
else()
  add_compile_options(-fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=3>)
  add_link_options(-Wl,-z,relro,-z,now)
endif()
# Assertions stay on in release builds: our own bugs must abort, not corrupt.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")
include_directories("${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}")
