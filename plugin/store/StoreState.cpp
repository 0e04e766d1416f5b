//===- StoreState.cpp - Which storage is current ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "StoreState.h"

#include "ErrorMapping.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <chrono>
#include <fcntl.h>
#include <random>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace hapax;
using namespace hapax::store;
using namespace llvm;

static constexpr StringLiteral Magic("HPXSTAT1");
static constexpr StringLiteral BrokenPrefix("broken-");
static constexpr size_t DigestBytes = 16;
static constexpr size_t RecordBytes = DigestBytes + 8;
static constexpr size_t FixedBytes = 8 + DigestBytes + 8 + DigestBytes;

StoreState StoreState::fresh() {
  std::random_device Random;
  auto Word = [&] { return uint64_t(Random()) << 32 | Random(); };
  StoreState State;
  State.Base = {Word(), Word()};
  return State;
}

static Digest digestAt(const char *From) {
  std::array<uint8_t, DigestBytes> Bytes;
  memcpy(Bytes.data(), From, Bytes.size());
  return Digest::fromBytes(Bytes);
}

static void append(std::string &To, const Digest &D) {
  auto Bytes = D.bytes();
  To.append(reinterpret_cast<const char *>(Bytes.data()), Bytes.size());
}

static void append(std::string &To, uint64_t Value) {
  char Bytes[8];
  support::endian::write64le(Bytes, Value);
  To.append(Bytes, sizeof(Bytes));
}

std::optional<StoreState> StoreState::parse(StringRef Bytes) {
  if (Bytes.size() < FixedBytes || !Bytes.starts_with(Magic))
    return std::nullopt;
  StringRef Body = Bytes.drop_back(DigestBytes);
  if (digestOf(std::string_view(Body)) != digestAt(Body.end()))
    return std::nullopt;
  StoreState State;
  const char *At = Body.data() + Magic.size();
  State.Base = digestAt(At);
  uint64_t Count = support::endian::read64le(At + DigestBytes);
  At += DigestBytes + 8;
  if (Count > MaxRemoved || Bytes.size() != FixedBytes + Count * RecordBytes)
    return std::nullopt;
  for (; Count; --Count, At += RecordBytes)
    State.Epochs[digestAt(At)] = support::endian::read64le(At + DigestBytes);
  return State;
}

std::string StoreState::serialise() const {
  std::string Bytes(Magic);
  append(Bytes, Base);
  append(Bytes, uint64_t(Epochs.size()));
  for (const auto &[Key, Epoch] : Epochs) {
    append(Bytes, Key);
    append(Bytes, Epoch);
  }
  append(Bytes, digestOf(std::string_view(Bytes)));
  return Bytes;
}

uint64_t StoreState::epochOf(const CacheKey &Key) const {
  if (Epochs.empty())
    return 0;
  auto Found = Epochs.find(Key);
  return Found == Epochs.end() ? 0 : Found->second;
}

Digest StoreState::lookupKey(const CacheKey &Key, uint64_t Epoch) {
  if (Epoch == 0)
    return Key;
  Hasher H;
  H.add(std::string_view("hapax.removed"));
  H.add(Key);
  H.add(Epoch);
  return H.finish();
}

StoreFolder::StoreFolder(StringRef Directory) {
  SmallString<256> Full(Directory);
  // Relative to where we are now: the compiler may change its directory.
  sys::fs::make_absolute(Full);
  sys::path::append(Full, "v1", "cas");
  Path = std::string(Full);
}

static std::unexpected<TierError> ioError(const Twine &What, StringRef Path,
                                          std::error_code EC) {
  auto Kind = reasonOf(EC, TierError::Kind::Io);
  return std::unexpected(
      TierError{Kind, ("cannot " + What + " '" + Path + "': " + EC.message() +
                       "; check the cache directory or set HAPAX_DIR")
                          .str()});
}

static std::error_code lastError() {
  return std::error_code(errno, std::generic_category());
}

std::optional<StoreState> StoreFolder::read() const {
  auto Buffer = MemoryBuffer::getFile(statePath(), /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false,
                                      /*IsVolatile=*/true); // read, not mapped
  if (!Buffer)
    return std::nullopt;
  return StoreState::parse((*Buffer)->getBuffer());
}

