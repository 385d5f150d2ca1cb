// Text: constants, comparison, f-strings.
#include "codegen/lower/module_state.h"
#include "codegen/lower/row_emitter.h"
#include "llvm/Support/ErrorHandling.h"
#include "mlir/IR/BuiltinTypes.h"

namespace streamc::codegen {
namespace {

namespace stream = ir::stream;

llvm::FunctionCallee memcmpOf(llvm::Module& module) {
  llvm::LLVMContext& context = module.getContext();
  auto* pointer = llvm::PointerType::getUnqual(context);
  return module.getOrInsertFunction("memcmp", llvm::Type::getInt32Ty(context), pointer, pointer,
                                    llvm::Type::getInt64Ty(context));
}

// The builtin that makes a text of a value of this column type.
AbiFn textBuiltin(mlir::Type type) {
  if (type.isInteger(1)) return AbiFn::stream_text_of_bool;
  if (type.isUnsignedInteger()) return AbiFn::stream_text_of_u64;
  if (mlir::isa<mlir::IntegerType>(type)) return AbiFn::stream_text_of_i64;
  if (type.isF32()) return AbiFn::stream_text_of_f32;
  if (type.isF64()) return AbiFn::stream_text_of_f64;
  if (mlir::isa<stream::TimestampType>(type)) return AbiFn::stream_text_of_timestamp;
  if (mlir::isa<stream::DurationType>(type)) return AbiFn::stream_text_of_duration;
  if (mlir::isa<stream::DateType>(type)) return AbiFn::stream_text_of_date;
  llvm::report_fatal_error("codegen: a type without a text");
}

}  // namespace

bool RowEmitter::emitText(mlir::Operation* op) {
  if (auto constant = mlir::dyn_cast<stream::StringConstantOp>(op)) {
    bind(constant, module_.text(constant.getValue()));
  } else if (auto compare = mlir::dyn_cast<stream::CompareStringOp>(op)) {
    bind(compare, compareText(compare));
  } else if (auto format = mlir::dyn_cast<stream::FormatOp>(op)) {
    llvm::SmallVector<Parts> texts;
    auto addLiteral = [&](mlir::Attribute part) {
      llvm::StringRef literal = mlir::cast<mlir::StringAttr>(part).getValue();
      if (!literal.empty()) texts.push_back(module_.text(literal));
    };
    addLiteral(format.getParts()[0]);
    for (auto [i, value] : llvm::enumerate(format.getValues())) {
      texts.push_back(textOf(mlir::cast<mlir::TypeAttr>(format.getTypes()[i]).getValue(), get(value)));
      addLiteral(format.getParts()[i + 1]);
    }
    bind(format, concatenate(texts));
  } else if (auto rank = mlir::dyn_cast<stream::RankOp>(op)) {
    emitRank(rank);
  } else {
    return false;
  }
  return true;
}

// Bytewise, which is the order of code points. Equality looks at the sizes first, and compares with a constant size
// where one side is a constant, so that LLVM can do without a call.
llvm::Value* RowEmitter::compareText(stream::CompareStringOp op) {
  const Parts lhs = get(op.getLhs()), rhs = get(op.getRhs());
  const auto predicate = op.getPredicate();
  const bool equality =
      predicate == stream::ComparePredicate::kEqual || predicate == stream::ComparePredicate::kNotEqual;
  llvm::FunctionCallee compare = memcmpOf(module_.module());
  auto wide = [&](llvm::Value* size) { return builder_.CreateZExt(size, builder_.getInt64Ty()); };

  if (equality) {
    llvm::BasicBlock* from = builder_.GetInsertBlock();
    llvm::BasicBlock* look = makeBlock("same.size");
    llvm::BasicBlock* done = makeBlock("compared");
    builder_.CreateCondBr(builder_.CreateICmpEQ(lhs[1], rhs[1]), look, done);
    begin(look);
    llvm::Value* size = llvm::isa<llvm::Constant>(rhs[1]) ? rhs[1] : lhs[1];
    llvm::Value* order = builder_.CreateCall(compare, {lhs[0], rhs[0], wide(size)});
    llvm::Value* same = builder_.CreateICmpEQ(order, builder_.getInt32(0));
    builder_.CreateBr(done);
    begin(done);
    auto* equal = builder_.CreatePHI(builder_.getInt1Ty(), 2);
    equal->addIncoming(builder_.getFalse(), from);
    equal->addIncoming(same, look);
    return predicate == stream::ComparePredicate::kEqual ? equal : builder_.CreateNot(equal);
  }
  llvm::Value* common = builder_.CreateBinaryIntrinsic(llvm::Intrinsic::umin, lhs[1], rhs[1]);
  llvm::Value* order = builder_.CreateCall(compare, {lhs[0], rhs[0], wide(common)});
  llvm::Value* by_size = builder_.CreateSub(wide(lhs[1]), wide(rhs[1]));
  llvm::Value* by_bytes = builder_.CreateSExt(order, builder_.getInt64Ty());
  llvm::Value* all = builder_.CreateSelect(builder_.CreateICmpEQ(order, builder_.getInt32(0)), by_size, by_bytes);
  llvm::Value* zero = builder_.getInt64(0);
  switch (predicate) {
    case stream::ComparePredicate::kLess:
      return builder_.CreateICmpSLT(all, zero);
    case stream::ComparePredicate::kLessEqual:
      return builder_.CreateICmpSLE(all, zero);
    case stream::ComparePredicate::kGreater:
      return builder_.CreateICmpSGT(all, zero);
    case stream::ComparePredicate::kGreaterEqual:
      return builder_.CreateICmpSGE(all, zero);
    case stream::ComparePredicate::kEqual:
    case stream::ComparePredicate::kNotEqual:
      break;
  }
  llvm_unreachable("compare predicate");
}

// The text of a value as f-strings and string(x) write it; null is "null".
Parts RowEmitter::textOf(mlir::Type type, llvm::ArrayRef<llvm::Value*> parts) {
  if (isOptional(type)) {
    Parts text = textOf(withoutOptional(type), withoutPresence(parts));
    Parts null = module_.text("null");
    return {builder_.CreateSelect(parts.back(), text[0], null[0]),
            builder_.CreateSelect(parts.back(), text[1], null[1])};
  }
  if (isString(type)) return Parts(parts.begin(), parts.end());
  if (auto symbols = mlir::dyn_cast<stream::EnumType>(type)) return symbolText(symbols, parts.front());
  llvm::Value* value = parts.front();
  llvm::AllocaInst* slot = stackSlot(16, "text");
  mlir::Type text = stream::StringType::get(type.getContext());
  if (auto decimal = mlir::dyn_cast<stream::DecimalType>(type)) {
    value = builder_.CreateSExt(value, builder_.getInt128Ty());
    abi().call(builder_, AbiFn::stream_text_of_decimal, {task_, slot, value, builder_.getInt32(decimal.getScale())});
    return loadValue(builder_, text, slot, nullptr);
  }
  AbiFn builtin = textBuiltin(type);
  if (type.isInteger(1)) {
    value = builder_.CreateZExt(value, builder_.getInt8Ty());
  } else if (mlir::isa<mlir::IntegerType>(type)) {
    value = type.isUnsignedInteger() ? builder_.CreateZExt(value, builder_.getInt64Ty())
                                     : builder_.CreateSExt(value, builder_.getInt64Ty());
  }
  abi().call(builder_, builtin, {task_, slot, value});
  return loadValue(builder_, text, slot, nullptr);
}

// The symbol's text: two constant tables, of addresses and of sizes. An index beyond them does not exist.
Parts RowEmitter::symbolText(stream::EnumType type, llvm::Value* index) {
  llvm::SmallVector<llvm::Constant*> texts, sizes;
  for (mlir::StringAttr symbol : type.getSymbols()) {
    Parts text = module_.text(symbol.getValue());
    texts.push_back(llvm::cast<llvm::Constant>(text[0]));
    sizes.push_back(llvm::cast<llvm::Constant>(text[1]));
  }
  llvm::Value* wide = builder_.CreateZExt(index, builder_.getInt64Ty());
  auto entry = [&](llvm::ArrayRef<llvm::Constant*> entries, const char* name) -> llvm::Value* {
    auto* table = llvm::ArrayType::get(entries[0]->getType(), entries.size());
    auto* global =
        new llvm::GlobalVariable(module_.module(), table, /*isConstant=*/true, llvm::GlobalValue::PrivateLinkage,
                                 llvm::ConstantArray::get(table, entries), name);
    global->setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::Global);
    llvm::Value* at = builder_.CreateInBoundsGEP(table, global, {builder_.getInt64(0), wide});
    return builder_.CreateLoad(entries[0]->getType(), at);
  };
  return {entry(texts, "symbols"), entry(sizes, "symbol.sizes")};
}

Parts RowEmitter::concatenate(llvm::ArrayRef<Parts> texts) {
  if (texts.empty()) return module_.text("");
  if (texts.size() == 1) return texts.front();
  llvm::Value* total = nullptr;
  llvm::SmallVector<llvm::Value*> sizes;
  for (const Parts& text : texts) {
    sizes.push_back(builder_.CreateZExt(text[1], builder_.getInt64Ty()));
    total = total ? builder_.CreateAdd(total, sizes.back()) : sizes.back();
  }
  llvm::Value* data = abi().call(builder_, AbiFn::stream_core_scratch, {task_, total});
  llvm::Value* at = data;
  for (auto [text, size] : llvm::zip_equal(texts, sizes)) {
    builder_.CreateMemCpy(at, llvm::MaybeAlign(1), text[0], llvm::MaybeAlign(1), size);
    at = builder_.CreateInBoundsGEP(builder_.getInt8Ty(), at, size);
  }
  return {data, builder_.CreateTrunc(total, builder_.getInt32Ty())};
}

}  // namespace streamc::codegen
