#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
struct Counter {
  std::map<std::string, int> Counts;
  void add(const std::string &Word) { ++Counts[Word]; }
};
} // namespace

thread_local int Depth;
static std::vector<int> Initialised{1, 2, 3};

template <typename T> T sum(const std::vector<T> &Values) {
  T Result{};
  for (const T &V : Values)
    Result += V;
  return Result;
}

int count(const std::vector<std::string> &Words) {
  Counter C;
  for (const std::string &W : Words)
    C.add(W);
  if (C.Counts.empty())
    throw std::runtime_error("no words");
  return sum(Initialised) + ++Depth + static_cast<int>(C.Counts.size());
}
