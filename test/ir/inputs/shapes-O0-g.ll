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

$_ZN6SquareD2Ev = comdat any

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
@_ZZ4flipN2ns6ColourEE5calls = internal global i32 0, align 4, !dbg !0
@_ZTV6Square = linkonce_odr dso_local unnamed_addr constant { [5 x ptr] } { [5 x ptr] [ptr null, ptr @_ZTI6Square, ptr @_ZN6SquareD2Ev, ptr @_ZN6SquareD0Ev, ptr @_ZNK6Square4areaEv] }, comdat, align 8, !dbg !20
@_ZTI6Square = linkonce_odr dso_local constant { ptr, ptr, ptr } { ptr getelementptr inbounds (ptr, ptr @_ZTVN10__cxxabiv120__si_class_type_infoE, i64 2), ptr @_ZTS6Square, ptr @_ZTI5Shape }, comdat, align 8
@_ZTVN10__cxxabiv120__si_class_type_infoE = external global [0 x ptr]
@_ZTS6Square = linkonce_odr dso_local constant [8 x i8] c"6Square\00", comdat, align 1
@_ZTI5Shape = external constant ptr
@_ZTV5Shape = external unnamed_addr constant { [5 x ptr] }, align 8

; Function Attrs: mustprogress noinline optnone uwtable
define dso_local noundef double @_Z5totalPP5Shapei(ptr noundef %0, i32 noundef %1) #0 personality ptr @__gxx_personality_v0 !dbg !47 {
  %3 = alloca double, align 8
  %4 = alloca ptr, align 8
  %5 = alloca i32, align 4
  %6 = alloca double, align 8
  %7 = alloca i32, align 4
  %8 = alloca ptr, align 8
  %9 = alloca i32, align 4
  %10 = alloca ptr, align 8
  store ptr %0, ptr %4, align 8
    #dbg_declare(ptr %4, !52, !DIExpression(), !53)
  store i32 %1, ptr %5, align 4
    #dbg_declare(ptr %5, !54, !DIExpression(), !55)
    #dbg_declare(ptr %6, !56, !DIExpression(), !57)
  store double 0.000000e+00, ptr %6, align 8, !dbg !57
    #dbg_declare(ptr %7, !58, !DIExpression(), !61)
  store i32 0, ptr %7, align 4, !dbg !61
  br label %11, !dbg !62

11:                                               ; preds = %28, %2
  %12 = load i32, ptr %7, align 4, !dbg !63
  %13 = load i32, ptr %5, align 4, !dbg !65
  %14 = icmp ne i32 %12, %13, !dbg !66
  br i1 %14, label %15, label %49, !dbg !67

15:                                               ; preds = %11
  %16 = load ptr, ptr %4, align 8, !dbg !68
  %17 = load i32, ptr %7, align 4, !dbg !69
  %18 = sext i32 %17 to i64, !dbg !68
  %19 = getelementptr inbounds ptr, ptr %16, i64 %18, !dbg !68
  %20 = load ptr, ptr %19, align 8, !dbg !68
  %21 = load ptr, ptr %20, align 8, !dbg !70
  %22 = getelementptr inbounds ptr, ptr %21, i64 2, !dbg !70
  %23 = load ptr, ptr %22, align 8, !dbg !70
  %24 = invoke noundef double %23(ptr noundef nonnull align 8 dereferenceable(12) %20)
          to label %25 unwind label %31, !dbg !70

25:                                               ; preds = %15
  %26 = load double, ptr %6, align 8, !dbg !71
  %27 = fadd double %26, %24, !dbg !71
  store double %27, ptr %6, align 8, !dbg !71
  br label %28, !dbg !72

28:                                               ; preds = %25
  %29 = load i32, ptr %7, align 4, !dbg !73
  %30 = add nsw i32 %29, 1, !dbg !73
  store i32 %30, ptr %7, align 4, !dbg !73
  br label %11, !dbg !74, !llvm.loop !75

31:                                               ; preds = %52, %15
  %32 = landingpad { ptr, i32 }
          catch ptr @_ZTI5Error
          catch ptr null, !dbg !78
  %33 = extractvalue { ptr, i32 } %32, 0, !dbg !78
  store ptr %33, ptr %8, align 8, !dbg !78
  %34 = extractvalue { ptr, i32 } %32, 1, !dbg !78
  store i32 %34, ptr %9, align 4, !dbg !78
  br label %35, !dbg !78

35:                                               ; preds = %31
  %36 = load i32, ptr %9, align 4, !dbg !79
  %37 = call i32 @llvm.eh.typeid.for.p0(ptr @_ZTI5Error) #5, !dbg !79
  %38 = icmp eq i32 %36, %37, !dbg !79
  br i1 %38, label %39, label %46, !dbg !79

39:                                               ; preds = %35
    #dbg_declare(ptr %10, !80, !DIExpression(), !83)
  %40 = load ptr, ptr %8, align 8, !dbg !84
  %41 = call ptr @__cxa_begin_catch(ptr %40) #5, !dbg !84
  store ptr %41, ptr %10, align 8, !dbg !84
  %42 = load ptr, ptr %10, align 8, !dbg !86, !nonnull !39, !align !88
  %43 = getelementptr inbounds nuw %struct.Error, ptr %42, i32 0, i32 0, !dbg !89
  %44 = load i32, ptr %43, align 4, !dbg !89
  %45 = sitofp i32 %44 to double, !dbg !86
  store double %45, ptr %3, align 8, !dbg !90
  call void @__cxa_end_catch(), !dbg !91
  br label %58

