//===- SocketIo.cpp - Messages over unix sockets ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "SocketIo.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

using namespace hapax;

bool hapax::sendMessage(const FileDescriptor &Socket,
                        std::span<const std::byte> Bytes,
                        const FileDescriptor &Attached) {
  iovec Part = {const_cast<std::byte *>(Bytes.data()), Bytes.size()};
  msghdr Message = {};
  Message.msg_iov = &Part;
  Message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> Control = {};
  if (Attached) {
    Message.msg_control = Control.data();
    Message.msg_controllen = Control.size();
    cmsghdr *Head = CMSG_FIRSTHDR(&Message);
    Head->cmsg_level = SOL_SOCKET;
    Head->cmsg_type = SCM_RIGHTS;
    Head->cmsg_len = CMSG_LEN(sizeof(int));
    int Number = Attached.get();
    std::memcpy(CMSG_DATA(Head), &Number, sizeof(Number));
  }
  ssize_t Sent;
  do
    Sent = ::sendmsg(Socket.get(), &Message, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (Sent < 0 && errno == EINTR);
  return Sent == ssize_t(Bytes.size());
}

std::optional<ReceivedMessage>
hapax::receiveMessage(const FileDescriptor &Socket, std::span<std::byte> Into) {
  iovec Part = {Into.data(), Into.size()};
  msghdr Message = {};
  Message.msg_iov = &Part;
  Message.msg_iovlen = 1;
  // Room for one: the kernel closes what does not fit.
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> Control = {};
  Message.msg_control = Control.data();
  Message.msg_controllen = Control.size();
  ssize_t Got;
  bool WasReset = false;
  do
    Got = ::recvmsg(Socket.get(), &Message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  // A peer that hung up without having read what we said may have said
  // something before: the kernel reports the one first, once, then the other.
  while (Got < 0 && (errno == EINTR ||
                     (errno == ECONNRESET && !std::exchange(WasReset, true))));
  if (Got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    return std::nullopt;

  ReceivedMessage Result;
  Result.Bytes = size_t(std::max<ssize_t>(Got, 0));
  Result.Cut = Message.msg_flags & MSG_TRUNC;
  if (Got < 0)
    return Result;
  for (cmsghdr *Head = CMSG_FIRSTHDR(&Message); Head;
       Head = CMSG_NXTHDR(&Message, Head)) {
    if (Head->cmsg_level != SOL_SOCKET || Head->cmsg_type != SCM_RIGHTS)
      continue;
    // The room is aligned, so two may fit where one was meant to.
    for (size_t At = CMSG_LEN(0); At + sizeof(int) <= Head->cmsg_len;
         At += sizeof(int)) {
      int Number;
      std::memcpy(&Number, reinterpret_cast<const char *>(Head) + At,
                  sizeof(Number));
      FileDescriptor One(Number);
      if (!Result.Attached)
        Result.Attached = std::move(One);
    }
  }
  return Result;
}

bool hapax::waitReadable(int Descriptor,
                         std::chrono::steady_clock::time_point Until) {
  using namespace std::chrono;
  for (;;) {
    auto Left = duration_cast<nanoseconds>(Until - steady_clock::now());
    // A minute at a time: no deadline overflows.
    Left = std::clamp<nanoseconds>(Left, nanoseconds(0), minutes(1));
    timespec Time = {time_t(Left.count() / 1'000'000'000),
                     long(Left.count() % 1'000'000'000)};
    pollfd What = {Descriptor, POLLIN | POLLRDHUP, 0};
    if (::ppoll(&What, 1, &Time, nullptr) > 0)
      return true;
    if (steady_clock::now() >= Until)
      return false;
  }
}

bool hapax::hasHungUp(const FileDescriptor &Socket) {
  pollfd What = {Socket.get(), POLLIN | POLLRDHUP, 0};
  // A call that a signal broke off says nothing.
  return ::poll(&What, 1, 0) > 0;
}