std::expected<StoreState, TierError> StoreFolder::readOrCreate() const {
  if (auto State = read())
    return std::move(*State);
  if (std::error_code EC = sys::fs::create_directories(Path))
    return ioError("create", Path, EC);
  return update([](StoreState &) { return false; });
}

static std::error_code writeFile(const std::string &Path, StringRef Bytes) {
  int FD = ::open(Path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (FD < 0)
    return lastError();
  std::error_code EC;
  while (!Bytes.empty() && !EC) {
    ssize_t Done = ::write(FD, Bytes.data(), Bytes.size());
    if (Done > 0)
      Bytes = Bytes.drop_front(static_cast<size_t>(Done));
    else if (Done == 0 || errno != EINTR)
      EC = Done == 0 ? make_error_code(std::errc::io_error) : lastError();
  }
  // A state that is lost with the power takes the whole store with it.
  if (!EC && ::fdatasync(FD) != 0)
    EC = lastError();
  ::close(FD);
  return EC;
}

std::expected<StoreState, TierError>
StoreFolder::update(function_ref<bool(StoreState &)> Change) const {
  std::string LockPath = Path + "/lock";
  int Lock = ::open(LockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (Lock < 0)
    return ioError("open", LockPath, lastError());
  scope_exit Close([&] { ::close(Lock); });
  // It is held for a file of some kilobytes; whoever holds it longer is stopped
  // or dead, and no compile waits for that.
  auto GiveUp = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (::flock(Lock, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR)
      return ioError("lock", LockPath, lastError());
    if (std::chrono::steady_clock::now() > GiveUp)
      return std::unexpected(
          TierError{TierError::Kind::Unavailable,
                    "'" + LockPath + "' is locked by another process"});
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::optional<StoreState> State = read();
  if (State) {
    if (!Change(*State))
      return std::move(*State);
    if (State->Epochs.size() > StoreState::MaxRemoved)
      State = StoreState::fresh();
  } else {
    State = StoreState::fresh();
  }
  // The lock makes us the only writer of this name.
  std::string Temporary = statePath() + ".tmp";
  std::error_code EC = writeFile(Temporary, State->serialise());
  if (!EC && ::rename(Temporary.c_str(), statePath().c_str()) != 0)
    EC = lastError();
  if (EC) {
    ::unlink(Temporary.c_str());
    return ioError("write", statePath(), EC);
  }
  return std::move(*State);
}

void StoreFolder::moveAside(const Digest &Base) const {
  std::string Broken = Path + "/" + BrokenPrefix.str() + Base.hex();
  std::error_code EC;
  SmallVector<std::string, 2> Older;
  for (sys::fs::directory_iterator It(Path, EC), End; !EC && It != End;
       It.increment(EC))
    if (sys::path::filename(It->path()).starts_with(BrokenPrefix))
      Older.push_back(It->path());
  for (const std::string &Old : Older) {
    struct stat Status;
    // A rename is a change of the folder's status.
    if (::stat(Old.c_str(), &Status) == 0 &&
        Status.st_ctime + 5 > ::time(nullptr))
      return;
  }
  bool Moved = false;
  auto Done = update([&](StoreState &State) {
    if (State.Base != Base)
      return false;
    State = StoreState::fresh();
    return Moved = true;
  });
  if (!Done || !Moved)
    return;
  ::rename(storagePath(Base).c_str(), Broken.c_str());
  for (const std::string &Old : Older)
    sys::fs::remove_directories(Old);
}

void StoreFolder::removeOthers(const Digest &Current, bool KeepBroken) const {
  std::error_code EC;
  SmallVector<std::string, 4> Others;
  for (sys::fs::directory_iterator It(Path, EC), End; !EC && It != End;
       It.increment(EC)) {
    StringRef Name = sys::path::filename(It->path());
    bool IsStorage = Digest::fromHex(Name).has_value();
    if ((IsStorage && Name != Current.hex()) ||
        (!KeepBroken && Name.starts_with(BrokenPrefix)))
      Others.push_back(It->path());
  }
  for (const std::string &Other : Others)
    sys::fs::remove_directories(Other);
}