46:                                               ; preds = %35
  %47 = load ptr, ptr %8, align 8, !dbg !79
  %48 = call ptr @__cxa_begin_catch(ptr %47) #5, !dbg !79
  store double -1.000000e+00, ptr %3, align 8, !dbg !92
  call void @__cxa_end_catch(), !dbg !84
  br label %58

49:                                               ; preds = %11
  %50 = load double, ptr %6, align 8, !dbg !93
  %51 = fcmp olt double %50, 0.000000e+00, !dbg !95
  br i1 %51, label %52, label %55, !dbg !95

52:                                               ; preds = %49
  %53 = call ptr @__cxa_allocate_exception(i64 4) #5, !dbg !96
  %54 = getelementptr inbounds nuw %struct.Error, ptr %53, i32 0, i32 0, !dbg !97
  store i32 3, ptr %54, align 16, !dbg !97
  invoke void @__cxa_throw(ptr %53, ptr @_ZTI5Error, ptr null) #6
          to label %60 unwind label %31, !dbg !96

55:                                               ; preds = %49
  br label %56, !dbg !79

56:                                               ; preds = %55
  %57 = load double, ptr %6, align 8, !dbg !98
  store double %57, ptr %3, align 8, !dbg !99
  br label %58, !dbg !99

58:                                               ; preds = %56, %39, %46
  %59 = load double, ptr %3, align 8, !dbg !100
  ret double %59, !dbg !100

60:                                               ; preds = %52
  unreachable
}

declare i32 @__gxx_personality_v0(...)

declare ptr @__cxa_allocate_exception(i64)

declare void @__cxa_throw(ptr, ptr, ptr)

; Function Attrs: nounwind memory(none)
declare i32 @llvm.eh.typeid.for.p0(ptr) #1

declare ptr @__cxa_begin_catch(ptr)

declare void @__cxa_end_catch()

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define dso_local noundef signext i16 @_Z4flipN2ns6ColourE(i16 noundef signext %0) #2 !dbg !2 {
  %2 = alloca i16, align 2
  store i16 %0, ptr %2, align 2
    #dbg_declare(ptr %2, !101, !DIExpression(), !102)
  %3 = load i32, ptr @_ZZ4flipN2ns6ColourEE5calls, align 4, !dbg !103
  %4 = add nsw i32 %3, 1, !dbg !103
  store i32 %4, ptr @_ZZ4flipN2ns6ColourEE5calls, align 4, !dbg !103
  %5 = load i16, ptr %2, align 2, !dbg !104
  %6 = icmp eq i16 %5, 0, !dbg !105
  %7 = zext i1 %6 to i64, !dbg !104
  %8 = select i1 %6, i16 7, i16 0, !dbg !104
  ret i16 %8, !dbg !106
}

; Function Attrs: mustprogress noinline optnone uwtable
define dso_local noundef i32 @_Z4bestPKi(ptr noundef %0) #0 personality ptr @__gxx_personality_v0 !dbg !107 {
  %2 = alloca ptr, align 8
  %3 = alloca %struct.Square, align 8
  %4 = alloca %class.anon, align 8
  %5 = alloca ptr, align 8
  %6 = alloca i32, align 4
  store ptr %0, ptr %2, align 8
    #dbg_declare(ptr %2, !112, !DIExpression(), !113)
    #dbg_declare(ptr %3, !114, !DIExpression(), !116)
  call void @_ZN6SquareC2Ed(ptr noundef nonnull align 8 dereferenceable(24) %3, double noundef 2.000000e+00), !dbg !116
    #dbg_declare(ptr %4, !117, !DIExpression(), !122)
  %7 = getelementptr inbounds nuw %class.anon, ptr %4, i32 0, i32 0, !dbg !123
  store ptr %3, ptr %7, align 8, !dbg !123
  %8 = load ptr, ptr %2, align 8, !dbg !124
  %9 = invoke noundef i32 @_Z7biggestIiET_PKS0_j(ptr noundef %8, i32 noundef 3)
          to label %10 unwind label %13, !dbg !125

10:                                               ; preds = %1
  %11 = invoke noundef i32 @"_ZZ4bestPKiENK3$_0clEi"(ptr noundef nonnull align 8 dereferenceable(8) %4, i32 noundef %9)
          to label %12 unwind label %13, !dbg !126

12:                                               ; preds = %10
  call void @_ZN6SquareD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #5, !dbg !127
  ret i32 %11, !dbg !127

13:                                               ; preds = %10, %1
  %14 = landingpad { ptr, i32 }
          cleanup, !dbg !127
  %15 = extractvalue { ptr, i32 } %14, 0, !dbg !127
  store ptr %15, ptr %5, align 8, !dbg !127
  %16 = extractvalue { ptr, i32 } %14, 1, !dbg !127
  store i32 %16, ptr %6, align 4, !dbg !127
  call void @_ZN6SquareD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #5, !dbg !127
  br label %17, !dbg !127

