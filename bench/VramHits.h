//===- VramHits.h - Whole hits of small entries -----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_BENCH_VRAMHITS_H
#define HAPAX_BENCH_VRAMHITS_H

namespace vrambench {

/// Makes the benchmarks of VramHits.cpp known.
void registerHits();

} // namespace vrambench

#endif // HAPAX_BENCH_VRAMHITS_H
