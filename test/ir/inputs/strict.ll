; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Metadata as operands of calls, each used several times.
source_filename = "strict.c"
target triple = "x86_64-unknown-linux-gnu"

%struct.both = type { float, float }

define float @strict(float %a, float %b, ptr %p) strictfp {
entry:
  %x = call float @llvm.experimental.constrained.fadd.f32(float %a, float %b, metadata !"round.tonearest", metadata !"fpexcept.strict") strictfp
  %y = call float @llvm.experimental.constrained.fmul.f32(float %x, float %b, metadata !"round.tonearest", metadata !"fpexcept.strict") strictfp
  %z = call float @llvm.experimental.constrained.fadd.f32(float %y, float %x, metadata !"round.dynamic", metadata !"fpexcept.ignore") strictfp
  %q = getelementptr %struct.both, ptr %p, i64 1, i32 1
  store float %z, ptr %q
  call void @llvm.experimental.noalias.scope.decl(metadata !0)
  call void @llvm.experimental.noalias.scope.decl(metadata !0)
  ret float %z
}

declare float @llvm.experimental.constrained.fadd.f32(float, float, metadata, metadata)
declare float @llvm.experimental.constrained.fmul.f32(float, float, metadata, metadata)
declare void @llvm.experimental.noalias.scope.decl(metadata)

!0 = !{!1}
!1 = distinct !{!1, !2, !"one"}
!2 = distinct !{!2}
