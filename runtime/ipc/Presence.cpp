//===- Presence.cpp - Which daemon has the place ----------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Ipc/Presence.h"
#include "Greeting.h"
#include "hapax/Ipc/Rendezvous.h"

using namespace hapax;

std::expected<std::optional<DaemonIdentity>, std::string>
hapax::daemonAt(const std::string &Socket,
                std::chrono::steady_clock::time_point Until) {
  auto Heard = greet(Socket, Wish::Tell, Until);
  if (!Heard)
    return std::unexpected(std::move(Heard.error()));
  if (!*Heard)
    return std::nullopt;
  const Welcome &Said = (*Heard)->Said;
  return DaemonIdentity{Said.Version, Said.Build,
                        Said.Result == Admission::Ending};
}

std::expected<void, std::string>
hapax::askDaemonToEnd(const std::string &Socket,
                      std::chrono::steady_clock::time_point Until) {
  auto Heard = greet(Socket, Wish::End, Until);
  if (!Heard)
    return std::unexpected(std::move(Heard.error()));
  if (!*Heard)
    return {};
  const Welcome &Said = (*Heard)->Said;
  if (Said.Result == Admission::Told || Said.Result == Admission::Ending)
    return {};
  return std::unexpected("the one at " + Socket + " (protocol " +
                         std::to_string(Said.Version) +
                         ") does not end when it is asked to");
}

bool hapax::isPlaceTaken(const std::string &Socket) {
  // Whoever listens may have no lock, as one that a service manager started; a
  // daemon that only begins has nothing else yet. A socket alone says little:
  // one that was killed leaves it behind.
  auto Found = connectTo(Socket, std::chrono::steady_clock::now() +
                                     std::chrono::milliseconds(20));
  if (!Found || *Found)
    return true;
  auto Lock = lockFor(Socket);
  return Lock && !*Lock;
}
