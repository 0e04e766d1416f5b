source_filename = "shapes.cpp"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.Error = type { i32 }
%struct.Square = type { %struct.Shape.base, double }
%struct.Shape.base = type <{ ptr, i32 }>
%class.anon = type { ptr }
%struct.Shape = type <{ ptr, i32, [4 x i8] }>
%union.Mixed = type { i32 }

$_ZN6SquareC2Ed = comdat any

$_Z7biggestIiET_PKS0_j = comdat any

$_ZN5ShapeC2Ev = comdat any

$_ZN6SquareD0Ev = comdat any

$_ZNK6Square4areaEv = comdat any

$_ZTI5Error = comdat any

$_ZTS5Error = comdat any

$_ZTV6Square = comdat any

$_ZTI6Square = comdat any

$_ZTS6Square = comdat any

@_ZTI5Error = linkonce_odr dso_local constant { ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv117__class_type_infoE, i64 2), ptr @_ZTS5Error }, comdat, align 8
@_ZTVN10__cxxabiv117__class_type_infoE = external global [0 x ptr]
@_ZTS5Error = linkonce_odr dso_local constant [7 x i8] c"5Error\00", comdat, align 1
@_ZZ4flipN2ns6ColourEE5calls = internal global i32 0, align 4
@_ZTV6Square = linkonce_odr dso_local unnamed_addr constant { [5 x ptr] } { [5 x ptr] [ptr null, ptr @_ZTI6Square, ptr @_ZN5ShapeD2Ev, ptr @_ZN6SquareD0Ev, ptr @_ZNK6Square4areaEv] }, comdat, align 8
@_ZTI6Square = linkonce_odr dso_local constant { ptr, ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv120__si_class_type_infoE, i64 2), ptr @_ZTS6Square, ptr @_ZTI5Shape }, comdat, align 8
@_ZTVN10__cxxabiv120__si_class_type_infoE = external global [0 x ptr]
@_ZTS6Square = linkonce_odr dso_local constant [8 x i8] c"6Square\00", comdat, align 1
@_ZTI5Shape = external constant ptr
@_ZTV5Shape = available_externally unnamed_addr constant { [5 x ptr] } { [5 x ptr] [ptr null, ptr @_ZTI5Shape, ptr @_ZN5ShapeD1Ev, ptr @_ZN5ShapeD0Ev, ptr @__cxa_pure_virtual] }, align 8

; Function Attrs: mustprogress uwtable
define dso_local noundef double @_Z5totalPP5Shapei(ptr noundef %0, i32 noundef %1) #0 personality ptr @__gxx_personality_v0 {
  %3 = alloca double, align 8
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  %6 = alloca double, align 8
  %7 = alloca i32, align 4
  %8 = alloca ptr, align 8
  %9 = alloca i32, align 4
  %10 = alloca i32, align 4
  %11 = alloca ptr, align 8
  store ptr %0, ptr %4, align 8, !tbaa !8
  store i32 %1, ptr %5, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %6) #7
  store double 0.000000e+00, ptr %6, align 8, !tbaa !12
  call void @llvm.lifetime.start.p0(ptr %7) #7
  store i32 0, ptr %7, align 4, !tbaa !4
  br label %12

12:                                               ; preds = %30, %2
  %13 = load i32, ptr %7, align 4, !tbaa !4
  %14 = load i32, ptr %5, align 4, !tbaa !4
  %15 = icmp ne i32 %13, %14
  br i1 %15, label %17, label %16

16:                                               ; preds = %12
  call void @llvm.lifetime.end.p0(ptr %7) #7
  br label %37

17:                                               ; preds = %12
  %18 = load ptr, ptr %4, align 8, !tbaa !8
  %19 = load i32, ptr %7, align 4, !tbaa !4
  %20 = sext i32 %19 to i64
  %21 = getelementptr inbounds ptr, ptr %18, i64 %20
  %22 = load ptr, ptr %21, align 8, !tbaa !14
  %23 = load ptr, ptr %22, align 8, !tbaa !16
  %24 = getelementptr inbounds ptr, ptr %23, i64 2
  %25 = load ptr, ptr %24, align 8
  %26 = invoke noundef double %25(ptr noundef nonnull align 8 dereferenceable(12) %22)
          to label %27 unwind label %33

27:                                               ; preds = %17
  %28 = load double, ptr %6, align 8, !tbaa !12
  %29 = fadd double %28, %26
  store double %29, ptr %6, align 8, !tbaa !12
  br label %30

