//===- Digest.cpp - 128-bit digests -----------------------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Cache/Digest.h"
#include "Avx2Digest.h"

// The module hash feeds millions of short ranges: let the compiler inline XXH3.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <cstring>

using namespace hapax;

static_assert(std::endian::native == std::endian::little,
              "Hasher::add hashes integers as they lie in memory");

/// From this size on, wide registers gain more than the call costs.
static constexpr size_t LongRange = 512;

#if HAPAX_X86_KERNELS
static bool hasWideRegisters() {
  // The built-in also asks whether the operating system saves the registers.
  static const bool Has = __builtin_cpu_supports("avx2");
  return Has;
}
#endif

static Digest fromXXH(XXH128_hash_t H) { return {H.high64, H.low64}; }

static Digest digestOfRange(const void *Data, size_t Size) {
#if HAPAX_X86_KERNELS
  if (Size >= LongRange && hasWideRegisters()) {
    uint64_t Halves[2];
    avx2::digest(Data, Size, Halves);
    return {Halves[0], Halves[1]};
  }
#endif
  return fromXXH(XXH3_128bits(Data, Size));
}

std::array<uint8_t, 16> Digest::bytes() const {
  std::array<uint8_t, 16> Bytes;
  for (unsigned I = 0; I != 8; ++I) {
    Bytes[I] = static_cast<uint8_t>(High >> (56 - 8 * I));
    Bytes[8 + I] = static_cast<uint8_t>(Low >> (56 - 8 * I));
  }
  return Bytes;
}

Digest Digest::fromBytes(std::span<const uint8_t, 16> Bytes) {
  Digest D;
  for (unsigned I = 0; I != 8; ++I) {
    D.High = D.High << 8 | Bytes[I];
    D.Low = D.Low << 8 | Bytes[8 + I];
  }
  return D;
}

std::string Digest::hex() const {
  static constexpr char Digits[] = "0123456789abcdef";
  std::string Text;
  Text.reserve(32);
  for (uint8_t Byte : bytes()) {
    Text += Digits[Byte >> 4];
    Text += Digits[Byte & 15];
  }
  return Text;
}

static int nibble(char C) {
  if (C >= '0' && C <= '9')
    return C - '0';
  if (C >= 'a' && C <= 'f')
    return C - 'a' + 10;
  return -1;
}

std::optional<Digest> Digest::fromHex(std::string_view Text) {
  if (Text.size() != 32)
    return std::nullopt;
  std::array<uint8_t, 16> Bytes;
  for (size_t I = 0; I != Bytes.size(); ++I) {
    int High = nibble(Text[2 * I]), Low = nibble(Text[2 * I + 1]);
    if (High < 0 || Low < 0)
      return std::nullopt;
    Bytes[I] = static_cast<uint8_t>(High << 4 | Low);
  }
  return fromBytes(Bytes);
}

Digest hapax::digestOf(std::span<const std::byte> Bytes) {
  return digestOfRange(Bytes.data(), Bytes.size());
}

Digest hapax::digestOf(std::string_view Bytes) {
  return digestOfRange(Bytes.data(), Bytes.size());
}

struct Hasher::State {
  XXH3_state_t XXH;
};

Hasher::Hasher() : Impl(std::make_unique<State>()) { reset(); }
Hasher::~Hasher() = default;

void Hasher::raw(const void *Data, size_t Size) {
#if HAPAX_X86_KERNELS
  if (Size >= LongRange && hasWideRegisters())
    return avx2::update(&Impl->XXH, Data, Size);
#endif
  XXH3_128bits_update(&Impl->XXH, Data, Size);
}

void Hasher::add(std::string_view Text) {
  add(Text.size());
  raw(Text.data(), Text.size());
}

void Hasher::add(const Digest &D) {
  auto Bytes = D.bytes();
  add(Bytes.size());
  raw(Bytes.data(), Bytes.size());
}

Digest Hasher::finish() const {
  return fromXXH(XXH3_128bits_digest(&Impl->XXH));
}

void Hasher::reset() { XXH3_128bits_reset(&Impl->XXH); }
