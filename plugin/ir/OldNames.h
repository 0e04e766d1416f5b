//===- OldNames.h - Names that must not meet their like ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IR_OLDNAMES_H
#define HAPAX_IR_OLDNAMES_H

#include "llvm/ADT/SmallVector.h"
#include <string>
#include <utility>

namespace llvm {
class DIDerivedType;
class DISubprogram;
class MDString;
class Module;
class StructType;
} // namespace llvm

namespace hapax {

/// Takes names away from what a module has in its context, so that another
/// version of the module can be read into the same context as if it were
/// empty; puts them back at its end, unless told to leave it so.
///
/// Two kinds of things are found by name in a context:
///  - struct types: a second one of a name becomes `name.0`;
///  - member declarations in debug information: a uniqued declaration of a
///    member of a type with an identifier is taken for any other of the same
///    name and scope, whatever else they say. The new version would refer to
///    the old one's, and through it to all of its types.
class OldNamesAside {
public:
  explicit OldNamesAside(llvm::Module &M);
  ~OldNamesAside();
  OldNamesAside(const OldNamesAside &) = delete;
  OldNamesAside &operator=(const OldNamesAside &) = delete;

  void leaveAside();

private:
  llvm::SmallVector<std::pair<llvm::StructType *, std::string>, 0> Structs;
  llvm::SmallVector<std::pair<llvm::DISubprogram *, llvm::MDString *>, 0>
      Methods;
  llvm::SmallVector<std::pair<llvm::DIDerivedType *, llvm::MDString *>, 0>
      Members;
};

} // namespace hapax

#endif // HAPAX_IR_OLDNAMES_H
