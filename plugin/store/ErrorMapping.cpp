//===- ErrorMapping.cpp - From LLVM's errors to a tier's --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "ErrorMapping.h"

#include "llvm/ADT/STLExtras.h"
#include <cerrno>

using namespace hapax;
using namespace llvm;

TierError::Kind store::reasonOf(std::error_code EC, TierError::Kind Otherwise) {
  static constexpr std::errc NoRoom[] = {
      std::errc::no_space_on_device, std::errc::file_too_large,
      // LLVM's word for a storage file that has reached its capacity.
      std::errc::not_enough_memory};
  static constexpr std::errc NoAccess[] = {
      std::errc::permission_denied,
      std::errc::operation_not_permitted,
      std::errc::io_error,
      std::errc::read_only_file_system,
      std::errc::too_many_files_open,
      std::errc::too_many_files_open_in_system,
      std::errc::not_a_directory,
      std::errc::no_lock_available};
  if (is_contained(NoRoom, EC) || EC.value() == EDQUOT)
    return TierError::Kind::Full;
  if (is_contained(NoAccess, EC))
    return TierError::Kind::Io;
  return Otherwise;
}

TierError store::toTierError(Error E, TierError::Kind Otherwise) {
  TierError Result = {Otherwise, {}};
  handleAllErrors(std::move(E), [&](const ErrorInfoBase &Info) {
    Result.Reason = reasonOf(Info.convertToErrorCode(), Otherwise);
    Result.Message = "cache storage: " + Info.message();
  });
  return Result;
}
