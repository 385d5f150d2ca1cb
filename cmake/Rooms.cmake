# streamc_room(<name> SOURCES <file>... [DEPS <target>...] [PCH <header>...])
#   One static library a room. PCH names the (few) heavy headers worth precompiling.
# streamc_unit_test(<name> SOURCES <file>... [DEPS <target>...])
#   One GoogleTest binary; it sits beside the sources it tests and runs under ctest as unit.<name>, with the repository
#   as its working directory.
function(streamc_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PCH" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_DEPS})
  if(ARG_PCH)
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()

find_package(GTest REQUIRED)

# GoogleTest's headers are compiled once for all unit tests: an executable, because a precompiled header remembers -fPIE.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test-bin/precompiled.cpp" CONTENT "int main() {}\n")
add_executable(streamc_test_headers EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/test-bin/precompiled.cpp")
set_target_properties(streamc_test_headers PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test-bin")
target_link_libraries(streamc_test_headers PRIVATE GTest::gmock GTest::gtest_main)
target_precompile_headers(streamc_test_headers PRIVATE <gtest/gtest.h> <gmock/gmock.h>)

function(streamc_unit_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name}_test ${ARG_SOURCES})
  target_link_libraries(${name}_test PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name}_test REUSE_FROM streamc_test_headers)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/test-bin")
  add_test(NAME unit.${name} COMMAND ${name}_test WORKING_DIRECTORY "${CMAKE_SOURCE_DIR}")
endfunction()
