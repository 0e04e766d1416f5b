//===- ReplaceEntry.cpp - Puts a wrong payload under a key ----------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// hapax-replace-entry DIRECTORY KEY FILE: makes FILE's content the object that
/// is stored under KEY. What HAPAX_VERIFY=1 is there to find cannot be brought
/// about from outside; this brings it about for its test.
//===----------------------------------------------------------------------===//

#include "hapax/Store/DiskStore.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace hapax;

int main(int Count, char **Arguments) {
  if (Count != 4)
    return 2;
  auto Key = CacheKey::fromHex(Arguments[2]);
  auto Content = llvm::MemoryBuffer::getFile(Arguments[3]);
  auto Store = DiskStore::open({.Directory = Arguments[1]});
  if (!Key || !Content || !Store)
    return 1;
  auto Bytes = (*Content)->getBuffer();
  bool Done =
      (*Store)->remove(*Key) &&
      (*Store)->put(*Key, PayloadKind::Object,
                    std::as_bytes(std::span(Bytes.data(), Bytes.size())),
                    /*CostMs=*/1);
  return Done ? 0 : 1;
}
