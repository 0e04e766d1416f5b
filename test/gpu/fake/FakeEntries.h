//===- FakeEntries.h - The functions of the fake driver ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TEST_GPU_FAKE_FAKEENTRIES_H
#define HAPAX_TEST_GPU_FAKE_FAKEENTRIES_H

#include "CudaApi.h"

namespace hapax::fake::entry {

using namespace cuda;

// Types of our driver API, so that a wrong signature does not compile.
struct Types {
#define HAPAX_FAKE_TYPE(NAME, ...) using NAME = __VA_ARGS__;
  HAPAX_CUDA_FUNCTIONS(HAPAX_FAKE_TYPE)
#undef HAPAX_FAKE_TYPE
};
#define HAPAX_FAKE_DECLARE(NAME, ...) Types::NAME NAME;
HAPAX_CUDA_FUNCTIONS(HAPAX_FAKE_DECLARE)
#undef HAPAX_FAKE_DECLARE
MemcpyBatchAsyncFunction MemcpyBatchAsync;

} // namespace hapax::fake::entry

#endif // HAPAX_TEST_GPU_FAKE_FAKEENTRIES_H
