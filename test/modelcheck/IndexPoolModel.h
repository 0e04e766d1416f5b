//===- IndexPoolModel.h - The pool under the explorer -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_MODELCHECK_INDEXPOOLMODEL_H
#define HAPAX_MODELCHECK_INDEXPOOLMODEL_H

#include "Scenario.h"

namespace modelcheck {

std::vector<Scenario> indexPoolScenarios();

/// A scenario of indexPoolScenarios() with a head that has no tag: the explorer
/// must find the ABA fault. With \p UsesBlocks it shows as a race between two
/// owners of a block, without as a slot in a wrong state.
Explorer::Program poolWithoutTag(bool UsesBlocks);

} // namespace modelcheck

#endif // HAPAX_MODELCHECK_INDEXPOOLMODEL_H