30:                                               ; preds = %27
  %31 = load i32, ptr %7, align 4, !tbaa !4
  %32 = add nsw i32 %31, 1
  store i32 %32, ptr %7, align 4, !tbaa !4
  br label %12, !llvm.loop !18

33:                                               ; preds = %17
  %34 = landingpad { ptr, i32 }
          catch ptr @_ZTI5Error
          catch ptr null
  %35 = extractvalue { ptr, i32 } %34, 0
  store ptr %35, ptr %8, align 8
  %36 = extractvalue { ptr, i32 } %34, 1
  store i32 %36, ptr %9, align 4
  call void @llvm.lifetime.end.p0(ptr %7) #7
  br label %47

37:                                               ; preds = %16
  %38 = load double, ptr %6, align 8, !tbaa !12
  %39 = fcmp olt double %38, 0.000000e+00
  br i1 %39, label %40, label %61

40:                                               ; preds = %37
  %41 = call ptr @__cxa_allocate_exception(i64 4) #7
  %42 = getelementptr inbounds nuw %struct.Error, ptr %41, i32 0, i32 0
  store i32 3, ptr %42, align 16, !tbaa !20
  invoke void @__cxa_throw(ptr %41, ptr @_ZTI5Error, ptr null) #8
          to label %66 unwind label %43

43:                                               ; preds = %40
  %44 = landingpad { ptr, i32 }
          catch ptr @_ZTI5Error
          catch ptr null
  %45 = extractvalue { ptr, i32 } %44, 0
  store ptr %45, ptr %8, align 8
  %46 = extractvalue { ptr, i32 } %44, 1
  store i32 %46, ptr %9, align 4
  br label %47

47:                                               ; preds = %43, %33
  %48 = load i32, ptr %9, align 4
  %49 = call i32 @llvm.eh.typeid.for.p0(ptr @_ZTI5Error) #7
  %50 = icmp eq i32 %48, %49
  br i1 %50, label %51, label %58

51:                                               ; preds = %47
  call void @llvm.lifetime.start.p0(ptr %11) #7
  %52 = load ptr, ptr %8, align 8
  %53 = call ptr @__cxa_begin_catch(ptr %52) #7
  store ptr %53, ptr %11, align 8
  %54 = load ptr, ptr %11, align 8, !tbaa !22, !nonnull !24, !align !25
  %55 = getelementptr inbounds nuw %struct.Error, ptr %54, i32 0, i32 0
  %56 = load i32, ptr %55, align 4, !tbaa !20
  %57 = sitofp i32 %56 to double
  store double %57, ptr %3, align 8
  store i32 1, ptr %10, align 4
  call void @__cxa_end_catch()
  call void @llvm.lifetime.end.p0(ptr %11) #7
  br label %64

58:                                               ; preds = %47
  %59 = load ptr, ptr %8, align 8
  %60 = call ptr @__cxa_begin_catch(ptr %59) #7
  store double -1.000000e+00, ptr %3, align 8
  store i32 1, ptr %10, align 4
  call void @__cxa_end_catch()
  br label %64

61:                                               ; preds = %37
  br label %62

62:                                               ; preds = %61
  %63 = load double, ptr %6, align 8, !tbaa !12
  store double %63, ptr %3, align 8
  store i32 1, ptr %10, align 4
  br label %64

64:                                               ; preds = %62, %51, %58
  call void @llvm.lifetime.end.p0(ptr %6) #7
  %65 = load double, ptr %3, align 8
  ret double %65

66:                                               ; preds = %40
  unreachable
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

declare i32 @__gxx_personality_v0(...)

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

declare ptr @__cxa_allocate_exception(i64)

declare void @__cxa_throw(ptr, ptr, ptr)

; Function Attrs: nounwind memory(none)
declare i32 @llvm.eh.typeid.for.p0(ptr) #2

declare ptr @__cxa_begin_catch(ptr)

declare void @__cxa_end_catch()

; Function Attrs: mustprogress nounwind uwtable
define dso_local noundef signext i16 @_Z4flipN2ns6ColourE(i16 noundef signext %0) #3 {
  %2 = alloca i16, align 2
  store i16 %0, ptr %2, align 2, !tbaa !26
  %3 = load i32, ptr @_ZZ4flipN2ns6ColourEE5calls, align 4, !tbaa !4
  %4 = add nsw i32 %3, 1
  store i32 %4, ptr @_ZZ4flipN2ns6ColourEE5calls, align 4, !tbaa !4
  %5 = load i16, ptr %2, align 2, !tbaa !26
  %6 = icmp eq i16 %5, 0
  %7 = zext i1 %6 to i64
  %8 = select i1 %6, i16 7, i16 0
  ret i16 %8
}

