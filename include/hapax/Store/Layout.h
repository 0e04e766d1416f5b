//===- Layout.h - What lies where in the cache directory --------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// The files below the cache directory. Everything stands in one folder named
/// after the format version; the folder of another version is left alone.
///
///     <directory>/v1/cas/         the disk store
///     <directory>/v1/counters     counters of all processes (Counters.h)
///     <directory>/v1/records/     one record per source (CompileRecord.h)
///     <directory>/v1/mismatches/  what HAPAX_VERIFY=1 found to differ
///
/// An empty cache directory (no home is known) gives empty paths, which no
/// system call can open.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_LAYOUT_H
#define HAPAX_STORE_LAYOUT_H

#include <string>
#include <string_view>

namespace hapax {

/// Raised when any file below changes its meaning.
inline constexpr std::string_view LayoutVersion = "v1";

inline std::string versionDirectory(const std::string &Directory) {
  return Directory.empty() ? std::string()
                           : Directory + "/" + std::string(LayoutVersion);
}

namespace detail {
inline std::string below(const std::string &Directory, std::string_view Name) {
  std::string Path = versionDirectory(Directory);
  return Path.empty() ? Path : Path + "/" + std::string(Name);
}
} // namespace detail

inline std::string storeDirectory(const std::string &Directory) {
  return detail::below(Directory, "cas");
}
inline std::string countersFile(const std::string &Directory) {
  return detail::below(Directory, "counters");
}
inline std::string recordsDirectory(const std::string &Directory) {
  return detail::below(Directory, "records");
}
inline std::string mismatchDirectory(const std::string &Directory) {
  return detail::below(Directory, "mismatches");
}

} // namespace hapax

#endif // HAPAX_STORE_LAYOUT_H
