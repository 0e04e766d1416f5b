#include <stdio.h>
#include <stdlib.h>

static int counter;
static const char *const names[] = {"one", "two", "three"};
static const double weights[] = {0.5, 1.5, 2.5};
extern int hidden __attribute__((visibility("hidden")));
int hidden = 5;
__thread int perThread = 3;
static __thread int perThreadLocal = 4;

static int helper(int X) {
  counter += X;
  return counter * 3;
}
static __attribute__((noinline)) int loop(int X) {
  int Sum = 0;
  for (int I = 0; I < X; ++I)
    Sum += helper(I) ^ X;
  return Sum;
}
static int compare(const void *A, const void *B) {
  return *(const int *)A - *(const int *)B;
}
int first(int X) {
  printf("first %d %s\n", X, names[X % 3]);
  return loop(X) + 1;
}
int second(int X) {
  static int Calls = 100;
  printf("second %d %g\n", X, weights[X % 3]);
  return loop(X + 2) + helper(X) + ++Calls + perThread++ + perThreadLocal;
}
int sorted(int *P, int N) {
  qsort(P, N, sizeof *P, compare);
  return P[0] + hidden;
}
int weakly(void) __attribute__((weak));
int weakly(void) { return 11; }
int aliased(void) { return 12; }
int other(void) __attribute__((alias("aliased")));
int absent(void) __attribute__((weak));
int jumps(int X) {
  static void *const To[] = {&&a, &&b, &&c};
  goto *To[X % 3];
a:
  return 1;
b:
  return 2 + jumps(X + 1);
c:
  return 3;
}
int switched(int X) {
  switch (X) {
  case 0: return loop(1);
  case 1: return loop(2) + 1;
  case 2: return loop(3) * 2;
  case 3: return helper(4);
  case 4: return helper(5) - 7;
  case 5: return first(6);
  default: return -1;
  }
}
static __attribute__((constructor)) void begin(void) { puts("begin"); }
static __attribute__((destructor)) void end(void) { puts("end"); }
static int kept __attribute__((used)) = 77;

int main(void) {
  int A[3] = {3, 1, 2};
  int R = first(4) + second(5) + second(6) + sorted(A, 3) + weakly() +
          aliased() + other() + jumps(1) + (absent ? 1000 : 0);
  for (int I = 0; I < 7; ++I)
    R += switched(I);
  printf("%d %d\n", R, counter);
  return 0;
}
