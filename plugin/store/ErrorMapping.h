//===- ErrorMapping.h - From LLVM's errors to a tier's ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_ERRORMAPPING_H
#define HAPAX_STORE_ERRORMAPPING_H

#include "hapax/Cache/Tier.h"
#include "llvm/Support/Error.h"
#include <system_error>

namespace hapax::store {

/// What \p EC means to the user of a tier; \p Otherwise where it tells nothing
/// of the kind.
TierError::Kind reasonOf(std::error_code EC, TierError::Kind Otherwise);

/// The same for \p E, which it consumes, with its message.
TierError toTierError(llvm::Error E, TierError::Kind Otherwise);

} // namespace hapax::store

#endif // HAPAX_STORE_ERRORMAPPING_H
