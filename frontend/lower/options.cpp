#include "frontend/lower/options.h"

#include "frontend/lower/columns.h"
#include "frontend/sema/constants.h"
#include "ir/stream/types.h"
#include "mlir/IR/Builders.h"

namespace streamc::lower {

namespace stream = ir::stream;

mlir::Attribute literalAttribute(const sema::Literal& literal, mlir::MLIRContext* context) {
  mlir::Builder builder(context);
  if (const bool* value = std::get_if<bool>(&literal.value)) return builder.getBoolAttr(*value);
  if (const double* value = std::get_if<double>(&literal.value)) return builder.getF64FloatAttr(*value);
  if (const std::string* value = std::get_if<std::string>(&literal.value)) return builder.getStringAttr(*value);
  if (const __int128* value = std::get_if<__int128>(&literal.value)) {
    // Only a u64 can be above the range of i64.
    bool is_unsigned = *value > INT64_MAX;
    mlir::Type type =
        is_unsigned ? mlir::IntegerType::get(context, 64, mlir::IntegerType::Unsigned) : builder.getI64Type();
    return builder.getIntegerAttr(type, llvm::APInt(64, static_cast<uint64_t>(*value)));
  }
  return builder.getUnitAttr();  // null
}

mlir::Attribute optionAttribute(const sema::OptionValue& value, mlir::MLIRContext* context) {
  switch (value.kind) {
    case sema::OptionValue::Kind::kLiteral:
      return literalAttribute(value.literal, context);
    case sema::OptionValue::Kind::kParam:
      return stream::ParamRefAttr::get(context, value.param);
    case sema::OptionValue::Kind::kEnv:
      return stream::EnvAttr::get(context, mlir::StringAttr::get(context, value.env),
                                  value.env_default ? optionAttribute(*value.env_default, context) : mlir::Attribute());
    case sema::OptionValue::Kind::kConcat: {
      llvm::SmallVector<mlir::Attribute> parts;
      for (const sema::OptionValue& part : value.parts) parts.push_back(optionAttribute(part, context));
      return stream::ConcatAttr::get(context, mlir::ArrayAttr::get(context, parts));
    }
  }
  llvm_unreachable("kind of option value");
}

mlir::DictionaryAttr optionsAttribute(const std::vector<sema::Option>& options, mlir::MLIRContext* context) {
  mlir::NamedAttrList attributes;
  for (const sema::Option& option : options) {
    // What sema has taken apart into other options has no value of its own.
    bool empty = option.value.kind == sema::OptionValue::Kind::kLiteral &&
                 std::holds_alternative<std::monostate>(option.value.literal.value);
    if (!empty) attributes.set(option.name, optionAttribute(option.value, context));
  }
  return attributes.getDictionary(context);
}

// Of a decimal, for which 64 bits are not enough, the text: 150.00.
static mlir::Attribute defaultAttribute(const sema::Literal& literal, TypeRef type, mlir::MLIRContext* context) {
  const __int128* value = std::get_if<__int128>(&literal.value);
  if (type->isOptional()) type = type->element;
  if (value == nullptr || !type->is(TypeKind::kDecimal)) return literalAttribute(literal, context);
  return mlir::StringAttr::get(context, sema::decimalText(*value, type->scale));
}

mlir::ArrayAttr paramsAttribute(const std::vector<sema::Param>& params, mlir::MLIRContext* context) {
  llvm::SmallVector<mlir::Attribute> attributes;
  for (const sema::Param& param : params) {
    mlir::Attribute value =
        param.default_value ? defaultAttribute(*param.default_value, param.type, context) : mlir::Attribute();
    mlir::StringAttr env = param.env.empty() ? mlir::StringAttr() : mlir::StringAttr::get(context, param.env);
    attributes.push_back(stream::ParamAttr::get(context, mlir::StringAttr::get(context, param.name),
                                                columnType(param.type, context), env, value));
  }
  return mlir::ArrayAttr::get(context, attributes);
}

mlir::DictionaryAttr settingsAttribute(const sema::Settings& settings, mlir::MLIRContext* context) {
  mlir::Builder builder(context);
  mlir::NamedAttrList attributes;
  attributes.set("delivery", builder.getStringAttr(settings.delivery));
  if (settings.checkpoint_us) attributes.set("checkpoint_us", builder.getI64IntegerAttr(*settings.checkpoint_us));
  if (settings.parallelism) attributes.set("parallelism", builder.getI64IntegerAttr(*settings.parallelism));
  if (settings.bounded_mode) attributes.set("bounded", builder.getUnitAttr());
  return attributes.getDictionary(context);
}

}  // namespace streamc::lower
