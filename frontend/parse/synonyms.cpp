#include "frontend/parse/synonyms.h"

namespace streamc::parse {

namespace {

constexpr Synonym kSynonyms[] = {
    {"having", "a condition on results is a `where` after `aggregate`", "where"},
    {"filter", "records are kept with `where`", "where"},
    {"map", "a new row is made with `select`, fields are added with `extend`", "select"},
    {"project", "a new row is made with `select`", "select"},
    {"with_column", "fields are added with `extend`", "extend"},
    {"group", "groups are the `by` of an aggregate: aggregate { n: count() } by field", ""},
    {"groupby", "groups are the `by` of an aggregate: aggregate { n: count() } by field", ""},
    {"summarize", "results of groups are an `aggregate`", "aggregate"},
    {"reduce", "results of groups are an `aggregate`", "aggregate"},
    {"count", "rows are counted by an aggregate: aggregate { n: count() }", ""},
    {"order", "rows are sorted with `sort by`, and the greatest are taken with `top`", ""},
    {"orderby", "rows are sorted with `sort by`, and the greatest are taken with `top`", ""},
    {"take", "the first rows are taken with `limit`", "limit"},
    {"head", "the first rows are taken with `limit`", "limit"},
    {"unnest", "a list becomes rows with `flatten … as …`", ""},
    {"explode", "a list becomes rows with `flatten … as …`", ""},
    {"flatmap", "a list becomes rows with `flatten … as …`", ""},
    {"inner", "a plain `join` is an inner join", ""},
    {"right", "only `join` and `left join` exist: begin with the other stream", ""},
    {"full", "only `join` and `left join` exist", ""},
    {"outer", "only `join` and `left join` exist", ""},
    {"cross", "a join needs `on` with at least one equality", ""},
    {"insert", "rows are sent with `to`", ""},
    {"into", "rows are sent with `to`", "to"},
    {"sink", "rows are sent with `to`", "to"},
    {"write", "rows are sent with `to`", "to"},
    {"print", "rows are printed with `to stdout`", ""},
    {"tumble", "windows are a step of their own: window tumble 1m", "window tumble"},
    {"hop", "windows are a step of their own: window hop 1h every 5m", "window hop"},
    {"session", "windows are a step of their own: window session gap 30m", "window session"},
    {"deduplicate", "copies are dropped with `dedup by … within …`", ""},
    {"unique", "values are listed once with `distinct`", "distinct"},
    {"switch", "records are divided with `route { when … => … }`", ""},
    {"split", "records are divided with `route { when … => … }`", ""},
    {"union", "streams are united at the beginning of a pipeline: union(a, b) | …", ""},
    {"from", "a pipeline begins with `from`; it cannot come later", ""},
    {"qualify", "the first of each group are taken with `top … per …`", ""},
    {"partition", "keys are said with `by` in the step that needs them, or with `key by`", ""},
};

}  // namespace

const Synonym* findSynonym(std::string_view word) {
  for (const Synonym& row : kSynonyms) {
    if (row.word == word) return &row;
  }
  return nullptr;
}

}  // namespace streamc::parse
