//===- Protocol.h - What a compiler and the daemon say ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The protocol between the daemon (the server) and one compiler process (a
/// client): everything that crosses the border, and nothing else.
///
/// A client connects to the server's unix socket (SOCK_SEQPACKET), sends a
/// Hello, and receives a Welcome; a Welcome that admits it carries a sealed
/// memory file (ChannelMemory.h). From then on nothing is said over the socket:
/// it serves as the sign of life of both sides. When one side hangs up, or says
/// anything, the other one ends the connection, and the server takes everything
/// of the client's back. Who connects may instead ask which build the server
/// is, or that it ends; it gets a Welcome without memory, and is hung up on.
///
/// In the shared memory lie two rings, of requests and of answers, and the
/// arena for payloads. The client alone says which part of the arena a request
/// may use, its slot; the server may write there until it has answered, and the
/// client uses no part of a slot for anything else before that. A client that
/// no longer waits for an answer therefore ends the connection.
///
/// Requests are numbered: the first has the number that Welcome says, each
/// further one the next. An answer bears the number of its request.
///
///   get       the entry of the key is written to the slot: Hit, with the place
///             within the slot; or Miss, Leased, Awaited (LeaseTable.h), or why
///             not
///   get-many  one of Count requests, which come one after another, in order of
///             Index, and have the same slot; each is answered as a get, once
///             all of them are there
///   put       the slot holds an entry, which is stored: Done, or why not
///   contains  Hit or Miss
///   remove    Done
///   stats     a DaemonStatistics is written to the slot: Done
///   clear     all entries are removed: Done
///
/// What is stored is an entry of Entry.h, header and payload, uncompressed. The
/// server does not need to understand payloads, and a client finds with the
/// entry's own digests whatever went wrong between it and the process that made
/// the entry: a mixed-up key, a byte that was changed on the way.
///
/// Both sides run on one machine, so all values are as they lie in memory.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_PROTOCOL_H
#define HAPAX_IPC_PROTOCOL_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace hapax {

/// Begins each message over the socket.
inline constexpr uint32_t ProtocolMagic = 0x44585048;
/// Changes with any change to what this header describes, or to what an entry
/// is. Servers and clients of different versions do not talk to each other.
inline constexpr uint16_t ProtocolVersion = 3;

/// Requests (answers) that may be on their way.
inline constexpr size_t ChannelRingCapacity = 128;
/// The most get-many requests of one batch.
inline constexpr size_t MaxBatch = 64;
static_assert(2 * MaxBatch <= ChannelRingCapacity);

/// Why somebody connects.
enum class Wish : uint16_t {
  Serve = 0, ///< To be a client.
  Tell = 1,  ///< To hear of which version and build the server is.
  End = 2,   ///< That it ends, and makes room for another one.
};

/// From the client. All stand where they are in every version from 2 on, and
/// Tell and End are heard whatever Version says.
struct Hello {
  uint32_t Magic = ProtocolMagic;
  uint16_t Version = ProtocolVersion;
  Wish Wants = Wish::Serve;
};

enum class Admission : uint16_t {
  Admitted = 0,
  OtherVersion = 1,   ///< Version says which one the server speaks.
  TooManyClients = 2, ///< Or too little memory for one more.
  TooFast = 3,        ///< Too many connections in a short time.
  Ending = 4,         ///< The server is about to end.
  Told = 5,           ///< What Tell or End wanted.
};

/// From the server. Magic, Version, and Result stand where they are in every
/// version.
struct Welcome {
  uint32_t Magic = ProtocolMagic;
  uint16_t Version = ProtocolVersion;
  Admission Result = Admission::Admitted;
  /// Which program the server is (DaemonOptions.Build).
  uint64_t Build = 0;
  /// The number of the first request.
  uint64_t FirstId = 0;
  /// Bytes of the arena; with it the layout of the memory is known.
  uint64_t ArenaBytes = 0;
};
/// A Welcome of any version is no shorter.
inline constexpr size_t LeastWelcomeBytes = offsetof(Welcome, Build);

enum class Operation : uint8_t {
  Get = 1,
  GetMany = 2,
  Put = 3,
  Contains = 4,
  Remove = 5,
  Stats = 6,
  Clear = 7,
};
inline constexpr Operation LastOperation = Operation::Clear;

