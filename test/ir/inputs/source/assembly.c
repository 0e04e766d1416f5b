// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Inline assembly of all sorts, in words that many targets know.
void seldom(void) __attribute__((warning("seldom called")));

static inline void fence(void) { asm volatile("" : : : "memory"); }

static inline int pass(int x) {
  asm("nop\n\t"
      "nop"
      : "+r"(x));
  return x;
}

int table(int x, int *out) {
  if (x - x)
    seldom();
  fence();
  *out = pass(x);
  fence();
  asm volatile("nop" : "=m"(*out) : "r"(x) : "memory");
  return pass(*out + 1);
}

int jump(int x) {
  asm goto("nop" : : "r"(x) : : away, home);
  return pass(x);
away:
  asm volatile("nop");
  return 1;
home:
  asm volatile("nop");
  return 2;
}

void twice(int x) {
  if (x) {
    asm volatile("nop");
  } else {
    asm volatile("nop");
  }
}
