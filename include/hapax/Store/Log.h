//===- Log.h - Lines for HAPAX_LOG ------------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_STORE_LOG_H
#define HAPAX_STORE_LOG_H

#include <string>
#include <string_view>

namespace hapax {

/// A log that many processes append to. Each line is one write() to a
/// descriptor opened for appending, so lines of different processes do not mix
/// on a local file system. Thread-safe. Fails silently: a log that cannot be
/// opened or written is a log that is off.
class Log {
public:
  /// A log that is off.
  Log() = default;
  /// \p Target: a path, "-" or "stderr"; empty is off.
  explicit Log(const std::string &Target);
  ~Log();
  Log(Log &&Other) noexcept;
  Log &operator=(Log &&Other) noexcept;

  /// Whether lines go anywhere: ask before building a costly message.
  explicit operator bool() const { return Descriptor >= 0; }

  /// Appends "<UTC time> [<pid>] <message>". Line breaks in the message are
  /// written as "\n".
  void write(std::string_view Message) const;

private:
  int Descriptor = -1;
  bool Owned = false;
};

} // namespace hapax

#endif // HAPAX_STORE_LOG_H
