// What every checker of one compilation shares: the texts, the messages, the types.
//
// Lives on the stack of check(); everything else in this room holds a reference to it. Not thread safe.
#pragma once

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
  unsigned locals_made = 0;  // numbers the names that the checker itself binds

  // The text as the user wrote it, for messages and edits.
  std::string text(Span span) const { return std::string(files.get(span).text(span)); }
  TypeRef error() const { return types.scalar(TypeKind::kError); }
  TypeRef boolean() const { return types.scalar(TypeKind::kBool); }
  TypeRef i64() const { return types.scalar(TypeKind::kI64); }
  TypeRef f64() const { return types.scalar(TypeKind::kF64); }
  TypeRef timestamp() const { return types.scalar(TypeKind::kTimestamp); }
  TypeRef duration() const { return types.scalar(TypeKind::kDuration); }
};

// "an i64", "a record with 12 fields", "`Order`": a type in a sentence, never longer than a line.
std::string describe(TypeRef type);

}  // namespace streamc::sema
