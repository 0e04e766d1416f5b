//===- Circuit.h - A parameterised quantum circuit --------------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#ifndef HAPAX_EXAMPLES_JITCIRCUIT_CIRCUIT_H
#define HAPAX_EXAMPLES_JITCIRCUIT_CIRCUIT_H

#include "hapax/StateVector/StateVector.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

/// One gate. The first three rotate qubit A by an angle that is a parameter of
/// the circuit; the others act on qubits A (the control) and B.
struct Gate {
  enum class Kind { RotateX, RotateY, RotateZ, ControlledX, ControlledZ };
  Kind What;
  unsigned A = 0;
  unsigned B = 0;
  unsigned Parameter = 0; ///< index of the angle

  bool isRotation() const { return What <= Kind::RotateZ; }
};

/// The function that a layer is compiled to: the amplitudes, split into real
/// and imaginary parts, are changed in place; Angles are in radians.
using LayerFunction = void(double *Re, double *Im, const double *Angles);

/// Layers of gates; each rotates every qubit and entangles neighbours.
struct Circuit {
  unsigned Qubits = 0;
  unsigned Parameters = 0;
  std::vector<std::vector<Gate>> Layers;

  /// The same circuit for the same arguments, on every machine.
  static Circuit random(unsigned Qubits, unsigned Depth, uint64_t Seed);

  size_t gates() const;
  static std::string layerName(size_t Layer);

  /// IR of one layer: for each gate a loop over the pairs of amplitudes that it
  /// mixes. The angles stay arguments, so one compile serves them all.
  std::unique_ptr<llvm::Module> emitLayer(size_t Layer,
                                          llvm::LLVMContext &Context) const;

  /// What the layers do, gate by gate, by hapax::StateVector.
  std::expected<void, hapax::StateError>
  applyTo(hapax::StateVector<double> &State,
          const std::vector<double> &Angles) const;
};

#endif // HAPAX_EXAMPLES_JITCIRCUIT_CIRCUIT_H
