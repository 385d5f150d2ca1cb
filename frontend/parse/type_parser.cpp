// Types and parameters; see parser.h for how errors work.
#include <fmt/format.h>

#include <memory>

#include "frontend/parse/parser.h"

namespace streamc::parse {

// type : type_base ["?"]
ast::TypePtr Parser::parseType() {
  auto type = std::make_unique<ast::Type>();
  const std::uint32_t begin = this->begin();
  const Nesting nesting(*this);
  if (!nesting.ok()) {
    type->span = spanFrom(begin);
    return type;
  }
  type->node = at(TokenKind::kLeftBrace) ? parseRecordType() : parseNamedType();
  if (at(TokenKind::kQuestion)) {
    type->optional_span = currentSpan();
    advance();
  } else if (at(TokenKind::kQuestionQuestion)) {
    fail(Diagnostic(kSyntax, currentSpan(), "one `?` is enough: a value is there or it is not")
             .fix(Fix::replace(currentSpan(), "?", "write", Applicability::kMachineApplicable)));
  } else if (at(TokenKind::kLeftBracket) && peek(1).kind == TokenKind::kRightBracket) {
    const Span brackets = currentSpan().to(stream_.span(peek(1)));
    const std::string element(stream_.file->text(spanFrom(begin)));
    fail(Diagnostic(kSyntax, brackets, "a list type is written list<…>")
             .fix(Fix::replace(spanFrom(begin).to(brackets), "list<" + element + ">", "write",
                               Applicability::kMachineApplicable)));
  }
  type->span = spanFrom(begin);
  return type;
}

// path [type_args] [size_args]
ast::Type::Node Parser::parseNamedType() {
  if (!at(TokenKind::kName)) {
    failExpected("a type");
    return ast::ErrorType{};
  }
  ast::NamedType node;
  node.path = parsePath("a type");
  if (take(TokenKind::kLess)) {
    plainList([&] { node.args.push_back(parseType()); });
    closeAngle();
  }
  if (at(TokenKind::kLeftParen)) {
    openBracket(TokenKind::kLeftParen, "");
    plainList([&] { node.sizes.push_back(expectInt("a size, a whole number")); });
    closeBracket(TokenKind::kRightParen, "a size");
  }
  return node;
}

// The `>` of a type. `list<i64>= …` has `>=` there: its first half closes, its second stays.
void Parser::closeAngle() {
  if (!failed_ && at(TokenKind::kGreaterEqual)) {
    previous_ = tokens_[at_];
    previous_.kind = TokenKind::kGreater;
    previous_.end = previous_.begin + 1;
    tokens_[at_].kind = TokenKind::kAssign;
    tokens_[at_].begin += 1;
    tokens_[at_].after_break = false;
    return;
  }
  expect(TokenKind::kGreater, "to close the type's `<`");
}

ast::Type::Node Parser::parseRecordType() {
  ast::RecordType node;
  openBracket(TokenKind::kLeftBrace, "");
  commaList(TokenKind::kRightBrace, "a field", [&] { node.fields.push_back(parseTypeField()); });
  return node;
}

// field : NAME ":" type ["=" expr] | "..." [NAME]
ast::TypeField Parser::parseTypeField() {
  ast::TypeField field;
  const std::uint32_t begin = this->begin();
  if (take(TokenKind::kEllipsis)) {
    field.kind = ast::TypeField::Kind::kRest;
    if (at(TokenKind::kName)) field.name = takeName();
  } else {
    field.name = expectName("a field: `name: type`");
    if (at(TokenKind::kQuestion) && peek(1).kind == TokenKind::kColon) {
      fail(Diagnostic(kSyntax, currentSpan(), "the `?` of an optional field stands behind its type")
               .note(fmt::format("it is written: {}: type?", field.name->text)));
    }
    expect(TokenKind::kColon, "and a type after the field's name");
    field.type = parseType();
    if (take(TokenKind::kAssign)) field.default_value = parseExpr();
  }
  field.span = spanFrom(begin);
  return field;
}

// stream_type : ("stream" | "table") "<" type ">" facet*
ast::StreamType Parser::parseStreamType() {
  ast::StreamType out;
  const std::uint32_t begin = this->begin();
  if (!atWord("stream") && !atWord("table")) failExpected("`stream<…>` or `table<…>`");
  out.is_table = atWord("table");
  advance();
  expect(TokenKind::kLess, fmt::format("and the type of a row after `{}`", out.is_table ? "table" : "stream"));
  out.row = parseType();
  closeAngle();
  for (;;) {
    ast::Facet facet;
    const std::uint32_t facet_begin = this->begin();
    if (takeWord("time")) {
      facet.kind = ast::Facet::Kind::kTime;
    } else if (atWord("by") || atWord("key")) {
      facet.kind = atWord("by") ? ast::Facet::Kind::kBy : ast::Facet::Kind::kKey;
      advance();
      if (at(TokenKind::kLeftParen)) {
        openBracket(TokenKind::kLeftParen, "");
        plainList([&] { facet.names.push_back(expectName("a field")); });
        closeBracket(TokenKind::kRightParen, "a field");
      } else {
        facet.names.push_back(expectName("a field, or several in parentheses"));
      }
    } else {
      break;
    }
    facet.span = spanFrom(facet_begin);
    out.facets.push_back(std::move(facet));
  }
  out.span = spanFrom(begin);
  return out;
}

// params : "(" [param ("," param)* [","]] ")"
std::vector<ast::Param> Parser::parseParams() {
  std::vector<ast::Param> params;
  if (!openBracket(TokenKind::kLeftParen, "and the parameters")) return params;
  commaList(TokenKind::kRightParen, "a parameter", [&] { params.push_back(parseParam()); });
  return params;
}

// param : NAME ":" (type | stream_type) ["=" expr]
ast::Param Parser::parseParam() {
  ast::Param param;
  const std::uint32_t begin = this->begin();
  param.name = expectName("a parameter: `name: type`");
  expect(TokenKind::kColon, "and a type after the parameter's name");
  if (atWord("stream") || atWord("table")) {
    param.type = parseStreamType();
  } else {
    param.type = parseType();
  }
  if (take(TokenKind::kAssign)) param.default_value = parseExpr();
  param.span = spanFrom(begin);
  return param;
}

}  // namespace streamc::parse
