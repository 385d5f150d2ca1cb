// What every checker of one compilation shares: the texts, the messages, the types.
//
// Lives on the stack of check(); everything else in this room holds a reference to it. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dsl/diagnostic.h"
#include "dsl/source_file.h"
#include "dsl/type.h"
#include "frontend/sema/check.h"

namespace streamc::sema {

struct Context {
  const SourceFiles& files;
  DiagnosticSink& sink;
  const CheckOptions& options;
  TypeContext& types;
  unsigned locals_made = 0;   // numbers the names that the checker itself binds
  std::uint32_t resting = 0;  // see Resting

  // The text as the user wrote it, for messages and edits.
  std::string text(Span span) const { return std::string(files.get(span).text(span)); }
  TypeRef error() const { return types.scalar(TypeKind::kError); }
  TypeRef boolean() const { return types.scalar(TypeKind::kBool); }
  TypeRef i64() const { return types.scalar(TypeKind::kI64); }
  TypeRef f64() const { return types.scalar(TypeKind::kF64); }
  TypeRef timestamp() const { return types.scalar(TypeKind::kTimestamp); }
  TypeRef duration() const { return types.scalar(TypeKind::kDuration); }
};

// A declaration that is being worked out, perhaps because another one rests on it, and so on: each is a few frames of
// the stack and each expression more of them by its depth, so a chain may only be so long. Declarations that stand
// before their use are worked out before it and rest on nothing.
class Resting {
 public:
  static constexpr std::uint32_t kMax = 2000;

  Resting(Context& context, std::uint32_t weight) : context_(context), weight_(weight) { context_.resting += weight_; }
  Resting(const Resting&) = delete;
  Resting& operator=(const Resting&) = delete;
  ~Resting() { context_.resting -= weight_; }

  // True: this is too much, and has been reported of the declaration called so. Its meaning is the error of its kind.
  bool isTooDeep(const std::string& name, Span span) const;

 private:
  Context& context_;
  const std::uint32_t weight_;
};

// True: a type was made too large since the last time, and that has been reported at `span`.
bool reportTooLarge(Context& context, Span span);

// "an i64", "a record with 12 fields", "`Order`": a type in a sentence, never longer than a line.
std::string describe(TypeRef type);

}  // namespace streamc::sema