17:                                               ; preds = %13
  %18 = load ptr, ptr %5, align 8, !dbg !127
  %19 = load i32, ptr %6, align 4, !dbg !127
  %20 = insertvalue { ptr, i32 } poison, ptr %18, 0, !dbg !127
  %21 = insertvalue { ptr, i32 } %20, i32 %19, 1, !dbg !127
  resume { ptr, i32 } %21, !dbg !127
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local void @_ZN6SquareC2Ed(ptr noundef nonnull align 8 dereferenceable(24) %0, double noundef %1) unnamed_addr #2 comdat align 2 !dbg !128 {
  %3 = alloca ptr, align 8
  %4 = alloca double, align 8
  store ptr %0, ptr %3, align 8
    #dbg_declare(ptr %3, !129, !DIExpression(), !131)
  store double %1, ptr %4, align 8
    #dbg_declare(ptr %4, !132, !DIExpression(), !133)
  %5 = load ptr, ptr %3, align 8
  call void @_ZN5ShapeC2Ev(ptr noundef nonnull align 8 dereferenceable(12) %5) #5, !dbg !134
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV6Square, i32 0, i32 0, i32 2), ptr %5, align 8, !dbg !135
  %6 = getelementptr inbounds nuw %struct.Square, ptr %5, i32 0, i32 1, !dbg !136
  %7 = load double, ptr %4, align 8, !dbg !137
  store double %7, ptr %6, align 8, !dbg !136
  ret void, !dbg !138
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define internal noundef i32 @"_ZZ4bestPKiENK3$_0clEi"(ptr noundef nonnull align 8 dereferenceable(8) %0, i32 noundef %1) #2 align 2 !dbg !139 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  store ptr %0, ptr %3, align 8
    #dbg_declare(ptr %3, !145, !DIExpression(), !147)
  store i32 %1, ptr %4, align 4
    #dbg_declare(ptr %4, !148, !DIExpression(), !149)
  %5 = load ptr, ptr %3, align 8
  %6 = load i32, ptr %4, align 4, !dbg !150
  %7 = mul nsw i32 %6, 2, !dbg !151
  %8 = getelementptr inbounds nuw %class.anon, ptr %5, i32 0, i32 0, !dbg !152
  %9 = load ptr, ptr %8, align 8, !dbg !152, !nonnull !39, !align !153
  %10 = getelementptr inbounds nuw %struct.Shape, ptr %9, i32 0, i32 1, !dbg !154
  %11 = load i32, ptr %10, align 8, !dbg !154
  %12 = add nsw i32 %7, %11, !dbg !155
  ret i32 %12, !dbg !156
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local noundef i32 @_Z7biggestIiET_PKS0_j(ptr noundef %0, i32 noundef %1) #2 comdat !dbg !157 {
  %3 = alloca ptr, align 8
  %4 = alloca i32, align 4
  %5 = alloca i32, align 4
  %6 = alloca i32, align 4
  store ptr %0, ptr %3, align 8
    #dbg_declare(ptr %3, !163, !DIExpression(), !164)
  store i32 %1, ptr %4, align 4
    #dbg_declare(ptr %4, !165, !DIExpression(), !166)
    #dbg_declare(ptr %5, !167, !DIExpression(), !168)
  %7 = load ptr, ptr %3, align 8, !dbg !169
  %8 = getelementptr inbounds i32, ptr %7, i64 0, !dbg !169
  %9 = load i32, ptr %8, align 4, !dbg !169
  store i32 %9, ptr %5, align 4, !dbg !168
    #dbg_declare(ptr %6, !170, !DIExpression(), !172)
  store i32 1, ptr %6, align 4, !dbg !172
  br label %10, !dbg !173

10:                                               ; preds = %29, %2
  %11 = load i32, ptr %6, align 4, !dbg !174
  %12 = load i32, ptr %4, align 4, !dbg !176
  %13 = icmp ult i32 %11, %12, !dbg !177
  br i1 %13, label %14, label %32, !dbg !178

14:                                               ; preds = %10
  %15 = load i32, ptr %5, align 4, !dbg !179
  %16 = load ptr, ptr %3, align 8, !dbg !181
  %17 = load i32, ptr %6, align 4, !dbg !182
  %18 = zext i32 %17 to i64, !dbg !181
  %19 = getelementptr inbounds nuw i32, ptr %16, i64 %18, !dbg !181
  %20 = load i32, ptr %19, align 4, !dbg !181
  %21 = icmp slt i32 %15, %20, !dbg !183
  br i1 %21, label %22, label %28, !dbg !183

22:                                               ; preds = %14
  %23 = load ptr, ptr %3, align 8, !dbg !184
  %24 = load i32, ptr %6, align 4, !dbg !185
  %25 = zext i32 %24 to i64, !dbg !184
  %26 = getelementptr inbounds nuw i32, ptr %23, i64 %25, !dbg !184
  %27 = load i32, ptr %26, align 4, !dbg !184
  store i32 %27, ptr %5, align 4, !dbg !186
  br label %28, !dbg !187

28:                                               ; preds = %22, %14
  br label %29, !dbg !188

29:                                               ; preds = %28
  %30 = load i32, ptr %6, align 4, !dbg !189
  %31 = add i32 %30, 1, !dbg !189
  store i32 %31, ptr %6, align 4, !dbg !189
  br label %10, !dbg !190, !llvm.loop !191

