// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What C can put into an object file; prints something of each.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline))

int Tentative; // common with -fcommon
int Global = 5;
static int Counter;
static const char *const Names[] = {"zero", "one", "two", "three"};
const double Table[4] = {1.5, 2.5, 3.5, 4.5};
static char Aligned[64] __attribute__((aligned(64)));
_Thread_local int InThread = 3;
static _Thread_local long ZeroInThread;
__attribute__((section("of_my_own"), used)) static int Placed[3] = {7, 8, 9};
extern int __start_of_my_own[], __stop_of_my_own[];
extern int NotThere __attribute__((weak));

__attribute__((constructor(200))) static void second(void) { Counter *= 10; }
__attribute__((constructor(150))) static void first(void) { Counter += 4; }
__attribute__((destructor)) static void last(void) {
  printf("last %d\n", Counter);
}

static NOINLINE __attribute__((cold)) int rarely(int X) {
  return printf("rarely %d %p\n", X, (void *)0);
}
NOINLINE __attribute__((hot)) static int often(int X) { return X * 3 + Global; }

static NOINLINE const char *nameOf(int X) { return Names[X & 3]; }

static NOINLINE int choose(int X) {
  switch (X) {
  case 0:
    return often(1);
  case 1:
    return Counter;
  case 2:
    return puts("two");
  case 3:
    return printf("three %s\n", nameOf(3));
  case 4:
    return X + often(X);
  case 5:
    return Global * 2;
  default:
    return 7;
  }
}

// A small interpreter: its labels' addresses are data.
static NOINLINE int interpret(const char *Program) {
  static const void *const Steps[] = {&&Stop, &&Add, &&Double};
  int Value = 0;
  goto *Steps[*Program++ - '0'];
Add:
  Value += 1;
  goto *Steps[*Program++ - '0'];
Double:
  Value *= 2;
  goto *Steps[*Program++ - '0'];
Stop:
  return Value;
}

static double NOINLINE polynomial(double X) {
  return ((X * 3.25 + 1.125) * X + Table[2]) * X - 0.875;
}
static float NOINLINE scale(float X) { return X * 0.1f + 1.0e10f; }

static NOINLINE void fill(int32_t *To, int N) {
  for (int I = 0; I < N; ++I)
    To[I] = To[I] * 5 + (I ^ 3);
}

int strong(int X) { return X + 1; }
int alias(int X) __attribute__((alias("strong")));
__attribute__((weak)) int weak(int X) { return X + 2; }
static int hiddenTarget(int X) { return X + 3; }
__attribute__((visibility("hidden"))) int hidden(int X) {
  return hiddenTarget(X);
}

static int byFour(int X) { return X * 4; }
static int bySix(int X) { return X * 6; }
static int (*const Functions[])(int) = {byFour, bySix, strong, alias, weak};

static NOINLINE int compare(const void *A, const void *B) {
  return *(const int *)A - *(const int *)B;
}

int main(int Argc, char **Argv) {
  printf("%s %.3f %g\n", nameOf(Argc), polynomial(Argc), scale(Argc));
  for (int I = 0; I < 7; ++I)
    printf("choose %d\n", choose(I));
  printf("interpret %d\n", interpret("1121220"));
  int32_t Numbers[33] = {0};
  for (int I = 0; I < 33; ++I)
    Numbers[I] = (I * 7) % 13;
  fill(Numbers, 33);
  qsort(Numbers, 33, sizeof(int), compare);
  for (int I = 0; I < 33; I += 8)
    printf("number %d\n", Numbers[I]);
  for (size_t I = 0; I < sizeof(Functions) / sizeof(*Functions); ++I)
    printf("function %d\n", Functions[I](10));
  InThread += 2;
  ZeroInThread += InThread;
  printf("thread %d %ld\n", InThread, ZeroInThread);
  memset(Aligned, 'x', 5);
  printf("aligned %s %d\n", Aligned, (int)((uintptr_t)Aligned % 64));
  printf("placed %d\n", (int)(__stop_of_my_own - __start_of_my_own) + Placed[1]);
  printf("tentative %d there %d hidden %d\n", Tentative, &NotThere != 0,
         hidden(1));
  return Argc > 3 ? rarely(Argc) : 0;
}
