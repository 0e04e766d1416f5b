//===- FileDescriptor.h - An open file that closes itself -------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_IPC_FILEDESCRIPTOR_H
#define HAPAX_IPC_FILEDESCRIPTOR_H

#include <unistd.h>
#include <utility>

namespace hapax {

/// Owns a file descriptor. Move-only; empty (-1) after a move.
class FileDescriptor {
public:
  FileDescriptor() = default;
  explicit FileDescriptor(int Number) : Number(Number) {}
  FileDescriptor(FileDescriptor &&Other) noexcept
      : Number(std::exchange(Other.Number, -1)) {}
  FileDescriptor &operator=(FileDescriptor &&Other) noexcept {
    std::swap(Number, Other.Number);
    return *this;
  }
  ~FileDescriptor() { reset(); }

  explicit operator bool() const { return Number >= 0; }
  int get() const { return Number; }
  /// Gives up ownership.
  int release() { return std::exchange(Number, -1); }
  void reset() {
    if (Number >= 0)
      ::close(std::exchange(Number, -1));
  }

private:
  int Number = -1;
};

} // namespace hapax

#endif // HAPAX_IPC_FILEDESCRIPTOR_H
