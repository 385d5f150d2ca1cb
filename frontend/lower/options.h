// Options, parameters and settings of a program as attributes. Internal to frontend/lower.
#pragma once

#include "frontend/sema/program.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace streamc::lower {

mlir::Attribute literalAttribute(const sema::Literal& literal, mlir::MLIRContext* context);
mlir::Attribute optionAttribute(const sema::OptionValue& value, mlir::MLIRContext* context);
mlir::DictionaryAttr optionsAttribute(const std::vector<sema::Option>& options, mlir::MLIRContext* context);
mlir::ArrayAttr paramsAttribute(const std::vector<sema::Param>& params, mlir::MLIRContext* context);
mlir::DictionaryAttr settingsAttribute(const sema::Settings& settings, mlir::MLIRContext* context);

}  // namespace streamc::lower
