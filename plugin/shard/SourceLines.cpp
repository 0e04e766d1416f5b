//===- SourceLines.cpp - Lines that the shards of a module mention --------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "SourceLines.h"
#include "LineFields.h"
#include "MetadataWalk.h"
#include "ir/AsmScanner.h"
#include "llvm/IR/Module.h"

using namespace llvm;

namespace hapax {

std::string SourceLines::nameOf(const DIFile *File) {
  if (!File)
    return {};
  return (File->getDirectory() + StringRef("\0", 1) + File->getFilename())
      .str();
}

SourceLines::Id SourceLines::idOf(const SourceLine &Line) {
  auto [File, IsNewFile] = KnownFiles.try_emplace(Line.File);
  if (IsNewFile)
    File->second =
        Files.try_emplace(nameOf(Line.File), Files.size()).first->second;
  auto [Found, IsNew] =
      Ids.try_emplace({File->second, Line.Line}, Id(All.size()));
  if (IsNew)
    All.push_back(Found->first);
  return Found->second;
}

void SourceLines::beginShard() { Shards.emplace_back(); }

uint32_t SourceLines::tokenOf(Id Line) {
  Latest.resize(std::max(Latest.size(), All.size()));
  uint64_t Shard = Shards.size();
  if (Latest[Line] >> 32 != Shard) {
    uint32_t Token = Shards.back().Tokens.add(lineOf(Line));
    Shards.back().OfLine[Line] = Token;
    Latest[Line] = Shard << 32 | Token;
  }
  return uint32_t(Latest[Line]);
}

bool SourceLines::hide(Module &M, unsigned Shard) const {
  if (mayHaveLinesInAsm(M))
    return false;
  const DenseMap<Id, uint32_t> &OfLine = Shards[Shard].OfLine;
  DenseMap<const DIFile *, StringMap<unsigned>::const_iterator> FilesHere;
  auto Hide = [&](const DIFile *File, unsigned &Line) {
    if (Line == 0)
      return true;
    auto [Number, IsNew] = FilesHere.try_emplace(File, Files.end());
    if (IsNew)
      Number->second = Files.find(nameOf(File));
    if (Number->second == Files.end())
      return false;
    auto Known = Ids.find({Number->second->second, Line});
    if (Known == Ids.end())
      return false;
    auto Token = OfLine.find(Known->second);
    if (Token == OfLine.end())
      return false;
    Line = Token->second;
    return true;
  };
  MetadataWalk Walk;
  Walk.addAllOf(M);
  while (const MDNode *N = Walk.next())
    if (!forEachLine(*const_cast<MDNode *>(N), Hide))
      return false;
  return true;
}

} // namespace hapax
