; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
; Constructs that front ends seldom or never emit.
source_filename = "rare.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-unknown-linux-gnu"

module asm ".globl marker"
module asm "marker = 7"

%struct.pair = type { i32, i32 }
%class.twin = type { i32, i32 }
%struct.packed = type <{ i8, i32, [3 x i16] }>
%0 = type { i32, i32 }
%opaque = type opaque
%nest = type { %struct.pair, { i8, ptr }, <2 x float> }

$group = comdat any
$big = comdat largest
$exact = comdat exactmatch

@plain = global i32 0
@pairs = internal constant [2 x %struct.pair] [%struct.pair { i32 1, i32 2 }, %struct.pair zeroinitializer], align 8
@twins = internal global %class.twin { i32 1, i32 2 }
@nameless = internal global %0 { i32 1, i32 2 }
@packed = private unnamed_addr constant %struct.packed <{ i8 1, i32 2, [3 x i16] [i16 3, i16 4, i16 5] }>, align 1
@nested = global %nest { %struct.pair { i32 9, i32 8 }, { i8, ptr } { i8 1, ptr @plain }, <2 x float> <float 1.0, float -2.0> }
@bytes = private constant [6 x i8] c"bytes\00", section "strings", partition "part"
@wide = global i128 340282366920938463463374607431768211455
@floats = global [3 x double] [double 0x7FF8000000000001, double -0.0, double 3.5]
@half = global half 0xH3C00
@long = global x86_fp80 0xK3FFF8000000000000000
@offset = global ptr getelementptr inbounds (i8, ptr @pairs, i64 12)
@ranged = global ptr getelementptr inbounds nuw inrange(-4, 8) (i8, ptr @pairs, i64 4)
@cast = global i64 ptrtoint (ptr @plain to i64)
@difference = global i64 sub (i64 ptrtoint (ptr @pairs to i64), i64 ptrtoint (ptr @plain to i64))
@short = global i32 trunc (i64 ptrtoint (ptr @plain to i64) to i32)
@fromint = global ptr inttoptr (i64 4096 to ptr)
@other_space = addrspace(1) global i8 3
@casted_space = global ptr addrspacecast (ptr addrspace(1) @other_space to ptr)
@equivalent = global ptr dso_local_equivalent @callee
@nocfi = global ptr no_cfi @callee
@signed = global ptr ptrauth (ptr @callee, i32 2, i64 1234, ptr @signed)
@target = global ptr blockaddress(@labels, %there)
@undefined = global [2 x i32] [i32 undef, i32 poison]
@thread = thread_local(initialexec) global i32 1
@weakling = extern_weak global i32
@tentative = common global i64 0, align 8
@grouped = linkonce_odr global i32 5, comdat($group)
@modelled = global i32 2, code_model "large"
@initialized = externally_initialized global i32 3
@unsafe = global i32 4, no_sanitize_address, sanitize_address_dyninit
@attributed = global i32 6 #5
@described = global i32 7, !absolute_symbol !9, !hapax.b !7
@hidden = hidden global i32 1
@guarded = protected global i32 1
@llvm.used = appending global [2 x ptr] [ptr @plain, ptr @packed], section "llvm.metadata"
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 65535, ptr @callee, ptr null }]
@external_used = external global i32
@external_unused = external global i32
@0 = private constant i8 1
@1 = private constant i8 2

@alias = weak_odr hidden alias i32, ptr @plain
@alias2 = internal alias i8, getelementptr (i8, ptr @pairs, i64 4)
@resolved = ifunc i32 (i32), ptr @resolver

define ptr @resolver() {
  ret ptr @callee
}

define i32 @callee(i32 %x) gc "statepoint-example" prefix i32 77 prologue i8 144 personality ptr @personality {
  %s = add i32 %x, 1
  ret i32 %s
}

define i32 @labels(ptr %p) {
entry:
  indirectbr ptr %p, [label %there, label %here]
there:
  ret i32 1
here:
  %q = load ptr, ptr @target
  indirectbr ptr %q, [label %there]
}

