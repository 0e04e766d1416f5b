//===- HeldResources.h - What is held, by name ------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The names that belong to the slots of a ResourceTable of the verified core.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_HELDRESOURCES_H
#define HAPAX_RUNTIME_GPU_HELDRESOURCES_H

#include "hapax/Core/SafeResource.h"
#include "hapax/Gpu/DeviceMemory.h"
#include <mutex>

namespace hapax {

/// Thread-safe.
class HeldResources {
public:
  /// Whose business it is to give a resource back.
  enum class Holder : uint8_t {
    User, ///< Whoever asked for it: held at the end, it is a leak.
    Self, ///< The DeviceMemory, when it ends.
  };

  /// \p Capacity is at most 2^31 - 1.
  explicit HeldResources(uint32_t Capacity);

  /// OutOfMemory when every slot is in use.
  std::expected<HapaxHandle, DeviceError> add(std::string Name, Holder By);
  void remove(HapaxHandle Handle);

  /// "NAME, held for N ms\n" of each resource of that holder.
  std::string report(Holder By = Holder::User) const;

private:
  struct Entry {
    std::string Name;
    Holder By = Holder::User;
  };

  mutable std::mutex Mutex;
  ResourceTable Table;
  /// By slot; as long as the highest slot ever used.
  std::vector<Entry> Entries;
};

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_HELDRESOURCES_H
