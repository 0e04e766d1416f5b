//===- Failure.h - How this room says that it failed ------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_RUNTIME_GPU_FAILURE_H
#define HAPAX_RUNTIME_GPU_FAILURE_H

#include "hapax/Gpu/DeviceMemory.h"

namespace hapax {

inline std::unexpected<DeviceError> failure(DeviceError::Kind Reason,
                                            std::string Message) {
  return std::unexpected(DeviceError{Reason, std::move(Message)});
}

inline std::unexpected<DeviceError> refused(std::string Message) {
  return failure(DeviceError::Kind::Refused, std::move(Message));
}

} // namespace hapax

#endif // HAPAX_RUNTIME_GPU_FAILURE_H