; Function Attrs: mustprogress uwtable
define dso_local noundef i32 @_Z4bestPKi(ptr noundef %0) #0 personality ptr @__gxx_personality_v0 {
  %2 = alloca ptr, align 8
  %3 = alloca %struct.Square, align 8
  %4 = alloca %class.anon, align 8
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  store ptr %0, ptr %2, align 8, !tbaa !28
  call void @llvm.lifetime.start.p0(ptr %3) #7
  call void @_ZN6SquareC2Ed(ptr noundef nonnull align 8 dereferenceable(24) %3, double noundef 2.000000e+00)
  call void @llvm.lifetime.start.p0(ptr %4) #7
  %7 = getelementptr inbounds nuw %class.anon, ptr %4, i32 0, i32 0
  store ptr %3, ptr %7, align 8, !tbaa !30
  %8 = load ptr, ptr %2, align 8, !tbaa !28
  %9 = invoke noundef i32 @_Z7biggestIiET_PKS0_j(ptr noundef %8, i32 noundef 3)
          to label %10 unwind label %13

10:                                               ; preds = %1
  %11 = invoke noundef i32 @"_ZZ4bestPKiENK3$_0clEi"(ptr noundef nonnull align 8 dereferenceable(8) %4, i32 noundef %9)
          to label %12 unwind label %13

12:                                               ; preds = %10
  call void @llvm.lifetime.end.p0(ptr %4) #7
  call void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #7
  call void @llvm.lifetime.end.p0(ptr %3) #7
  ret i32 %11

13:                                               ; preds = %10, %1
  %14 = landingpad { ptr, i32 }
          cleanup
  %15 = extractvalue { ptr, i32 } %14, 0
  store ptr %15, ptr %5, align 8
  %16 = extractvalue { ptr, i32 } %14, 1
  store i32 %16, ptr %6, align 4
  call void @llvm.lifetime.end.p0(ptr %4) #7
  call void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #7
  call void @llvm.lifetime.end.p0(ptr %3) #7
  br label %17

17:                                               ; preds = %13
  %18 = load ptr, ptr %5, align 8
  %19 = load i32, ptr %6, align 4
  %20 = insertvalue { ptr, i32 } poison, ptr %18, 0
  %21 = insertvalue { ptr, i32 } %20, i32 %19, 1
  resume { ptr, i32 } %21
}

; Function Attrs: mustprogress nounwind uwtable
define linkonce_odr dso_local void @_ZN6SquareC2Ed(ptr noundef nonnull align 8 dereferenceable(24) %0, double noundef %1) unnamed_addr #3 comdat align 2 {
  %3 = alloca ptr, align 8
  %4 = alloca double, align 8
  store ptr %0, ptr %3, align 8, !tbaa !30
  store double %1, ptr %4, align 8, !tbaa !12
  %5 = load ptr, ptr %3, align 8
  call void @_ZN5ShapeC2Ev(ptr noundef nonnull align 8 dereferenceable(12) %5) #7
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV6Square, i32 0, i32 0, i32 2), ptr %5, align 8, !tbaa !16
  %6 = getelementptr inbounds nuw %struct.Square, ptr %5, i32 0, i32 1
  %7 = load double, ptr %4, align 8, !tbaa !12
  store double %7, ptr %6, align 8, !tbaa !32
  ret void
}

; Function Attrs: inlinehint mustprogress nounwind uwtable
define internal noundef i32 @"_ZZ4bestPKiENK3$_0clEi"(ptr noundef nonnull align 8 dereferenceable(8) %0, i32 noundef %1) #4 align 2 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !35
  store i32 %1, ptr %4, align 4, !tbaa !4
  %5 = load ptr, ptr %3, align 8
  %6 = load i32, ptr %4, align 4, !tbaa !4
  %7 = mul nsw i32 %6, 2
  %8 = getelementptr inbounds nuw %class.anon, ptr %5, i32 0, i32 0
  %9 = load ptr, ptr %8, align 8, !tbaa !36, !nonnull !24, !align !38
  %10 = getelementptr inbounds nuw %struct.Shape, ptr %9, i32 0, i32 1
  %11 = load i32, ptr %10, align 8, !tbaa !39
  %12 = add nsw i32 %7, %11
  ret i32 %12
}

