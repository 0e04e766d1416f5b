source_filename = "FIRModule"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

define void @scale_(ptr noalias %0, ptr noalias %1, ptr noalias %2) #0 {
  %4 = alloca i32, i64 1, align 4
  %5 = load i32, ptr %1, align 4
  %6 = sext i32 %5 to i64
  %7 = icmp sgt i64 %6, 0
  %8 = select i1 %7, i64 %6, i64 0
  br label %9

9:                                                ; preds = %13, %3
  %10 = phi i32 [ %28, %13 ], [ 1, %3 ]
  %11 = phi i64 [ %29, %13 ], [ %6, %3 ]
  %12 = icmp sgt i64 %11, 0
  br i1 %12, label %13, label %30

13:                                               ; preds = %9
  store i32 %10, ptr %4, align 4
  %14 = load i32, ptr %4, align 4
  %15 = sext i32 %14 to i64
  %16 = sub nsw i64 %15, 1
  %17 = mul nsw i64 %16, 1
  %18 = mul nsw i64 %17, 1
  %19 = add nsw i64 %18, 0
  %20 = mul nsw i64 1, %8
  %21 = getelementptr float, ptr %0, i64 %19
  %22 = load float, ptr %21, align 4
  %23 = load float, ptr %2, align 4
  %24 = fmul contract float %22, %23
  %25 = sitofp i32 %14 to float
  %26 = fadd contract float %24, %25
  store float %26, ptr %21, align 4
  %27 = load i32, ptr %4, align 4
  %28 = add nsw i32 %27, 1
  %29 = sub i64 %11, 1
  br label %9

30:                                               ; preds = %9
  store i32 %10, ptr %4, align 4
  ret void
}

attributes #0 = { "frame-pointer"="all" "target-cpu"="x86-64" }

!llvm.ident = !{!0}
!llvm.module.flags = !{!1, !2, !3}

!0 = !{!"flang"}
!1 = !{i32 2, !"Debug Info Version", i32 3}
!2 = !{i32 8, !"PIC Level", i32 2}
!3 = !{i32 7, !"PIE Level", i32 2}
