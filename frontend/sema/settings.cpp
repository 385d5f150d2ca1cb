// job … with { … }: the settings of a job, one row each.
#include <algorithm>

#include "frontend/sema/constants.h"
#include "frontend/sema/graph.h"
#include "frontend/sema/suggest.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kUnknownSetting, "E0810", Severity::kError, "a setting of a job that does not exist");
STREAMC_DIAGNOSTIC(kSettingValue, "E0811", Severity::kError, "a setting has a value that it does not take");

namespace {

constexpr const char* kSettingNames[] = {"delivery", "checkpoint", "errors", "parallelism",
                                         "mode",     "edition",    "name",   "state"};

bool wrong(Context& context, Span span, const std::string& message) {
  context.sink.report(Diagnostic(kSettingValue, span, message));
  return false;
}

// One of the words; null after a report.
const std::string* wordOf(Context& context, const ast::Expr& value, const std::string& name,
                          const std::vector<std::string>& words) {
  const auto* word = value.as<ast::NameRef>();
  if (word != nullptr && std::find(words.begin(), words.end(), word->name.text) != words.end()) return &word->name.text;
  std::string all;
  for (const std::string& choice : words) all += (all.empty() ? "`" : ", `") + choice + "`";
  Diagnostic diagnostic(kSettingValue, value.span, "`" + name + "` is one of " + all);
  if (word != nullptr) {
    std::string best = nearest(word->name.text, words);
    if (!best.empty()) diagnostic.fix(Fix::replace(value.span, best, "replace it"));
  }
  context.sink.report(std::move(diagnostic));
  return nullptr;
}

}  // namespace

// errors: stderr | fail | skip | none | a sink | { to: …, limit: … }
void Graph::errorsSetting(const ast::Expr& value, Scope& names) {
  using Policy = ErrorScope::Policy;
  if (const auto* record = value.as<ast::RecordExpr>()) {
    for (const ast::RecordItem& item : record->items) {
      if (item.kind == ast::RecordItem::Kind::kField && item.value != nullptr && item.name().text == "to")
        errorsSetting(*item.value, names);
    }
    job.notBuilt("limits of errors", value.span);
    return;
  }
  ast::Path path;
  const ast::Expr* at = &value;
  while (const auto* field = at->as<ast::FieldExpr>()) {
    path.names.insert(path.names.begin(), field->name);
    at = field->base.get();
  }
  if (const auto* name = at->as<ast::NameRef>()) path.names.insert(path.names.begin(), name->name);
  Scope* scope = &names;
  for (std::size_t i = 0; i + 1 < path.names.size(); ++i) {
    Scope* module = nullptr;
    if (!scope->findModule(path.names[i].text, &module)) break;
    if (module == nullptr) return;
    scope = module;
  }
  std::string word = path.names.empty() ? "" : path.last().text;
  Entity* entity = path.names.empty() ? nullptr : scope->findValue(word);
  if (entity != nullptr &&
      (entity->decl->as<ast::SinkDecl>() != nullptr || entity->decl->as<ast::ChannelDecl>() != nullptr)) {
    errors_sink_ = entity;
    errors_span_ = value.span;
    return;
  }
  ErrorScope& errors = job.program.error_scopes[0];
  if (word == "stderr") {
    errors.policy = Policy::kStderr;
  } else if (word == "fail") {
    errors.policy = Policy::kFail;
  } else if (word == "skip") {
    errors.policy = Policy::kSkip;
  } else if (word == "none") {
    errors_none_ = value.span;
  } else {
    Diagnostic diagnostic(kSettingValue, value.span,
                          "`errors` is `stderr`, `fail`, `skip`, `none` or the name of a sink");
    std::vector<std::string> candidates =
        names.valueNames([](const ast::Decl& d) { return d.as<ast::SinkDecl>() != nullptr; });
    for (const char* choice : {"stderr", "fail", "skip", "none"}) candidates.emplace_back(choice);
    std::string best = nearest(word, candidates);
    if (!best.empty()) diagnostic.fix(Fix::replace(value.span, best, "replace it"));
    context.sink.report(std::move(diagnostic));
  }
}

void Graph::settings(const ast::Settings& written, Scope& names) {
  Settings& settings = job.program.settings;
  for (const ast::RecordItem& item : written.record.items) {
    if (item.kind != ast::RecordItem::Kind::kField || item.value == nullptr || item.path.names.empty()) {
      if (item.kind != ast::RecordItem::Kind::kField) wrong(context, item.span, "a setting is written `name: value`");
      continue;
    }
    const std::string& name = item.name().text;
    const ast::Expr& value = *item.value;
    if (name == "delivery") {
      const std::string* word = wordOf(context, value, name, {"at_least_once", "exactly_once"});
      if (word != nullptr) settings.delivery = *word;
      delivery_span = item.span;
    } else if (name == "mode") {
      const std::string* word = wordOf(context, value, name, {"bounded", "live"});
      settings.bounded_mode = word != nullptr && *word == "bounded";
    } else if (name == "errors") {
      errorsSetting(value, names);
    } else if (name == "checkpoint") {
      auto interval = duration(value, names, "`checkpoint`");
      if (interval) settings.checkpoint_us = interval;
    } else if (name == "parallelism") {
      ExprChecker checker(job, names, {.allows_env = true, .place = "in the settings of a job"});
      ExprRef number = checker.checkAs(value, context.i64(), "`parallelism`");
      if (number->type->isError()) continue;
      auto constant = constantInteger(*number);
      if (constant && *constant < 1) wrong(context, value.span, "`parallelism` is at least 1");
      if (!constant) job.notBuilt("settings that are computed from parameters", value.span);
      settings.parallelism = constant;
    } else if (name == "edition") {
      const auto* number = value.as<ast::IntLiteral>();
      if (number == nullptr || number->value != 1) wrong(context, value.span, "the only edition of the language is 1");
    } else if (name == "name" || name == "state") {
      job.notBuilt("the setting `" + name + "`", item.span);
    } else {
      Diagnostic diagnostic(kUnknownSetting, item.name().span, "a job has no setting `" + name + "`");
      suggest(diagnostic, item.name().span, name, {std::begin(kSettingNames), std::end(kSettingNames)}, "settings");
      context.sink.report(std::move(diagnostic));
    }
  }
}

}  // namespace streamc::sema
