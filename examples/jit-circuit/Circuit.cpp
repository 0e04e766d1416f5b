//===- Circuit.cpp - A parameterised quantum circuit ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "Circuit.h"
#include <random>

using hapax::StateError, hapax::StateVector;
namespace gates = hapax::gates;

Circuit Circuit::random(unsigned Qubits, unsigned Depth, uint64_t Seed) {
  Circuit C;
  C.Qubits = Qubits;
  // Only the generator itself is the same everywhere, no distribution is.
  std::mt19937_64 Random(Seed);
  for (unsigned Layer = 0; Layer != Depth; ++Layer) {
    std::vector<Gate> &Gates = C.Layers.emplace_back();
    for (unsigned Q = 0; Q != Qubits; ++Q)
      Gates.push_back({.What = Gate::Kind(Random() % 3),
                       .A = Q,
                       .Parameter = C.Parameters++});
    for (unsigned Q = Layer % 2; Q + 1 < Qubits; Q += 2)
      Gates.push_back({.What = Random() % 2 ? Gate::Kind::ControlledX
                                            : Gate::Kind::ControlledZ,
                       .A = Q,
                       .B = Q + 1});
  }
  return C;
}

size_t Circuit::gates() const {
  size_t Count = 0;
  for (const std::vector<Gate> &Layer : Layers)
    Count += Layer.size();
  return Count;
}

std::string Circuit::layerName(size_t Layer) {
  return "layer" + std::to_string(Layer);
}

static hapax::OneQubitGate<double> rotation(Gate::Kind What, double Angle) {
  const double C = std::cos(Angle / 2), S = std::sin(Angle / 2);
  using Complex = std::complex<double>;
  switch (What) {
  case Gate::Kind::RotateX:
    return {C, Complex(0, -S), Complex(0, -S), C};
  case Gate::Kind::RotateY:
    return {C, -S, S, C};
  default:
    return {Complex(C, -S), 0, 0, Complex(C, S)};
  }
}

std::expected<void, StateError>
Circuit::applyTo(StateVector<double> &State,
                 const std::vector<double> &Angles) const {
  for (const std::vector<Gate> &Layer : Layers)
    for (const Gate &G : Layer) {
      std::expected<void, StateError> Done =
          G.isRotation()
              ? State.applyGate(G.A, rotation(G.What, Angles[G.Parameter]))
              : State.applyGate(G.A, G.B,
                                G.What == Gate::Kind::ControlledX
                                    ? ::gates::controlledX<double>()
                                    : ::gates::controlledZ<double>());
      if (!Done)
        return Done;
    }
  return {};
}
