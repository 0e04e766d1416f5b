//===- DebugEntries.cpp - Lines for tokens in entries ---------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Entries are a sequence whose elements say, by the number of an abbreviation,
/// which attributes follow and in which form. All that matters of an attribute
/// here is how long it is, and whether it is a line: so abbreviations become
/// lists of steps, fixed sizes in a row one step. A line has a form of fixed
/// size, which its token shares (LineTokens.h), and is written over it.
//===----------------------------------------------------------------------===//
#include "DebugEntries.h"
#include "ByteReader.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/Dwarf.h"

using namespace llvm;
using namespace llvm::dwarf;

namespace hapax::merge {

namespace {
enum class StepKind : uint8_t {
  Fixed, ///< so many bytes
  Line,  ///< a line in so many bytes
  Leb,
  String,
  SizedBlock, ///< its size is in so many bytes
  LebBlock,
};
struct Step {
  StepKind Kind;
  uint32_t Size = 0;
};
using Abbreviation = SmallVector<Step, 8>;

class Rewriter {
public:
  Rewriter(const InputObject &Object, const InputSection &Section,
           const LineTokens &Tokens)
      : Object(Object), Section(Section), Tokens(Tokens),
        Reader(Section.Contents),
        New(Section.Contents.begin(), Section.Contents.end()) {}
  Expected<std::vector<uint8_t>> run();

private:
  Error rewriteUnit();
  bool restoreLine(uint64_t At, unsigned Size);
  const InputSection *abbreviationsAt(uint64_t Field, uint64_t &Offset) const;
  bool readAbbreviations(const InputSection &From, uint64_t Offset);
  Error fault() const {
    return faultIn(Object, Section, "has entries that are not known");
  }

