//===- BuildSummary.h - The last compiles of a build ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_TOOLS_BUILDSUMMARY_H
#define HAPAX_TOOLS_BUILDSUMMARY_H

#include "Advice.h"
#include "hapax/Store/CompileRecord.h"
#include "hapax/Store/Config.h"
#include <map>
#include <string>
#include <vector>

namespace hapax {

/// The last compile of each source that a directory has to do with.
struct BuildSummary {
  struct Compile {
    /// Without fields, functions, variables and parts.
    CompileRecord Record;
    /// firstReason() of it.
    std::string Why;
    std::vector<Advice> Advices;
  };
  /// In the order in which they ended.
  std::vector<Compile> Compiles;
  /// How many compiles had an outcome, and an outcome and a reason.
  std::map<std::string, uint64_t> Outcomes;
  std::map<std::pair<std::string, std::string>, uint64_t> Reasons;
  /// How many hits each tier had.
  std::map<std::string, uint64_t> Tiers;
  uint64_t SavedMs = 0, CostMs = 0;
  /// When the first compile began and the last one ended; milliseconds since
  /// 1970, UTC. 0 where there are none.
  int64_t FirstMs = 0, LastMs = 0;
  /// The shards of the last compiles, and the modules that were compiled whole
  /// although shards were wanted, by reason.
  uint64_t ShardsFound = 0, ShardsCompiled = 0;
  std::map<std::string, uint64_t> ShardsRefused;
};

/// Where the source or the compiler's working directory is \p Directory or
/// below it, and the compile ended no earlier than \p SinceMs. \p Directory is
/// absolute and free of links.
BuildSummary summariseBuild(const Config &Settings,
                            const std::string &Directory, int64_t SinceMs = 0);

} // namespace hapax

#endif // HAPAX_TOOLS_BUILDSUMMARY_H
