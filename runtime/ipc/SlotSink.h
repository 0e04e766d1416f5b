//===- SlotSink.h - Payloads side by side in a slot -------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_IPC_SLOTSINK_H
#define HAPAX_RUNTIME_IPC_SLOTSINK_H

#include "hapax/Cache/Tier.h"

namespace hapax {

/// Deals out a slot from its begin on.
class SlotCursor {
public:
  /// Payloads begin at multiples of it.
  static constexpr size_t Unit = 64;

  explicit SlotCursor(std::span<std::byte> Slot) : Slot(Slot) {}

  /// The next \p Size bytes; empty when they are not there.
  std::span<std::byte> take(size_t Size) {
    size_t At = (Used + Unit - 1) / Unit * Unit;
    if (At > Slot.size() || Size > Slot.size() - At)
      return {};
    Used = At + Size;
    return Slot.subspan(At, Size);
  }
  size_t used() const { return Used; }
  size_t offsetOf(std::span<const std::byte> Part) const {
    return size_t(Part.data() - Slot.data());
  }

private:
  std::span<std::byte> Slot;
  size_t Used = 0;
};

/// One payload in a slot; of several tries the last one counts.
class SlotSink final : public Sink {
public:
  explicit SlotSink(SlotCursor &From) : From(&From) {}

  std::span<std::byte> reserve(size_t Size) override {
    Room = From->take(Size);
    return Room;
  }
  size_t offset() const { return From->offsetOf(Room); }
  size_t size() const { return Room.size(); }

private:
  SlotCursor *From;
  std::span<std::byte> Room;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_IPC_SLOTSINK_H