  const InputObject &Object;
  const InputSection &Section;
  const LineTokens &Tokens;
  ByteReader Reader;
  std::vector<uint8_t> New;
  /// By number, from 1; those at the place below.
  std::vector<Abbreviation> Abbreviations;
  std::pair<const InputSection *, uint64_t> AbbreviationsFrom;
};
} // namespace

/// How to get over a value; nothing: the form is not known.
static std::optional<Step> stepOver(uint64_t Form) {
  switch (Form) {
  case DW_FORM_flag_present:
  case DW_FORM_implicit_const:
    return Step{StepKind::Fixed, 0};
  case DW_FORM_data1:
  case DW_FORM_ref1:
  case DW_FORM_flag:
  case DW_FORM_strx1:
  case DW_FORM_addrx1:
    return Step{StepKind::Fixed, 1};
  case DW_FORM_data2:
  case DW_FORM_ref2:
  case DW_FORM_strx2:
  case DW_FORM_addrx2:
    return Step{StepKind::Fixed, 2};
  case DW_FORM_strx3:
  case DW_FORM_addrx3:
    return Step{StepKind::Fixed, 3};
  case DW_FORM_data4:
  case DW_FORM_ref4:
  case DW_FORM_ref_addr:
  case DW_FORM_sec_offset:
  case DW_FORM_strp:
  case DW_FORM_line_strp:
  case DW_FORM_strx4:
  case DW_FORM_addrx4:
    return Step{StepKind::Fixed, 4};
  case DW_FORM_data8:
  case DW_FORM_ref8:
  case DW_FORM_ref_sig8:
  case DW_FORM_addr:
    return Step{StepKind::Fixed, 8};
  case DW_FORM_data16:
    return Step{StepKind::Fixed, 16};
  case DW_FORM_udata:
  case DW_FORM_sdata:
  case DW_FORM_ref_udata:
  case DW_FORM_strx:
  case DW_FORM_addrx:
  case DW_FORM_loclistx:
  case DW_FORM_rnglistx:
    return Step{StepKind::Leb};
  case DW_FORM_string:
    return Step{StepKind::String};
  case DW_FORM_block1:
    return Step{StepKind::SizedBlock, 1};
  case DW_FORM_block2:
    return Step{StepKind::SizedBlock, 2};
  case DW_FORM_block4:
    return Step{StepKind::SizedBlock, 4};
  case DW_FORM_block:
  case DW_FORM_exprloc:
    return Step{StepKind::LebBlock};
  default:
    return std::nullopt;
  }
}

/// An abbreviation's attributes.
static bool readSteps(ByteReader &From, Abbreviation &To) {
  while (true) {
    uint64_t Attribute = From.uleb(), Form = From.uleb();
    if (Form == DW_FORM_implicit_const)
      From.sleb();
    if (!From.isGood())
      return false;
    if (!Attribute && !Form)
      return true;
    std::optional<Step> Next = stepOver(Form);
    if (!Next)
      return false;
    if (Attribute == DW_AT_decl_line || Attribute == DW_AT_call_line) {
      if (Form != DW_FORM_data1 && Form != DW_FORM_data2 &&
          Form != DW_FORM_data4)
        return false;
      Next->Kind = StepKind::Line;
    }
    if (Next->Kind == StepKind::Fixed && !To.empty() &&
        To.back().Kind == StepKind::Fixed)
      To.back().Size += Next->Size;
    else
      To.push_back(*Next);
  }
}

bool Rewriter::readAbbreviations(const InputSection &From, uint64_t Offset) {
  if (AbbreviationsFrom == std::pair(&From, Offset))
    return true;
  AbbreviationsFrom = {};
  Abbreviations.clear();
  Abbreviations.emplace_back();
  if (Offset > From.Contents.size())
    return false;
  ByteReader Reader(From.Contents.drop_front(Offset));
  while (uint64_t Number = Reader.uleb()) {
    // LLVM counts them.
    if (Number != Abbreviations.size())
      return false;
    Reader.uleb();   // tag
    Reader.fixed(1); // whether it has children
    if (!readSteps(Reader, Abbreviations.emplace_back()))
      return false;
  }
  AbbreviationsFrom = {&From, Offset};
  return Reader.isGood();
}

/// The table that a unit's header names.
const InputSection *Rewriter::abbreviationsAt(uint64_t Field,
                                              uint64_t &Offset) const {
  const auto *R =
      partition_point(Section.Relocations,
                      [&](const ELFT::Rela &R) { return R.r_offset < Field; });
  if (R == Section.Relocations.end() || R->r_offset != Field)
    return nullptr;
  const InputSymbol &Symbol =
      Object.Symbols[R->getSymbol(/*isMips64EL=*/false)];
  if (Symbol.Where != Place::Section)
    return nullptr;
  Offset = Symbol.Value + uint64_t(R->r_addend);
  const InputSection &Table = Object.Sections[Symbol.Section];
  return Table.Name == ".debug_abbrev" ? &Table : nullptr;
}

bool Rewriter::restoreLine(uint64_t At, unsigned Size) {
  uint64_t Token = 0;
  for (unsigned N = 0; N != Size; ++N)
    Token |= uint64_t(Section.Contents[At + N]) << 8 * N;
  std::optional<uint32_t> Line = Tokens.lineOf(uint32_t(Token));
  if (!Line || uint64_t(*Line) >> 8 * Size)
    return false;
  for (unsigned N = 0; N != Size; ++N)
    New[At + N] = uint8_t(*Line >> 8 * N);
  return true;
}

Error Rewriter::rewriteUnit() {
  uint64_t Length = Reader.fixed(4);
  uint64_t End = Reader.position() + Length;
  uint64_t Version = Reader.fixed(2);
  if (!Reader.isGood() || End > Section.Size || Version < 3 || Version > 5)
    return fault();
  bool HasType = Section.Name == ".debug_types";
  if (Version == 5) {
    uint64_t Type = Reader.fixed(1);
    if (Type != DW_UT_compile && Type != DW_UT_type)
      return fault();
    HasType = Type == DW_UT_type;
    Reader.skip(1); // size of addresses
  }
  uint64_t Offset = 0;
  const InputSection *From = abbreviationsAt(Reader.position(), Offset);
  Reader.skip(Version == 5 ? 4 : 5);
  if (HasType)
    Reader.skip(12); // signature, and where the type is
  if (!From || !readAbbreviations(*From, Offset))
    return fault();

  while (Reader.isGood() && Reader.position() < End) {
    uint64_t Number = Reader.uleb();
    if (Number >= Abbreviations.size())
      return fault();
    for (Step Next : Abbreviations[Number]) {
      uint64_t At = Reader.position();
      switch (Next.Kind) {
      case StepKind::Fixed:
        Reader.skip(Next.Size);
        break;
      case StepKind::Line:
        Reader.skip(Next.Size);
        if (!Reader.isGood() || !restoreLine(At, Next.Size))
          return faultIn(Object, Section,
                         "has an unknown line at offset " + Twine(At));
        break;
      case StepKind::Leb:
        Reader.skipLeb();
        break;
      case StepKind::String:
        Reader.skipString();
        break;
      case StepKind::SizedBlock:
        Reader.skip(Reader.fixed(Next.Size));
        break;
      case StepKind::LebBlock:
        Reader.skip(Reader.uleb());
        break;
      }
    }
  }
  if (!Reader.isGood() || Reader.position() != End)
    return fault();
  return Error::success();
}

Expected<std::vector<uint8_t>> Rewriter::run() {
  while (!Reader.isAtEnd())
    if (Error E = rewriteUnit())
      return E;
  return std::move(New);
}

Expected<std::vector<uint8_t>> restoreDebugEntries(const InputObject &Object,
                                                   const InputSection &Section,
                                                   const LineTokens &Tokens) {
  return Rewriter(Object, Section, Tokens).run();
}

} // namespace hapax::merge
