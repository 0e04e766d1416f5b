//===- Lane.cpp - One transfer at a time, with its digest -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Lane.h"

#include <algorithm>
#include <array>
#include <cstring>

using namespace hapax;

namespace {

/// Pieces that are on their way at a time.
constexpr unsigned Window = 8;
/// Up to here one copy and one hash are as fast as several.
constexpr uint64_t OnePiece = 65536;
constexpr uint64_t LargestPiece = uint64_t(1) << 20;
/// Of the pinned memory of a lane.
constexpr unsigned StagingPieces = 4;
constexpr uint64_t Page = 4096;

/// How a payload is cut: an eighth of it is what remains to be hashed when the
/// last piece has arrived.
struct Cut {
  uint64_t Size, Piece, Count;
  unsigned Ahead;

  Cut(uint64_t Size, bool Direct, uint64_t StagingBytes) : Size(Size) {
    uint64_t Eighth = (Size / 8 + Page - 1) & ~(Page - 1);
    Piece = Size <= OnePiece ? OnePiece
                             : std::clamp(Eighth, OnePiece, LargestPiece);
    if (!Direct)
      Piece = std::min(Piece, StagingBytes / StagingPieces);
    Ahead = Direct ? Window : StagingPieces;
    // Most are of one piece: no need to divide.
    Count = Size > Piece ? (Size + Piece - 1) / Piece : Size != 0;
  }
  uint64_t offset(uint64_t I) const { return I * Piece; }
  uint64_t length(uint64_t I) const {
    return std::min(Piece, Size - offset(I));
  }
  /// Where in the pinned memory a piece waits.
  uint64_t place(uint64_t I) const { return I % StagingPieces * Piece; }
};

} // namespace

std::expected<std::unique_ptr<Lane>, DeviceError>
Lane::create(DeviceMemory &Memory, uint64_t StagingBytes, unsigned Number) {
  std::unique_ptr<Lane> Made(new Lane);
  uint64_t Bytes = std::max<uint64_t>((StagingBytes + Page - 1) & ~(Page - 1),
                                      StagingPieces * Page);
  auto Staging = Memory.allocatePinned(Bytes);
  if (!Staging)
    return std::unexpected(Staging.error());
  Made->Staging = std::move(*Staging);
  auto Queue = Memory.createQueue("lane " + std::to_string(Number));
  if (!Queue)
    return std::unexpected(Queue.error());
  Made->Queue = std::move(*Queue);
  return Made;
}

std::expected<Digest, DeviceError> Lane::fetch(const DeviceRegion &From,
                                               std::span<std::byte> To,
                                               bool Direct, Until Deadline) {
  Cut C(To.size(), Direct, staging().size());
  std::array<TransferQueue::Ticket, Window> Tickets;
  if (C.Count > 1)
    Hash.reset();
  uint64_t Begun = 0;
  for (uint64_t I = 0; I != C.Count; ++I) {
    for (; Begun != C.Count && Begun < I + C.Ahead; ++Begun) {
      auto Target = Direct ? To.subspan(C.offset(Begun), C.length(Begun))
                           : staging().subspan(C.place(Begun), C.length(Begun));
      auto T = begun(Queue->copyOut(Target, From, C.offset(Begun)));
      if (!T)
        return std::unexpected(T.error());
      Tickets[Begun % C.Ahead] = *T;
    }
    if (auto Done = Queue->wait(Tickets[I % C.Ahead], Deadline); !Done)
      return std::unexpected(Done.error());
    auto Piece = To.subspan(C.offset(I), C.length(I));
    if (!Direct)
      std::memcpy(Piece.data(), staging().data() + C.place(I), Piece.size());
    if (C.Count > 1)
      Hash.raw(Piece.data(), Piece.size());
  }
  IsIdle = true;
  return C.Count > 1 ? Hash.finish() : digestOf(To);
}

std::expected<Digest, DeviceError> Lane::send(DeviceRegion &To,
                                              std::span<const std::byte> From,
                                              bool Direct, Until Deadline) {
  Cut C(From.size(), Direct, staging().size());
  std::array<TransferQueue::Ticket, Window> Tickets;
  Hash.reset();
  for (uint64_t I = 0; I != C.Count; ++I) {
    auto Piece = From.subspan(C.offset(I), C.length(I)), Source = Piece;
    if (!Direct) {
      if (I >= C.Ahead)
        if (auto Done = Queue->wait(Tickets[I % C.Ahead], Deadline); !Done)
          return std::unexpected(Done.error());
      auto Waiting = staging().subspan(C.place(I), Piece.size());
      std::memcpy(Waiting.data(), Piece.data(), Piece.size());
      Source = Waiting;
    }
    auto T = begun(Queue->copyIn(To, C.offset(I), Source));
    if (!T)
      return std::unexpected(T.error());
    Tickets[I % C.Ahead] = *T;
    // Of the caller's memory, whatever happens to the pinned copy.
    Hash.raw(Piece.data(), Piece.size());
  }
  if (auto Done = finish(Deadline); !Done)
    return std::unexpected(Done.error());
  return Hash.finish();
}

std::expected<void, DeviceError> Lane::finish(Until Deadline) {
  if (IsIdle)
    return {};
  auto Done = Queue->wait(Last, Deadline);
  IsIdle = Done.has_value();
  return Done;
}

std::expected<bool, DeviceError> Lane::poll() {
  if (IsIdle)
    return true;
  auto Done = Queue->isDone(Last);
  IsIdle = Done && *Done;
  return Done;
}