/// From the client, through the ring. What an operation does not use is zero.
struct RequestDescriptor {
  uint64_t Id = 0;
  uint64_t KeyHigh = 0, KeyLow = 0;
  /// The slot: bytes of the arena.
  uint64_t SlotOffset = 0, SlotBytes = 0;
  Operation What = Operation::Get;
  /// 1: a get that would like to make the entry, or wait for it (Leased,
  /// Awaited).
  uint8_t WantsLease = 0;
  /// Of a batch.
  uint16_t Index = 0, Count = 0;
  uint16_t Zero = 0;
};

enum class Status : uint8_t {
  Done = 0,
  Hit = 1,
  Miss = 2,
  Leased = 3,  ///< A miss; the others wait for this client to make the entry.
  Awaited = 4, ///< A miss, but another client is making the entry.
  Corrupt = 5, ///< The entry was bad and has been removed.
  Full = 6,    ///< No room in the cache, or the entry is larger than the slot.
  Failed = 7,  ///< The medium failed or was too slow; the next one may succeed.
};
inline constexpr Status LastStatus = Status::Failed;

/// From the server, through the ring.
struct AnswerDescriptor {
  uint64_t Id = 0;
  /// Where in the arena the entry is: within the slot.
  uint64_t Offset = 0, Bytes = 0;
  Status Result = Status::Done;
  /// Hit: 1 where the entry came from the device's memory, else 0.
  uint8_t FromDevice = 0;
  uint8_t Zero[2] = {};
  /// Awaited: in about how many milliseconds the entry may be there.
  uint32_t WaitMs = 0;
};

/// Counts of the server, since it began or at the moment. All of it is told by
/// one request; a reader of another version does not get that far.
struct DaemonStatistics {
  uint64_t UptimeMs = 0;
  /// Times, in a row, that the daemon began anew because the device was lost.
  uint64_t Restarts = 0;
  uint64_t Clients = 0, ClientsEver = 0;
  /// Clients turned away, and clients that broke the rules.
  uint64_t Refused = 0, Faults = 0;
  uint64_t Gets = 0, Hits = 0, Misses = 0;
  uint64_t Puts = 0, Removes = 0, Errors = 0;
  uint64_t BytesRead = 0, BytesWritten = 0;
  /// Misses that were answered Leased and Awaited.
  uint64_t Leases = 0, Waits = 0;
  /// Entries in the host tier, and the bytes of them.
  uint64_t HostEntries = 0, HostBytes = 0, HostLimitBytes = 0;
  uint64_t HostEvicted = 0;
  /// The same on the device, and how much of it is mapped and was given back.
  uint64_t DeviceEntries = 0, DeviceBytes = 0, DeviceLimitBytes = 0;
  uint64_t DeviceEvicted = 0;
  uint64_t DeviceMappedBytes = 0, DeviceGivenBackBytes = 0;
  uint64_t DeviceHits = 0;
  /// A value of DeviceState.
  uint64_t Device = 0;
  /// Memory of all channels.
  uint64_t ChannelBytes = 0;
  /// Gets by how long the server took: the N-th counts those of less than 2^N
  /// nanoseconds that the one before it does not count, the last one all of the
  /// rest.
  std::array<uint64_t, 32> GetTimes = {};
};

enum class DeviceState : uint8_t {
  None = 0,     ///< There is none, or it is not wanted.
  Starting = 1, ///< The host tier answers.
  Ready = 2,
  Lost = 3,
};

static_assert(std::is_trivially_copyable_v<Hello> &&
              std::is_trivially_copyable_v<Welcome> &&
              std::is_trivially_copyable_v<RequestDescriptor> &&
              std::is_trivially_copyable_v<AnswerDescriptor> &&
              std::is_trivially_copyable_v<DaemonStatistics>);
// No padding: what is copied is what was set.
static_assert(std::has_unique_object_representations_v<Hello> &&
              std::has_unique_object_representations_v<Welcome> &&
              std::has_unique_object_representations_v<RequestDescriptor> &&
              std::has_unique_object_representations_v<AnswerDescriptor> &&
              std::has_unique_object_representations_v<DaemonStatistics>);
static_assert(sizeof(Hello) == 8 && sizeof(Welcome) == 32 &&
              sizeof(RequestDescriptor) == 48 &&
              sizeof(AnswerDescriptor) == 32);

} // namespace hapax

#endif // HAPAX_IPC_PROTOCOL_H
