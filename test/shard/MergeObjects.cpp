//===- MergeObjects.cpp - The object merger as a program ------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// Merges object files, so that tests can set real tools on the result:
///
///   hapax-merge-objects [option...] -o <output> <object>...
///     --suffix=<suffix>     the suffix of promoted symbols
///     --order=<file>        names in the module's order, one a line
///     --function-sections, --data-sections, --drop-unreferenced
///     --repeat=<n>          merges that often, and prints the time of each
//===----------------------------------------------------------------------===//

#include "shard/ObjectMerge.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

using namespace llvm;

static int fail(Error E) {
  errs() << "hapax-merge-objects: " << toString(std::move(E)) << '\n';
  return 1;
}

int main(int Argc, char **Argv) {
  cl::list<std::string> Inputs(cl::Positional, cl::OneOrMore);
  cl::opt<std::string> Output("o", cl::Required);
  cl::opt<std::string> Suffix("suffix");
  cl::opt<std::string> OrderFile("order");
  cl::opt<bool> FunctionSections("function-sections");
  cl::opt<bool> DataSections("data-sections");
  cl::opt<bool> DropUnreferenced("drop-unreferenced");
  cl::opt<unsigned> Repeat("repeat", cl::init(1));
  cl::ParseCommandLineOptions(Argc, Argv);

  std::vector<std::unique_ptr<MemoryBuffer>> Buffers;
  auto Open = [&](StringRef Path) -> Expected<MemoryBufferRef> {
    auto Buffer = MemoryBuffer::getFile(Path, /*IsText=*/false,
                                        /*RequiresNullTerminator=*/false);
    if (!Buffer)
      return createFileError(Path, Buffer.getError());
    return Buffers.emplace_back(std::move(*Buffer))->getMemBufferRef();
  };

  SmallVector<MemoryBufferRef> Shards;
  for (const std::string &Path : Inputs) {
    Expected<MemoryBufferRef> Shard = Open(Path);
    if (!Shard)
      return fail(Shard.takeError());
    Shards.push_back(*Shard);
  }
  SmallVector<StringRef> Order;
  if (!OrderFile.empty()) {
    Expected<MemoryBufferRef> Names = Open(OrderFile);
    if (!Names)
      return fail(Names.takeError());
    Names->getBuffer().split(Order, '\n', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  }

  hapax::MergeOptions Options;
  Options.PromotedSuffix = Suffix;
  Options.Order = Order;
  Options.FunctionSections = FunctionSections;
  Options.DataSections = DataSections;
  Options.DropUnreferenced = DropUnreferenced;
  Expected<SmallVector<char, 0>> Merged = createStringError("--repeat=0");
  for (unsigned I = 0; I != Repeat; ++I) {
    consumeError(Merged.takeError());
    auto Begin = std::chrono::steady_clock::now();
    Merged = hapax::mergeObjects(Shards, Options);
    std::chrono::duration<double, std::milli> Time =
        std::chrono::steady_clock::now() - Begin;
    if (Repeat > 1)
      outs() << Time.count() << " ms\n";
  }
  if (!Merged)
    return fail(Merged.takeError());

  std::error_code Code;
  raw_fd_ostream Stream(Output, Code, sys::fs::OF_None);
  Stream.write(Merged->data(), Merged->size());
  Stream.close();
  if (Code || Stream.has_error())
    return fail(createFileError(Output, Code ? Code : Stream.error()));
  return 0;
}
