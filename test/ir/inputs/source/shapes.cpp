// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
struct Shape { virtual ~Shape(); virtual double area() const = 0; int id; };
struct Square : Shape { double side; Square(double s) : side(s) {} double area() const override { return side * side; } };
template <typename T> T biggest(const T *p, unsigned n) { T m = p[0]; for (unsigned i = 1; i < n; ++i) if (m < p[i]) m = p[i]; return m; }
namespace ns { enum class Colour : short { Red, Green = 7 }; using Alias = Square; }
struct Error { int code; };
double total(Shape **s, int n) {
  double sum = 0;
  try { for (int i = 0; i != n; ++i) sum += s[i]->area(); if (sum < 0) throw Error{3}; }
  catch (const Error &e) { return e.code; }
  catch (...) { return -1; }
  return sum;
}
ns::Colour flip(ns::Colour c) { static int calls; ++calls; return c == ns::Colour::Red ? ns::Colour::Green : ns::Colour::Red; }
int best(const int *p) { ns::Alias q(2); auto twice = [&](int x) { return x * 2 + q.id; }; return twice(biggest(p, 3)); }
union Mixed { int i; float f; unsigned bits : 3; };
float mix(Mixed m, bool b, const float (&a)[3]) { return b ? m.f : a[m.bits]; }
