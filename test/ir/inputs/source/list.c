// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <stdarg.h>
struct node { struct node *next; int key; double weight; char tag[6]; };
static struct node pool[4];
const char *const names[] = {"one", "two", "three"};
extern int external_counter;
__thread int tls = 3;
static inline int clamp(int v) { return v < 0 ? 0 : v > 99 ? 99 : v; }
int sum(const struct node *n, float scale) {
  int total = 0;
  for (; n; n = n->next) {
    switch (n->key) {
    case 1: total += clamp(n->key * 3); break;
    case 7: total -= (int)(n->weight * scale); break;
    default: total ^= n->tag[n->key & 3];
    }
  }
  return total + external_counter + tls;
}
int variadic(int n, ...) {
  va_list args; va_start(args, n);
  int r = 0; while (n--) r += va_arg(args, int);
  va_end(args); return r;
}
int pick(int i) {
  static void *const labels[] = {&&a, &&b};
  goto *labels[i & 1];
a: return pool[0].key;
b: return names[1][0];
}
__attribute__((noinline, section("hot"))) long shift(unsigned char *restrict p, long n) {
  long s = 0;
  for (long i = 0; i < n; i++) s += p[i] << (i & 7);
  return __atomic_fetch_add(&s, 2, __ATOMIC_ACQ_REL) + __builtin_expect(n > 3, 1);
}
