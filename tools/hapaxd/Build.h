//===- Build.h - Which program this is --------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_HAPAXD_BUILD_H
#define HAPAX_TOOLS_HAPAXD_BUILD_H

#include <cstdint>

namespace hapax {

/// A number that no other build of the program has: of its contents. 0 where
/// they cannot be read.
uint64_t thisBuild();

} // namespace hapax

#endif // HAPAX_TOOLS_HAPAXD_BUILD_H
