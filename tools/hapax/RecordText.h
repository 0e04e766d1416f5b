//===- RecordText.h - Compile records for people and programs ---*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_RECORDTEXT_H
#define HAPAX_TOOLS_RECORDTEXT_H

#include "hapax/Store/CompileRecord.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/JSON.h"
#include <string>

namespace hapax {

/// A time of CompileRecord.TimeMs, in the local time zone.
std::string describeMoment(int64_t Ms);

/// "250 ms", "1.5 s", "3 min 20 s".
std::string describeDuration(uint64_t Ms);

/// What an outcome with this reason means; empty when that is not known.
llvm::StringRef meaning(llvm::StringRef Outcome, llvm::StringRef Reason);

/// The name of a function or variable for a person.
std::string readableName(llvm::StringRef Symbol);

/// "FILE:LINE" where \p Symbol begins, as one of \p Items says, or empty.
std::string placeOf(llvm::ArrayRef<NamedHash> Items, llvm::StringRef Symbol);

/// In a few words what set \p Now apart from \p Before, the compile before, or
/// that there was none. For a bypass: what brought it about.
std::string firstReason(const CompileRecord &Now, const CompileRecord *Before);

/// Text of any bytes as JSON can hold it.
llvm::json::Value toJson(llvm::StringRef Text);
/// All that \p R tells but the hashes of the module's parts.
llvm::json::Object toJson(const CompileRecord &R);
llvm::json::Object toJson(const RecordDiff &Diff);

} // namespace hapax

#endif // HAPAX_TOOLS_RECORDTEXT_H
