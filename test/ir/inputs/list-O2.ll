source_filename = "list.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.node = type { ptr, i32, double, [6 x i8] }
%struct.__va_list_tag = type { i32, i32, ptr, ptr }

@.str = private unnamed_addr constant [4 x i8] c"one\00", align 1
@.str.1 = private unnamed_addr constant [4 x i8] c"two\00", align 1
@.str.2 = private unnamed_addr constant [6 x i8] c"three\00", align 1
@names = dso_local constant [3 x ptr] [ptr @.str, ptr @.str.1, ptr @.str.2], align 16
@tls = dso_local thread_local global i32 3, align 4
@external_counter = external global i32, align 4
@pick.labels = internal constant [2 x ptr] [ptr blockaddress(@pick, %9), ptr blockaddress(@pick, %11)], align 16
@pool = internal global [4 x %struct.node] zeroinitializer, align 16

; Function Attrs: nounwind uwtable
define dso_local i32 @sum(ptr noundef %0, float noundef %1) #0 {
  %3 = alloca ptr, align 8
  %4 = alloca float, align 4
  %5 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !8
  store float %1, ptr %4, align 4, !tbaa !11
  call void @llvm.lifetime.start.p0(ptr %5) #7
  store i32 0, ptr %5, align 4, !tbaa !4
  br label %6

6:                                                ; preds = %45, %2
  %7 = load ptr, ptr %3, align 8, !tbaa !8
  %8 = icmp ne ptr %7, null
  br i1 %8, label %9, label %49

9:                                                ; preds = %6
  %10 = load ptr, ptr %3, align 8, !tbaa !8
  %11 = getelementptr inbounds nuw %struct.node, ptr %10, i32 0, i32 1
  %12 = load i32, ptr %11, align 8, !tbaa !13
  switch i32 %12, label %31 [
    i32 1, label %13
    i32 7, label %21
  ]

13:                                               ; preds = %9
  %14 = load ptr, ptr %3, align 8, !tbaa !8
  %15 = getelementptr inbounds nuw %struct.node, ptr %14, i32 0, i32 1
  %16 = load i32, ptr %15, align 8, !tbaa !13
  %17 = mul nsw i32 %16, 3
  %18 = call i32 @clamp(i32 noundef %17)
  %19 = load i32, ptr %5, align 4, !tbaa !4
  %20 = add nsw i32 %19, %18
  store i32 %20, ptr %5, align 4, !tbaa !4
  br label %44

21:                                               ; preds = %9
  %22 = load ptr, ptr %3, align 8, !tbaa !8
  %23 = getelementptr inbounds nuw %struct.node, ptr %22, i32 0, i32 2
  %24 = load double, ptr %23, align 8, !tbaa !16
  %25 = load float, ptr %4, align 4, !tbaa !11
  %26 = fpext float %25 to double
  %27 = fmul double %24, %26
  %28 = fptosi double %27 to i32
  %29 = load i32, ptr %5, align 4, !tbaa !4
  %30 = sub nsw i32 %29, %28
  store i32 %30, ptr %5, align 4, !tbaa !4
  br label %44

31:                                               ; preds = %9
  %32 = load ptr, ptr %3, align 8, !tbaa !8
  %33 = getelementptr inbounds nuw %struct.node, ptr %32, i32 0, i32 3
  %34 = load ptr, ptr %3, align 8, !tbaa !8
  %35 = getelementptr inbounds nuw %struct.node, ptr %34, i32 0, i32 1
  %36 = load i32, ptr %35, align 8, !tbaa !13
  %37 = and i32 %36, 3
  %38 = sext i32 %37 to i64
  %39 = getelementptr inbounds [6 x i8], ptr %33, i64 0, i64 %38
  %40 = load i8, ptr %39, align 1, !tbaa !17
  %41 = sext i8 %40 to i32
  %42 = load i32, ptr %5, align 4, !tbaa !4
  %43 = xor i32 %42, %41
  store i32 %43, ptr %5, align 4, !tbaa !4
  br label %44

44:                                               ; preds = %31, %21, %13
  br label %45

45:                                               ; preds = %44
  %46 = load ptr, ptr %3, align 8, !tbaa !8
  %47 = getelementptr inbounds nuw %struct.node, ptr %46, i32 0, i32 0
  %48 = load ptr, ptr %47, align 8, !tbaa !18
  store ptr %48, ptr %3, align 8, !tbaa !8
  br label %6, !llvm.loop !19

