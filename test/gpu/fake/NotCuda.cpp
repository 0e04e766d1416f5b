//===- NotCuda.cpp - A library that is no CUDA driver -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
extern "C" int hapaxNotCuda() { return 0; }
