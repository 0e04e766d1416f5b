// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
int twice(int Number);
int main(void) { return twice(21) != 42; }