49:                                               ; preds = %6
  %50 = load i32, ptr %5, align 4, !tbaa !4
  %51 = load i32, ptr @external_counter, align 4, !tbaa !4
  %52 = add nsw i32 %50, %51
  %53 = call align 4 ptr @llvm.threadlocal.address.p0(ptr align 4 @tls)
  %54 = load i32, ptr %53, align 4, !tbaa !4
  %55 = add nsw i32 %52, %54
  call void @llvm.lifetime.end.p0(ptr %5) #7
  ret i32 %55
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: inlinehint nounwind uwtable
define internal i32 @clamp(i32 noundef %0) #2 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  %3 = load i32, ptr %2, align 4, !tbaa !4
  %4 = icmp slt i32 %3, 0
  br i1 %4, label %5, label %6

5:                                                ; preds = %1
  br label %14

6:                                                ; preds = %1
  %7 = load i32, ptr %2, align 4, !tbaa !4
  %8 = icmp sgt i32 %7, 99
  br i1 %8, label %9, label %10

9:                                                ; preds = %6
  br label %12

10:                                               ; preds = %6
  %11 = load i32, ptr %2, align 4, !tbaa !4
  br label %12

12:                                               ; preds = %10, %9
  %13 = phi i32 [ 99, %9 ], [ %11, %10 ]
  br label %14

14:                                               ; preds = %12, %5
  %15 = phi i32 [ 0, %5 ], [ %13, %12 ]
  ret i32 %15
}

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare nonnull ptr @llvm.threadlocal.address.p0(ptr nonnull) #3

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: nounwind uwtable
define dso_local i32 @variadic(i32 noundef %0, ...) #0 {
  %2 = alloca i32, align 4
  %3 = alloca [1 x %struct.__va_list_tag], align 16
  %4 = alloca i32, align 4
  store i32 %0, ptr %2, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %3) #7
  %5 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0
  call void @llvm.va_start.p0(ptr %5)
  call void @llvm.lifetime.start.p0(ptr %4) #7
  store i32 0, ptr %4, align 4, !tbaa !4
  br label %6

6:                                                ; preds = %24, %1
  %7 = load i32, ptr %2, align 4, !tbaa !4
  %8 = add nsw i32 %7, -1
  store i32 %8, ptr %2, align 4, !tbaa !4
  %9 = icmp ne i32 %7, 0
  br i1 %9, label %10, label %29

10:                                               ; preds = %6
  %11 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0
  %12 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 0
  %13 = load i32, ptr %12, align 16
  %14 = icmp ule i32 %13, 40
  br i1 %14, label %15, label %20

15:                                               ; preds = %10
  %16 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 3
  %17 = load ptr, ptr %16, align 16
  %18 = getelementptr i8, ptr %17, i32 %13
  %19 = add i32 %13, 8
  store i32 %19, ptr %12, align 16
  br label %24

20:                                               ; preds = %10
  %21 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 2
  %22 = load ptr, ptr %21, align 8
  %23 = getelementptr i8, ptr %22, i32 8
  store ptr %23, ptr %21, align 8
  br label %24

24:                                               ; preds = %20, %15
  %25 = phi ptr [ %18, %15 ], [ %22, %20 ]
  %26 = load i32, ptr %25, align 4, !tbaa !4
  %27 = load i32, ptr %4, align 4, !tbaa !4
  %28 = add nsw i32 %27, %26
  store i32 %28, ptr %4, align 4, !tbaa !4
  br label %6, !llvm.loop !21

29:                                               ; preds = %6
  %30 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0
  call void @llvm.va_end.p0(ptr %30)
  %31 = load i32, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %4) #7
  call void @llvm.lifetime.end.p0(ptr %3) #7
  ret i32 %31
}

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare void @llvm.va_start.p0(ptr) #4

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare void @llvm.va_end.p0(ptr) #4

; Function Attrs: nounwind uwtable
define dso_local i32 @pick(i32 noundef %0) #0 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4, !tbaa !4
  %4 = load i32, ptr %3, align 4, !tbaa !4
  %5 = and i32 %4, 1
  %6 = sext i32 %5 to i64
  %7 = getelementptr inbounds [2 x ptr], ptr @pick.labels, i64 0, i64 %6
  %8 = load ptr, ptr %7, align 8, !tbaa !22
  br label %18

9:                                                ; preds = %18
  %10 = load i32, ptr getelementptr inbounds nuw (%struct.node, ptr @pool, i32 0, i32 1), align 8, !tbaa !13
  store i32 %10, ptr %2, align 4
  br label %16

11:                                               ; preds = %18
  %12 = load ptr, ptr getelementptr inbounds ([3 x ptr], ptr @names, i64 0, i64 1), align 8, !tbaa !23
  %13 = getelementptr inbounds i8, ptr %12, i64 0
  %14 = load i8, ptr %13, align 1, !tbaa !17
  %15 = sext i8 %14 to i32
  store i32 %15, ptr %2, align 4
  br label %16

