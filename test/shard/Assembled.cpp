//===- Assembled.cpp - Objects from assembly, and what is in them ---------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "Assembled.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCAsmBackend.h"
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/MC/MCCodeEmitter.h"
#include "llvm/MC/MCContext.h"
#include "llvm/MC/MCInstrInfo.h"
#include "llvm/MC/MCObjectFileInfo.h"
#include "llvm/MC/MCObjectWriter.h"
#include "llvm/MC/MCParser/MCAsmParser.h"
#include "llvm/MC/MCParser/MCTargetAsmParser.h"
#include "llvm/MC/MCRegisterInfo.h"
#include "llvm/MC/MCStreamer.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"

using namespace llvm;
using namespace llvm::ELF;

namespace hapax::test {

static const Target *findTarget(const Triple &TT) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
  std::string Message;
  const Target *T = TargetRegistry::lookupTarget(TT, Message);
  EXPECT_NE(T, nullptr) << Message;
  return T;
}

Bytes assemble(StringRef Text) {
  Triple TT("x86_64-pc-linux-gnu");
  static const Target *T = findTarget(TT);
  SourceMgr Sources;
  Sources.AddNewSourceBuffer(MemoryBuffer::getMemBuffer(Text), SMLoc());

  MCTargetOptions Options;
  std::unique_ptr<MCRegisterInfo> Registers(T->createMCRegInfo(TT));
  std::unique_ptr<MCAsmInfo> Info(T->createMCAsmInfo(*Registers, TT, Options));
  std::unique_ptr<MCInstrInfo> Instructions(T->createMCInstrInfo());
  std::unique_ptr<MCSubtargetInfo> Subtarget(
      T->createMCSubtargetInfo(TT, "", ""));
  MCContext Context(TT, Info.get(), Registers.get(), Subtarget.get(), &Sources,
                    &Options);
  std::unique_ptr<MCObjectFileInfo> FileInfo(
      T->createMCObjectFileInfo(Context, /*PIC=*/true));
  Context.setObjectFileInfo(FileInfo.get());

  Bytes Object;
  raw_svector_ostream Stream(Object);
  std::unique_ptr<MCAsmBackend> Backend(
      T->createMCAsmBackend(*Subtarget, *Registers, Options));
  std::unique_ptr<MCObjectWriter> Writer = Backend->createObjectWriter(Stream);
  std::unique_ptr<MCStreamer> Streamer(T->createMCObjectStreamer(
      TT, Context, std::move(Backend), std::move(Writer),
      std::unique_ptr<MCCodeEmitter>(
          T->createMCCodeEmitter(*Instructions, Context)),
      *Subtarget));
  std::unique_ptr<MCAsmParser> Parser(
      createMCAsmParser(Sources, Context, *Streamer, *Info));
  std::unique_ptr<MCTargetAsmParser> TargetParser(
      T->createMCAsmParser(*Subtarget, *Parser, *Instructions, Options));
  Parser->setTargetParser(*TargetParser);
  if (Parser->Run(/*NoInitialTextSection=*/false)) {
    ADD_FAILURE() << "errors in the assembly";
    return {};
  }
  return Object;
}

MemoryBufferRef ref(const Bytes &Object, StringRef Name) {
  return {StringRef(Object.data(), Object.size()), Name};
}

static std::vector<Bytes> assembleAll(ArrayRef<StringRef> Texts) {
  std::vector<Bytes> Objects;
  for (StringRef Text : Texts)
    Objects.push_back(assemble(Text));
  return Objects;
}

static Expected<Bytes> mergeAll(ArrayRef<Bytes> Objects,
                                const MergeOptions &Options) {
  static const char *const Names[] = {"shard 0", "shard 1", "shard 2"};
  std::vector<MemoryBufferRef> Shards;
  for (const Bytes &Object : Objects)
    Shards.push_back(ref(Object, Shards.size() < 3 ? Names[Shards.size()]
                                                   : "another shard"));
  return mergeObjects(Shards, Options);
}

Bytes merge(ArrayRef<StringRef> Texts, const MergeOptions &Options) {
  Expected<Bytes> Merged = mergeAll(assembleAll(Texts), Options);
  if (Merged)
    return std::move(*Merged);
  ADD_FAILURE() << toString(Merged.takeError());
  return assemble("");
}

static std::string messageOf(Expected<Bytes> Merged) {
  return Merged ? "" : toString(Merged.takeError());
}

std::string mergeError(ArrayRef<StringRef> Texts, const MergeOptions &Options) {
  return messageOf(mergeAll(assembleAll(Texts), Options));
}

std::string mergeErrorOf(const Bytes &Object) {
  return messageOf(mergeObjects(ref(Object, "shard 0"), {}));
}

