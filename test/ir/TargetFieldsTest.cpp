//===- TargetFieldsTest.cpp - No field of LLVM's options is missed *- C++ -*-=//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ir/TargetFields.h"
#include "llvm/ADT/Statistic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LLVMRemarkStreamer.h"
#include "llvm/Pass.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Remarks/RemarkStreamer.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/TimeProfiler.h"
#include "llvm/Target/TargetOptions.h"
#include <functional>
#include <gtest/gtest.h>
#include <set>

using namespace hapax;
using namespace llvm;

namespace {

Digest keyOf(const TargetOptions &Options, bool WithCodeView = false) {
  KeyBuilder Key;
  addTargetOptions(Key, Options, WithCodeView);
  return Key.finish();
}

/// Another value for a member (a bit field has no address: by value).
template <typename T> T flipped(T Value) {
  if constexpr (std::is_same_v<T, bool>)
    return !Value;
  else
    return static_cast<T>(static_cast<int64_t>(Value) ^ 1);
}

TEST(TargetFields, EveryFieldChangesTheKey) {
  const Digest Plain = keyOf(TargetOptions());
  std::set<std::string> Keys{Plain.hex()};
  auto Check = [&](const char *Name,
                   const std::function<void(TargetOptions &)> &Change) {
    TargetOptions Options;
    Change(Options);
    EXPECT_TRUE(Keys.insert(keyOf(Options).hex()).second) << Name;
  };
#define TARGET_NUMBER(Name)                                                    \
  Check(#Name, [](TargetOptions &O) { O.Name = flipped(O.Name); });
#define MC_NUMBER(Name)                                                        \
  Check(#Name, [](TargetOptions &O) {                                          \
    O.MCOptions.Name = flipped(O.MCOptions.Name);                              \
  });
#define MC_STRING(Name)                                                        \
  Check(#Name,                                                                 \
        [](TargetOptions &O) { O.MCOptions.Name = std::string(1, 'x'); });
#include "ir/TargetFields.def"
  Check("BinutilsVersion", [](auto &O) { O.BinutilsVersion = {2, 35}; });
  Check("BinutilsVersion", [](auto &O) { O.BinutilsVersion = {2, 36}; });
  Check("OutputAsmVariant", [](auto &O) { O.MCOptions.OutputAsmVariant = 0; });
  Check("InstPrinterOptions",
        [](auto &O) { O.MCOptions.InstPrinterOptions = {"a"}; });
  Check("BBSectionsFuncListBuf", [](auto &O) {
    O.BBSectionsFuncListBuf = MemoryBuffer::getMemBuffer("!f");
  });
  EXPECT_EQ(keyOf(TargetOptions()), Plain);
}

TEST(TargetFields, NamesReachCodeViewOnly) {
  TargetOptions A, B;
  B.ObjectFilenameForDebug = "b.o";
  B.MCOptions.CommandlineArgs = "\"-cc1\"";
  B.MCOptions.Argv0 = "clang";
  EXPECT_EQ(keyOf(A), keyOf(B));
  EXPECT_NE(keyOf(A, true), keyOf(B, true));
}

/// The data members of the class \p Class in one of LLVM's headers.
std::vector<std::string> membersOf(StringRef Header, StringRef Class) {
  auto File = MemoryBuffer::getFile(
      Twine(HAPAX_LLVM_INCLUDE_DIR "/llvm/") + Header, /*IsText=*/true);
  if (!File)
    return {};
  StringRef Text = (*File)->getBuffer();
  Text = Text.drop_front(Text.find((Class + " {\n").str()));
  Text = Text.take_front(Text.find("\n};"));
  std::vector<std::string> Members;
  SmallVector<StringRef> Lines;
  Text.split(Lines, '\n');
  // A member stands on a line of its own and ends in ';', or in '=' if its
  // value follows; functions have parentheses, types and statements their
  // keywords.
  Regex Member("^  [A-Za-z_][A-Za-z_:<>, ]* ([A-Za-z_0-9]+)"
               "( *=[^;]*|\\{.*\\})?(;| =)$");
  Regex Width(" *: *[0-9]+;$");
  for (StringRef Line : Lines) {
    std::string Code = Width.sub(";", Line.split("//").first.rtrim());
    StringRef Words = StringRef(Code).trim();
    SmallVector<StringRef> Found;
    if (Words.contains('(') || Words.starts_with("enum ") ||
        Words.starts_with("return ") || !Member.match(Code, &Found))
      continue;
    Members.push_back(Found[1].str());
  }
  return Members;
}

TEST(TargetFields, NoMemberOfLLVMsClassesIsMissed) {
  std::set<std::string> Known = {
#define TARGET_NUMBER(Name) "TargetOptions." #Name,
#define MC_NUMBER(Name) "MCTargetOptions." #Name,
#define MC_STRING(Name) "MCTargetOptions." #Name,
#define TUNING_NUMBER(Name) "PipelineTuningOptions." #Name,
#define PROFILE_NUMBER(Name) "PGOOptions." #Name,
#define PROFILE_STRING(Name) "PGOOptions." #Name,
#include "ir/TargetFields.def"
      // Keyed by code of their own, or only for CodeView.
      "TargetOptions.BinutilsVersion", "TargetOptions.BBSectionsFuncListBuf",
      "TargetOptions.MCOptions", "TargetOptions.ObjectFilenameForDebug",
      "MCTargetOptions.OutputAsmVariant", "MCTargetOptions.InstPrinterOptions",
      "MCTargetOptions.Argv0", "MCTargetOptions.CommandlineArgs",
      // A compile that uses them is a bypass.
      "TargetOptions.StackUsageOutput", "MCTargetOptions.SplitDwarfFile",
      "MCTargetOptions.AsSecureLogFile", "MCTargetOptions.IASSearchPaths"};
  std::set<std::string> Seen;
  auto Check = [&](StringRef Header, StringRef Keyword, StringRef Class) {
    for (const std::string &Name :
         membersOf(Header, (Keyword + " " + Class).str()))
      Seen.insert((Class + "." + Name).str());
  };
  Check("Target/TargetOptions.h", "class", "TargetOptions");
  Check("MC/MCTargetOptions.h", "class", "MCTargetOptions");
  Check("Passes/PassBuilder.h", "class", "PipelineTuningOptions");
  Check("Support/PGOOptions.h", "struct", "PGOOptions");
  for (const std::string &Name : Seen)
    EXPECT_TRUE(Known.contains(Name)) << Name << " is not keyed";
  for (const std::string &Name : Known)
    EXPECT_TRUE(Seen.contains(Name)) << Name << " is no member any more";
}

TEST(TargetFields, TuningAndProfile) {
  auto TuningKey = [](const PipelineTuningOptions &Tuning) {
    KeyBuilder Key;
    addTuning(Key, Tuning);
    return Key.finish().hex();
  };
  auto ProfileKey = [](const std::optional<PGOOptions> &Profile) {
    KeyBuilder Key;
    addProfile(Key, "profile", Profile);
    return Key.finish().hex();
  };
  PipelineTuningOptions Tuning;
  PGOOptions Profile("", "", "", "");
  std::set<std::string> Keys{TuningKey(Tuning), ProfileKey(std::nullopt),
                             ProfileKey(Profile)};
  EXPECT_EQ(Keys.size(), 3u);
#define TUNING_NUMBER(Name)                                                    \
  {                                                                            \
    PipelineTuningOptions Other = Tuning;                                      \
    Other.Name = flipped(Other.Name);                                          \
    EXPECT_TRUE(Keys.insert(TuningKey(Other)).second) << #Name;                \
  }
#define PROFILE_NUMBER(Name)                                                   \
  {                                                                            \
    PGOOptions Other = Profile;                                                \
    Other.Name = flipped(Other.Name);                                          \
    EXPECT_TRUE(Keys.insert(ProfileKey(Other)).second) << #Name;               \
  }
#define PROFILE_STRING(Name)                                                   \
  {                                                                            \
    PGOOptions Other = Profile;                                                \
    Other.Name = "x";                                                          \
    EXPECT_TRUE(Keys.insert(ProfileKey(Other)).second) << #Name;               \
  }
#include "ir/TargetFields.def"
}

TEST(TargetFields, ContextSettings) {
  auto KeyOf = [](const std::function<void(LLVMContext &)> &Change) {
    LLVMContext Context;
    Change(Context);
    KeyBuilder Key;
    addContext(Key, Context);
    return Key.finish().hex();
  };
  std::set<std::string> Keys;
  EXPECT_TRUE(Keys.insert(KeyOf([](auto &) {})).second);
  EXPECT_TRUE(
      Keys.insert(KeyOf([](auto &C) { C.setDiscardValueNames(true); })).second);
  EXPECT_TRUE(
      Keys.insert(KeyOf([](auto &C) { C.enableDebugTypeODRUniquing(); }))
          .second);
  EXPECT_TRUE(Keys.insert(KeyOf([](auto &C) {
                    C.setDiagnosticsHotnessRequested(true);
                  }))
                  .second);
  EXPECT_TRUE(
      Keys.insert(KeyOf([](auto &C) { C.setDiagnosticsHotnessThreshold(7); }))
          .second);
  EXPECT_TRUE(
      Keys.insert(KeyOf([](auto &C) { C.setMisExpectWarningRequested(true); }))
          .second);
  EXPECT_TRUE(
      Keys.insert(KeyOf([](auto &C) { C.setDiagnosticsMisExpectTolerance(9); }))
          .second);
}

TEST(TargetFields, SideOutputsOfTheMachine) {
  TargetOptions Options;
  EXPECT_FALSE(findTargetBypass(Options));
  Options.MCOptions.SplitDwarfFile = "a.dwo";
  EXPECT_EQ(findTargetBypass(Options)->Reason, BypassReason::SplitDwarf);
  Options = TargetOptions();
  Options.StackUsageOutput = "a.su";
  EXPECT_EQ(findTargetBypass(Options)->Reason, BypassReason::StackUsage);
  Options = TargetOptions();
  Options.MCOptions.AsSecureLogFile = "log";
  EXPECT_EQ(findTargetBypass(Options)->Reason, BypassReason::SecureLog);
}

struct RemarkHandler : DiagnosticHandler {
  bool isAnyRemarkEnabled() const override { return true; }
};

TEST(TargetFields, SideOutputsOfTheContext) {
  LLVMContext Context;
  EXPECT_FALSE(findContextBypass(Context));
  Context.setDiagnosticHandler(std::make_unique<RemarkHandler>());
  EXPECT_EQ(findContextBypass(Context)->Reason, BypassReason::Remarks);
  Context.setDiagnosticHandler(std::make_unique<DiagnosticHandler>());

  TimePassesIsEnabled = true;
  EXPECT_EQ(findContextBypass(Context)->Reason, BypassReason::Statistics);
  TimePassesIsEnabled = false;

  timeTraceProfilerInitialize(0, "test");
  EXPECT_EQ(findContextBypass(Context)->Reason, BypassReason::TimeTrace);
  timeTraceProfilerCleanup();

  EXPECT_FALSE(findContextBypass(Context));
  std::string Text;
  raw_string_ostream OS(Text);
  ASSERT_FALSE(errorToBool(setupLLVMOptimizationRemarks(
      Context, OS, /*RemarksPasses=*/"", /*RemarksFormat=*/"yaml",
      /*RemarksWithHotness=*/false)));
  EXPECT_EQ(findContextBypass(Context)->Reason,
            BypassReason::OptimisationRecord);
  Context.setLLVMRemarkStreamer(nullptr);
  Context.setMainRemarkStreamer(nullptr);

  EnableStatistics(/*DoPrintOnExit=*/false);
  EXPECT_EQ(findContextBypass(Context)->Reason, BypassReason::Statistics);
}

} // namespace