; Function Attrs: mustprogress nounwind uwtable
define linkonce_odr dso_local noundef i32 @_Z7biggestIiET_PKS0_j(ptr noundef %0, i32 noundef %1) #3 comdat {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8, !tbaa !28
  store i32 %1, ptr %4, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %5) #7
  %7 = load ptr, ptr %3, align 8, !tbaa !28
  %8 = getelementptr inbounds i32, ptr %7, i64 0
  %9 = load i32, ptr %8, align 4, !tbaa !4
  store i32 %9, ptr %5, align 4, !tbaa !4
  call void @llvm.lifetime.start.p0(ptr %6) #7
  store i32 1, ptr %6, align 4, !tbaa !4
  br label %10

10:                                               ; preds = %30, %2
  %11 = load i32, ptr %6, align 4, !tbaa !4
  %12 = load i32, ptr %4, align 4, !tbaa !4
  %13 = icmp ult i32 %11, %12
  br i1 %13, label %15, label %14

14:                                               ; preds = %10
  call void @llvm.lifetime.end.p0(ptr %6) #7
  br label %33

15:                                               ; preds = %10
  %16 = load i32, ptr %5, align 4, !tbaa !4
  %17 = load ptr, ptr %3, align 8, !tbaa !28
  %18 = load i32, ptr %6, align 4, !tbaa !4
  %19 = zext i32 %18 to i64
  %20 = getelementptr inbounds nuw i32, ptr %17, i64 %19
  %21 = load i32, ptr %20, align 4, !tbaa !4
  %22 = icmp slt i32 %16, %21
  br i1 %22, label %23, label %29

23:                                               ; preds = %15
  %24 = load ptr, ptr %3, align 8, !tbaa !28
  %25 = load i32, ptr %6, align 4, !tbaa !4
  %26 = zext i32 %25 to i64
  %27 = getelementptr inbounds nuw i32, ptr %24, i64 %26
  %28 = load i32, ptr %27, align 4, !tbaa !4
  store i32 %28, ptr %5, align 4, !tbaa !4
  br label %29

29:                                               ; preds = %23, %15
  br label %30

30:                                               ; preds = %29
  %31 = load i32, ptr %6, align 4, !tbaa !4
  %32 = add i32 %31, 1
  store i32 %32, ptr %6, align 4, !tbaa !4
  br label %10, !llvm.loop !40

33:                                               ; preds = %14
  %34 = load i32, ptr %5, align 4, !tbaa !4
  call void @llvm.lifetime.end.p0(ptr %5) #7
  ret i32 %34
}

; Function Attrs: nounwind
declare void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(12)) unnamed_addr #5

; Function Attrs: mustprogress nounwind uwtable
define dso_local noundef float @_Z3mix5MixedbRA3_Kf(i32 %0, i1 noundef zeroext %1, ptr noundef nonnull align 4 dereferenceable(12) %2) #3 {
  %4 = alloca %union.Mixed, align 4
  %5 = alloca i8, align 1
  %6 = alloca ptr, align 8
  %7 = getelementptr inbounds nuw %union.Mixed, ptr %4, i32 0, i32 0
  store i32 %0, ptr %7, align 4
  %8 = zext i1 %1 to i8
  store i8 %8, ptr %5, align 1, !tbaa !41
  store ptr %2, ptr %6, align 8, !tbaa !43
  %9 = load i8, ptr %5, align 1, !tbaa !41, !range !45, !noundef !24
  %10 = trunc i8 %9 to i1
  br i1 %10, label %11, label %13

11:                                               ; preds = %3
  %12 = load float, ptr %4, align 4, !tbaa !46
  br label %21

13:                                               ; preds = %3
  %14 = load ptr, ptr %6, align 8, !tbaa !43, !nonnull !24, !align !25
  %15 = load i8, ptr %4, align 4
  %16 = and i8 %15, 7
  %17 = zext i8 %16 to i32
  %18 = zext i32 %17 to i64
  %19 = getelementptr inbounds nuw [3 x float], ptr %14, i64 0, i64 %18
  %20 = load float, ptr %19, align 4, !tbaa !47
  br label %21

21:                                               ; preds = %13, %11
  %22 = phi float [ %12, %11 ], [ %20, %13 ]
  ret float %22
}

; Function Attrs: inlinehint mustprogress nounwind uwtable
define linkonce_odr dso_local void @_ZN5ShapeC2Ev(ptr noundef nonnull align 8 dereferenceable(12) %0) unnamed_addr #4 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !14
  %3 = load ptr, ptr %2, align 8
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV5Shape, i32 0, i32 0, i32 2), ptr %3, align 8, !tbaa !16
  ret void
}

