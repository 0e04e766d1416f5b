//===- EhFrame.cpp - The table of call frames -----------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "EhFrame.h"
#include "Relocations.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace llvm::ELF;
using support::endian::read32le;
using support::endian::write32le;

namespace hapax::merge {

/// The length and, in an FDE, the distance to its CIE (in a CIE: 0).
static constexpr uint64_t LengthSize = 4, HeadSize = 8;

namespace {
/// One record of an input section.
struct Record {
  const InputObject *Object = nullptr;
  const InputSection *Piece = nullptr;
  uint64_t Offset = 0; ///< in the piece
  ArrayRef<uint8_t> Bytes;
  ArrayRef<ELFT::Rela> Relocations;

  bool isCie() const { return read32le(Bytes.data() + LengthSize) == 0; }
  Error fault(const Twine &Message) const {
    return faultIn(*Object, *Piece,
                   "record at 0x" + Twine::utohexstr(Offset) + ": " + Message);
  }
};

/// An FDE that is kept.
struct Fde {
  Record From;
  uint32_t Cie;      ///< index in Builder::Cies
  uint32_t Position; ///< of its function's section
  uint64_t Function; ///< offset in it
};

struct Cie {
  std::string Bytes;
  SmallVector<Relocation, 1> Relocations; ///< offsets from its begin
  uint32_t WrittenAt = None;
};

class Builder {
public:
  Builder(OutputSection &Section, Symbols &Known)
      : Section(Section), Known(Known) {}

  Error readPiece(const InputObject &Object, const InputSection &Piece);
  Error write();

private:
  Error readRecord(const Record &From, DenseMap<uint64_t, uint32_t> &CieAt);
  Expected<uint32_t> readCie(const Record &From);
  Error readFde(const Record &From, uint32_t Cie);
  void append(ArrayRef<uint8_t> Bytes) {
    Section.Contents.append(Bytes.begin(), Bytes.end());
  }

