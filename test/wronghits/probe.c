/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Something for every kind of flag to act on. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct bits {
  unsigned a : 3;
  signed b : 5;
  char c;
  enum { red, green } colour;
};

static const double weights[] = {0.5, 0.25, 0.125, 1.0};
__thread int depth;
int shared = 7;
extern int elsewhere;
__attribute__((weak)) int maybe(int);
static int (*handlers[3])(const char *);

float dot(const float *x, const float *y, int n) {
  float sum = 0.0f;
  for (int i = 0; i < n; i++)
    sum += x[i] * y[i] + 1.0f / x[i];
  return sum;
}

double trig(double x) { return sin(x) * sqrt(x) + pow(x, 2.0) - weights[3]; }

int select_case(int v) {
  switch (v) {
  case 0:
    return 10;
  case 1:
    return shared;
  case 2:
    return elsewhere;
  case 3:
    return 77;
  case 4:
    return -5;
  case 9:
    return maybe ? maybe(v) : 0;
  default:
    return v / 3;
  }
}

int overflow(int a, int b) { return a + b > a; }
int64_t wide(int64_t a, unsigned char s) { return (a << (s & 63)) | (uint64_t)a >> 3; }

int buffer(const char *s) {
  char local[64];
  int unset;
  strcpy(local, s);
  if (s[0] == 'x')
    unset = 3;
  printf("%s %d\n", local, depth++);
  return local[3] + unset;
}

static int once(const struct bits *b) { return b->a + b->b * b->c + b->colour; }

int apply(int i, const char *s, struct bits *b) {
  handlers[0] = buffer;
  return handlers[i](s) + once(b);
}

void copy(char *restrict to, const char *restrict from, unsigned n) {
  for (unsigned i = 0; i < n; i++)
    to[i] = from[i];
}

__attribute__((noinline)) static int recurse(int n) {
  return n < 2 ? 1 : recurse(n - 1) * n;
}
int tail(int n) { return recurse(n + 1); }
int barrier(int *p) {
  __asm__ volatile("nop" ::: "memory");
  return __atomic_fetch_add(p, 1, __ATOMIC_SEQ_CST);
}
