//===- LineTable.cpp - Lines for tokens in a line table -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Problem: a line table is a program that moves from line to line, and each
/// move takes as many bytes as it needs.
///
/// Idea: each row ends with the operations that set its line and address and
/// make it; all others mean the same in any case. So the program is copied, but
/// for the ends of rows: these are encoded anew, the way LLVM does it
/// (MCDwarfLineAddr::encode).
///
/// Invariant: encoding the lines that were found gives the bytes that were
/// found, or the table is refused. So what is written for other lines is what
/// the assembler would have written; and relocations lie in what was copied.
///
/// Cost: a few steps for each row.
//===----------------------------------------------------------------------===//
#include "LineTable.h"
#include "ByteReader.h"
#include "RelocationTypes.h"
#include "llvm/BinaryFormat/Dwarf.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hapax::merge {

// What headers of tables say (MCDwarfLineTableParams).
static constexpr int LineBase = -5;
static constexpr unsigned LineRange = 14;
static constexpr unsigned OpcodeBase = 13;
/// The addresses that DW_LNS_const_add_pc goes further.
static constexpr uint64_t MaxSpecial = (255 - OpcodeBase) / LineRange;

/// Appends the end of a row. (A delta is below 0 modulo 2^64.)
static void encode(uint64_t LineDelta, uint64_t AddressDelta,
                   SmallVectorImpl<uint8_t> &Out) {
  uint8_t Leb[16];
  uint64_t Special = LineDelta - LineBase;
  bool HasAdvanced = Special >= LineRange;
  if (HasAdvanced) {
    Out.push_back(DW_LNS_advance_line);
    Out.append(Leb, Leb + encodeSLEB128(int64_t(LineDelta), Leb));
    LineDelta = 0;
    Special = -LineBase;
  }
  if (LineDelta == 0 && AddressDelta == 0) {
    Out.push_back(DW_LNS_copy);
    return;
  }
  Special += OpcodeBase;
  if (AddressDelta < 256 + MaxSpecial) {
    uint64_t Opcode = Special + AddressDelta * LineRange;
    if (Opcode <= 255) {
      Out.push_back(uint8_t(Opcode));
      return;
    }
    Opcode = Special + (AddressDelta - MaxSpecial) * LineRange;
    if (Opcode <= 255) {
      Out.push_back(DW_LNS_const_add_pc);
      Out.push_back(uint8_t(Opcode));
      return;
    }
  }
  Out.push_back(DW_LNS_advance_pc);
  Out.append(Leb, Leb + encodeULEB128(AddressDelta, Leb));
  Out.push_back(HasAdvanced ? uint8_t(DW_LNS_copy) : uint8_t(Special));
}

namespace {
class Rewriter {
public:
  Rewriter(const InputObject &Object, const InputSection &Section,
           const LineTokens &Tokens)
      : Object(Object), Section(Section), Tokens(Tokens),
        Reader(Section.Contents) {}
  Expected<RewrittenSection> run();

private:
  Error rewriteTable();
  Error rewriteProgram(uint64_t End);
  Error rewriteExtended();
  bool endRow();
  void copyUpTo(uint64_t End);
  Error fault() const {
    return faultIn(Object, Section, "has a line table that is not known");
  }

  const InputObject &Object;
  const InputSection &Section;
  const LineTokens &Tokens;
  ByteReader Reader;
  RewrittenSection New;
  uint64_t Copied = 0; ///< up to here
  size_t NextRelocation = 0;
  bool IsTorn = false; ///< a relocation is for more than is copied in one piece

  // Of the program: the rows before, as they were and as they are now; and the
  // end of a row that has begun.
  uint64_t Token = 1, Line = 1;
  uint64_t LineDelta = 0, AddressDelta = 0;
  uint64_t RowEnd = 0; ///< where it begins
  bool InRowEnd = false;
};
} // namespace

void Rewriter::copyUpTo(uint64_t End) {
  for (; NextRelocation != Section.Relocations.size(); ++NextRelocation) {
    ELFT::Rela R = Section.Relocations[NextRelocation];
    if (R.r_offset < Copied || R.r_offset >= End)
      break;
    // All of the place, and not only its beginning, moves along.
    std::optional<RelocationType> Type = relocationType(R.getType(false));
    IsTorn |= !Type || Type->Size > End - R.r_offset;
    R.r_offset = R.r_offset - Copied + New.Contents.size();
    New.Relocations.push_back(R);
  }
  New.Contents.insert(New.Contents.end(), Section.Contents.begin() + Copied,
                      Section.Contents.begin() + End);
  Copied = End;
}

/// Writes the end of a row, which was read to the end.
bool Rewriter::endRow() {
  SmallVector<uint8_t, 32> Bytes;
  encode(LineDelta, AddressDelta, Bytes);
  if (ArrayRef(Bytes) !=
      Section.Contents.slice(RowEnd, Reader.position() - RowEnd))
    return false;
  Token += LineDelta;
  std::optional<uint32_t> Now;
  if (Token <= std::numeric_limits<uint32_t>::max())
    Now = Tokens.lineOf(uint32_t(Token));
  if (!Now)
    return false;
  copyUpTo(RowEnd);
  Bytes.clear();
  encode(*Now - Line, AddressDelta, Bytes);
  New.Contents.insert(New.Contents.end(), Bytes.begin(), Bytes.end());
  Copied = Reader.position();
  Line = *Now;
  LineDelta = 0;
  AddressDelta = 0;
  InRowEnd = false;
  return true;
}