  OutputSection &Section;
  Symbols &Known;
  std::vector<Cie> Cies;
  StringMap<uint32_t> CieByKey;
  std::vector<Fde> Fdes;
};
} // namespace

Error Builder::readPiece(const InputObject &Object, const InputSection &Piece) {
  ArrayRef<ELFT::Rela> Left = Piece.Relocations;
  if (!is_sorted(Left, [](const ELFT::Rela &A, const ELFT::Rela &B) {
        return A.r_offset < B.r_offset;
      }))
    return faultIn(Object, Piece, "relocations are not in order");

  DenseMap<uint64_t, uint32_t> CieAt;
  for (uint64_t At = 0; At != Piece.Size;) {
    ArrayRef<uint8_t> Rest = Piece.Contents.drop_front(At);
    Record Next{&Object, &Piece, At, Rest, Left};
    if (Rest.size() < LengthSize)
      return Next.fault("is cut off");
    uint64_t Length = read32le(Rest.data());
    if (!Length) {
      if (Rest.size() != LengthSize)
        return Next.fault("an end before the end");
      break;
    }
    // (A length of 64 bits begins like one that is too long.)
    if (Length < HeadSize - LengthSize || Length > Rest.size() - LengthSize)
      return Next.fault("is longer than its section, or too short");
    Next.Bytes = Rest.take_front(LengthSize + Length);
    uint64_t End = At + Next.Bytes.size();
    Next.Relocations =
        Left.take_while([&](const ELFT::Rela &R) { return R.r_offset < End; });
    Left = Left.drop_front(Next.Relocations.size());
    if (!Next.Relocations.empty() &&
        Next.Relocations.front().r_offset < At + HeadSize)
      return Next.fault("has a relocation of its head");
    if (Error E = readRecord(Next, CieAt))
      return E;
    At = End;
  }
  if (!Left.empty())
    return faultIn(Object, Piece, "has a relocation behind its records");
  return Error::success();
}

Error Builder::readRecord(const Record &From,
                          DenseMap<uint64_t, uint32_t> &CieAt) {
  if (From.isCie()) {
    Expected<uint32_t> Cie = readCie(From);
    if (!Cie)
      return Cie.takeError();
    CieAt[From.Offset] = *Cie;
    return Error::success();
  }
  uint64_t Field = From.Offset + LengthSize;
  uint64_t Distance = read32le(From.Bytes.data() + LengthSize);
  auto Found = CieAt.end();
  if (Distance <= Field)
    Found = CieAt.find(Field - Distance);
  if (Found == CieAt.end())
    return From.fault("points to no CIE before it");
  return readFde(From, Found->second);
}

Expected<uint32_t> Builder::readCie(const Record &From) {
  Cie New;
  New.Bytes = toStringRef(From.Bytes);
  // Its identity: contents, and what they refer to.
  std::string Key = New.Bytes;
  auto Add = [&](uint64_t Word) {
    Key.append(reinterpret_cast<const char *>(&Word), sizeof(Word));
  };
  for (const ELFT::Rela &R : From.Relocations) {
    Expected<Relocation> To = convert(*From.Object, *From.Piece, R, Known);
    if (!To)
      return To.takeError();
    To->Offset -= From.Offset;
    Add(To->Offset);
    Add(To->Type);
    Add(To->Symbol);
    Add(uint64_t(To->Addend));
    New.Relocations.push_back(*To);
  }
  auto [Found, IsNew] = CieByKey.try_emplace(Key, uint32_t(Cies.size()));
  if (IsNew)
    Cies.push_back(std::move(New));
  return Found->second;
}

Error Builder::readFde(const Record &From, uint32_t Cie) {
  if (From.Relocations.empty() ||
      From.Relocations.front().r_offset != From.Offset + HeadSize)
    return From.fault("describes no function");
  const ELFT::Rela &Begin = From.Relocations.front();
  const InputSymbol &Symbol =
      From.Object->Symbols[Begin.getSymbol(/*isMips64EL=*/false)];
  if (Symbol.Where != Place::Section)
    return From.fault("describes a function of another object");
  const InputSection &Target = From.Object->Sections[Symbol.Section];
  if (Target.Dropped)
    return Error::success();
  if (Target.Out->Kind != SectionKind::Plain)
    return From.fault("describes what is no code");
  Fdes.push_back({From, Cie, Target.Out->Position,
                  Target.Offset + Symbol.Value + uint64_t(Begin.r_addend)});
  return Error::success();
}

Error Builder::write() {
  llvm::stable_sort(Fdes, [](const Fde &A, const Fde &B) {
    return std::tie(A.Position, A.Function) < std::tie(B.Position, B.Function);
  });
  uint64_t LastRecord = 0;
  for (const Fde &F : Fdes) {
    Cie &C = Cies[F.Cie];
    if (C.WrittenAt == None) {
      C.WrittenAt = Section.Contents.size();
      append(arrayRefFromStringRef(C.Bytes));
      for (Relocation R : C.Relocations) {
        R.Offset += C.WrittenAt;
        Section.Relocations.push_back(R);
      }
    }
    LastRecord = Section.Contents.size();
    append(F.From.Bytes);
    write32le(Section.Contents.data() + LastRecord + LengthSize,
              LastRecord + LengthSize - C.WrittenAt);
    for (const ELFT::Rela &From : F.From.Relocations) {
      Expected<Relocation> R =
          convert(*F.From.Object, *F.From.Piece, From, Known);
      if (!R)
        return R.takeError();
      R->Offset += LastRecord - F.From.Offset;
      Section.Relocations.push_back(*R);
    }
  }
  // Zeros between this section and a linker's next would end the list: the last
  // record grows instead (by instructions that do nothing, which are zeros).
  if (uint64_t Odd = Section.Contents.size() % Section.Align) {
    uint8_t *Length =
        reinterpret_cast<uint8_t *>(Section.Contents.data()) + LastRecord;
    write32le(Length, read32le(Length) + (Section.Align - Odd));
    Section.Contents.resize(Section.Contents.size() + Section.Align - Odd);
  }
  Section.Size = Section.Contents.size();
  if (Section.Size > std::numeric_limits<int32_t>::max())
    return createStringError("section " + Section.Name + " is too large");
  return Error::success();
}

Error buildEhFrame(OutputSection &Section, ArrayRef<InputObject> Objects,
                   Symbols &Known) {
  Builder Build(Section, Known);
  for (const InputSection *Piece : Section.Pieces)
    if (Error E = Build.readPiece(Objects[Piece->Shard], *Piece))
      return E;
  return Build.write();
}

} // namespace hapax::merge
