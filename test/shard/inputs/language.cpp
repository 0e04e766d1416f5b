// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What C++ adds: exceptions, comdats, initialisation, types at run time.
#include <cstdio>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#define NOINLINE __attribute__((noinline))

namespace {
struct Noisy {
  const char *Name;
  NOINLINE explicit Noisy(const char *Name) : Name(Name) {
    std::printf("begin %s\n", Name);
  }
  NOINLINE ~Noisy() { std::printf("end %s\n", Name); }
};
Noisy First("first"), Second("second");
thread_local Noisy InThread("thread");

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};
NOINLINE int fail(int X) {
  Noisy Local("local");
  if (X == 1)
    throw Failure("failure");
  if (X == 2)
    throw X;
  return X;
}
NOINLINE int attempt(int X) {
  try {
    return fail(X);
  } catch (const Failure &F) {
    std::printf("caught %s\n", F.what());
    return -1;
  } catch (int Y) {
    return -Y;
  }
}
NOINLINE void again(int X) {
  Noisy Local("again");
  try {
    fail(X);
  } catch (...) {
    throw;
  }
}
} // namespace

struct Base {
  Base() = default;
  virtual ~Base();
  virtual int value() const { return 1; }
};
Base::~Base() {}
struct Left : virtual Base {
  int value() const override { return 2; }
};
struct Right : virtual Base {
  int Extra = 4;
};
struct Bottom : Left, Right {
  int value() const override { return Left::value() + Extra; }
};

inline int counted() {
  static int Count = attempt(0) + 100;
  return ++Count;
}
inline std::string Inline = "inline variable";

template <class T> NOINLINE T twice(T X) { return X + X; }
template <class T> struct Holder {
  static T Value;
};
template <class T> T Holder<T>::Value = T(42);

static NOINLINE const Base *make(int X) {
  if (X == 0)
    return new Base;
  if (X == 1)
    return new Left;
  return new Bottom;
}

int main() {
  for (int I = 0; I < 3; ++I) {
    std::unique_ptr<const Base> B(make(I));
    std::printf("value %d right %d\n", B->value(),
                dynamic_cast<const Right *>(B.get()) != nullptr);
    std::printf("attempt %d\n", attempt(I));
  }
  std::printf("%s counted %d %d\n", Inline.c_str(), counted(), counted());
  std::map<std::string, std::vector<int>> Map;
  for (int I = 0; I < 10; ++I)
    Map[I % 2 ? "odd" : "even"].push_back(twice(I));
  for (auto &[Key, Values] : Map)
    std::printf("%s %zu %d\n", Key.c_str(), Values.size(), Values.back());
  std::printf("%s %.1f %d\n", InThread.Name, twice(1.25), Holder<int>::Value);
  try {
    again(1);
  } catch (const std::exception &E) {
    std::printf("again %s\n", E.what());
  }
  return 0;
}
