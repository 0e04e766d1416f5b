//===- DaemonView.cpp - What the daemon says of itself ----------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DaemonView.h"
#include "hapax/Cache/LatencyHistogram.h"
#include "hapax/Ipc/DaemonClient.h"

using namespace llvm;

namespace hapax {

ArrayRef<DaemonField> daemonFields() {
  using D = DaemonStatistics;
  static constexpr DaemonField Fields[] = {
      {"uptime_ms", &D::UptimeMs, false},
      {"restarts", &D::Restarts, true},
      {"clients", &D::Clients, false},
      {"clients_ever", &D::ClientsEver, true},
      {"refused", &D::Refused, true},
      {"faults", &D::Faults, true},
      {"gets", &D::Gets, true},
      {"hits", &D::Hits, true},
      {"misses", &D::Misses, true},
      {"puts", &D::Puts, true},
      {"removes", &D::Removes, true},
      {"errors", &D::Errors, true},
      {"read_bytes", &D::BytesRead, true},
      {"written_bytes", &D::BytesWritten, true},
      {"leases", &D::Leases, true},
      {"waits", &D::Waits, true},
      {"host_entries", &D::HostEntries, false},
      {"host_bytes", &D::HostBytes, false},
      {"host_limit_bytes", &D::HostLimitBytes, false},
      {"host_evicted", &D::HostEvicted, true},
      {"device_entries", &D::DeviceEntries, false},
      {"device_bytes", &D::DeviceBytes, false},
      {"device_limit_bytes", &D::DeviceLimitBytes, false},
      {"device_evicted", &D::DeviceEvicted, true},
      {"device_mapped_bytes", &D::DeviceMappedBytes, false},
      {"device_given_back_bytes", &D::DeviceGivenBackBytes, true},
      {"device_hits", &D::DeviceHits, true},
      {"channel_bytes", &D::ChannelBytes, false},
  };
  return Fields;
}

std::expected<std::optional<DaemonStatistics>, TierError>
askDaemon(const Config &Settings) {
  if (Settings.Daemon == DaemonUse::Off)
    return std::nullopt;
  auto Client = DaemonClient::connect(daemonClientOptions(Settings));
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return std::nullopt;
  return (*Client)->statistics();
}

std::expected<void, TierError> clearDaemon(const Config &Settings) {
  if (Settings.Daemon == DaemonUse::Off)
    return {};
  DaemonClientOptions Options = daemonClientOptions(Settings);
  // A person waits, not a compile; and there may be a million entries.
  Options.ConnectTimeout = Options.CallTimeout =
      std::max(Options.CallTimeout, std::chrono::milliseconds(5000));
  auto Client = DaemonClient::connect(Options);
  if (!Client)
    return std::unexpected(Client.error());
  if (!*Client)
    return {};
  return (*Client)->clear();
}

std::optional<double> daemonLatencyUs(const DaemonStatistics &Before,
                                      const DaemonStatistics &Now,
                                      double Share) {
  std::array<uint64_t, std::tuple_size_v<decltype(Now.GetTimes)>> Calls;
  for (size_t I = 0; I != Calls.size(); ++I)
    Calls[I] = Now.GetTimes[I] - Before.GetTimes[I];
  auto Class = quantileClass(Calls, Share);
  if (!Class)
    return std::nullopt;
  return double(uint64_t(1) << *Class) / 1000;
}

StringRef deviceState(const DaemonStatistics &Told) {
  switch (static_cast<DeviceState>(Told.Device)) {
  case DeviceState::Starting:
    return "starting";
  case DeviceState::Ready:
    return "ready";
  case DeviceState::Lost:
    return "lost";
  case DeviceState::None:
    break;
  }
  return "off";
}

json::Object toJson(const DaemonStatistics &Told) {
  json::Object Object{{"device", deviceState(Told)}};
  for (const DaemonField &F : daemonFields())
    Object[F.Name] = Told.*F.Value;
  DaemonStatistics None;
  Object["get_us"] = json::Object{{"p50", daemonLatencyUs(None, Told, 0.5)},
                                  {"p99", daemonLatencyUs(None, Told, 0.99)}};
  return Object;
}

} // namespace hapax
