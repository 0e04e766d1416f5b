//===- LineTokens.h - What stands for lines in a shard ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: debug information is full of line numbers, so one line more near
/// the top of a file changes every shard with code from below it.
///
/// Idea: a shard is compiled with tokens in the place of lines. It has one for
/// each line of each file that it mentions, numbered in order of first mention
/// (SourceLines.h). Moving lines changes what tokens stand for and nothing
/// else, so neither key nor object know of it. The merge puts the lines back
/// (merge/LineTable.h, merge/DebugEntries.h).
///
/// Debug information has numbers in the least bytes that hold them. A token
/// takes as many as its line, so lines fit where tokens were, and the object is
/// as large as it would be without (nearly: see add()).
///
/// Invariant: what is compiled is what is keyed, tokens and all. So it does not
/// matter what passes do with lines; but they ask no more than whether two are
/// the same, or whether there is one, and so the result is what it would be
/// with lines. (Equal lines of two files are different tokens: where the
/// compiler takes such lines for one, it does so by mistake.)
///
/// Cost: one number for each line of each shard.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_SHARD_LINETOKENS_H
#define HAPAX_SHARD_LINETOKENS_H

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace hapax {

/// The lines of one shard, by token. No line is 0 and has no token but 0.
class LineTokens {
public:
  /// A token for \p Line, which is not 0. Of several files, a shard can mention
  /// more lines up to 255 (or up to 65535) than there are tokens of as many
  /// bytes: those that come last get longer ones, in which their lines fit too.
  uint32_t add(uint32_t Line) {
    unsigned Class = classOf(Line);
    while (Class != 2 && First[Class] + Lines[Class].size() == First[Class + 1])
      ++Class;
    Lines[Class].push_back(Line);
    return First[Class] + uint32_t(Lines[Class].size() - 1);
  }

  /// What \p Token stands for; nothing: it is none of this shard's.
  std::optional<uint32_t> lineOf(uint32_t Token) const {
    if (Token == 0)
      return 0;
    unsigned Class = classOf(Token);
    uint32_t Place = Token - First[Class];
    if (Place >= Lines[Class].size())
      return std::nullopt;
    return Lines[Class][Place];
  }

  bool empty() const {
    return Lines[0].empty() && Lines[1].empty() && Lines[2].empty();
  }

private:
  /// One, two or four bytes.
  static unsigned classOf(uint32_t Number) {
    return (Number >= First[1]) + (Number >= First[2]);
  }
  static constexpr std::array<uint32_t, 3> First = {1, 1 << 8, 1 << 16};
  std::array<std::vector<uint32_t>, 3> Lines;
};

} // namespace hapax

#endif // HAPAX_SHARD_LINETOKENS_H
