//===- ReportPage.h - The page of hapax report, embedded --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_REPORTPAGE_H
#define HAPAX_TOOLS_REPORTPAGE_H

#include <span>

namespace hapax {

/// Report.html as it is in the sources. Lives as long as the program.
std::span<const unsigned char> reportPage();

} // namespace hapax

#endif // HAPAX_TOOLS_REPORTPAGE_H