; Function Attrs: inlinehint mustprogress nounwind uwtable
define linkonce_odr dso_local void @_ZN6SquareD0Ev(ptr noundef nonnull align 8 dereferenceable(24) %0) unnamed_addr #4 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !30
  %3 = load ptr, ptr %2, align 8
  call void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #7
  call void @_ZdlPvm(ptr noundef %3, i64 noundef 24) #9
  ret void
}

; Function Attrs: mustprogress nounwind uwtable
define linkonce_odr dso_local noundef double @_ZNK6Square4areaEv(ptr noundef nonnull align 8 dereferenceable(24) %0) unnamed_addr #3 comdat align 2 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8, !tbaa !30
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr inbounds nuw %struct.Square, ptr %3, i32 0, i32 1
  %5 = load double, ptr %4, align 8, !tbaa !32
  %6 = getelementptr inbounds nuw %struct.Square, ptr %3, i32 0, i32 1
  %7 = load double, ptr %6, align 8, !tbaa !32
  %8 = fmul double %5, %7
  ret double %8
}

; Function Attrs: nounwind
declare void @_ZN5ShapeD1Ev(ptr noundef nonnull align 8 dereferenceable(12)) unnamed_addr #5

; Function Attrs: nounwind
declare void @_ZN5ShapeD0Ev(ptr noundef nonnull align 8 dereferenceable(12)) unnamed_addr #5

declare void @__cxa_pure_virtual() unnamed_addr

; Function Attrs: nobuiltin nounwind
declare void @_ZdlPvm(ptr noundef, i64 noundef) #6

attributes #0 = { mustprogress uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { nounwind memory(none) }
attributes #3 = { mustprogress nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #4 = { inlinehint mustprogress nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #5 = { nounwind "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { nobuiltin nounwind "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #7 = { nounwind }
attributes #8 = { noreturn }
attributes #9 = { builtin nounwind }

!llvm.module.flags = !{!0, !1, !2, !3}
!llvm.errno.tbaa = !{!4}

!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{i32 8, !"PIC Level", i32 2}
!2 = !{i32 7, !"PIE Level", i32 2}
!3 = !{i32 7, !"uwtable", i32 2}
!4 = !{!5, !5, i64 0}
!5 = !{!"int", !6, i64 0}
!6 = !{!"omnipotent char", !7, i64 0}
!7 = !{!"Simple C++ TBAA"}
!8 = !{!9, !9, i64 0}
!9 = !{!"p2 _ZTS5Shape", !10, i64 0}
!10 = !{!"any p2 pointer", !11, i64 0}
!11 = !{!"any pointer", !6, i64 0}
!12 = !{!13, !13, i64 0}
!13 = !{!"double", !6, i64 0}
!14 = !{!15, !15, i64 0}
!15 = !{!"p1 _ZTS5Shape", !11, i64 0}
!16 = !{!17, !17, i64 0}
!17 = !{!"vtable pointer", !7, i64 0}
!18 = distinct !{!18, !19}
!19 = !{!"llvm.loop.mustprogress"}
!20 = !{!21, !5, i64 0}
!21 = !{!"_ZTS5Error", !5, i64 0}
!22 = !{!23, !23, i64 0}
!23 = !{!"p1 _ZTS5Error", !11, i64 0}
!24 = !{}
!25 = !{i64 4}
!26 = !{!27, !27, i64 0}
!27 = !{!"_ZTSN2ns6ColourE", !6, i64 0}
!28 = !{!29, !29, i64 0}
!29 = !{!"p1 int", !11, i64 0}
!30 = !{!31, !31, i64 0}
!31 = !{!"p1 _ZTS6Square", !11, i64 0}
!32 = !{!33, !13, i64 16}
!33 = !{!"_ZTS6Square", !34, i64 0, !13, i64 16}
!34 = !{!"_ZTS5Shape", !5, i64 8}
!35 = !{!11, !11, i64 0}
!36 = !{!37, !31, i64 0}
!37 = !{!"_ZTSZ4bestPKiE3$_0", !31, i64 0}
!38 = !{i64 8}
!39 = !{!34, !5, i64 8}
!40 = distinct !{!40, !19}
!41 = !{!42, !42, i64 0}
!42 = !{!"bool", !6, i64 0}
!43 = !{!44, !44, i64 0}
!44 = !{!"p1 float", !11, i64 0}
!45 = !{i8 0, i8 2}
!46 = !{!6, !6, i64 0}
!47 = !{!48, !48, i64 0}
!48 = !{!"float", !6, i64 0}
