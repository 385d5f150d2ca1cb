// The manifest is read back as it was written, and no damage to it goes unnoticed or crashes.
#include "runtime-lib/core/job_plan.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace streamrt {
namespace {

using nlohmann::json;

json column(const char* name, const char* type) { return {{"name", name}, {"type", type}}; }

json makeManifest() {
  json errors_columns = json::array();
  for (const char* name : {"cause", "message", "step", "place", "input"})
    errors_columns.push_back(column(name, "string"));
  for (auto [name, type] :
       {std::pair("event_time", "timestamp"), {"source", "string"}, {"partition", "i32"}, {"offset", "i64"}}) {
    errors_columns.push_back(column(name, type));
    errors_columns.back()["optional"] = true;
  }
  json checked = column("unused", "string");
  checked["check"] = true;
  json exchanged = {column("a.b\\.c", "i64"), column("w", "timestamp")};
  exchanged[1]["role"] = "watermark";
  return {
      {"format", 1},
      {"abi", STREAM_ABI},
      {"job", "j"},
      {"base", "/b"},
      {"delivery", "at_least_once"},
      {"params", {{{"name", "p"}, {"type", "duration"}, {"optional", false}, {"env", "P"}, {"default", 5}}}},
      {"sources",
       {{{"id", 0},
         {"name", "s"},
         {"operator", "s/source"},
         {"connector", "file"},
         {"format", "json"},
         {"options", {{"path", {{"concat", {"a", {{"param", 0}}, {{"env", "X"}, {"default", "d"}}}}}}}},
         {"columns", {column("a.b\\.c", "i64"), checked}},
         {"wait_us", 7},
         {"idle_us", nullptr},
         {"max_ahead_us", nullptr},
         {"has_time", true},
         {"decode_site", 0},
         {"process", 0}}}},
      {"exchanges", {{{"id", 0}, {"kind", "hash"}, {"columns", exchanged}}}},
      {"flattens", json::array()},
      {"decoders", json::array()},
      {"tables",
       {{{"id", 0},
         {"operator", "t"},
         {"process", 1},
         {"key", {{"columns", {column("a", "i64")}}, {"fixed", 8}}},
         {"cell", {{"size", 16}, {"fields", {{{"id", 1}, {"name", "n"}, {"type", "i64"}, {"offset", 8}}}}}},
         {"window", {{"kind", "tumble"}, {"size_us", 10}, {"offset_us", 0}}},
         {"fire", 2},
         {"fired", {{"columns", {column("a", "i64")}}, {"process", 2}}}}}},
      {"processes",
       {{{"id", 0},
         {"input", {{"kind", "source"}, {"id", 0}}},
         {"function", 0},
         {"columns", {column("x", "i64")}},
         {"outputs", {{{"kind", "exchange"}, {"id", 0}}}},
         {"tables", json::array()}},
        {{"id", 1},
         {"input", {{"kind", "exchange"}, {"id", 0}}},
         {"function", 1},
         {"columns", exchanged},
         {"outputs", json::array()},
         {"tables", {0}}},
        {{"id", 2},
         {"input", {{"kind", "fired"}, {"id", 0}}},
         {"function", 1},
         {"columns", {column("a", "i64")}},
         {"outputs", {{{"kind", "sink"}, {"id", 0}}}},
         {"tables", json::array()}},
        {{"id", 3},
         {"input", {{"kind", "errors"}, {"id", 0}}},
         {"function", 1},
         {"columns", errors_columns},
         {"outputs", {{{"kind", "sink"}, {"id", 0}}}},
         {"tables", json::array()}}}},
      {"one_worker", {{{"process", 0}, {"function", 2}, {"outputs", json::array()}, {"tables", {0}}, {"inside", {1}}}}},
      {"sinks",
       {{{"id", 0},
         {"name", "o"},
         {"connector", "stdout"},
         {"format", "json"},
         {"columns", {column("a", "i64")}},
         {"encode_site", 0}}}},
      {"errors", {{{"id", 0}, {"policy", "stream"}, {"process", 3}}, {{"id", 1}, {"policy", "fail"}}}},
      {"sites",
       {{{"id", 0},
         {"cause", "decode"},
         {"step", "s"},
         {"place", "f:1:1"},
         {"message", "m"},
         {"errors", 0},
         {"source", "s"}}}},
  };
}

const json& goodManifest() {
  static const json kManifest = makeManifest();
  return kManifest;
}

constexpr uint64_t kFunctions = 3;

std::string complaint(const json& manifest) {
  Result<JobPlan> plan = parseJobPlan(manifest.dump(), kFunctions);
  return plan ? "" : plan.error().text;
}

TEST(JobPlan, ReadsWhatTheCompilerWrites) {
  Result<JobPlan> plan = parseJobPlan(goodManifest().dump(), kFunctions);
  ASSERT_TRUE(plan) << plan.error().text;
  EXPECT_EQ(plan->sources[0].wait_us, 7);
  EXPECT_EQ(plan->sources[0].idle_us, std::nullopt);
  EXPECT_EQ(plan->sources[0].max_record, 16 << 20);
  EXPECT_EQ(plan->sources[0].columns[0].path, (std::vector<std::string>{"a", "b.c"}));
  EXPECT_TRUE(plan->sources[0].columns[1].check);
  const OptionValue& path = plan->sources[0].options.at("path");
  EXPECT_EQ(path.kind, OptionValue::Kind::kConcat);
  EXPECT_EQ(path.parts[1].param, 0u);
  EXPECT_EQ(path.parts[2].variable, "X");
  EXPECT_EQ(plan->exchanges[0].columns[1].role, ColumnRole::kWatermark);
  EXPECT_EQ(plan->tables[0].key_fixed, 8u);
  EXPECT_EQ(plan->tables[0].window->size_us, 10);
  EXPECT_EQ(plan->errors[1].policy, ErrorPolicy::kFail);
  EXPECT_EQ(plan->stageOf(2), 1u);
  EXPECT_EQ(plan->stageOf(3), std::nullopt);
}

// With one worker a process takes in what stands behind its exchange, table included; rows are counted as before.
TEST(JobPlan, OneWorkerHandsNothingOver) {
  Result<JobPlan> plan = parseJobPlan(goodManifest().dump(), kFunctions);
  ASSERT_TRUE(plan) << plan.error().text;
  EXPECT_EQ(plan->processes[0].function, 0u);
  EXPECT_EQ(plan->tables[0].process, 1u);
  plan->takeOneWorker();
  EXPECT_EQ(plan->processes[0].function, 2u);
  EXPECT_TRUE(plan->processes[0].outputs.empty());
  EXPECT_EQ(plan->processes[0].tables, std::vector<uint32_t>{0});
  EXPECT_FALSE(plan->processes[0].inside);
  EXPECT_TRUE(plan->processes[1].inside);
  EXPECT_EQ(plan->tables[0].process, 0u);
  EXPECT_EQ(plan->tables[0].step, 1u);
  EXPECT_EQ(plan->stageOf(2), 0u);
}

TEST(JobPlan, NamesWhatIsWrong) {
  struct Damage {
    const char* pointer;
    json value;
    const char* words;
  };
  const Damage kDamages[] = {
      {"/format", 2, "/format"},
      {"/abi", 99, "made for another runtime"},
      {"/sources/0/id", 3, "ids are dense"},
      {"/sources/0/process", 9, "\"process\" = 9 does not exist"},
      {"/sources/0/process", 1, "its process does not read it"},
      {"/sources/0/columns/0/type", "i128", "this type does not exist"},
      {"/sources/0/columns/0/type", "string", "its process expects other columns"},
      {"/sources/0/columns/0/optional", true, "its process expects other columns"},
      {"/sources/0/wait_us", -1, "negative"},
      {"/sources/0/max_record", 0, "max_record"},
      {"/sources/0/decode_site", 5, "does not exist"},
      {"/sources/0/options/path", {{"parm", 0}}, "expected a constant"},
      {"/exchanges/0/kind", "broadcast", "this kind of exchange"},
      {"/exchanges/0/columns/1/type", "i8", "a time has 8 bytes"},
      {"/tables/0/process", 0, "its process does not own it"},
      {"/tables/0/fire", 3, "\"fire\" = 3 does not exist"},
      {"/tables/0/window/size_us", 0, "a window has a size"},
      {"/tables/0/window/kind", "hop", "this kind of window"},
      {"/tables/0/key/fixed", 17, "the key does not fit"},
      {"/tables/0/fired/process", 1, "does not read it"},
      {"/processes/0/function", 3, "\"function\" = 3"},
      {"/processes/0/outputs/0/id", 1, "does not exist"},
      {"/processes/1/outputs", {{{"kind", "exchange"}, {"id", 0}}}, "comes back to it"},
      {"/processes/3/columns/0/type", "i64", "rows of errors have other columns"},
      {"/one_worker/0/process", 4, "\"process\" = 4 does not exist"},
      {"/one_worker/0/function", 3, "\"function\" = 3"},
      {"/one_worker/0/inside/0", 2, "only what reads an exchange"},
      {"/one_worker/0/inside", json::array(), "table 0 belongs to another process"},
      {"/one_worker/0/tables/0", 7, "does not exist"},
      {"/errors/0/process", 2, "its errors go elsewhere"},
      {"/errors/1/policy", "ignore", "this policy"},
      {"/sites/0/errors", 2, "does not exist"},
      {"/sites/0/message", 7, "is not a text"},
      {"/params/0/type", "list", "parameter"},
      {"/sinks", "none", "is not a list"},
  };
  for (const Damage& damage : kDamages) {
    json manifest = goodManifest();
    manifest[json::json_pointer(damage.pointer)] = damage.value;
    std::string said = complaint(manifest);
    EXPECT_NE(said.find(damage.words), std::string::npos) << damage.pointer << " → " << said;
  }
}

// Every value, one after the other, taken away or replaced by something of another kind: a plan or a complaint, no
// crash.
TEST(JobPlan, NoDamageCrashes) {
  json flat = goodManifest().flatten();
  size_t complaints = 0, tried = 0;
  for (const auto& [pointer, value] : flat.items()) {
    for (const json& instead :
         {json(nullptr), json(-1), json(1u << 30), json("?"), json::array(), json::object(), json(1.5)}) {
      json manifest = goodManifest();
      manifest[json::json_pointer(pointer)] = instead;
      ++tried;
      complaints += complaint(manifest).empty() ? 0 : 1;
    }
    json manifest = goodManifest();
    json::json_pointer place(pointer);
    json& parent = manifest[place.parent_pointer()];
    if (parent.is_object()) parent.erase(place.back());
    complaint(manifest);
  }
  EXPECT_GT(complaints, tried / 2);
}

TEST(JobPlan, CutTextIsNoManifest) {
  std::string text = goodManifest().dump();
  for (size_t size = 0; size < text.size(); size += 7) {
    EXPECT_FALSE(parseJobPlan(std::string_view(text).substr(0, size), kFunctions));
  }
  EXPECT_FALSE(parseJobPlan("[]", kFunctions));
  EXPECT_FALSE(parseJobPlan("\xff", kFunctions));
}

}  // namespace
}  // namespace streamrt
