//===- StoreScan.cpp - Check every entry of a storage -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Problem: find every bad entry, of a storage whose key map can be walked only
// by LLVM's own validation, which uses threads of its own (no crash guard
// reaches them) and hands out values without their keys.
//
// Idea: a child process walks each generation, newest first, and reports
// through a pipe; a crash or standstill of the child is a verdict as well. A
// value leads to a header object. Its key is in the header; where that is
// damaged, the object's identifier still is the lookup key.
//
// Each entry is read within its generation. What is bad or incomplete there is
// read once more the way a compiler would, across generations, and that
// decides; the detour would copy every entry into the newest generation if it
// were taken for all.
//===----------------------------------------------------------------------===//
#include "StoreScan.h"

#include "StoredEntry.h"
#include "llvm/ADT/SmallVector.h"
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace hapax;
using namespace hapax::store;
using namespace llvm;
using namespace llvm::cas::ondisk;

namespace {

/// What the child tells; small enough to be written atomically.
struct Message {
  enum Kind : uint64_t { Total, Checked, Bad, Done } What;
  uint64_t Count;
  CacheKey Key;
};

/// Longer silence than this means that the child does not get ahead. Entries
/// are far below a gigabyte.
constexpr int SilenceMs = 60'000;

using Value = UnifiedOnDiskCache::ValueBytes;

/// One memory for all payloads.
class ScratchSink final : public Sink {
public:
  std::span<std::byte> reserve(size_t Size) override {
    if (Bytes.size() < Size)
      Bytes.resize(Size);
    return {Bytes.data(), Size};
  }

private:
  std::vector<std::byte> Bytes;
};

class Child {
public:
  Child(OpenStore &Store, const StoreState &State, int Pipe)
      : Store(Store), State(State), Pipe(Pipe) {}
  bool scan();

private:
  struct Generation {
    std::unique_ptr<OnDiskGraphDB> Graph;
    std::unique_ptr<OnDiskKeyValueDB> Keys;
    std::vector<Value> Values;
  };
  struct Entry {
    CacheKey Key;
    Digest Lookup;
    /// Its header is in this generation.
    bool Present;
  };

  bool open(const std::string &Path);
  std::expected<std::optional<Entry>, TierError> identify(Generation &G,
                                                          const Value &V);
  bool holds(Generation &G, const Digest &Lookup, const Value &V);
  void tell(Message M) { (void)!::write(Pipe, &M, sizeof(M)); }