/// An operation whose first byte was read.
Error Rewriter::rewriteExtended() {
  uint64_t Length = Reader.uleb();
  uint64_t Operation = Reader.fixed(1);
  if (!Length)
    return fault();
  Reader.skip(Length - 1);
  switch (Operation) {
  case DW_LNE_end_sequence:
    if (LineDelta)
      return fault();
    Token = Line = 1;
    AddressDelta = 0;
    InRowEnd = false;
    return Error::success();
  case DW_LNE_set_address:
  case DW_LNE_set_discriminator:
    return InRowEnd ? fault() : Error::success();
  default:
    return fault();
  }
}

Error Rewriter::rewriteProgram(uint64_t End) {
  Token = Line = 1;
  while (Reader.position() < End) {
    uint64_t Start = Reader.position();
    uint64_t Opcode = Reader.fixed(1);
    bool IsEnd = Opcode >= OpcodeBase || Opcode == DW_LNS_copy ||
                 Opcode == DW_LNS_advance_pc || Opcode == DW_LNS_advance_line ||
                 Opcode == DW_LNS_const_add_pc;
    if (IsEnd && !InRowEnd) {
      InRowEnd = true;
      RowEnd = Start;
    }
    switch (Opcode) {
    case DW_LNS_extended_op:
      if (Error E = rewriteExtended())
        return E;
      continue;
    case DW_LNS_advance_pc:
      AddressDelta += Reader.uleb();
      continue;
    case DW_LNS_advance_line:
      LineDelta += uint64_t(Reader.sleb());
      continue;
    case DW_LNS_const_add_pc:
      AddressDelta += MaxSpecial;
      continue;
    case DW_LNS_set_file:
    case DW_LNS_set_column:
    case DW_LNS_set_isa:
      Reader.uleb();
      [[fallthrough]];
    case DW_LNS_negate_stmt:
    case DW_LNS_set_basic_block:
    case DW_LNS_set_prologue_end:
    case DW_LNS_set_epilogue_begin:
      if (InRowEnd)
        return fault();
      continue;
    case DW_LNS_fixed_advance_pc:
      return fault();
    case DW_LNS_copy:
      break;
    default:
      Opcode -= OpcodeBase;
      AddressDelta += Opcode / LineRange;
      LineDelta += Opcode % LineRange + LineBase;
    }
    if (!Reader.isGood() || !endRow())
      return fault();
  }
  if (!Reader.isGood() || Reader.position() != End || InRowEnd)
    return fault();
  copyUpTo(End);
  return Error::success();
}

Error Rewriter::rewriteTable() {
  size_t LengthAt = New.Contents.size();
  uint64_t Length = Reader.fixed(4);
  uint64_t End = Reader.position() + Length;
  uint64_t Version = Reader.fixed(2);
  if (!Reader.isGood() || End > Section.Size || Version < 2 || Version > 5)
    return fault();
  if (Version == 5)
    Reader.skip(2); // sizes of addresses and of selectors
  uint64_t HeaderLength = Reader.fixed(4);
  uint64_t Program = Reader.position() + HeaderLength;
  bool IsKnown = Reader.fixed(1) == 1; // length of instructions
  if (Version >= 4)
    IsKnown &= Reader.fixed(1) == 1; // operations in each
  Reader.skip(1);
  IsKnown &= int8_t(Reader.fixed(1)) == LineBase;
  IsKnown &= Reader.fixed(1) == LineRange;
  IsKnown &= Reader.fixed(1) == OpcodeBase;
  if (!Reader.isGood() || !IsKnown || Program < Reader.position() ||
      Program > End)
    return fault();
  Reader.skip(Program - Reader.position());
  copyUpTo(Program);
  if (Error E = rewriteProgram(End))
    return E;
  support::endian::write32le(New.Contents.data() + LengthAt,
                             New.Contents.size() - LengthAt - 4);
  return Error::success();
}

Expected<RewrittenSection> Rewriter::run() {
  New.Contents.reserve(Section.Contents.size() + Section.Contents.size() / 8);
  New.Relocations.reserve(Section.Relocations.size());
  if (!Reader.isAtEnd())
    if (Error E = rewriteTable())
      return E;
  // A second table would lie elsewhere, and what refers to it is not known.
  if (!Reader.isAtEnd() || IsTorn ||
      NextRelocation != Section.Relocations.size())
    return fault();
  return std::move(New);
}

Expected<RewrittenSection> restoreLineTable(const InputObject &Object,
                                            const InputSection &Section,
                                            const LineTokens &Tokens) {
  return Rewriter(Object, Section, Tokens).run();
}

} // namespace hapax::merge
