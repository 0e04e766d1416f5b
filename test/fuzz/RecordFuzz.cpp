//===- RecordFuzz.cpp - libFuzzer target for compile records ----*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/CompileRecord.h"
#include <cstdlib>

using namespace hapax;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *Data, size_t Size) {
  // What can be longer than a record is cut in print().
  if (Size > 4096)
    return 0;
  std::string Text(reinterpret_cast<const char *>(Data), Size);
  CompileRecord::parse(Text);
  // Once more where the first and the last line are right.
  std::optional<CompileRecord> R =
      CompileRecord::parse("hapax-record 1\n" + Text + "\nend\n");
  if (!R || CompileRecord::parse(R->print()) != R)
    std::abort();
  return 0;
}
