// The steps: each takes the stream before it and gives the one behind it, and reports what does not fit.
//
// One function a step, one file a family. A step that gets a failed stream is not called (Graph::step sees to it).
#pragma once

#include "frontend/sema/graph.h"
#include "frontend/sema/options.h"

namespace streamc::sema {

// steps_filter.cpp
StreamInfo whereStep(Graph& graph, StreamInfo in, const ast::WhereStep& step, const Place& place);
StreamInfo assertStep(Graph& graph, StreamInfo in, const ast::AssertStep& step, const Place& place);
StreamInfo amountStep(Graph& graph, StreamInfo in, const ast::AmountStep& step, const Place& place);
StreamInfo sortStep(Graph& graph, StreamInfo in, const ast::SortStep& step, const Place& place);
// steps_shape.cpp
StreamInfo shapeStep(Graph& graph, StreamInfo in, const ast::ShapeStep& step, const Place& place);
StreamInfo dropStep(Graph& graph, StreamInfo in, const ast::DropStep& step, const Place& place);
StreamInfo renameStep(Graph& graph, StreamInfo in, const ast::RenameStep& step, const Place& place);
// steps_nested.cpp
StreamInfo onlyStep(Graph& graph, StreamInfo in, const ast::OnlyStep& step, const Place& place);
StreamInfo flattenStep(Graph& graph, StreamInfo in, const ast::FlattenStep& step, const Place& place);
StreamInfo decodeStep(Graph& graph, StreamInfo in, const ast::DecodeStep& step, const Place& place);
StreamInfo routeStep(Graph& graph, StreamInfo in, const ast::RouteStep& step, const Place& place);
StreamInfo callStep(Graph& graph, StreamInfo in, const ast::CallStep& step, const Place& place);
// steps_window.cpp
StreamInfo windowStep(Graph& graph, StreamInfo in, const ast::WindowStep& step, const Place& place);
// steps_aggregate.cpp
StreamInfo aggregateStep(Graph& graph, StreamInfo in, const ast::AggregateStep& step, const Place& place);
StreamInfo keyStep(Graph& graph, StreamInfo in, const ast::KeyStep& step, const Place& place);
// steps_table.cpp
StreamInfo topStep(Graph& graph, StreamInfo in, const ast::TopStep& step, const Place& place);
StreamInfo distinctStep(Graph& graph, StreamInfo in, const ast::DistinctStep& step, const Place& place);
StreamInfo dedupStep(Graph& graph, StreamInfo in, const ast::DedupStep& step, const Place& place);
StreamInfo latestStep(Graph& graph, StreamInfo in, const ast::LatestStep& step, const Place& place);
StreamInfo changesStep(Graph& graph, StreamInfo in, const Place& place);
StreamInfo emitStep(Graph& graph, StreamInfo in, const ast::EmitClause& emit, const Place& place);
// steps_join.cpp
StreamInfo joinStep(Graph& graph, StreamInfo in, const ast::JoinStep& step, const Place& place);
StreamInfo lookupStep(Graph& graph, StreamInfo in, const ast::LookupStep& step, const Place& place);
// steps_match.cpp
StreamInfo matchStep(Graph& graph, StreamInfo in, const ast::MatchStep& step, const Place& place);
// steps_sink.cpp
StreamInfo toStep(Graph& graph, StreamInfo in, const ast::ToStep& step, const Place& place);
// one_of.cpp: to one_of(name, { a: sink_a, b: null })
void oneOfSink(Graph& graph, const StreamInfo& in, const ConnectorCall& call, Scope& names, const Place& place);
// pipes.cpp: whether the rows have what a pipe or process asks for; reports what is missing
bool fitsRow(Graph& graph, const StreamInfo& in, const ast::StreamType& type, const std::string& callee, Span span,
             const Scope& home);
// pipes.cpp
StreamInfo pipeStep(Graph& graph, StreamInfo in, const ast::PipeCallStep& step, const Place& place);
// processes.cpp
StreamInfo processOrigin(Graph& graph, const Entity& entity, const ast::PathCall& call, Scope& names, Group& group);

// Shared by the steps that keep rows: whether a bound is said and fits, as text for explain. (bounds.cpp)
struct BoundText {
  std::string text;  // "ttl 30d", "unbounded", "" when nothing was said
  bool is_said = false;
};
std::optional<BoundText> boundOf(Graph& graph, const StreamInfo& in, const std::optional<ast::Bound>& bound,
                                 const Place& place);
// The number of values of a key, if known: from `assume`, bool and enum.
std::optional<double> keyCount(const StreamInfo& in, const std::vector<std::string>& names, TypeRef row);
// Bytes of a value in state, and whether that is exact.
double sizeOf(TypeRef type);
std::string bytesText(double bytes);
std::string numberText(double number);
// "5 open windows × 200k keys × 58 B = 58 MB".
std::string windowBound(const StreamInfo& in, const WindowUse& window, const std::vector<std::string>& keys,
                        TypeRef key_row, double row_bytes);

// The keys of `by …` and `key by …`: fields or `name: expression`; floats and doubled names reported.
std::optional<std::vector<NamedExpr>> keysOf(Graph& graph, const StreamInfo& in, const std::vector<ast::Key>& keys,
                                             const Place& place, bool makes_table = false);

}  // namespace streamc::sema