  OpenStore &Store;
  const StoreState &State;
  int Pipe;
  std::vector<Generation> Generations;
};

bool Child::open(const std::string &Path) {
  Generation G;
  auto Graph = OnDiskGraphDB::open(Path, HashName, HashBytes);
  if (!Graph) {
    consumeError(Graph.takeError());
    return false;
  }
  G.Graph = std::move(*Graph);
  auto Keys = OnDiskKeyValueDB::open(Path, HashName, HashBytes, "objectid",
                                     sizeof(Value));
  if (!Keys) {
    consumeError(Keys.takeError());
    return false;
  }
  G.Keys = std::move(*Keys);
  std::mutex Mutex;
  Error Damage = G.Keys->validate([&](cas::FileOffset, ArrayRef<char> Data) {
    Value V;
    std::lock_guard<std::mutex> Lock(Mutex);
    if (Data.size() == V.size()) {
      copy(Data, V.begin());
      G.Values.push_back(V);
    }
    return Error::success();
  });
  if (Damage) {
    consumeError(std::move(Damage));
    return false;
  }
  Generations.push_back(std::move(G));
  return true;
}

bool Child::holds(Generation &G, const Digest &Lookup, const Value &V) {
  auto Found = G.Keys->get(Lookup.bytes());
  if (!Found) {
    consumeError(Found.takeError());
    return false;
  }
  return *Found && **Found == ArrayRef<char>(V);
}

/// The live entry that a value stands for; nothing for one that was removed.
/// An error when the value leads nowhere.
std::expected<std::optional<Child::Entry>, TierError>
Child::identify(Generation &G, const Value &V) {
  ObjectID ID = UnifiedOnDiskCache::getObjectIDFromValue(V);
  auto Node = G.Graph->load(ID);
  if (!Node) {
    consumeError(Node.takeError());
    return std::unexpected(TierError{TierError::Kind::Corrupt, {}});
  }
  bool Present = Node->has_value();
  if (Present)
    if (auto Header = readHeader(*G.Graph, **Node)) {
      Digest Lookup = State.lookupKey(Header->Key);
      if (holds(G, Lookup, V))
        return Entry{Header->Key, Lookup, Present};
      for (uint64_t Epoch = State.epochOf(Header->Key); Epoch; --Epoch)
        if (holds(G, StoreState::lookupKey(Header->Key, Epoch - 1), V))
          return std::nullopt;
    }
  Digest Lookup = Digest::fromBytes(
      std::span<const uint8_t, HashBytes>(G.Graph->getDigest(ID)));
  if (!holds(G, Lookup, V))
    return std::unexpected(TierError{TierError::Kind::Corrupt, {}});
  for (const auto &[Key, Epoch] : State.Epochs)
    for (uint64_t Past = 0; Past <= Epoch; ++Past)
      if (StoreState::lookupKey(Key, Past) == Lookup) {
        if (Past != Epoch)
          return std::nullopt;
        return Entry{Key, Lookup, Present};
      }
  return Entry{Lookup, Lookup, Present};
}

bool Child::scan() {
  auto Paths = OpenStore::listGenerations(Store.storagePath());
  for (const std::string &Path : reverse(ArrayRef(Paths).take_back(2)))
    if (!open(Path))
      return false;

  // Which generation, counted from the newest, has an entry's header; the
  // count of generations where none has.
  std::map<Digest, std::pair<CacheKey, size_t>> Live;
  for (size_t I = 0; I != Generations.size(); ++I)
    for (const Value &V : Generations[I].Values) {
      auto Found = identify(Generations[I], V);
      if (!Found)
        return false;
      if (!*Found)
        continue;
      size_t Where = (*Found)->Present ? I : Generations.size();
      auto [It, New] = Live.try_emplace((*Found)->Lookup, (*Found)->Key, Where);
      if (!New)
        It->second.second = std::min(It->second.second, Where);
    }
  tell({Message::Total, Live.size(), {}});

  ScratchSink Scratch;
  for (const auto &[Lookup, Place] : Live) {
    const auto &[Key, Where] = Place;
    bool Good = false;
    if (Where != Generations.size()) {
      Generation &G = Generations[Where];
      auto Answer = readEntry({*G.Graph, *G.Keys}, Lookup, Key, Scratch);
      Good = Answer && *Answer;
    }
    if (!Good) {
      auto Answer = readEntry(Store.storage(), Lookup, Key, Scratch);
      if (!Answer || !*Answer)
        tell({Message::Bad, 0, Key});
    }
    tell({Message::Checked, 1, {}});
  }
  tell({Message::Done, 0, {}});
  return true;
}

[[noreturn]] void runChild(OpenStore &Store, const StoreState &State,
                           int Pipe) {
  // Whatever this process says when it dies is not for the user.
  if (int Null = ::open("/dev/null", O_RDWR | O_CLOEXEC); Null >= 0) {
    ::dup2(Null, STDOUT_FILENO);
    ::dup2(Null, STDERR_FILENO);
  }
  for (int Signal : {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP})
    ::signal(Signal, SIG_DFL);
  bool Done = Child(Store, State, Pipe).scan();
  ::_exit(Done ? 0 : 1);
}

} // namespace

ScanResult
store::scanStore(OpenStore &Store, const StoreState &State,
                 const std::function<void(uint64_t, uint64_t)> &Progress) {
  ScanResult Result;
  int Ends[2];
  if (::pipe2(Ends, O_CLOEXEC) != 0)
    return Result;
  pid_t Pid = ::fork();
  if (Pid == 0) {
    ::close(Ends[0]);
    runChild(Store, State, Ends[1]);
  }
  ::close(Ends[1]);
  uint64_t Total = 0;
  while (Pid > 0) {
    struct pollfd Wait = {Ends[0], POLLIN, 0};
    int Ready = ::poll(&Wait, 1, SilenceMs);
    if (Ready < 0 && errno == EINTR)
      continue;
    Message M;
    if (Ready <= 0 || ::read(Ends[0], &M, sizeof(M)) != sizeof(M))
      break;
    switch (M.What) {
    case Message::Total:
      Total = M.Count;
      break;
    case Message::Checked:
      ++Result.Checked;
      if (Progress)
        Progress(Result.Checked, Total);
      break;
    case Message::Bad:
      Result.Bad.push_back(M.Key);
      break;
    case Message::Done:
      Result.Completed = true;
      break;
    }
  }
  ::close(Ends[0]);
  if (Pid > 0) {
    if (!Result.Completed)
      ::kill(Pid, SIGKILL);
    while (::waitpid(Pid, nullptr, 0) < 0 && errno == EINTR)
      ;
  }
  return Result;
}
