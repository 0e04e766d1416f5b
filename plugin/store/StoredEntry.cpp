//===- StoredEntry.cpp - An entry in LLVM's storage -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
// Problem: LLVM's storage keeps immutable objects by an identifier that the
// user derives from the content, and a map from keys to objects. Nothing can be
// erased or replaced, and what lies under an identifier may be damaged.
//
// Idea:
//
//   key map    lookup key          ->  header object
//   header     data: EntryHeader       refs: payload object
//   payload    data: stored payload    refs: none
//
// The identifier of a payload is the digest of its stored bytes, so that equal
// payloads under different keys are stored once. The identifier of a header is
// its lookup key.
//
// Invariant: an object is used only after its bytes were compared with what is
// to be stored. Where they differ (damage), the next of a few identifiers,
// salted by their number, is tried: what is stored again is really written.
//
// Cost: a read is one search in the map, two loads, one copy and one digest; a
// write that finds its payload present compares it instead of writing it.
//===----------------------------------------------------------------------===//
#include "StoredEntry.h"

#include "ErrorMapping.h"
#include "llvm/CAS/UnifiedOnDiskCache.h"

using namespace hapax;
using namespace hapax::store;
using namespace llvm;
using namespace llvm::cas::ondisk;

namespace {

std::span<const std::byte> asBytes(ArrayRef<char> Data) {
  return std::as_bytes(std::span<const char>(Data.data(), Data.size()));
}

ArrayRef<char> asChars(std::span<const std::byte> Bytes) {
  return {reinterpret_cast<const char *>(Bytes.data()), Bytes.size()};
}

TierError corrupt(const char *Why) {
  return {TierError::Kind::Corrupt,
          std::string("bad cache entry (") + Why + "); it is not used"};
}

/// The only reference of a header object.
std::optional<ObjectID> onlyReference(OnDiskGraphDB &Graph, ObjectHandle Node) {
  object_refs_range Refs = Graph.getObjectRefs(Node);
  if (Refs.end() - Refs.begin() != 1)
    return std::nullopt;
  return *Refs.begin();
}

/// A read that fails means damage unless the system refused it.
TierError readError(Error E) {
  return toTierError(std::move(E), TierError::Kind::Corrupt);
}

TierError writeError(Error E) {
  return toTierError(std::move(E), TierError::Kind::Io);
}

/// More damaged objects than this for one content, and it is not stored.
constexpr unsigned MaxSalt = 4;

Digest salted(const Digest &Identifier, unsigned Salt) {
  if (Salt == 0)
    return Identifier;
  Hasher H;
  H.add(std::string_view("hapax.salt"));
  H.add(Identifier);
  H.add(Salt);
  return H.finish();
}

/// The object with exactly this content: a sound one that is there, or a new
/// one under the first free identifier.
std::expected<ObjectID, TierError>
storeObject(OnDiskGraphDB &Graph, const Digest &Identifier,
            std::optional<ObjectID> Reference,
            std::span<const std::byte> Content) {
  ArrayRef<char> Data = asChars(Content);
  for (unsigned Salt = 0; Salt != MaxSalt; ++Salt) {
    auto Name = salted(Identifier, Salt).bytes();
    auto ID = Graph.getReference(Name);
    if (!ID)
      return std::unexpected(writeError(ID.takeError()));
    if (!Graph.containsObject(*ID, /*CheckUpstream=*/false)) {
      ArrayRef<ObjectID> References;
      if (Reference)
        References = *Reference;
      if (Error E = Graph.store(*ID, References, Data))
        return std::unexpected(writeError(std::move(E)));
      return *ID;
    }
    auto Node = Graph.load(*ID);
    if (!Node) {
      consumeError(Node.takeError());
      continue;
    }
    if (*Node && Graph.getObjectData(**Node) == Data &&
        (!Reference || onlyReference(Graph, **Node) == Reference))
      return *ID;
  }
  return std::unexpected(TierError{
      TierError::Kind::Io, "the cache storage has damaged copies of the entry; "
                           "`hapax clear` removes them"});
}

} // namespace

std::optional<EntryHeader> store::readHeader(OnDiskGraphDB &Graph,
                                             ObjectHandle Node) {
  ArrayRef<char> Data = Graph.getObjectData(Node);
  if (Data.size() != EntryHeader::Bytes)
    return std::nullopt;
  auto Header = EntryHeader::decode(asBytes(Data));
  if (!Header)
    return std::nullopt;
  return *Header;
}

Tier::Answer store::readEntry(Storage In, const Digest &Lookup,
                              const CacheKey &Key, Sink &Into) {
  OnDiskGraphDB &Graph = In.Graph;
  auto Value = In.Keys.get(Lookup.bytes());
  if (!Value)
    return std::unexpected(readError(Value.takeError()));
  if (!*Value)
    return std::nullopt;
  if ((*Value)->size() != sizeof(UnifiedOnDiskCache::ValueBytes))
    return std::unexpected(corrupt("no object in the map"));

  auto Node = Graph.load(UnifiedOnDiskCache::getObjectIDFromValue(**Value));
  if (!Node)
    return std::unexpected(readError(Node.takeError()));
  if (!*Node)
    return std::unexpected(corrupt("header is missing"));
  auto Header = readHeader(Graph, **Node);
  if (!Header)
    return std::unexpected(corrupt("header is damaged"));
  if (Header->Key != Key)
    return std::unexpected(corrupt("entry of another key"));

  auto Reference = onlyReference(Graph, **Node);
  if (!Reference)
    return std::unexpected(corrupt("header without payload"));
  auto Payload = Graph.load(*Reference);
  if (!Payload)
    return std::unexpected(readError(Payload.takeError()));
  if (!*Payload)
    return std::unexpected(corrupt("payload is missing"));
  auto Info =
      unpackPayload(*Header, asBytes(Graph.getObjectData(**Payload)), Into);
  if (!Info)
    return std::unexpected(Info.error());
  return *Info;
}

std::optional<TierError> store::writeEntry(Storage In, const Digest &Lookup,
                                           const PackedEntry &Entry) {
  OnDiskGraphDB &Graph = In.Graph;
  auto Payload =
      storeObject(Graph, digestOf(Entry.Stored), std::nullopt, Entry.Stored);
  if (!Payload)
    return Payload.error();
  auto HeaderBytes = Entry.Header.encode();
  auto Header = storeObject(Graph, Lookup, *Payload, HeaderBytes);
  if (!Header)
    return Header.error();
  // Where another process was faster, its entry stays.
  auto Value = In.Keys.put(Lookup.bytes(),
                           UnifiedOnDiskCache::getValueFromObjectID(*Header));
  if (!Value)
    return writeError(Value.takeError());
  return std::nullopt;
}

std::expected<bool, TierError> store::hasEntry(Storage In,
                                               const Digest &Lookup) {
  auto Value = In.Keys.get(Lookup.bytes());
  if (!Value)
    return std::unexpected(readError(Value.takeError()));
  return Value->has_value();
}
