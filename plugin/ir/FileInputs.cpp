//===- FileInputs.cpp - Files that are read behind the IR -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
//
// Problem: passes read profiles, lists and summaries that arguments name, and
// there is no list of the arguments that do.
// Idea: whatever in an argument could be the name of a file, and is, is keyed
// with its content. Too much costs a hit; too little would be a wrong hit. When
// a file comes into being or goes away, a field does, so absence is keyed too.
// Cost: a stat for each candidate (about a microsecond), some hundred a
// compile; the files found are read through the page cache.
//
//===----------------------------------------------------------------------===//
#include "FileInputs.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace hapax;
using namespace llvm;

std::optional<BypassInfo> FileInputs::addContent(StringRef Path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> Buffer = MemoryBuffer::getFile(
      Path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!Buffer)
    return BypassInfo(BypassReason::UnreadableFile, Path.str());
  StringRef Content = (*Buffer)->getBuffer();
  Key.add(("file " + Path).str(),
          digestOf(std::string_view(Content.data(), Content.size())));
  return std::nullopt;
}

std::optional<BypassInfo> FileInputs::addCandidate(StringRef Path,
                                                   bool RefuseDirectories) {
  if (Path.empty() || Path.size() > 4096 || !Seen.insert(Path).second)
    return std::nullopt;
  sys::fs::file_status Status;
  if (sys::fs::status(Path, Status) || !sys::fs::exists(Status))
    return std::nullopt;
  if (sys::fs::is_directory(Status)) {
    // A number is none, whatever is in the current directory.
    if (RefuseDirectories && !all_of(Path, isDigit))
      return BypassInfo(BypassReason::UnreadableFile, Path.str());
    // -fprofile-use=DIR means the profile in it.
    SmallString<128> Profile(Path);
    sys::path::append(Profile, "default.profdata");
    return addCandidate(Profile, false);
  }
  if (sys::fs::is_regular_file(Status))
    return addContent(Path);
  if (Path == "/dev/null")
    return std::nullopt;
  return BypassInfo(BypassReason::UnreadableFile, Path.str());
}

std::optional<BypassInfo> FileInputs::addNamedIn(StringRef Argument,
                                                 bool RefuseDirectories) {
  auto Try = [&](StringRef Path) -> std::optional<BypassInfo> {
    if (auto Bypass = addCandidate(Path, RefuseDirectories))
      return Bypass;
    if (WorkingDirectory.empty() || Path.empty() ||
        sys::path::is_absolute(Path))
      return std::nullopt;
    SmallString<256> There(WorkingDirectory);
    sys::path::append(There, Path);
    return addCandidate(There, RefuseDirectories);
  };

  constexpr StringLiteral Before = "=,:;<";
  constexpr StringLiteral Behind = ",:;>";
  size_t Slash = Argument.find('/');
  for (size_t Start = 0; Start <= Argument.size(); ++Start) {
    bool Begins = Start == 0 ? !Argument.starts_with('-')
                             : Before.contains(Argument[Start - 1]);
    if (!Begins && Start != Slash)
      continue;
    StringRef Rest = Argument.drop_front(Start);
    if (auto Bypass = Try(Rest))
      return Bypass;
    size_t End = Rest.find_first_of(Behind);
    if (End != StringRef::npos)
      if (auto Bypass = Try(Rest.take_front(End)))
        return Bypass;
  }
  return std::nullopt;
}

std::optional<BypassInfo> FileInputs::addFile(StringRef Path) {
  if (Path.empty())
    return std::nullopt;
  if (!sys::fs::exists(Path)) {
    Key.add(("file " + Path).str(), "absent");
    return std::nullopt;
  }
  return addNamedIn(Path, /*RefuseDirectories=*/true);
}
