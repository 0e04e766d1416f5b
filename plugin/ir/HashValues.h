//===- HashValues.h - Globals and constants in the module hash --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHVALUES_H
#define HAPAX_IR_HASHVALUES_H

#include "HashTypes.h"
#include "HashUseOrder.h"
#include "HashWords.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace hapax {

/// First word of a reference to a value. The low byte; what stands above it
/// depends on the tag.
enum class ValueTag : uint8_t {
  None = 1,
  Local,    ///< number within the function
  SmallInt, ///< width, 32-bit value
  Int,      ///< width; then the value
  Null,     ///< address space
  Global,   ///< then the name's digest
  Constant, ///< then the digest
  Metadata, ///< then a reference to metadata
};

/// The globals, constants, inline assembly and address-taken blocks of a
/// module: each gets a number on first mention and a digest that depends on its
/// content alone, with globals standing for their names.
class HashValues {
public:
  /// \p Names: as in ModuleHashOptions.
  HashValues(const llvm::Module &M, const ModuleHashRules &Rules,
             const llvm::DenseMap<const llvm::GlobalValue *, std::string>
                 *Names = nullptr);

  HashTypes Types;
  HashAttributes Attributes;

  /// Starts the list of globals that the next part of the module refers to.
  void beginPart() {
    ++Part;
    PartGlobals.clear();
  }
  /// The globals mentioned since beginPart(), in order of first mention.
  llvm::ArrayRef<const llvm::GlobalValue *> partGlobals() const {
    return PartGlobals;
  }

  /// Writes \p V, if it is a constant that is told in a word or two: an integer
  /// or a null pointer. These have no use lists.
  static bool writeSimple(HashWords &To, const llvm::Value *V) {
    if (const auto *Int = llvm::dyn_cast<llvm::ConstantInt>(V)) {
      const auto *T = llvm::dyn_cast<llvm::IntegerType>(Int->getType());
      if (!T || T->getBitWidth() > 64)
        return false;
      uint64_t Head = T->getBitWidth() << 8, Bits = Int->getZExtValue();
      if (Bits <= UINT32_MAX) {
        To.add(static_cast<uint64_t>(ValueTag::SmallInt) | Head | Bits << 32);
      } else {
        To.add(static_cast<uint64_t>(ValueTag::Int) | Head);
        To.add(Bits);
      }
      return true;
    }
    if (!llvm::isa<llvm::ConstantPointerNull>(V))
      return false;
    To.add(static_cast<uint64_t>(ValueTag::Null) |
           uint64_t(V->getType()->getPointerAddressSpace()) << 8);
    return true;
  }

  /// Writes a reference to the value of \p U, a constant or inline assembly,
  /// and logs the mention.
  void writeUse(HashWords &To, const llvm::Use &U) {
    uint32_t Number = write(To, U.get());
    if (Number != NoNumber)
      mention(Number, U);
  }
  /// The same for a reference that is not in the value's use list (metadata).
  void writeConstant(HashWords &To, const llvm::Value *V) { write(To, V); }

  /// Logs the mention of a block whose address is taken.
  void mentionBlock(const llvm::Use &U) {
    mention(blockNumber(llvm::cast<llvm::BasicBlock>(U.get())), U);
  }

  /// What stands for the name of \p GV.
  const Digest &nameOf(const llvm::GlobalValue &GV) const {
    return Entries[Numbers.lookup(&GV)].Content;
  }
  /// Whether anything written so far refers to \p GV.
  bool isMentioned(const llvm::GlobalValue &GV) const {
    return Entries[Numbers.lookup(&GV)].Part != 0;
  }

  /// Writes the irregular use lists; globals for which \p IsDropped holds do
  /// not count.
  template <typename Fn> void writeUseOrder(HashWords &To, Fn IsDropped) {
    Uses.write(
        To,
        [&](uint32_t Number) {
          auto *GV = llvm::dyn_cast<llvm::GlobalValue>(Uses.value(Number));
          return GV && IsDropped(*GV);
        },
        [&](HashWords &To, uint32_t Number) {
          To.add(Entries[Number].Content);
        });
  }

  /// Whether anything that was written mentions inline assembly.
  bool sawInlineAsm() const { return SawInlineAsm; }

private:
  static constexpr uint32_t NoNumber = ~0u;
  struct Entry {
    Digest Content;
    /// The last part of the module that mentioned the value; 0: none.
    uint32_t Part = 0;
    bool RefersToGlobals = false;
  };

  /// Uses are spread over the module: they are logged at once, since finding
  /// them again would mean another walk over all of it.
  void mention(uint32_t Number, const llvm::Use &U) {
    Uses.mention(Number, U);
    Uses.log(Number, U);
  }

  /// Returns the number if the value has a use list.
  uint32_t write(HashWords &To, const llvm::Value *V);
  uint32_t numberOf(const llvm::Value *V);
  uint32_t addEntry(const llvm::Value *V, const Digest &Content);
  uint32_t blockNumber(const llvm::BasicBlock *BB);
  void describe(HashWords &To, const llvm::Constant &C);
  void describe(HashWords &To, const llvm::InlineAsm &Asm);
  void mentionIn(uint32_t Number, const llvm::Value *V);
  uint32_t blockIndex(const llvm::BasicBlock *BB);

  PointerMap Numbers;
  std::vector<Entry> Entries;
  HashUseOrder Uses;
  /// Constants without a use list: digests only, and numbered apart.
  PointerMap DataNumbers;
  std::vector<Digest> DataDigests;
  PointerMap BlockIndices;
  HashWords Scratch;
  uint32_t Part = 0;
  bool SawInlineAsm = false;
  std::vector<const llvm::GlobalValue *> PartGlobals;
};

} // namespace hapax

#endif // HAPAX_IR_HASHVALUES_H
