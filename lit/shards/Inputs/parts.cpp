#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {
struct Base {
  virtual ~Base() { std::printf("~Base\n"); }
  virtual int value() const = 0;
};
template <int N> struct Derived final : Base {
  ~Derived() override { std::printf("~Derived<%d>\n", N); }
  int value() const override { return N; }
};
struct Loud {
  explicit Loud(const char *Name) : Name(Name) { std::printf("+%s\n", Name); }
  ~Loud() { std::printf("-%s\n", Name); }
  const char *Name;
};
Loud FirstLoud("first"), SecondLoud("second");
int late() {
  static Loud Once("once");
  return Once.Name[0];
}
} // namespace

struct Visible {
  virtual ~Visible();
  virtual const char *name();
};
Visible::~Visible() = default;
const char *Visible::name() { return "Visible"; }

inline int sharedCounter() {
  static int Counter = 0;
  return ++Counter;
}
template <typename T> T total(const std::vector<T> &All) {
  T Sum{};
  for (const T &Each : All)
    Sum += Each;
  return Sum;
}
thread_local std::string PerThread = "tls";

[[gnu::noinline]] static int mayThrow(int X) {
  Loud Inside("inside");
  if (X > 2)
    throw std::runtime_error("too large: " + std::to_string(X));
  return X;
}
static int caught(int X) {
  try {
    return mayThrow(X);
  } catch (const std::logic_error &) {
    return -2;
  } catch (const std::runtime_error &E) {
    std::printf("%s\n", E.what());
    return -1;
  }
}
int main() {
  std::vector<std::unique_ptr<Base>> All;
  All.push_back(std::make_unique<Derived<1>>());
  All.push_back(std::make_unique<Derived<22>>());
  int Sum = 0;
  for (const auto &Each : All)
    Sum += Each->value();
  Visible V;
  std::printf("%d %d %s %s\n", caught(1), caught(3), V.name(),
              dynamic_cast<Derived<22> *>(All[1].get()) ? "yes" : "no");
  std::printf("%d %g %d %d\n", total(std::vector<int>{1, 2, 3}),
              total(std::vector<double>{0.5, 0.25}), sharedCounter(),
              sharedCounter());
  std::printf("%s %d %d\n", (PerThread + "!").c_str(), late(), Sum);
  auto Twice = [&](int X) { return X * 2 + Sum; };
  std::printf("%d %s\n", Twice(4), typeid(*All[0]).name() ? "named" : "");
}
