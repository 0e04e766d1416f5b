! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
integer function thrice(number)
  integer, intent(in) :: number
  thrice = 3 * number
end function
