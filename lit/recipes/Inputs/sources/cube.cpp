#include "shapes.h"

int cube(int side) { return square(side) * side; }