define void @flags(i32 %a, i32 %b, float %f, double %d, ptr %p, <4 x i32> %v) #0 {
  %1 = add nuw nsw i32 %a, %b
  %2 = sub nsw i32 %1, 7
  %3 = shl nuw i32 %2, 3
  %4 = lshr exact i32 %3, 3
  %5 = sdiv exact i32 %4, %a
  %6 = or disjoint i32 %5, 64
  %7 = zext nneg i32 %6 to i64
  %8 = trunc nuw nsw i64 %7 to i16
  %9 = icmp samesign ult i32 %a, %b
  %10 = icmp slt i32 %a, -5
  %11 = fadd nnan ninf float %f, 1.0
  %12 = fmul fast float %11, %11
  %13 = fneg arcp float %12
  %14 = fcmp nsz olt float %13, 0.0
  %15 = fdiv contract afn double %d, 3.0
  %16 = select reassoc i1 %14, float %f, float %12
  %17 = uitofp nneg i32 %a to float
  %18 = fptrunc nnan double %d to float
  %19 = fptosi float %18 to i33
  %20 = getelementptr inbounds nuw [4 x i16], ptr %p, i64 1, i32 %a
  %21 = getelementptr nusw i8, ptr %p, i64 -1
  %22 = ptrtoint ptr %p to i64
  %23 = inttoptr i64 %22 to ptr
  %24 = bitcast double %d to i64
  %25 = addrspacecast ptr %p to ptr addrspace(1)
  %26 = extractelement <4 x i32> %v, i32 2
  %27 = insertelement <4 x i32> %v, i32 %26, i64 1
  %28 = shufflevector <4 x i32> %v, <4 x i32> %27, <2 x i32> <i32 5, i32 poison>
  %29 = freeze i32 %a
  %30 = va_arg ptr %p, i32
  %31 = insertvalue { i32, { i8, i64 } } undef, i64 9, 1, 1
  %32 = extractvalue { i32, { i8, i64 } } %31, 1, 0
  %33 = alloca [8 x i8], i32 2, align 16
  %34 = alloca i32, align 4, addrspace(0)
  %35 = ptrtoaddr ptr %p to i64
  %36 = xor i32 %a, -1
  %37 = and i1 %9, %10
  store volatile i8 1, ptr %33, align 1
  store i32 %a, ptr %34, align 4
  store <4 x i32> <i32 1, i32 2, i32 3, i32 4>, ptr %33, align 16
  store %struct.pair { i32 3, i32 4 }, ptr %p, align 4
  %38 = load volatile i64, ptr %23, align 4, !range !5, !hapax.a !6
  %39 = load float, ptr %p, align 2, !nontemporal !4, !invariant.load !8
  ret void
}

define i32 @atomics(ptr %p, i32 %v, float %f) {
  %1 = load atomic i32, ptr %p acquire, align 4
  store atomic i32 %v, ptr %p syncscope("singlethread") release, align 4
  fence syncscope("agent") seq_cst
  %2 = cmpxchg weak volatile ptr %p, i32 %v, i32 7 acq_rel monotonic, align 4
  %3 = cmpxchg ptr %p, i32 1, i32 2 syncscope("workgroup") seq_cst acquire, align 8
  %4 = atomicrmw add ptr %p, i32 %v monotonic, align 4
  %5 = atomicrmw volatile uinc_wrap ptr %p, i32 %v syncscope("wavefront") acquire, align 4
  %6 = atomicrmw fadd ptr %p, float %f seq_cst, align 4
  %7 = load atomic volatile i32, ptr %p syncscope("agent") unordered, align 8
  ret i32 %1
}

declare i32 @personality(...)
declare void @may_throw(i32) #1
declare token @llvm.call.preallocated.setup(i32)
declare void @unused_plain(i32)
declare void @llvm.experimental.noalias.scope.decl(metadata)
declare i1 @llvm.type.test(ptr, metadata)
declare float @llvm.experimental.constrained.fadd.f32(float, float, metadata, metadata)
declare void @_Z6mangleNotused()

define i32 @calls(ptr %f, ptr byval(%struct.pair) align 8 %by, i32 %x, ptr %out) strictfp personality ptr @personality {
entry:
  %a = call fastcc i32 %f(i32 signext %x, i8 zeroext 3) #2 [ "foo"(i32 1, ptr %out), "bar"() ]
  %b = tail call noundef range(i32 0, 10) i32 @callee(i32 noundef %x)
  %c = notail call i32 (i32, ...) @variadic(i32 %a, double 1.0, i64 2), !prof !24
  %d = call i32 asm sideeffect alignstack inteldialect "nop", "=r,r,~{memory}"(i32 %a), !srcloc !12
  %e = call float @llvm.experimental.constrained.fadd.f32(float 1.0, float 2.0, metadata !"round.tonearest", metadata !"fpexcept.strict") strictfp
  call void @llvm.experimental.noalias.scope.decl(metadata !13)
  %t = call i1 @llvm.type.test(ptr %f, metadata !"type")
  call void @takes(ptr dereferenceable(8) captures(none) %out, ptr initializes((0, 4), (8, 12)) %by)
  invoke void @may_throw(i32 %d) to label %fine unwind label %pad
fine:
  %p = phi i32 [ %c, %entry ]
  callbr void asm sideeffect "jmp ${0:l}", "!i"() to label %direct [label %indirect]
direct:
  ret i32 %p
indirect:
  switch i32 %x, label %direct [
    i32 1, label %left
    i32 -3, label %right
  ]
left:
  br label %loop
right:
  br i1 %t, label %loop, label %left, !prof !11, !unpredictable !4
loop:
  %i = phi i32 [ 0, %left ], [ 5, %right ], [ %j, %loop ]
  %j = add i32 %i, 1
  %k = icmp ne i32 %j, 9
  br i1 %k, label %loop, label %direct, !llvm.loop !14
pad:
  %l = landingpad { ptr, i32 } cleanup catch ptr @plain filter [1 x ptr] [ptr @twins]
  resume { ptr, i32 } %l
}

