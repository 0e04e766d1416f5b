/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
// Something for the flags of C++ to act on.
#include <memory>
#include <new>
#include <string>
#include <typeinfo>
#include <vector>

struct Shape {
  virtual ~Shape();
  virtual double area() const = 0;
};
struct Square final : Shape {
  double Side = 1;
  double area() const override { return Side * Side; }
};
Shape::~Shape() = default;

static std::string Name("global");
thread_local std::vector<int> Scratch;

const char *kind(const Shape &S) { return typeid(S).name(); }
double total(const std::vector<std::unique_ptr<Shape>> &Shapes) {
  double Sum = 0;
  for (const auto &S : Shapes)
    Sum += S->area();
  return Sum;
}
int guarded(int Value) {
  static int First = Value;
  try {
    if (Value < 0)
      throw Value;
    Scratch.push_back(Value);
    return First + dynamic_cast<const Square *>(new Square) ? 1 : 0;
  } catch (int Negative) {
    delete new Square;
    return Negative;
  }
}
inline int hidden(int V) { return V * 3; }
int (*Exported)(int) = hidden;