View::View(Bytes From)
    : Object(std::move(From)), File(cantFail(object::ELF64LEFile::create(
                                   StringRef(Object.data(), Object.size())))),
      Headers(cantFail(File.sections())), ExtendedIndices({}) {
  for (const auto &Header : Headers)
    if (Header.sh_type == SHT_SYMTAB)
      SymbolTable = &Header;
  Symbols = cantFail(File.symbols(SymbolTable));
  Names = cantFail(File.getStringTableForSymtab(*SymbolTable));
  for (const auto &Header : Headers)
    if (Header.sh_type == SHT_SYMTAB_SHNDX)
      ExtendedIndices = cantFail(File.getSHNDXTable(Header));
}

std::string View::nameOf(uint32_t Section) const {
  return cantFail(File.getSectionName(Headers[Section])).str();
}

std::vector<std::string> View::sections() const {
  std::vector<std::string> Found;
  for (const auto &Header : Headers)
    switch (Header.sh_type) {
    case SHT_NULL:
    case SHT_STRTAB:
    case SHT_SYMTAB:
    case SHT_SYMTAB_SHNDX:
    case SHT_RELA:
    case SHT_GROUP:
      break;
    default:
      Found.push_back(nameOf(&Header - Headers.data()));
    }
  return Found;
}

object::ELF64LE::Shdr View::header(StringRef Section) const {
  for (const auto &Header : Headers)
    if (nameOf(&Header - Headers.data()) == Section)
      return Header;
  ADD_FAILURE() << "no section " << Section.str();
  return Headers[0];
}

std::string View::contents(StringRef Section) const {
  return toStringRef(cantFail(File.getSectionContents(header(Section)))).str();
}

std::string View::symbol(StringRef Name) const {
  for (const auto &Symbol : Symbols) {
    if (Symbol.getType() == STT_SECTION ||
        cantFail(Symbol.getName(Names)) != Name || Name.empty())
      continue;
    static const char *const Bindings[] = {"local", "global", "weak"};
    static const char *const Types[] = {"notype", "object", "func", "section",
                                        "file",   "common", "tls"};
    static const char *const Visibilities[] = {"", " internal", " hidden",
                                               " protected"};
    std::string Text = Bindings[Symbol.getBinding()];
    Text +=
        std::string(" ") +
        (Symbol.getType() == STT_GNU_IFUNC ? "ifunc" : Types[Symbol.getType()]);
    if (Symbol.st_shndx == SHN_ABS)
      Text += " absolute+" + utohexstr(Symbol.st_value, /*LowerCase=*/true);
    else if (Symbol.st_shndx == SHN_COMMON)
      Text += " common+" + utohexstr(Symbol.st_value, /*LowerCase=*/true);
    else if (uint32_t Index = cantFail(
                 File.getSectionIndex(Symbol, Symbols, ExtendedIndices)))
      Text += " " + nameOf(Index) + "+" +
              utohexstr(Symbol.st_value, /*LowerCase=*/true);
    else
      Text += " undefined";
    return Text + Visibilities[Symbol.getVisibility()];
  }
  return "none";
}

std::vector<std::string> View::symbols() const {
  std::vector<std::string> Found;
  for (const auto &Symbol : Symbols.drop_front())
    if (Symbol.getType() != STT_SECTION)
      Found.push_back(cantFail(Symbol.getName(Names)).str());
  return Found;
}

std::vector<std::string> View::relocations(StringRef Section) const {
  std::vector<std::string> Found;
  for (const auto &Header : Headers) {
    if (Header.sh_type != SHT_RELA || nameOf(Header.sh_info) != Section)
      continue;
    for (const auto &R : cantFail(File.relas(Header))) {
      const auto &Symbol = Symbols[R.getSymbol(false)];
      std::string Name = Symbol.getType() == STT_SECTION
                             ? nameOf(cantFail(File.getSectionIndex(
                                   Symbol, Symbols, ExtendedIndices)))
                             : cantFail(Symbol.getName(Names)).str();
      int64_t Addend = R.r_addend;
      if (Addend)
        Name += (Addend < 0 ? "-" : "+") +
                utohexstr(std::abs(Addend), /*LowerCase=*/true);
      Found.push_back(
          utohexstr(R.r_offset, /*LowerCase=*/true) + " " +
          File.getRelocationTypeName(R.getType(false)).drop_front(9).str() +
          " " + Name);
    }
  }
  return Found;
}

std::vector<std::string> View::groups() const {
  std::vector<std::string> Found;
  for (const auto &Header : Headers) {
    if (Header.sh_type != SHT_GROUP)
      continue;
    auto Words =
        cantFail(File.getSectionContentsAsArray<object::ELF64LE::Word>(Header));
    std::string Text = Words[0] & GRP_COMDAT ? "comdat " : "group ";
    Text += cantFail(Symbols[Header.sh_info].getName(Names)).str() + ":";
    for (uint32_t Member : Words.drop_front())
      Text += " " + nameOf(Member);
    Found.push_back(Text);
  }
  return Found;
}

} // namespace hapax::test
