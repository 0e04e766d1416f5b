// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
int twice(int Number) { return 2 * Number; }
