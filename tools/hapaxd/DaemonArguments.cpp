//===- DaemonArguments.cpp - The command line of hapaxd -------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "DaemonArguments.h"
#include "hapax/Store/Config.h"

#include <charconv>

using namespace hapax;

namespace {

using Fault = std::string;

/// Reads a whole number of at most \p Most.
template <typename T> Fault number(std::string_view Text, T Most, T &Into) {
  T Value{};
  auto [End, Error] =
      std::from_chars(Text.data(), Text.data() + Text.size(), Value);
  if (Error != std::errc() || End != Text.data() + Text.size() || Value < 0 ||
      Value > Most)
    return "it is no whole number from 0 to " + std::to_string(Most);
  Into = Value;
  return {};
}

Fault size(std::string_view Text, uint64_t Least, uint64_t &Into) {
  auto Bytes = parseSize(Text);
  if (!Bytes)
    return "it is no size such as 2G or 512Mi";
  if (*Bytes < Least)
    return "it is below " + printSize(Least);
  Into = *Bytes;
  return {};
}

struct Option {
  std::string_view Name;
  Fault (*Read)(std::string_view Text, DaemonArguments &Into);
};

constexpr uint64_t MiB = uint64_t(1) << 20;

constexpr Option Options[] = {
    {"--socket",
     [](std::string_view Text, DaemonArguments &Into) -> Fault {
       if (Text.empty())
         return "the path is empty";
       Into.Socket = Text;
       return {};
     }},
    {"--device",
     [](std::string_view Text, DaemonArguments &Into) {
       return number(Text, 1023, Into.Device);
     }},
    {"--vram",
     [](std::string_view Text, DaemonArguments &Into) {
       return size(Text, 64 * MiB, Into.VramBytes.emplace());
     }},
    {"--host-memory",
     [](std::string_view Text, DaemonArguments &Into) {
       return size(Text, 16 * MiB, Into.HostBytes);
     }},
    {"--arena",
     [](std::string_view Text, DaemonArguments &Into) -> Fault {
       if (Fault F = size(Text, 65536, Into.ArenaBytes); !F.empty())
         return F;
       if (Into.ArenaBytes % 4096 != 0 || Into.ArenaBytes > 1024 * MiB)
         return "it is no multiple of 4Ki up to 1Gi";
       return {};
     }},
    {"--clients",
     [](std::string_view Text, DaemonArguments &Into) -> Fault {
       unsigned Wanted = 0;
       if (Fault F = number(Text, 100'000u, Wanted); !F.empty())
         return F;
       if (Wanted == 0)
         return "it must be at least 1";
       Into.MaxClients = Wanted;
       return {};
     }},
    {"--idle-exit",
     [](std::string_view Text, DaemonArguments &Into) -> Fault {
       int64_t Seconds = 0;
       if (Fault F = number<int64_t>(Text, 1'000'000'000, Seconds); !F.empty())
         return F;
       Into.IdleExit = std::chrono::seconds(Seconds);
       return {};
     }},
};

} // namespace

std::expected<DaemonArguments, std::string>
hapax::parseDaemonArguments(std::span<const char *const> Words) {
  DaemonArguments Result;
  for (size_t I = 0; I != Words.size(); ++I) {
    std::string_view Word = Words[I];
    if (Word == "--help" || Word == "-h" || Word == "--version") {
      Result.What = Word == "--version" ? DaemonArguments::Action::Version
                                        : DaemonArguments::Action::Help;
      return Result;
    }
    if (Word == "--ensure") {
      Result.What = DaemonArguments::Action::Ensure;
      continue;
    }
    if (Word == "--stop") {
      Result.What = DaemonArguments::Action::Stop;
      continue;
    }
    if (Word == "--no-gpu") {
      Result.UseGpu = false;
      continue;
    }
    size_t Equals = Word.find('=');
    std::string_view Name = Word.substr(0, Equals);
    const Option *Found = nullptr;
    for (const Option &O : Options)
      if (O.Name == Name)
        Found = &O;
    if (!Found)
      return std::unexpected(
          "unknown " +
          std::string(Word.starts_with('-') ? "option '" : "argument '") +
          std::string(Word) + "'; 'hapaxd --help' lists what there is");
    std::string_view Value;
    if (Equals != std::string_view::npos)
      Value = Word.substr(Equals + 1);
    else if (I + 1 != Words.size())
      Value = Words[++I];
    else
      return std::unexpected("option '" + std::string(Name) +
                             "' needs a value; 'hapaxd --help' shows which");
    if (Fault F = Found->Read(Value, Result); !F.empty())
      return std::unexpected("bad value '" + std::string(Value) + "' of " +
                             std::string(Name) + ": " + F);
  }
  return Result;
}

std::string_view hapax::daemonHelp() {
  return R"(Keeps compile results in the memory of a GPU, for all compilers of a user.

usage: hapaxd [OPTIONS]

  --ensure              start the daemon in the background unless it runs; one of
                        another build is asked to end first
  --stop                ask the daemon to serve who is there, and end
  --socket=PATH         where to listen (default: $HAPAX_SOCKET, or the socket of
                        the configuration file, or
                        $XDG_RUNTIME_DIR/hapax/daemon.socket, or
                        /tmp/hapax-<uid>/daemon.socket)
  --no-gpu              keep everything in host memory
  --device=N            which GPU, of those visible (default: 0)
  --vram=SIZE           limit of GPU memory, e.g. 8G (default: what is free, but
                        for a tenth of the GPU, and 1 GiB at least)
  --host-memory=SIZE    host memory for entries while there is no GPU
                        (default: 256Mi)
  --arena=SIZE          memory shared with each compiler; larger outputs are not
                        kept (default: 4Mi)
  --clients=N           the most compilers at a time (default: 512)
  --idle-exit=SECONDS   end after so long without a compiler; 0: never
                        (default: 1800)
  --help, --version

Without a GPU it serves from host memory. What it holds is held by the disk
store as well: it may be stopped at any time (--stop, or SIGTERM).
)";
}
