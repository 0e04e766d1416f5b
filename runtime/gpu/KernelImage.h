//===- KernelImage.h - The compiled kernels ---------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_KERNELIMAGE_H
#define HAPAX_RUNTIME_GPU_KERNELIMAGE_H

#include <span>

namespace hapax {

/// A fat binary of Kernels.cu; empty where it was built without nvcc.
std::span<const unsigned char> kernelImage();

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_KERNELIMAGE_H
