; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
define i32 @f(i32 %x) {
  %y = add i32 %x, %x
  %z = sub i32 %y, %x
  ret i32 %z
}
