//===- MetadataComponents.h - Digests of metadata by component --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Content digests for metadata. Nodes refer to each other in cycles (a loop's
/// identifier to itself, a type to its members and back), so the smallest thing
/// that has a content of its own is a strongly connected component.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_METADATACOMPONENTS_H
#define HAPAX_IR_METADATACOMPONENTS_H

#include "hapax/Cache/Digest.h"
#include "hapax/IR/SourceLine.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"
#include <vector>

namespace llvm {
class MDNode;
class Module;
} // namespace llvm

namespace hapax {

/// The strongly connected components of the metadata that can be reached from
/// given nodes. Not thread-safe with respect to the module's context; the
/// metadata must not change while this object is used.
class MetadataComponents {
public:
  struct Component {
    /// Everything the nodes say and, through the digests of the components they
    /// refer to, all that can be reached from them. What the digest leaves open
    /// is identity outside of the component: whether two ways lead to one
    /// distinct node or to two equal ones. A key made of these digests must add
    /// how the components it names are joined (References).
    ///
    /// The nodes of a component are numbered from the one that is reached
    /// first, so for components of several nodes equal content can come out as
    /// different digests, never the reverse.
    Digest Content;
    /// In order of being reached.
    llvm::SmallVector<const llvm::MDNode *, 1> Nodes;
    /// Other components referred to, as indices into all(), each once, in order
    /// of first mention.
    llvm::SmallVector<unsigned, 2> References;
    /// Without lines: those that the nodes mention, each once, in order of
    /// first mention. Empty otherwise.
    llvm::SmallVector<SourceLine, 1> Lines;
  };

  /// \p Roots are nodes of \p M, for instance GlobalHash::Metadata. Without
  /// lines, digests leave open which lines the nodes mention, and tell only
  /// which of Component::Lines each is.
  MetadataComponents(const llvm::Module &M,
                     llvm::ArrayRef<const llvm::MDNode *> Roots,
                     bool WithLines = true);

  /// Each component stands behind those that it refers to.
  llvm::ArrayRef<Component> all() const { return Components; }

  /// The component of \p N, which must be reachable from a root.
  unsigned indexOf(const llvm::MDNode *N) const { return placeOf(N).first; }
  /// That, and the node's place among those of the component.
  std::pair<unsigned, unsigned> placeOf(const llvm::MDNode *N) const {
    return Places.at(N);
  }

private:
  std::vector<Component> Components;
  /// Component, and place among its nodes.
  llvm::DenseMap<const llvm::MDNode *, std::pair<unsigned, unsigned>> Places;
};

} // namespace hapax

#endif // HAPAX_IR_METADATACOMPONENTS_H
