// service: the settings and signatures of what `call` asks.
#include "frontend/sema/options.h"
#include "frontend/sema/suggest.h"
#include "frontend/sema/tests.h"

namespace streamc::sema {

STREAMC_DIAGNOSTIC(kServiceSetting, "E0813", Severity::kError,
                   "a setting of a service that does not exist or has a wrong value");
STREAMC_DIAGNOSTIC(kServiceKind, "E0814", Severity::kError, "a service at an unknown kind of place");

namespace {

enum class Wants : uint8_t { kDuration, kRate, kCount, kBool, kRetry, kCache, kDurations, kWords };
struct SettingRow {
  std::string_view owner, name;
  Wants wants;
};
constexpr SettingRow kSettings[] = {
    {"", "timeout", Wants::kDuration},  {"", "retry", Wants::kRetry},
    {"", "rate", Wants::kRate},         {"", "concurrency", Wants::kCount},
    {"", "cache", Wants::kCache},       {"", "ordered", Wants::kBool},
    {"retry", "times", Wants::kCount},  {"retry", "backoff", Wants::kDurations},
    {"retry", "on", Wants::kWords},     {"cache", "entries", Wants::kCount},
    {"cache", "ttl", Wants::kDuration},
};

void checkSettings(Graph& graph, const ast::RecordExpr& record, std::string_view owner, const Scope& names) {
  for (const ast::RecordItem& item : record.items) {
    if (item.kind != ast::RecordItem::Kind::kField || item.value == nullptr || item.path.names.empty()) continue;
    const SettingRow* row = nullptr;
    std::vector<std::string> candidates;
    for (const SettingRow& candidate : kSettings) {
      if (candidate.owner != owner) continue;
      candidates.emplace_back(candidate.name);
      if (candidate.name == item.name().text) row = &candidate;
    }
    if (row == nullptr) {
      Diagnostic diagnostic(kServiceSetting, item.name().span,
                            (owner.empty() ? std::string("a service") : "`" + std::string(owner) + "`") +
                                " has no setting `" + item.name().text + "`");
      suggest(diagnostic, item.name().span, item.name().text, candidates, "settings");
      graph.context.sink.report(std::move(diagnostic));
      continue;
    }
    const ast::Expr& value = *item.value;
    std::string role = "`" + item.name().text + "`";
    ExprChecker checker(graph.job, names, {.allows_env = true, .place = "in the settings of a service"});
    auto wrong = [&](const std::string& message) {
      graph.context.sink.report(Diagnostic(kServiceSetting, value.span, role + message));
    };
    switch (row->wants) {
      case Wants::kDuration:
        graph.duration(value, names, role);
        break;
      case Wants::kCount:
        graph.count(value, names, role);
        break;
      case Wants::kBool:
        checker.checkAs(value, graph.context.boolean(), role);
        break;
      case Wants::kRate:
        if (!value.is<ast::RateLiteral>()) wrong(" is a rate, like `2000/s`");
        break;
      case Wants::kDurations:
        checker.checkAs(value, graph.context.types.list(graph.context.duration()), role);
        break;
      case Wants::kWords:
        if (!value.is<ast::ListExpr>()) wrong(" is a list of reasons, like `[timeout, unavailable]`");
        break;
      case Wants::kRetry:
      case Wants::kCache:
        if (const auto* inner = value.as<ast::RecordExpr>()) {
          checkSettings(graph, *inner, row->name, names);
        } else {
          wrong(" is a record of settings: `{ … }`");
        }
        break;
    }
  }
}

}  // namespace

void checkService(Graph& graph, Entity& entity) {
  const ast::ServiceDecl& service = *entity.decl->as<ast::ServiceDecl>();
  graph.job.notBuilt("services", entity.name->span);
  if (service.at != nullptr) {
    ConnectorCall at = connectorCall(graph.context, *service.at);
    if (at.name != nullptr && at.name->text != "http" && at.name->text != "grpc") {
      Diagnostic diagnostic(kServiceKind, at.name->span, "there is no service of the kind `" + at.name->text + "`");
      suggest(diagnostic, at.name->span, at.name->text, {"http", "grpc"}, "kinds");
      graph.context.sink.report(std::move(diagnostic));
    }
  }
  if (service.settings) checkSettings(graph, service.settings->record, "", *entity.home);
  for (const ast::ServiceFn& function : service.functions) {
    for (const ast::Param& param : function.params) {
      const auto* type = std::get_if<ast::TypePtr>(&param.type);
      if (type != nullptr && *type != nullptr) graph.job.declarations.type(**type, *entity.home);
    }
    if (function.result != nullptr) graph.job.declarations.type(*function.result, *entity.home);
  }
}

}  // namespace streamc::sema
