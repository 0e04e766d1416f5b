//===- Refused.h - The checks that refuse a call ------------------*- C -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// REFUSED(Condition) is Condition: the call asks for what cannot be done. Only
/// the benchmark that tells what the checks cost compiles the core without
/// them (HAPAX_CORE_UNCHECKED), and then makes no call that would be refused.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_CORE_REFUSED_H
#define HAPAX_RUNTIME_CORE_REFUSED_H

#ifdef HAPAX_CORE_UNCHECKED
#define REFUSED(Condition) (false && (Condition))
#else
#define REFUSED(Condition) (Condition)
#endif

#endif // HAPAX_RUNTIME_CORE_REFUSED_H
