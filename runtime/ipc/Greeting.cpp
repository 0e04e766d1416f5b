//===- Greeting.cpp - The first words over the socket -----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Greeting.h"
#include "SocketIo.h"
#include "hapax/Ipc/Rendezvous.h"

using namespace hapax;

std::expected<std::optional<Greeting>, std::string>
hapax::greet(const std::string &Path, Wish Wanted,
             std::chrono::steady_clock::time_point Until) {
  auto Socket = connectTo(Path, Until);
  if (!Socket)
    return std::unexpected(std::move(Socket.error()));
  if (!*Socket)
    return std::nullopt;
  Hello Mine;
  Mine.Wants = Wanted;
  // Whether it is heard or not: the answer says why not.
  (void)sendMessage(*Socket, std::as_bytes(std::span(&Mine, 1)));
  Welcome Said;
  auto Into = std::as_writable_bytes(std::span(&Said, 1));
  auto Got = receiveMessage(*Socket, Into);
  while (!Got) {
    if (!waitReadable(Socket->get(), Until))
      return std::unexpected("the one at " + Path + " does not answer");
    Got = receiveMessage(*Socket, Into);
  }
  // It ends, or was killed before it heard us.
  if (Got->Bytes == 0)
    return std::nullopt;
  if (Got->Bytes < LeastWelcomeBytes || Said.Magic != ProtocolMagic)
    return std::unexpected("the one at " + Path + " is no hapaxd");
  if (Said.Version != ProtocolVersion) {
    Welcome Other;
    Other.Version = Said.Version;
    Other.Result = Said.Result;
    Said = Other;
  } else if (Got->Bytes != sizeof(Said) || Got->Cut) {
    return std::unexpected("the one at " + Path +
                           " does not keep to the protocol");
  }
  return Greeting{std::move(*Socket), Said, std::move(Got->Attached)};
}
