! SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
subroutine scale(a, n, f)
  integer, intent(in) :: n
  real, intent(inout) :: a(n)
  real, intent(in) :: f
  integer :: i
  do i = 1, n
    a(i) = a(i) * f + real(i)
  end do
end subroutine
