; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Two pipelines of one level in one command are different ones, even where the
; first leaves the module as it was.
; RUN: rm -rf %t && mkdir -p %t
; RUN: %opt -passes='thinlto-pre-link<O2>' %s -o %t/in.bc
; RUN: %opt -passes='thinlto-pre-link<O2>,default<O2>' %t/in.bc -o %t/plain.bc
; RUN: %opt_hapax -passes='thinlto-pre-link<O2>,default<O2>' %t/in.bc -o %t/cold.bc
; RUN: %opt_hapax -passes='thinlto-pre-link<O2>,default<O2>' %t/in.bc -o %t/hit.bc
; RUN: cmp %t/plain.bc %t/cold.bc && cmp %t/plain.bc %t/hit.bc
; RUN: %stat hits=2 misses=2
target triple = "x86_64-pc-linux-gnu"
define void @scale(ptr noalias %a, ptr noalias %b) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %from = getelementptr inbounds float, ptr %b, i64 %i
  %v = load float, ptr %from, align 4
  %w = fmul float %v, 3.0
  %to = getelementptr inbounds float, ptr %a, i64 %i
  store float %w, ptr %to, align 4
  %next = add nuw nsw i64 %i, 1
  %done = icmp eq i64 %next, 1024
  br i1 %done, label %exit, label %loop
exit:
  ret void
}
