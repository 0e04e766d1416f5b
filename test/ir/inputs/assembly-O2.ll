source_filename = "assembly.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Function Attrs: nounwind uwtable
define dso_local i32 @table(i32 noundef %0, ptr noundef %1) #0 {
  %3 = alloca i32, align 4
  %4 = alloca ptr, align 8
  store i32 %0, ptr %3, align 4, !tbaa !4
  store ptr %1, ptr %4, align 8, !tbaa !8
  %5 = load i32, ptr %3, align 4, !tbaa !4
  %6 = load i32, ptr %3, align 4, !tbaa !4
  %7 = sub nsw i32 %5, %6
  %8 = icmp ne i32 %7, 0
  br i1 %8, label %9, label %10

9:                                                ; preds = %2
  call void @seldom(), !srcloc !11
  br label %10

10:                                               ; preds = %9, %2
  call void @fence()
  %11 = load i32, ptr %3, align 4, !tbaa !4
  %12 = call i32 @pass(i32 noundef %11)
  %13 = load ptr, ptr %4, align 8, !tbaa !8
  store i32 %12, ptr %13, align 4, !tbaa !4
  call void @fence()
  %14 = load ptr, ptr %4, align 8, !tbaa !8
  %15 = load i32, ptr %3, align 4, !tbaa !4
  call void asm sideeffect "nop", "=*m,r,~{memory},~{dirflag},~{fpsr},~{flags}"(ptr elementtype(i32) %14, i32 %15) #3, !srcloc !12
  %16 = load ptr, ptr %4, align 8, !tbaa !8
  %17 = load i32, ptr %16, align 4, !tbaa !4
  %18 = add nsw i32 %17, 1
  %19 = call i32 @pass(i32 noundef %18)
  ret i32 %19
}

declare void @seldom() #1

; Function Attrs: inlinehint nounwind uwtable
define internal void @fence() #2 {
  call void asm sideeffect "", "~{memory},~{dirflag},~{fpsr},~{flags}"() #3, !srcloc !13
  ret void
}

; Function Attrs: inlinehint nounwind uwtable
define internal i32 @pass(i32 noundef %0) #2 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = call i32 asm "nop\0A\09nop", "=r,0,~{dirflag},~{fpsr},~{flags}"(i32 %3) #4, !srcloc !14
  store i32 %4, ptr %2, align 4, !tbaa !4
  %5 = load i32, ptr %2, align 4, !tbaa !4
  ret i32 %5
}

; Function Attrs: nounwind uwtable
define dso_local i32 @jump(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  %4 = load i32, ptr %3, align 4, !tbaa !4
  callbr void asm sideeffect "nop", "r,!i,!i,~{dirflag},~{fpsr},~{flags}"(i32 %4) #3
          to label %5 [label %8, label %9], !srcloc !15

5:                                                ; preds = %1
  %6 = load i32, ptr %3, align 4, !tbaa !4
  %7 = call i32 @pass(i32 noundef %6)
  store i32 %7, ptr %2, align 4
  br label %10

8:                                                ; preds = %1
  call void asm sideeffect "nop", "~{dirflag},~{fpsr},~{flags}"() #3, !srcloc !16
  store i32 1, ptr %2, align 4
  br label %10

9:                                                ; preds = %1
  call void asm sideeffect "nop", "~{dirflag},~{fpsr},~{flags}"() #3, !srcloc !17
  store i32 2, ptr %2, align 4
  br label %10

10:                                               ; preds = %9, %8, %5
  %11 = load i32, ptr %2, align 4
  ret i32 %11
}

; Function Attrs: nounwind uwtable
define dso_local void @twice(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = icmp ne i32 %3, 0
  br i1 %4, label %5, label %6

5:                                                ; preds = %1
  call void asm sideeffect "nop", "~{dirflag},~{fpsr},~{flags}"() #3, !srcloc !18
  br label %7

6:                                                ; preds = %1
  call void asm sideeffect "nop", "~{dirflag},~{fpsr},~{flags}"() #3, !srcloc !19
  br label %7

7:                                                ; preds = %6, %5
  ret void
}

attributes #0 = { nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { "dontcall-warn"="seldom called" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #2 = { inlinehint nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nounwind }
attributes #4 = { nounwind memory(none) }

!llvm.module.flags = !{!0, !1, !2, !3}
!llvm.errno.tbaa = !{!4}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"PIE Level", i32 2}
!3 = !{i32 7, !"uwtable", i32 2}
!4 = !{!5, !5, i64 0}
!5 = !{!"int", !6, i64 0}
!6 = !{!"omnipotent char", !7, i64 0}
!7 = !{!"Simple C/C++ TBAA"}
!8 = !{!9, !9, i64 0}
!9 = !{!"p1 int", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{i64 397}
!12 = !{i64 462}
!13 = !{i64 235}
!14 = !{i64 296, i64 302}
!15 = !{i64 560}
!16 = !{i64 633}
!17 = !{i64 674}
!18 = !{i64 745}
!19 = !{i64 781}
