#include <stddef.h>

struct point {
  int x, y;
  const char *name;
};

static int square(int v) { return v * v; }

int table[4] = {1, 2, 3, 4};
const char *names[] = {"north", "south"};

int distance2(const struct point *a, const struct point *b) {
  return square(a->x - b->x) + square(a->y - b->y);
}

size_t length(const char *s) {
  size_t n = 0;
  while (s[n])
    n++;
  return n;
}

int total(void) {
  int sum = 0;
  for (int i = 0; i < 4; i++)
    sum += table[i] * (int)length(names[i & 1]);
  return sum;
}
