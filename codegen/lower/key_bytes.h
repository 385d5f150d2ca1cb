// Canonical key bytes (layout/cell_layout.h) in generated code: made from the values of a key, and taken apart again
// when a window fires.
#ifndef CODEGEN_LOWER_KEY_BYTES_H
#define CODEGEN_LOWER_KEY_BYTES_H

#include "codegen/lower/row_emitter.h"

namespace streamc::codegen {

struct KeyBytes {
  llvm::Value* data;  // ptr
  llvm::Value* size;  // i64
};

// A key that is one string is used where it lies; a fixed key is put together on the stack, another in scratch memory.
KeyBytes makeKeyBytes(RowEmitter& emitter, llvm::ArrayRef<mlir::Type> types, llvm::ArrayRef<Parts> values);

// The values of a key from its canonical bytes. Strings are views into them.
llvm::SmallVector<Parts> readKeyBytes(RowEmitter& emitter, llvm::ArrayRef<mlir::Type> types, const KeyBytes& bytes);

}  // namespace streamc::codegen

#endif
