// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <numeric>
#include <vector>

int sum(const std::vector<int> &Numbers) {
  return std::accumulate(Numbers.begin(), Numbers.end(), 0);
}
