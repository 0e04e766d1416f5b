//===- DeviceMemory.cpp - What both implementations share -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Gpu/DeviceMemory.h"

using namespace hapax;

TransferQueue::~TransferQueue() = default;
DeviceMemory::~DeviceMemory() = default;

bool hapax::isAbsence(DeviceError::Kind Kind) {
  return Kind == DeviceError::Kind::NoDriver ||
         Kind == DeviceError::Kind::NoDevice;
}

std::string_view hapax::name(DeviceError::Kind Kind) {
  switch (Kind) {
  case DeviceError::Kind::NoDriver:
    return "no driver";
  case DeviceError::Kind::DriverTooOld:
    return "driver too old";
  case DeviceError::Kind::NoDevice:
    return "no device";
  case DeviceError::Kind::NoPermission:
    return "no permission";
  case DeviceError::Kind::Unsupported:
    return "unsupported";
  case DeviceError::Kind::OutOfMemory:
    return "out of memory";
  case DeviceError::Kind::Refused:
    return "refused";
  case DeviceError::Kind::TimedOut:
    return "timed out";
  case DeviceError::Kind::Lost:
    return "device lost";
  }
  return "unknown";
}
