//===- Options.cpp - -hapax-* options of the host's command line ----------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Options.h"
#include "hapax/Store/Config.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include <deque>

using namespace llvm;

namespace hapax {

namespace {
struct SettingOption {
  std::string Name;
  const Setting &Of;
  cl::opt<std::string> Option;
  SettingOption(const Setting &Of, cl::OptionCategory &Category)
      : Name(std::string("hapax-") + Of.Name), Of(Of),
        Option(StringRef(Name), cl::desc(Of.Help), cl::Hidden,
               cl::value_desc(Of.ValueHint), cl::cat(Category)) {
    if (Of.IsFlag)
      Option.setValueExpectedFlag(cl::ValueOptional);
  }
};
} // namespace

/// Never destroyed: LLVM's command line keeps pointers to the options.
static std::deque<SettingOption> &options() {
  static auto *Options = new std::deque<SettingOption>;
  return *Options;
}

void registerOptions() {
  static auto *Category = new cl::OptionCategory("Hapax options");
  auto &Known = cl::getRegisteredOptions();
  for (const Setting &S : settings())
    if (!Known.contains(std::string("hapax-") + S.Name))
      options().emplace_back(S, *Category);
}

std::map<std::string, std::string, std::less<>> givenOptions() {
  std::map<std::string, std::string, std::less<>> Given;
  for (const SettingOption &O : options())
    if (O.Option.getNumOccurrences())
      Given[O.Of.Name] =
          O.Of.IsFlag && O.Option.empty() ? "true" : O.Option.getValue();
  return Given;
}

} // namespace hapax
