#include <stdlib.h>
struct Leaf {
  int Value;
};
struct Tree {
  struct Tree *Left, *Right;
  struct Leaf Leaf;
  const char *Name;
};
enum Colour { Red, Green = 7 };
typedef struct {
  double X;
} Unnamed;
static struct Tree Root = {.Leaf = {41}, .Name = "root"};
static enum Colour Last = Green;
Unnamed Point = {2.5};

static inline int bump(struct Leaf *L) {
  int Before = L->Value;
  L->Value = Before + 1;
  return Before;
}
__attribute__((noinline)) int stop(struct Tree *T, enum Colour C) {
  return T->Leaf.Value + (int)C;
}
__attribute__((noinline)) int walk(struct Tree *T, int Depth) {
  if (!Depth)
    return stop(T, Last);
  return walk(T, Depth - 1) + bump(&T->Leaf);
}
int main(void) {
  return walk(&Root, 2) == 41 + 7 + 41 + 42 ? 0 : 1;
}
