//===- KeyFields.cpp - Tagged, printable fields of a key --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/IR/KeyFields.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace hapax;
using llvm::StringRef;

static std::string_view view(StringRef Text) {
  return {Text.data(), Text.size()};
}

static std::string printable(StringRef Value) {
  constexpr size_t Longest = 240, Shown = 160;
  bool Plain =
      llvm::all_of(Value, [](char C) { return llvm::isPrint(C) && C != '\\'; });
  if (Plain && Value.size() <= Longest)
    return Value.str();
  std::string Text;
  llvm::raw_string_ostream OS(Text);
  if (Value.size() <= Longest) {
    llvm::printEscapedString(Value, OS);
    return Text;
  }
  llvm::printEscapedString(Value.take_front(Shown), OS);
  OS << "... (" << Value.size() << " bytes, " << digestOf(view(Value)).hex()
     << ")";
  return Text;
}

void KeyBuilder::add(StringRef Tag, StringRef Value) {
  Hash.add(view(Tag));
  Hash.add(view(Value));
  Fields.push_back({Tag.str(), printable(Value)});
}

void KeyBuilder::add(StringRef Tag, const Digest &Value) {
  add(Tag, StringRef(Value.hex()));
}

void KeyBuilder::addNumber(StringRef Tag, int64_t Value) {
  add(Tag, StringRef(std::to_string(Value)));
}
