#include "shapes.h"
#include <stdio.h>

int main(void) {
  printf("%d %d\n", square(3), cube(3));
  return square(3) != 9 || cube(3) != 27;
}
