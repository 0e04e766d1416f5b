//===- HashTypes.h - Types and attributes in the module hash ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHTYPES_H
#define HAPAX_IR_HASHTYPES_H

#include "HashWords.h"
#include "hapax/IR/ModuleHashRules.h"
#include "llvm/IR/Attributes.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/Type.h"
#include <unordered_map>

namespace hapax {

/// Types by structure, each digested once.
///
/// A struct type with a name is that name and its body. One without a name (or
/// whose name is ignored) still is a type of its own, different from others of
/// the same body: it is told apart by a count, in order of first mention, among
/// the nameless structs of that body.
class HashTypes {
public:
  explicit HashTypes(const ModuleHashRules &Rules) : Rules(Rules) {}

  /// One word for simple types; a word and a digest for the others.
  void write(HashWords &To, llvm::Type *T) {
    To.add(tag(T));
    if (isCompound(T))
      To.add(digest(T));
  }

  /// What a simple type is, or the sort of a compound type.
  static uint32_t tag(llvm::Type *T) {
    static_assert(llvm::IntegerType::MAX_INT_BITS < 1 << 24);
    switch (T->getTypeID()) {
    case llvm::Type::IntegerTyID:
      return llvm::cast<llvm::IntegerType>(T)->getBitWidth() << 8 |
             T->getTypeID();
    case llvm::Type::PointerTyID:
      // Address spaces have 24 bits.
      return llvm::cast<llvm::PointerType>(T)->getAddressSpace() << 8 |
             T->getTypeID();
    default:
      return T->getTypeID();
    }
  }
  static bool isCompound(llvm::Type *T) {
    switch (T->getTypeID()) {
    case llvm::Type::FunctionTyID:
    case llvm::Type::StructTyID:
    case llvm::Type::ArrayTyID:
    case llvm::Type::FixedVectorTyID:
    case llvm::Type::ScalableVectorTyID:
    case llvm::Type::TypedPointerTyID:
    case llvm::Type::TargetExtTyID:
      return true;
    default:
      return false;
    }
  }
  /// The digest of a compound type.
  Digest digest(llvm::Type *T);

private:
  const ModuleHashRules &Rules;
  PointerMap Known;
  std::vector<Digest> Digests;
  std::unordered_map<Digest, uint32_t> Nameless;
};

/// Attributes, each list and set digested once.
class HashAttributes {
public:
  explicit HashAttributes(HashTypes &Types) : Types(Types) {}

  /// A digest; zero for the empty list.
  void write(HashWords &To, llvm::AttributeList List);
  void write(HashWords &To, llvm::AttributeSet Set);

private:
  void writeOne(HashWords &To, llvm::Attribute A);

  HashTypes &Types;
  PointerMap Known;
  std::vector<Digest> Digests;
};

} // namespace hapax

#endif // HAPAX_IR_HASHTYPES_H
