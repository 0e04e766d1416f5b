//===- SimdPath.cpp - Which instructions the kernels use --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/StateVector/SimdPath.h"

#include <utility>

using namespace hapax;

std::string_view hapax::name(SimdPath Path) {
  switch (Path) {
  case SimdPath::Portable:
    return "portable";
  case SimdPath::Avx2:
    return "avx2";
  case SimdPath::Avx512:
    return "avx512";
  }
  std::unreachable();
}

bool hapax::isSupported(SimdPath Path) {
  switch (Path) {
  case SimdPath::Portable:
    return true;
#if HAPAX_X86_KERNELS
  // The built-in also asks whether the operating system saves the registers.
  case SimdPath::Avx2:
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  case SimdPath::Avx512:
    return __builtin_cpu_supports("avx512f");
#else
  case SimdPath::Avx2:
  case SimdPath::Avx512:
    return false;
#endif
  }
  std::unreachable();
}

SimdPath hapax::bestSimdPath() {
  static const SimdPath Best = [] {
    SimdPath Found = SimdPath::Portable;
    for (SimdPath Path : AllSimdPaths)
      if (isSupported(Path))
        Found = Path;
    return Found;
  }();
  return Best;
}