16:                                               ; preds = %11, %9
  %17 = load i32, ptr %2, align 4
  ret i32 %17

18:                                               ; preds = %1
  %19 = phi ptr [ %8, %1 ]
  indirectbr ptr %19, [label %9, label %11]
}

; Function Attrs: noinline nounwind uwtable
define dso_local i64 @shift(ptr noalias noundef %0, i64 noundef %1) #5 section "hot" {
  %3 = alloca ptr, align 8
  %4 = alloca i64, align 8
  %5 = alloca i64, align 8
  %6 = alloca i64, align 8
  %7 = alloca i64, align 8
  %8 = alloca i64, align 8
  store ptr %0, ptr %3, align 8, !tbaa !23
  store i64 %1, ptr %4, align 8, !tbaa !25
  call void @llvm.lifetime.start.p0(ptr %5) #7
  store i64 0, ptr %5, align 8, !tbaa !25
  call void @llvm.lifetime.start.p0(ptr %6) #7
  store i64 0, ptr %6, align 8, !tbaa !25
  br label %9

9:                                                ; preds = %27, %2
  %10 = load i64, ptr %6, align 8, !tbaa !25
  %11 = load i64, ptr %4, align 8, !tbaa !25
  %12 = icmp slt i64 %10, %11
  br i1 %12, label %14, label %13

13:                                               ; preds = %9
  call void @llvm.lifetime.end.p0(ptr %6) #7
  br label %30

14:                                               ; preds = %9
  %15 = load ptr, ptr %3, align 8, !tbaa !23
  %16 = load i64, ptr %6, align 8, !tbaa !25
  %17 = getelementptr inbounds i8, ptr %15, i64 %16
  %18 = load i8, ptr %17, align 1, !tbaa !17
  %19 = zext i8 %18 to i32
  %20 = load i64, ptr %6, align 8, !tbaa !25
  %21 = and i64 %20, 7
  %22 = trunc i64 %21 to i32
  %23 = shl i32 %19, %22
  %24 = sext i32 %23 to i64
  %25 = load i64, ptr %5, align 8, !tbaa !25
  %26 = add nsw i64 %25, %24
  store i64 %26, ptr %5, align 8, !tbaa !25
  br label %27

27:                                               ; preds = %14
  %28 = load i64, ptr %6, align 8, !tbaa !25
  %29 = add nsw i64 %28, 1
  store i64 %29, ptr %6, align 8, !tbaa !25
  br label %9, !llvm.loop !27

30:                                               ; preds = %13
  store i64 2, ptr %7, align 8, !tbaa !25
  %31 = load i64, ptr %7, align 8
  %32 = atomicrmw add ptr %5, i64 %31 acq_rel, align 8
  store i64 %32, ptr %8, align 8
  %33 = load i64, ptr %8, align 8, !tbaa !25
  %34 = load i64, ptr %4, align 8, !tbaa !25
  %35 = icmp sgt i64 %34, 3
  %36 = zext i1 %35 to i32
  %37 = sext i32 %36 to i64
  %38 = call i64 @llvm.expect.i64(i64 %37, i64 1)
  %39 = add nsw i64 %33, %38
  call void @llvm.lifetime.end.p0(ptr %5) #7
  ret i64 %39
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(none)
declare i64 @llvm.expect.i64(i64, i64) #6

attributes #0 = { nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { inlinehint nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #4 = { nocallback nofree nosync nounwind willreturn }
attributes #5 = { noinline nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { nocallback nofree nosync nounwind willreturn memory(none) }
attributes #7 = { nounwind }

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
!9 = !{!"p1 _ZTS4node", !10, i64 0}
!10 = !{!"any pointer", !6, i64 0}
!11 = !{!12, !12, i64 0}
!12 = !{!"float", !6, i64 0}
!13 = !{!14, !5, i64 8}
!14 = !{!"node", !9, i64 0, !5, i64 8, !15, i64 16, !6, i64 24}
!15 = !{!"double", !6, i64 0}
!16 = !{!14, !15, i64 16}
!17 = !{!6, !6, i64 0}
!18 = !{!14, !9, i64 0}
!19 = distinct !{!19, !20}
!20 = !{!"llvm.loop.mustprogress"}
!21 = distinct !{!21, !20}
!22 = !{!10, !10, i64 0}
!23 = !{!24, !24, i64 0}
!24 = !{!"p1 omnipotent char", !10, i64 0}
!25 = !{!26, !26, i64 0}
!26 = !{!"long", !6, i64 0}
!27 = distinct !{!27, !20}
