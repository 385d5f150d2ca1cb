// MLIR values as LLVM values. A value is kept in parts, never as a struct: a string is {data, size}, a list {data,
// count}, an optional the parts of its value and one i1 more (true = present), everything else one part. So nothing has
// to be taken apart again by LLVM, and an unused part costs nothing.
#ifndef CODEGEN_LOWER_VALUES_H
#define CODEGEN_LOWER_VALUES_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"
#include "mlir/IR/Types.h"

namespace streamc::codegen {

using Parts = llvm::SmallVector<llvm::Value*, 3>;

bool isOptional(mlir::Type type);
bool isString(mlir::Type type);  // or bytes: what is a view {data, size}
bool isList(mlir::Type type);
mlir::Type withoutOptional(mlir::Type type);

// Types of the parts, of a column or storage type.
llvm::SmallVector<llvm::Type*, 3> partTypes(llvm::LLVMContext& context, mlir::Type type);

// All parts zero: null, the empty string, 0. What a value is where nobody may look at it.
Parts zeroValue(llvm::LLVMContext& context, mlir::Type type);

inline llvm::ArrayRef<llvm::Value*> withoutPresence(llvm::ArrayRef<llvm::Value*> parts) { return parts.drop_back(); }

// Values in memory as runtime-lib/abi/values.h has them. `validity` is the address of the validity byte; null when the
// type is not optional. `align` is what is known about `slot` (packed keys: 1); 0 is natural.
Parts loadValue(llvm::IRBuilderBase& builder, mlir::Type type, llvm::Value* slot, llvm::Value* validity,
                unsigned align = 0);
void storeValue(llvm::IRBuilderBase& builder, mlir::Type type, llvm::ArrayRef<llvm::Value*> parts, llvm::Value* slot,
                llvm::Value* validity, unsigned align = 0);

// The address `bytes` behind `base`.
llvm::Value* offsetBy(llvm::IRBuilderBase& builder, llvm::Value* base, uint64_t bytes);

}  // namespace streamc::codegen

#endif