32:                                               ; preds = %10
  %33 = load i32, ptr %5, align 4, !dbg !193
  ret i32 %33, !dbg !194
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local void @_ZN6SquareD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %0) unnamed_addr #2 comdat align 2 !dbg !195 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8
    #dbg_declare(ptr %2, !199, !DIExpression(), !200)
  %3 = load ptr, ptr %2, align 8
  call void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(12) %3) #5, !dbg !201
  ret void, !dbg !203
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define dso_local noundef float @_Z3mix5MixedbRA3_Kf(i32 %0, i1 noundef zeroext %1, ptr noundef nonnull align 4 dereferenceable(12) %2) #2 !dbg !204 {
  %4 = alloca %union.Mixed, align 4
  %5 = alloca i8, align 1
  %6 = alloca ptr, align 8
  %7 = getelementptr inbounds nuw %union.Mixed, ptr %4, i32 0, i32 0
  store i32 %0, ptr %7, align 4
    #dbg_declare(ptr %4, !219, !DIExpression(), !220)
  %8 = zext i1 %1 to i8
  store i8 %8, ptr %5, align 1
    #dbg_declare(ptr %5, !221, !DIExpression(), !222)
  store ptr %2, ptr %6, align 8
    #dbg_declare(ptr %6, !223, !DIExpression(), !224)
  %9 = load i8, ptr %5, align 1, !dbg !225
  %10 = trunc i8 %9 to i1, !dbg !225
  br i1 %10, label %11, label %13, !dbg !225

11:                                               ; preds = %3
  %12 = load float, ptr %4, align 4, !dbg !226
  br label %21, !dbg !225

13:                                               ; preds = %3
  %14 = load ptr, ptr %6, align 8, !dbg !227, !nonnull !39, !align !88
  %15 = load i8, ptr %4, align 4, !dbg !228
  %16 = and i8 %15, 7, !dbg !228
  %17 = zext i8 %16 to i32, !dbg !228
  %18 = zext i32 %17 to i64, !dbg !227
  %19 = getelementptr inbounds nuw [3 x float], ptr %14, i64 0, i64 %18, !dbg !227
  %20 = load float, ptr %19, align 4, !dbg !227
  br label %21, !dbg !225

21:                                               ; preds = %13, %11
  %22 = phi float [ %12, %11 ], [ %20, %13 ], !dbg !225
  ret float %22, !dbg !229
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local void @_ZN5ShapeC2Ev(ptr noundef nonnull align 8 dereferenceable(12) %0) unnamed_addr #2 comdat align 2 !dbg !230 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8
    #dbg_declare(ptr %2, !235, !DIExpression(), !236)
  %3 = load ptr, ptr %2, align 8
  store ptr getelementptr inbounds inrange(-16, 24) ({ [5 x ptr] }, ptr @_ZTV5Shape, i32 0, i32 0, i32 2), ptr %3, align 8, !dbg !237
  ret void, !dbg !237
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local void @_ZN6SquareD0Ev(ptr noundef nonnull align 8 dereferenceable(24) %0) unnamed_addr #2 comdat align 2 !dbg !238 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8
    #dbg_declare(ptr %2, !239, !DIExpression(), !240)
  %3 = load ptr, ptr %2, align 8
  call void @_ZN6SquareD2Ev(ptr noundef nonnull align 8 dereferenceable(24) %3) #5, !dbg !241
  call void @_ZdlPvm(ptr noundef %3, i64 noundef 24) #7, !dbg !241
  ret void, !dbg !241
}

; Function Attrs: mustprogress noinline nounwind optnone uwtable
define linkonce_odr dso_local noundef double @_ZNK6Square4areaEv(ptr noundef nonnull align 8 dereferenceable(24) %0) unnamed_addr #2 comdat align 2 !dbg !242 {
  %2 = alloca ptr, align 8
  store ptr %0, ptr %2, align 8
    #dbg_declare(ptr %2, !243, !DIExpression(), !245)
  %3 = load ptr, ptr %2, align 8
  %4 = getelementptr inbounds nuw %struct.Square, ptr %3, i32 0, i32 1, !dbg !246
  %5 = load double, ptr %4, align 8, !dbg !246
  %6 = getelementptr inbounds nuw %struct.Square, ptr %3, i32 0, i32 1, !dbg !247
  %7 = load double, ptr %6, align 8, !dbg !247
  %8 = fmul double %5, %7, !dbg !248
  ret double %8, !dbg !249
}

; Function Attrs: nobuiltin nounwind
declare void @_ZdlPvm(ptr noundef, i64 noundef) #3

; Function Attrs: nounwind
declare void @_ZN5ShapeD2Ev(ptr noundef nonnull align 8 dereferenceable(12)) unnamed_addr #4

attributes #0 = { mustprogress noinline optnone uwtable "frame-pointer"="all" "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nounwind memory(none) }
attributes #2 = { mustprogress noinline nounwind optnone uwtable "frame-pointer"="all" "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #3 = { nobuiltin nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #4 = { nounwind "frame-pointer"="all" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #5 = { nounwind }
attributes #6 = { noreturn }
attributes #7 = { builtin nounwind }