declare i32 @variadic(i32, ...)
declare void @takes(ptr, ptr)
declare i32 @__CxxFrameHandler3(...)

define void @returns(ptr sret(%struct.pair) %out) {
  ret void
}

define void @funclets() personality ptr @__CxxFrameHandler3 {
entry:
  invoke void @may_throw(i32 1) to label %done unwind label %dispatch
dispatch:
  %cs = catchswitch within none [label %handler] unwind label %clean
handler:
  %cp = catchpad within %cs [ptr null, i32 64, ptr null]
  invoke void @may_throw(i32 2) [ "funclet"(token %cp) ] to label %leave unwind label %clean
leave:
  catchret from %cp to label %done
clean:
  %cl = cleanuppad within none []
  call void @may_throw(i32 3) [ "funclet"(token %cl) ]
  cleanupret from %cl unwind to caller
done:
  ret void
}

define available_externally hidden fastcc void @attributes(i32 inreg %a, ptr noalias nocapture readonly align 16 dereferenceable_or_null(4) %b, ptr swiftself %c) unnamed_addr #3 section "text" align 32 !hapax.c !7 !type !15 !type !16 {
  musttail call fastcc void @attributes(i32 inreg %a, ptr noalias nocapture readonly align 16 dereferenceable_or_null(4) %b, ptr swiftself %c)
  ret void
}

define linkonce_odr <vscale x 4 x i32> @scalable(<vscale x 4 x i32> %v) #4 comdat($big) {
  %r = add <vscale x 4 x i32> %v, splat (i32 1)
  ret <vscale x 4 x i32> %r
}

define target("spirv.Event", i32, 5) @extended(target("spirv.Event", i32, 5) %e) {
  ret target("spirv.Event", i32, 5) %e
}

define i32 @uses(i32 %n) {
entry:
  %g = load i32, ptr @external_used
  %h = load i8, ptr @0
  %k = load i8, ptr @1
  br label %next
next:
  %x = phi i32 [ %g, %entry ], [ %y, %next ]
  %y = add i32 %x, %n
  %z = mul i32 %y, %n
  %w = call i32 @callee(i32 %n)
  %c = icmp eq i32 %z, %w
  br i1 %c, label %next, label %out
out:
  %t1 = alloca %struct.pair
  %t2 = alloca %class.twin
  %t3 = alloca %0
  %t4 = alloca %nest
  ret i32 %n
}


attributes #0 = { nounwind memory(argmem: readwrite, inaccessiblemem: read) "target-cpu"="x86-64" "flag" uwtable(sync) }
attributes #1 = { noreturn allocsize(0) "key"="value" }
attributes #2 = { nobuiltin nomerge memory(none) }
attributes #3 = { alwaysinline vscale_range(1,16) allockind("alloc,zeroed") "alloc-family"="mine" alignstack=32 }
attributes #4 = { noinline optnone uwtable(async) "no-jump-tables"="true" presplitcoroutine }
attributes #5 = { "bss-section"="mine" "other" }

!llvm.module.flags = !{!0, !1, !2}
!llvm.ident = !{!3}
!hapax.named = !{!7, !6, !7, !10}
!hapax.empty = !{}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 5, !"hapax list", !17}
!3 = !{!"front end"}
!4 = !{i32 1}
!5 = !{i64 0, i64 10, i64 20, i64 30}
!6 = distinct !{!"same", null, i8 7}
!7 = distinct !{!"same", null, i8 7}
!8 = !{}
!9 = !{i64 0, i64 4096}
!10 = distinct !{!10, !18, ptr @callee, !"mention"}
!11 = !{!"branch_weights", i32 1, i32 2000}
!12 = !{i64 17}
!13 = !{!19}
!14 = distinct !{!14, !20, !21}
!15 = !{i64 0, !"type"}
!16 = !{i64 8, !22}
!17 = !{!"one", !"two"}
!18 = distinct !{!10, float 1.5, <2 x i8> <i8 1, i8 2>}
!19 = distinct !{!19, !23, !"scope"}
!20 = !{!"llvm.loop.mustprogress"}
!21 = !{!"llvm.loop.unroll.count", i32 4}
!22 = distinct !{}
!23 = distinct !{!23}
!24 = !{!"branch_weights", i32 7}
