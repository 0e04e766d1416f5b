//===- HashMetadata.h - Metadata in the module hash -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: metadata is a graph with cycles, and nodes have identity: two
/// distinct nodes of equal content are not one node.
///
/// Idea: number the nodes in order of first mention, starting from what the
/// globals and functions refer to and going on breadth first, and write each
/// node once with its operands as numbers. That spells out the graph up to
/// renaming, which is exactly what is wanted.
///
/// A node that only serves as the place of inline assembly (ModuleHashRules) is
/// there for its number alone. Whether something else refers to it is known
/// when all else has been written, so what these nodes contain comes last.
///
/// Invariant: every number handed out is written once: in order, but for
/// places, which follow in order with their numbers.
///
/// Cost: one map look-up per operand.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_HASHMETADATA_H
#define HAPAX_IR_HASHMETADATA_H

#include "HashLines.h"
#include "HashValues.h"
#include "HashWords.h"
#include "llvm/IR/DebugInfoMetadata.h"

namespace hapax {

/// Writes what \p N is besides its operands: kind, whether it is distinct, and
/// all fields, the lines of types, functions, variables, labels, imports,
/// blocks and locations by \p Lines.
void writeNodeFields(HashWords &To, const llvm::MDNode &N, HashLines &Lines);

/// What a metadata operand refers to, by its first word's low byte.
enum class MetadataTag : uint8_t {
  None = 1,
  Node,     ///< number (of nodes and strings)
  Constant, ///< then a reference to a constant
  Local,    ///< number of the local value
  ArgList,  ///< count; then that many references
};

class HashMetadata {
public:
  HashMetadata(const llvm::Module &M, const ModuleHashRules &Rules,
               HashValues &Values);

  /// Starts the list of nodes that the next part of the module refers to.
  void beginPart() {
    ++Part;
    PartNodes.clear();
    PartNumbers.clear();
  }
  /// The nodes mentioned since beginPart(), and their numbers in the module.
  llvm::ArrayRef<const llvm::MDNode *> partNodes() const { return PartNodes; }
  llvm::ArrayRef<uint32_t> partNumbers() const { return PartNumbers; }

  /// Writes a reference to \p MD from the current part. Nodes appear as their
  /// place in the part's list. \p WriteLocal(Value) writes a function's own
  /// values.
  template <typename Fn>
  void write(HashWords &To, const llvm::Metadata *MD, Fn WriteLocal) {
    if (!MD) {
      To.add(static_cast<uint64_t>(MetadataTag::None));
    } else if (auto *N = llvm::dyn_cast<llvm::MDNode>(MD)) {
      writeNode(To, *N);
    } else if (auto *Local = llvm::dyn_cast<llvm::LocalAsMetadata>(MD)) {
      To.add(static_cast<uint64_t>(MetadataTag::Local));
      WriteLocal(Local->getValue());
    } else if (auto *List = llvm::dyn_cast<llvm::DIArgList>(MD)) {
      To.add(uint64_t(List->getArgs().size()) << 8 |
             static_cast<uint64_t>(MetadataTag::ArgList));
      for (const llvm::ValueAsMetadata *Arg : List->getArgs())
        write(To, Arg, WriteLocal);
    } else {
      writeOther(To, *MD);
    }
  }
  void writeNode(HashWords &To, const llvm::MDNode &N) {
    To.add(uint64_t(mention(N)) << 8 |
           static_cast<uint64_t>(MetadataTag::Node));
  }

  using Attachment = std::pair<unsigned, llvm::MDNode *>;
  /// Writes attachments (kind, node) in an order that does not depend on the
  /// numbers of kinds, reordering \p Attached. \p I is the instruction that has
  /// them; null: a global has.
  void writeAttachments(HashWords &To,
                        llvm::MutableArrayRef<Attachment> Attached,
                        const llvm::Instruction *I) {
    if (Attached.size() == 1 && Attached[0].first < NumFixedKinds)
      To.add(attachment(Attached[0].first, true, mention(*Attached[0].second)));
    else
      writeSortedAttachments(To, Attached, I);
  }

  /// Writes the named metadata and then all nodes and strings that were
  /// mentioned, and those they mention.
  void writeAll(HashWords &To, const llvm::Module &M);

private:
  /// Kinds below this have the same number in every context; others are told
  /// by their names.
  static constexpr unsigned NumFixedKinds = 0
#define LLVM_FIXED_MD_KIND(EnumID, Name, Value) +1
#include "llvm/IR/FixedMetadataKinds.def"
#undef LLVM_FIXED_MD_KIND
      ;

  static uint64_t attachment(unsigned Kind, bool IsLast, uint32_t Place) {
    return uint64_t(Place) << 32 | IsLast << 16 | Kind;
  }
  uint32_t numberOf(const llvm::Metadata *MD);
  uint32_t mentionAs(const llvm::MDNode &N, bool IsNode);
  /// Returns the node's place in the part's list.
  uint32_t mention(const llvm::MDNode &N) {
    // A few nodes make up most mentions.
    auto Address = reinterpret_cast<uintptr_t>(&N);
    Recent &R = Recents[(Address >> 4 ^ Address >> 10) % std::size(Recents)];
    if (R.N != &N || R.Part != Part)
      R = {&N, Part, mentionAs(N, /*IsNode=*/true)};
    return R.Place;
  }
  void writeSortedAttachments(HashWords &To,
                              llvm::MutableArrayRef<Attachment> Attached,
                              const llvm::Instruction *I);
  void writeContent(HashWords &To, const llvm::MDNode &N);
  void writeOther(HashWords &To, const llvm::Metadata &MD);
  void writeOperand(HashWords &To, const llvm::Metadata *MD);

  struct Entry {
    const llvm::Metadata *MD;
    /// The last part that mentioned it, and its place there.
    uint32_t Part = 0;
    uint32_t Place = 0;
    /// Whether something refers to it other than as a place in the source.
    bool IsNode = false;
  };

  /// A mention, to find it again without the map.
  struct Recent {
    const llvm::MDNode *N = nullptr;
    uint32_t Part = 0;
    uint32_t Place = 0;
  };

  const ModuleHashRules &Rules;
  HashValues &Values;
  llvm::SmallVector<llvm::StringRef, 0> KindNames;
  /// The number of the kind "srcloc", if the context knows it.
  unsigned PlaceKind = ~0u;
  PointerMap Numbers;
  std::vector<Entry> Entries;
  Recent Recents[256];
  uint32_t Part = 0;
  std::vector<const llvm::MDNode *> PartNodes;
  std::vector<uint32_t> PartNumbers;
};

} // namespace hapax

#endif // HAPAX_IR_HASHMETADATA_H