!llvm.dbg.cu = !{!12}
!llvm.module.flags = !{!40, !41, !42, !43, !44, !45, !46}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(name: "calls", scope: !2, file: !3, line: 13, type: !18, isLocal: true, isDefinition: true)
!2 = distinct !DISubprogram(name: "flip", linkageName: "_Z4flipN2ns6ColourE", scope: !3, file: !3, line: 13, type: !4, scopeLine: 13, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, retainedNodes: !39)
!3 = !DIFile(filename: "shapes.cpp", directory: "/project", checksumkind: CSK_MD5, checksum: "4d6ac883666b90e6c806311259320aec")
!4 = !DISubroutineType(types: !5)
!5 = !{!6, !6}
!6 = !DICompositeType(tag: DW_TAG_enumeration_type, name: "Colour", scope: !7, file: !3, line: 4, baseType: !8, size: 16, flags: DIFlagEnumClass, elements: !9, identifier: "_ZTSN2ns6ColourE")
!7 = !DINamespace(name: "ns", scope: null)
!8 = !DIBasicType(name: "short", size: 16, encoding: DW_ATE_signed)
!9 = !{!10, !11}
!10 = !DIEnumerator(name: "Red", value: 0)
!11 = !DIEnumerator(name: "Green", value: 7)
!12 = distinct !DICompileUnit(language: DW_LANG_C_plus_plus_14, file: !3, isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug, enums: !13, retainedTypes: !14, globals: !19, splitDebugInlining: false, nameTableKind: None)
!13 = !{!6}
!14 = !{!15}
!15 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "Error", file: !3, line: 5, size: 32, flags: DIFlagTypePassByValue, elements: !16, identifier: "_ZTS5Error")
!16 = !{!17}
!17 = !DIDerivedType(tag: DW_TAG_member, name: "code", scope: !15, file: !3, line: 5, baseType: !18, size: 32)
!18 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!19 = !{!0, !20}
!20 = !DIGlobalVariableExpression(var: !21, expr: !DIExpression())
!21 = distinct !DIGlobalVariable(name: "_vtable$", linkageName: "_ZTV6Square", scope: !12, file: !3, type: !22, isLocal: false, isDefinition: true, declaration: !23, align: 64)
!22 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!23 = !DIDerivedType(tag: DW_TAG_variable, name: "_vtable$", scope: !24, file: !3, baseType: !22, flags: DIFlagPrivate | DIFlagArtificial | DIFlagStaticMember)
!24 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "Square", file: !3, line: 2, size: 192, flags: DIFlagTypePassByReference | DIFlagNonTrivial, elements: !25, vtableHolder: !27, identifier: "_ZTS6Square")
!25 = !{!26, !28, !30, !34}
!26 = !DIDerivedType(tag: DW_TAG_inheritance, scope: !24, baseType: !27, extraData: i32 0)
!27 = !DICompositeType(tag: DW_TAG_structure_type, name: "Shape", file: !3, line: 1, size: 128, flags: DIFlagFwdDecl | DIFlagNonTrivial)
!28 = !DIDerivedType(tag: DW_TAG_member, name: "side", scope: !24, file: !3, line: 2, baseType: !29, size: 64, offset: 128)
!29 = !DIBasicType(name: "double", size: 64, encoding: DW_ATE_float)
!30 = !DISubprogram(name: "Square", linkageName: "_ZN6SquareC4Ed", scope: !24, file: !3, line: 2, type: !31, scopeLine: 2, flags: DIFlagPrototyped, spFlags: 0)
!31 = !DISubroutineType(types: !32)
!32 = !{null, !33, !29}
!33 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !24, size: 64, flags: DIFlagArtificial | DIFlagObjectPointer)
!34 = !DISubprogram(name: "area", linkageName: "_ZNK6Square4areaEv", scope: !24, file: !3, line: 2, type: !35, scopeLine: 2, containingType: !24, virtualIndex: 2, flags: DIFlagPrototyped, spFlags: DISPFlagVirtual)
!35 = !DISubroutineType(types: !36)
!36 = !{!29, !37}
!37 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !38, size: 64, flags: DIFlagArtificial | DIFlagObjectPointer)
!38 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !24)
!39 = !{}
!40 = !{i32 7, !"Dwarf Version", i32 5}
!41 = !{i32 2, !"Debug Info Version", i32 3}
!42 = !{i32 1, !"wchar_size", i32 4}
!43 = !{i32 8, !"PIC Level", i32 2}
!44 = !{i32 7, !"PIE Level", i32 2}
!45 = !{i32 7, !"uwtable", i32 2}
!46 = !{i32 7, !"frame-pointer", i32 2}
!47 = distinct !DISubprogram(name: "total", linkageName: "_Z5totalPP5Shapei", scope: !3, file: !3, line: 6, type: !48, scopeLine: 6, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, retainedNodes: !39)
!48 = !DISubroutineType(types: !49)
!49 = !{!29, !50, !18}
!50 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !51, size: 64)
!51 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !27, size: 64)
!52 = !DILocalVariable(name: "s", arg: 1, scope: !47, file: !3, line: 6, type: !50)
!53 = !DILocation(line: 6, column: 22, scope: !47)
!54 = !DILocalVariable(name: "n", arg: 2, scope: !47, file: !3, line: 6, type: !18)
!55 = !DILocation(line: 6, column: 29, scope: !47)
!56 = !DILocalVariable(name: "sum", scope: !47, file: !3, line: 7, type: !29)
!57 = !DILocation(line: 7, column: 10, scope: !47)
!58 = !DILocalVariable(name: "i", scope: !59, file: !3, line: 8, type: !18)
!59 = distinct !DILexicalBlock(scope: !60, file: !3, line: 8, column: 9)
!60 = distinct !DILexicalBlock(scope: !47, file: !3, line: 8, column: 7)
!61 = !DILocation(line: 8, column: 18, scope: !59)
!62 = !DILocation(line: 8, column: 14, scope: !59)
!63 = !DILocation(line: 8, column: 25, scope: !64)
!64 = distinct !DILexicalBlock(scope: !59, file: !3, line: 8, column: 9)
!65 = !DILocation(line: 8, column: 30, scope: !64)
!66 = !DILocation(line: 8, column: 27, scope: !64)
!67 = !DILocation(line: 8, column: 9, scope: !59)
!68 = !DILocation(line: 8, column: 45, scope: !64)
!69 = !DILocation(line: 8, column: 47, scope: !64)
!70 = !DILocation(line: 8, column: 51, scope: !64)
!71 = !DILocation(line: 8, column: 42, scope: !64)
!72 = !DILocation(line: 8, column: 38, scope: !64)
!73 = !DILocation(line: 8, column: 33, scope: !64)
!74 = !DILocation(line: 8, column: 9, scope: !64)
!75 = distinct !{!75, !67, !76, !77}
!76 = !DILocation(line: 8, column: 56, scope: !59)
!77 = !{!"llvm.loop.mustprogress"}
!78 = !DILocation(line: 12, column: 1, scope: !64)
!79 = !DILocation(line: 8, column: 88, scope: !60)
!80 = !DILocalVariable(name: "e", scope: !47, file: !3, line: 9, type: !81)
!81 = !DIDerivedType(tag: DW_TAG_reference_type, baseType: !82, size: 64)
!82 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !15)
!83 = !DILocation(line: 9, column: 23, scope: !47)
!84 = !DILocation(line: 10, column: 28, scope: !85)
!85 = distinct !DILexicalBlock(scope: !47, file: !3, line: 10, column: 15)
!86 = !DILocation(line: 9, column: 35, scope: !87)
!87 = distinct !DILexicalBlock(scope: !47, file: !3, line: 9, column: 26)
!88 = !{i64 4}
!89 = !DILocation(line: 9, column: 37, scope: !87)
!90 = !DILocation(line: 9, column: 28, scope: !87)
!91 = !DILocation(line: 9, column: 43, scope: !87)
!92 = !DILocation(line: 10, column: 17, scope: !85)
!93 = !DILocation(line: 8, column: 63, scope: !94)
!94 = distinct !DILexicalBlock(scope: !60, file: !3, line: 8, column: 63)
!95 = !DILocation(line: 8, column: 67, scope: !94)
!96 = !DILocation(line: 8, column: 72, scope: !94)
!97 = !DILocation(line: 8, column: 83, scope: !94)
!98 = !DILocation(line: 11, column: 10, scope: !47)
!99 = !DILocation(line: 11, column: 3, scope: !47)
!100 = !DILocation(line: 12, column: 1, scope: !47)
!101 = !DILocalVariable(name: "c", arg: 1, scope: !2, file: !3, line: 13, type: !6)
!102 = !DILocation(line: 13, column: 28, scope: !2)
!103 = !DILocation(line: 13, column: 51, scope: !2)
!104 = !DILocation(line: 13, column: 67, scope: !2)
!105 = !DILocation(line: 13, column: 69, scope: !2)
!106 = !DILocation(line: 13, column: 60, scope: !2)
!107 = distinct !DISubprogram(name: "best", linkageName: "_Z4bestPKi", scope: !3, file: !3, line: 14, type: !108, scopeLine: 14, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, retainedNodes: !39)
!108 = !DISubroutineType(types: !109)
!109 = !{!18, !110}
!110 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !111, size: 64)
!111 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !18)
!112 = !DILocalVariable(name: "p", arg: 1, scope: !107, file: !3, line: 14, type: !110)
!113 = !DILocation(line: 14, column: 21, scope: !107)
!114 = !DILocalVariable(name: "q", scope: !107, file: !3, line: 14, type: !115)
!115 = !DIDerivedType(tag: DW_TAG_typedef, name: "Alias", scope: !7, file: !3, line: 4, baseType: !24)
!116 = !DILocation(line: 14, column: 36, scope: !107)
!117 = !DILocalVariable(name: "twice", scope: !107, file: !3, line: 14, type: !118)
!118 = distinct !DICompositeType(tag: DW_TAG_class_type, scope: !107, file: !3, line: 14, size: 64, flags: DIFlagTypePassByValue | DIFlagNonTrivial, elements: !119)
!119 = !{!120}
!120 = !DIDerivedType(tag: DW_TAG_member, name: "q", scope: !118, file: !3, line: 14, baseType: !121, size: 64)
!121 = !DIDerivedType(tag: DW_TAG_reference_type, baseType: !115, size: 64)
!122 = !DILocation(line: 14, column: 47, scope: !107)
!123 = !DILocation(line: 14, column: 55, scope: !107)
!124 = !DILocation(line: 14, column: 113, scope: !107)
!125 = !DILocation(line: 14, column: 105, scope: !107)
!126 = !DILocation(line: 14, column: 99, scope: !107)
!127 = !DILocation(line: 14, column: 121, scope: !107)
!128 = distinct !DISubprogram(name: "Square", linkageName: "_ZN6SquareC2Ed", scope: !24, file: !3, line: 2, type: !31, scopeLine: 2, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, declaration: !30, retainedNodes: !39)
!129 = !DILocalVariable(name: "this", arg: 1, scope: !128, type: !130, flags: DIFlagArtificial | DIFlagObjectPointer)
!130 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !24, size: 64)
!131 = !DILocation(line: 0, scope: !128)
!132 = !DILocalVariable(name: "s", arg: 2, scope: !128, file: !3, line: 2, type: !29)
!133 = !DILocation(line: 2, column: 52, scope: !128)
!134 = !DILocation(line: 2, column: 38, scope: !128)
!135 = !DILocation(line: 2, column: 65, scope: !128)
!136 = !DILocation(line: 2, column: 57, scope: !128)
!137 = !DILocation(line: 2, column: 62, scope: !128)
!138 = !DILocation(line: 2, column: 66, scope: !128)
!139 = distinct !DISubprogram(name: "operator()", linkageName: "_ZZ4bestPKiENK3$_0clEi", scope: !118, file: !3, line: 14, type: !140, scopeLine: 14, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !12, declaration: !144, retainedNodes: !39)
!140 = !DISubroutineType(types: !141)
!141 = !{!18, !142, !18}
!142 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !143, size: 64, flags: DIFlagArtificial | DIFlagObjectPointer)
!143 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !118)
!144 = !DISubprogram(name: "operator()", scope: !118, file: !3, line: 14, type: !140, scopeLine: 14, flags: DIFlagPublic | DIFlagPrototyped, spFlags: DISPFlagLocalToUnit)
!145 = !DILocalVariable(name: "this", arg: 1, scope: !139, type: !146, flags: DIFlagArtificial | DIFlagObjectPointer)
!146 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !143, size: 64)
!147 = !DILocation(line: 0, scope: !139)
!148 = !DILocalVariable(name: "x", arg: 2, scope: !139, file: !3, line: 14, type: !18)
!149 = !DILocation(line: 14, column: 63, scope: !139)
!150 = !DILocation(line: 14, column: 75, scope: !139)
!151 = !DILocation(line: 14, column: 77, scope: !139)
!152 = !DILocation(line: 14, column: 83, scope: !139)
!153 = !{i64 8}
!154 = !DILocation(line: 14, column: 85, scope: !139)
!155 = !DILocation(line: 14, column: 81, scope: !139)
!156 = !DILocation(line: 14, column: 68, scope: !139)
!157 = distinct !DISubprogram(name: "biggest<int>", linkageName: "_Z7biggestIiET_PKS0_j", scope: !3, file: !3, line: 3, type: !158, scopeLine: 3, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, templateParams: !161, retainedNodes: !39)
!158 = !DISubroutineType(types: !159)
!159 = !{!18, !110, !160}
!160 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!161 = !{!162}
!162 = !DITemplateTypeParameter(name: "T", type: !18)
!163 = !DILocalVariable(name: "p", arg: 1, scope: !157, file: !3, line: 3, type: !110)
!164 = !DILocation(line: 3, column: 42, scope: !157)
!165 = !DILocalVariable(name: "n", arg: 2, scope: !157, file: !3, line: 3, type: !160)
!166 = !DILocation(line: 3, column: 54, scope: !157)
!167 = !DILocalVariable(name: "m", scope: !157, file: !3, line: 3, type: !18)
!168 = !DILocation(line: 3, column: 61, scope: !157)
!169 = !DILocation(line: 3, column: 65, scope: !157)
!170 = !DILocalVariable(name: "i", scope: !171, file: !3, line: 3, type: !160)
!171 = distinct !DILexicalBlock(scope: !157, file: !3, line: 3, column: 71)
!172 = !DILocation(line: 3, column: 85, scope: !171)
!173 = !DILocation(line: 3, column: 76, scope: !171)
!174 = !DILocation(line: 3, column: 92, scope: !175)
!175 = distinct !DILexicalBlock(scope: !171, file: !3, line: 3, column: 71)
!176 = !DILocation(line: 3, column: 96, scope: !175)
!177 = !DILocation(line: 3, column: 94, scope: !175)
!178 = !DILocation(line: 3, column: 71, scope: !171)
!179 = !DILocation(line: 3, column: 108, scope: !180)
!180 = distinct !DILexicalBlock(scope: !175, file: !3, line: 3, column: 108)
!181 = !DILocation(line: 3, column: 112, scope: !180)
!182 = !DILocation(line: 3, column: 114, scope: !180)
!183 = !DILocation(line: 3, column: 110, scope: !180)
!184 = !DILocation(line: 3, column: 122, scope: !180)
!185 = !DILocation(line: 3, column: 124, scope: !180)
!186 = !DILocation(line: 3, column: 120, scope: !180)
!187 = !DILocation(line: 3, column: 118, scope: !180)
!188 = !DILocation(line: 3, column: 115, scope: !180)
!189 = !DILocation(line: 3, column: 99, scope: !175)
!190 = !DILocation(line: 3, column: 71, scope: !175)
!191 = distinct !{!191, !178, !192, !77}
!192 = !DILocation(line: 3, column: 125, scope: !171)
!193 = !DILocation(line: 3, column: 135, scope: !157)
!194 = !DILocation(line: 3, column: 128, scope: !157)
!195 = distinct !DISubprogram(name: "~Square", linkageName: "_ZN6SquareD2Ev", scope: !24, file: !3, line: 2, type: !196, scopeLine: 2, flags: DIFlagArtificial | DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, declaration: !198, retainedNodes: !39)
!196 = !DISubroutineType(types: !197)
!197 = !{null, !33}
!198 = !DISubprogram(name: "~Square", linkageName: "_ZN6SquareD4Ev", scope: !24, type: !196, containingType: !24, virtualIndex: 0, flags: DIFlagArtificial | DIFlagPrototyped, spFlags: DISPFlagVirtual)
!199 = !DILocalVariable(name: "this", arg: 1, scope: !195, type: !130, flags: DIFlagArtificial | DIFlagObjectPointer)
!200 = !DILocation(line: 0, scope: !195)
!201 = !DILocation(line: 2, column: 8, scope: !202)
!202 = distinct !DILexicalBlock(scope: !195, file: !3, line: 2, column: 8)
!203 = !DILocation(line: 2, column: 8, scope: !195)
!204 = distinct !DISubprogram(name: "mix", linkageName: "_Z3mix5MixedbRA3_Kf", scope: !3, file: !3, line: 16, type: !205, scopeLine: 16, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, retainedNodes: !39)
!205 = !DISubroutineType(types: !206)
!206 = !{!207, !208, !213, !214}
!207 = !DIBasicType(name: "float", size: 32, encoding: DW_ATE_float)
!208 = distinct !DICompositeType(tag: DW_TAG_union_type, name: "Mixed", file: !3, line: 15, size: 32, flags: DIFlagTypePassByValue, elements: !209, identifier: "_ZTS5Mixed")
!209 = !{!210, !211, !212}
!210 = !DIDerivedType(tag: DW_TAG_member, name: "i", scope: !208, file: !3, line: 15, baseType: !18, size: 32)
!211 = !DIDerivedType(tag: DW_TAG_member, name: "f", scope: !208, file: !3, line: 15, baseType: !207, size: 32)
!212 = !DIDerivedType(tag: DW_TAG_member, name: "bits", scope: !208, file: !3, line: 15, baseType: !160, size: 3, flags: DIFlagBitField, extraData: i64 0)
!213 = !DIBasicType(name: "bool", size: 8, encoding: DW_ATE_boolean)
!214 = !DIDerivedType(tag: DW_TAG_reference_type, baseType: !215, size: 64)
!215 = !DICompositeType(tag: DW_TAG_array_type, baseType: !216, size: 96, elements: !217)
!216 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !207)
!217 = !{!218}
!218 = !DISubrange(count: 3)
!219 = !DILocalVariable(name: "m", arg: 1, scope: !204, file: !3, line: 16, type: !208)
!220 = !DILocation(line: 16, column: 17, scope: !204)
!221 = !DILocalVariable(name: "b", arg: 2, scope: !204, file: !3, line: 16, type: !213)
!222 = !DILocation(line: 16, column: 25, scope: !204)
!223 = !DILocalVariable(name: "a", arg: 3, scope: !204, file: !3, line: 16, type: !214)
!224 = !DILocation(line: 16, column: 42, scope: !204)
!225 = !DILocation(line: 16, column: 58, scope: !204)
!226 = !DILocation(line: 16, column: 64, scope: !204)
!227 = !DILocation(line: 16, column: 68, scope: !204)
!228 = !DILocation(line: 16, column: 72, scope: !204)
!229 = !DILocation(line: 16, column: 51, scope: !204)
!230 = distinct !DISubprogram(name: "Shape", linkageName: "_ZN5ShapeC2Ev", scope: !27, file: !3, line: 1, type: !231, scopeLine: 1, flags: DIFlagArtificial | DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, declaration: !234, retainedNodes: !39)
!231 = !DISubroutineType(types: !232)
!232 = !{null, !233}
!233 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !27, size: 64, flags: DIFlagArtificial | DIFlagObjectPointer)
!234 = !DISubprogram(name: "Shape", linkageName: "_ZN5ShapeC4Ev", scope: !27, type: !231, flags: DIFlagArtificial | DIFlagPrototyped, spFlags: 0)
!235 = !DILocalVariable(name: "this", arg: 1, scope: !230, type: !51, flags: DIFlagArtificial | DIFlagObjectPointer)
!236 = !DILocation(line: 0, scope: !230)
!237 = !DILocation(line: 1, column: 8, scope: !230)
!238 = distinct !DISubprogram(name: "~Square", linkageName: "_ZN6SquareD0Ev", scope: !24, file: !3, line: 2, type: !196, scopeLine: 2, flags: DIFlagArtificial | DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, declaration: !198, retainedNodes: !39)
!239 = !DILocalVariable(name: "this", arg: 1, scope: !238, type: !130, flags: DIFlagArtificial | DIFlagObjectPointer)
!240 = !DILocation(line: 0, scope: !238)
!241 = !DILocation(line: 2, column: 8, scope: !238)
!242 = distinct !DISubprogram(name: "area", linkageName: "_ZNK6Square4areaEv", scope: !24, file: !3, line: 2, type: !35, scopeLine: 2, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !12, declaration: !34, retainedNodes: !39)
!243 = !DILocalVariable(name: "this", arg: 1, scope: !242, type: !244, flags: DIFlagArtificial | DIFlagObjectPointer)
!244 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !38, size: 64)
!245 = !DILocation(line: 0, scope: !242)
!246 = !DILocation(line: 2, column: 106, scope: !242)
!247 = !DILocation(line: 2, column: 113, scope: !242)
!248 = !DILocation(line: 2, column: 111, scope: !242)
!249 = !DILocation(line: 2, column: 99, scope: !242)
