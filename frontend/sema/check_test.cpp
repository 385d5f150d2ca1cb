// check() over texts: what is accepted, with which types, and which codes the others get.
#include <gtest/gtest.h>

#include <string>

#include "frontend/sema/checked_text.h"

namespace streamc::sema {
namespace {

TEST(Check, HelloWorld) {
  CheckedText checked(R"(from file("app.jsonl", format: json) as { level: string, service: string, message: string }
| where level == "ERROR"
| to stdout
)");
  EXPECT_EQ(checked.codes(), "");
  EXPECT_EQ(checked.dumped(), R"(job test delivery at_least_once
errors 0: stderr
source 0 flow1/source: file(path: "app.jsonl") format json bounded
  row { level: string, service: string, message: string }
  demand level service message
  errors 0
sink 0 flow1/to: stdout() format json errors 0
#0 flow1/source: source 0
  stream<{ level: string, service: string, message: string }>
  demand level service message
  may reject decode@1:1 to errors 0
#1 flow1/where: where #0
  if (level == "ERROR")
  stream<{ level: string, service: string, message: string }>
  demand level service message
#2 flow1/to: sink 0 #1
  stream<{ level: string, service: string, message: string }>
  demand level service message
)");
}

}  // namespace
}  // namespace streamc::sema
