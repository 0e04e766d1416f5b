source_filename = "list.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.__va_list_tag = type { i32, i32, ptr, ptr }

@.str = private unnamed_addr constant [4 x i8] c"one\00", align 1, !dbg !0
@.str.1 = private unnamed_addr constant [4 x i8] c"two\00", align 1, !dbg !7
@.str.2 = private unnamed_addr constant [6 x i8] c"three\00", align 1, !dbg !9
@names = dso_local local_unnamed_addr constant [3 x ptr] [ptr @.str, ptr @.str.1, ptr @.str.2], align 16, !dbg !14
@tls = dso_local thread_local local_unnamed_addr global i32 3, align 4, !dbg !20
@external_counter = external local_unnamed_addr global i32, align 4
@pick.labels = internal unnamed_addr constant [2 x ptr] [ptr blockaddress(@pick, %7), ptr blockaddress(@pick, %6)], align 16, !dbg !22

; Function Attrs: nofree norecurse nosync nounwind memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable
define dso_local i32 @sum(ptr noundef readonly captures(address_is_null) %0, float noundef %1) local_unnamed_addr #0 !dbg !64 {
    #dbg_value(ptr %0, !71, !DIExpression(), !74)
    #dbg_value(float %1, !72, !DIExpression(), !74)
    #dbg_value(i32 0, !73, !DIExpression(), !74)
  %3 = icmp eq ptr %0, null, !dbg !75
  br i1 %3, label %31, label %4, !dbg !77

4:                                                ; preds = %2
  %5 = fpext float %1 to double
  br label %6, !dbg !77

6:                                                ; preds = %4, %27
  %7 = phi i32 [ 0, %4 ], [ %28, %27 ]
  %8 = phi ptr [ %0, %4 ], [ %29, %27 ]
    #dbg_value(i32 %7, !73, !DIExpression(), !74)
    #dbg_value(ptr %8, !71, !DIExpression(), !74)
  %9 = getelementptr inbounds nuw i8, ptr %8, i64 8, !dbg !78
  %10 = load i32, ptr %9, align 8, !dbg !81, !tbaa !82
  switch i32 %10, label %19 [
    i32 1, label %11
    i32 7, label %13
  ], !dbg !87

11:                                               ; preds = %6
  %12 = add nsw i32 %7, 3, !dbg !88
    #dbg_value(i32 %12, !73, !DIExpression(), !74)
  br label %27, !dbg !90

13:                                               ; preds = %6
  %14 = getelementptr inbounds nuw i8, ptr %8, i64 16, !dbg !91
  %15 = load double, ptr %14, align 8, !dbg !91, !tbaa !92
  %16 = fmul double %15, %5, !dbg !93
  %17 = fptosi double %16 to i32, !dbg !94
  %18 = sub nsw i32 %7, %17, !dbg !95
    #dbg_value(i32 %18, !73, !DIExpression(), !74)
  br label %27, !dbg !96

19:                                               ; preds = %6
  %20 = getelementptr inbounds nuw i8, ptr %8, i64 24, !dbg !97
  %21 = and i32 %10, 3, !dbg !98
  %22 = zext nneg i32 %21 to i64, !dbg !99
  %23 = getelementptr inbounds nuw i8, ptr %20, i64 %22, !dbg !99
  %24 = load i8, ptr %23, align 1, !dbg !99, !tbaa !100
  %25 = sext i8 %24 to i32, !dbg !99
  %26 = xor i32 %7, %25, !dbg !101
    #dbg_value(i32 %26, !73, !DIExpression(), !74)
  br label %27, !dbg !102

27:                                               ; preds = %11, %13, %19
  %28 = phi i32 [ %26, %19 ], [ %12, %11 ], [ %18, %13 ], !dbg !103
    #dbg_value(i32 %28, !73, !DIExpression(), !74)
  %29 = load ptr, ptr %8, align 8, !dbg !104, !tbaa !105
    #dbg_value(ptr %29, !71, !DIExpression(), !74)
  %30 = icmp eq ptr %29, null, !dbg !106
  br i1 %30, label %31, label %6, !dbg !107, !llvm.loop !108

31:                                               ; preds = %27, %2
  %32 = phi i32 [ 0, %2 ], [ %28, %27 ], !dbg !74
  %33 = load i32, ptr @external_counter, align 4, !dbg !112, !tbaa !60
  %34 = add nsw i32 %33, %32, !dbg !113
  %35 = tail call align 4 ptr @llvm.threadlocal.address.p0(ptr align 4 @tls), !dbg !114
  %36 = load i32, ptr %35, align 4, !dbg !114, !tbaa !60
  %37 = add nsw i32 %34, %36, !dbg !115
  ret i32 %37, !dbg !116
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.start.p0(ptr captures(none)) #1

; Function Attrs: mustprogress nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare nonnull ptr @llvm.threadlocal.address.p0(ptr nonnull) #2

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite)
declare void @llvm.lifetime.end.p0(ptr captures(none)) #1

; Function Attrs: nofree norecurse nosync nounwind uwtable
define dso_local i32 @variadic(i32 noundef %0, ...) local_unnamed_addr #3 !dbg !117 {
  %2 = alloca [1 x %struct.__va_list_tag], align 16, !DIAssignID !137
    #dbg_assign(i1 poison, !122, !DIExpression(), !137, ptr %2, !DIExpression(), !138)
    #dbg_value(i32 %0, !121, !DIExpression(), !138)
  call void @llvm.lifetime.start.p0(ptr nonnull %2) #8, !dbg !139
  call void @llvm.va_start.p0(ptr nonnull %2), !dbg !140
    #dbg_value(i32 0, !136, !DIExpression(), !138)
  %3 = icmp eq i32 %0, 0, !dbg !141
  br i1 %3, label %65, label %4, !dbg !142

4:                                                ; preds = %1
  %5 = load i32, ptr %2, align 16
  %6 = getelementptr inbounds nuw i8, ptr %2, i64 8
  %7 = getelementptr inbounds nuw i8, ptr %2, i64 16
  %8 = load ptr, ptr %7, align 16
  %9 = load ptr, ptr %6, align 8
  %10 = and i32 %0, 1, !dbg !143
  %11 = icmp eq i32 %0, 1, !dbg !143
  br i1 %11, label %49, label %12, !dbg !143

12:                                               ; preds = %4
  %13 = and i32 %0, -2, !dbg !142
  br label %14, !dbg !142

14:                                               ; preds = %39, %12
  %15 = phi ptr [ %9, %12 ], [ %40, %39 ]
  %16 = phi i32 [ 0, %12 ], [ %44, %39 ]
  %17 = phi i32 [ %5, %12 ], [ %41, %39 ]
  %18 = phi i32 [ 0, %12 ], [ %45, %39 ]
    #dbg_value(i32 %16, !136, !DIExpression(), !138)
  %19 = icmp ult i32 %17, 41, !dbg !144
  br i1 %19, label %20, label %24, !dbg !144

20:                                               ; preds = %14
  %21 = zext nneg i32 %17 to i64, !dbg !144
  %22 = getelementptr i8, ptr %8, i64 %21, !dbg !144
  %23 = add nuw nsw i32 %17, 8, !dbg !144
  store i32 %23, ptr %2, align 16, !dbg !144, !DIAssignID !145
    #dbg_assign(i32 %23, !122, !DIExpression(DW_OP_LLVM_fragment, 0, 32), !145, ptr %2, !DIExpression(), !138)
  br label %26, !dbg !144

24:                                               ; preds = %14
  %25 = getelementptr i8, ptr %15, i64 8, !dbg !144
  store ptr %25, ptr %6, align 8, !dbg !144, !DIAssignID !146
    #dbg_assign(ptr %25, !122, !DIExpression(DW_OP_LLVM_fragment, 64, 64), !146, ptr %6, !DIExpression(), !138)
  br label %26, !dbg !144

26:                                               ; preds = %24, %20
  %27 = phi ptr [ %15, %20 ], [ %25, %24 ]
  %28 = phi i32 [ %23, %20 ], [ %17, %24 ]
  %29 = phi ptr [ %22, %20 ], [ %15, %24 ], !dbg !144
  %30 = load i32, ptr %29, align 4, !dbg !144, !tbaa !60
  %31 = add nsw i32 %30, %16, !dbg !147
    #dbg_value(i32 %31, !136, !DIExpression(), !138)
    #dbg_value(i32 poison, !121, !DIExpression(DW_OP_constu, 1, DW_OP_minus, DW_OP_constu, 1, DW_OP_minus, DW_OP_stack_value), !138)
  %32 = icmp ult i32 %28, 41, !dbg !144
  br i1 %32, label %35, label %33, !dbg !144

33:                                               ; preds = %26
  %34 = getelementptr i8, ptr %27, i64 8, !dbg !144
  store ptr %34, ptr %6, align 8, !dbg !144, !DIAssignID !146
    #dbg_assign(ptr %34, !122, !DIExpression(DW_OP_LLVM_fragment, 64, 64), !146, ptr %6, !DIExpression(), !138)
  br label %39, !dbg !144

35:                                               ; preds = %26
  %36 = zext nneg i32 %28 to i64, !dbg !144
  %37 = getelementptr i8, ptr %8, i64 %36, !dbg !144
  %38 = add nuw nsw i32 %28, 8, !dbg !144
  store i32 %38, ptr %2, align 16, !dbg !144, !DIAssignID !145
    #dbg_assign(i32 %38, !122, !DIExpression(DW_OP_LLVM_fragment, 0, 32), !145, ptr %2, !DIExpression(), !138)
  br label %39, !dbg !144

39:                                               ; preds = %35, %33
  %40 = phi ptr [ %27, %35 ], [ %34, %33 ]
  %41 = phi i32 [ %38, %35 ], [ %28, %33 ]
  %42 = phi ptr [ %37, %35 ], [ %27, %33 ], !dbg !144
  %43 = load i32, ptr %42, align 4, !dbg !144, !tbaa !60
  %44 = add nsw i32 %43, %31, !dbg !148
    #dbg_value(i32 %44, !136, !DIExpression(), !138)
    #dbg_value(i32 poison, !121, !DIExpression(DW_OP_constu, 2, DW_OP_minus, DW_OP_constu, 1, DW_OP_minus, DW_OP_stack_value), !138)
  %45 = add i32 %18, 2, !dbg !149
  %46 = icmp eq i32 %45, %13, !dbg !149
  br i1 %46, label %47, label %14, !dbg !149, !llvm.loop !150

47:                                               ; preds = %39
  %48 = icmp eq i32 %10, 0, !dbg !144
  br i1 %48, label %65, label %49, !dbg !144

49:                                               ; preds = %47, %4
  %50 = phi ptr [ %9, %4 ], [ %40, %47 ]
  %51 = phi i32 [ 0, %4 ], [ %44, %47 ]
  %52 = phi i32 [ %5, %4 ], [ %41, %47 ]
  %53 = icmp ne i32 %10, 0, !dbg !144
  call void @llvm.assume(i1 %53), !dbg !144
    #dbg_value(i32 %51, !136, !DIExpression(), !138)
  %54 = icmp ult i32 %52, 41, !dbg !144
  br i1 %54, label %57, label %55, !dbg !144

55:                                               ; preds = %49
  %56 = getelementptr i8, ptr %50, i64 8, !dbg !144
  store ptr %56, ptr %6, align 8, !dbg !144, !DIAssignID !146
    #dbg_assign(ptr %56, !122, !DIExpression(DW_OP_LLVM_fragment, 64, 64), !146, ptr %6, !DIExpression(), !138)
  br label %61, !dbg !144

57:                                               ; preds = %49
  %58 = zext nneg i32 %52 to i64, !dbg !144
  %59 = getelementptr i8, ptr %8, i64 %58, !dbg !144
  %60 = add nuw nsw i32 %52, 8, !dbg !144
  store i32 %60, ptr %2, align 16, !dbg !144, !DIAssignID !145
    #dbg_assign(i32 %60, !122, !DIExpression(DW_OP_LLVM_fragment, 0, 32), !145, ptr %2, !DIExpression(), !138)
  br label %61, !dbg !144

61:                                               ; preds = %57, %55
  %62 = phi ptr [ %59, %57 ], [ %50, %55 ], !dbg !144
  %63 = load i32, ptr %62, align 4, !dbg !144, !tbaa !60
  %64 = add nsw i32 %63, %51, !dbg !151
    #dbg_value(i32 %64, !136, !DIExpression(), !138)
    #dbg_value(i32 poison, !121, !DIExpression(DW_OP_constu, 1, DW_OP_minus, DW_OP_constu, 1, DW_OP_minus, DW_OP_stack_value), !138)
  br label %65, !dbg !152

65:                                               ; preds = %61, %47, %1
  %66 = phi i32 [ 0, %1 ], [ %44, %47 ], [ %64, %61 ], !dbg !153
  call void @llvm.va_end.p0(ptr nonnull %2), !dbg !152
  call void @llvm.lifetime.end.p0(ptr nonnull %2) #8, !dbg !154
  ret i32 %66, !dbg !155
}

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn
declare void @llvm.va_start.p0(ptr) #4

; Function Attrs: mustprogress nocallback nofree nosync nounwind willreturn
declare void @llvm.va_end.p0(ptr) #4

; Function Attrs: mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable
define dso_local range(i32 0, 117) i32 @pick(i32 noundef %0) local_unnamed_addr #5 !dbg !24 {
    #dbg_value(i32 %0, !28, !DIExpression(), !156)
  %2 = and i32 %0, 1, !dbg !157
  %3 = zext nneg i32 %2 to i64, !dbg !158
  %4 = getelementptr inbounds nuw ptr, ptr @pick.labels, i64 %3, !dbg !158
  %5 = load ptr, ptr %4, align 8, !dbg !158, !tbaa !159
  indirectbr ptr %5, [label %7, label %6]

6:                                                ; preds = %1
    #dbg_label(!30, !160)
  br label %7, !dbg !161

7:                                                ; preds = %1, %6
  %8 = phi i32 [ 116, %6 ], [ 0, %1 ], !dbg !156
  ret i32 %8, !dbg !162
}

; Function Attrs: nofree noinline norecurse nounwind memory(argmem: read) uwtable
define dso_local i64 @shift(ptr noalias noundef readonly captures(none) %0, i64 noundef %1) local_unnamed_addr #6 section "hot" !dbg !163 {
  %3 = alloca i64, align 8, !DIAssignID !176
    #dbg_assign(i1 poison, !173, !DIExpression(), !176, ptr %3, !DIExpression(), !177)
    #dbg_value(ptr %0, !171, !DIExpression(), !177)
    #dbg_value(i64 %1, !172, !DIExpression(), !177)
  call void @llvm.lifetime.start.p0(ptr nonnull %3) #8, !dbg !178
    #dbg_assign(i64 0, !173, !DIExpression(), !179, ptr %3, !DIExpression(), !177)
    #dbg_value(i64 0, !174, !DIExpression(), !180)
  %4 = icmp sgt i64 %1, 0, !dbg !181
  br i1 %4, label %5, label %31, !dbg !183

5:                                                ; preds = %2
  %6 = and i64 %1, 3, !dbg !184
  %7 = icmp ult i64 %1, 4, !dbg !184
  br i1 %7, label %12, label %8, !dbg !184

8:                                                ; preds = %5
  %9 = and i64 %1, 9223372036854775804, !dbg !184
  br label %37, !dbg !184

10:                                               ; preds = %37
  %11 = icmp eq i64 %6, 0, !dbg !184
  br i1 %11, label %31, label %12, !dbg !184

12:                                               ; preds = %10, %5
  %13 = phi i64 [ 0, %5 ], [ %76, %10 ]
  %14 = phi i64 [ 0, %5 ], [ %75, %10 ]
  %15 = icmp ne i64 %6, 0, !dbg !185
  tail call void @llvm.assume(i1 %15), !dbg !185
  br label %16, !dbg !185

16:                                               ; preds = %16, %12
  %17 = phi i64 [ %28, %16 ], [ %13, %12 ]
  %18 = phi i64 [ %27, %16 ], [ %14, %12 ]
  %19 = phi i64 [ %29, %16 ], [ 0, %12 ]
    #dbg_value(i64 %17, !174, !DIExpression(), !180)
  %20 = getelementptr inbounds nuw i8, ptr %0, i64 %17, !dbg !186
  %21 = load i8, ptr %20, align 1, !dbg !186, !tbaa !100
  %22 = zext i8 %21 to i32, !dbg !186
  %23 = trunc i64 %17 to i32, !dbg !187
  %24 = and i32 %23, 7, !dbg !187
  %25 = shl nuw nsw i32 %22, %24, !dbg !187
  %26 = zext nneg i32 %25 to i64, !dbg !186
  %27 = add nuw nsw i64 %18, %26, !dbg !188
    #dbg_assign(i64 %27, !173, !DIExpression(), !189, ptr %3, !DIExpression(), !177)
  %28 = add nuw nsw i64 %17, 1, !dbg !190
    #dbg_value(i64 %28, !174, !DIExpression(), !180)
  %29 = add i64 %19, 1, !dbg !191
  %30 = icmp eq i64 %29, %6, !dbg !191
  br i1 %30, label %31, label %16, !dbg !191, !llvm.loop !192

31:                                               ; preds = %10, %16, %2
  %32 = phi i64 [ 0, %2 ], [ %75, %10 ], [ %27, %16 ]
  store i64 %32, ptr %3, align 8, !dbg !194, !DIAssignID !189
  %33 = atomicrmw add ptr %3, i64 2 acq_rel, align 8, !dbg !195
  %34 = icmp sgt i64 %1, 3, !dbg !196
  %35 = zext i1 %34 to i64, !dbg !197
  %36 = add nsw i64 %33, %35, !dbg !198
  call void @llvm.lifetime.end.p0(ptr nonnull %3) #8, !dbg !199
  ret i64 %36, !dbg !200

37:                                               ; preds = %37, %8
  %38 = phi i64 [ 0, %8 ], [ %76, %37 ]
  %39 = phi i64 [ 0, %8 ], [ %75, %37 ]
  %40 = phi i64 [ 0, %8 ], [ %77, %37 ]
    #dbg_value(i64 %38, !174, !DIExpression(), !180)
  %41 = getelementptr inbounds nuw i8, ptr %0, i64 %38, !dbg !186
  %42 = load i8, ptr %41, align 1, !dbg !186, !tbaa !100
  %43 = zext i8 %42 to i32, !dbg !186
  %44 = trunc i64 %38 to i32, !dbg !187
  %45 = and i32 %44, 4, !dbg !187
  %46 = shl nuw nsw i32 %43, %45, !dbg !187
  %47 = zext nneg i32 %46 to i64, !dbg !186
  %48 = add nuw nsw i64 %39, %47, !dbg !201
    #dbg_assign(i64 %48, !173, !DIExpression(), !189, ptr %3, !DIExpression(), !177)
  %49 = or disjoint i64 %38, 1, !dbg !202
    #dbg_value(i64 %49, !174, !DIExpression(), !180)
  %50 = getelementptr inbounds nuw i8, ptr %0, i64 %49, !dbg !186
  %51 = load i8, ptr %50, align 1, !dbg !186, !tbaa !100
  %52 = zext i8 %51 to i32, !dbg !186
  %53 = trunc i64 %49 to i32, !dbg !187
  %54 = and i32 %53, 5, !dbg !187
  %55 = shl nuw nsw i32 %52, %54, !dbg !187
  %56 = zext nneg i32 %55 to i64, !dbg !186
  %57 = add nuw nsw i64 %48, %56, !dbg !203
    #dbg_assign(i64 %57, !173, !DIExpression(), !189, ptr %3, !DIExpression(), !177)
  %58 = or disjoint i64 %38, 2, !dbg !204
    #dbg_value(i64 %58, !174, !DIExpression(), !180)
  %59 = getelementptr inbounds nuw i8, ptr %0, i64 %58, !dbg !186
  %60 = load i8, ptr %59, align 1, !dbg !186, !tbaa !100
  %61 = zext i8 %60 to i32, !dbg !186
  %62 = trunc i64 %58 to i32, !dbg !187
  %63 = and i32 %62, 6, !dbg !187
  %64 = shl nuw nsw i32 %61, %63, !dbg !187
  %65 = zext nneg i32 %64 to i64, !dbg !186
  %66 = add nuw nsw i64 %57, %65, !dbg !205
    #dbg_assign(i64 %66, !173, !DIExpression(), !189, ptr %3, !DIExpression(), !177)
  %67 = or disjoint i64 %38, 3, !dbg !206
    #dbg_value(i64 %67, !174, !DIExpression(), !180)
  %68 = getelementptr inbounds nuw i8, ptr %0, i64 %67, !dbg !186
  %69 = load i8, ptr %68, align 1, !dbg !186, !tbaa !100
  %70 = zext i8 %69 to i32, !dbg !186
  %71 = trunc i64 %67 to i32, !dbg !187
  %72 = and i32 %71, 7, !dbg !187
  %73 = shl nuw nsw i32 %70, %72, !dbg !187
  %74 = zext nneg i32 %73 to i64, !dbg !186
  %75 = add nuw nsw i64 %66, %74, !dbg !207
    #dbg_assign(i64 %75, !173, !DIExpression(), !189, ptr %3, !DIExpression(), !177)
  %76 = add nuw nsw i64 %38, 4, !dbg !208
    #dbg_value(i64 %76, !174, !DIExpression(), !180)
  %77 = add i64 %40, 4, !dbg !209
  %78 = icmp eq i64 %77, %9, !dbg !209
  br i1 %78, label %10, label %37, !dbg !209, !llvm.loop !210
}

; Function Attrs: nocallback nofree nosync nounwind willreturn memory(inaccessiblemem: write)
declare void @llvm.assume(i1 noundef) #7

attributes #0 = { nofree norecurse nosync nounwind memory(read, inaccessiblemem: none, target_mem0: none, target_mem1: none) uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { mustprogress nocallback nofree nosync nounwind willreturn memory(argmem: readwrite) }
attributes #2 = { mustprogress nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #3 = { nofree norecurse nosync nounwind uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #4 = { mustprogress nocallback nofree nosync nounwind willreturn }
attributes #5 = { mustprogress nofree norecurse nosync nounwind willreturn memory(none) uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #6 = { nofree noinline norecurse nounwind memory(argmem: read) uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #7 = { nocallback nofree nosync nounwind willreturn memory(inaccessiblemem: write) }
attributes #8 = { nounwind }

!llvm.dbg.cu = !{!16}
!llvm.module.flags = !{!53, !54, !55, !56, !57, !58, !59}
!llvm.errno.tbaa = !{!60}

!0 = !DIGlobalVariableExpression(var: !1, expr: !DIExpression())
!1 = distinct !DIGlobalVariable(scope: null, file: !2, line: 4, type: !3, isLocal: true, isDefinition: true)
!2 = !DIFile(filename: "list.c", directory: "/project", checksumkind: CSK_MD5, checksum: "55fba82c7483a489bcbfb4d46e408836")
!3 = !DICompositeType(tag: DW_TAG_array_type, baseType: !4, size: 32, elements: !5)
!4 = !DIBasicType(name: "char", size: 8, encoding: DW_ATE_signed_char)
!5 = !{!6}
!6 = !DISubrange(count: 4)
!7 = !DIGlobalVariableExpression(var: !8, expr: !DIExpression())
!8 = distinct !DIGlobalVariable(scope: null, file: !2, line: 4, type: !3, isLocal: true, isDefinition: true)
!9 = !DIGlobalVariableExpression(var: !10, expr: !DIExpression())
!10 = distinct !DIGlobalVariable(scope: null, file: !2, line: 4, type: !11, isLocal: true, isDefinition: true)
!11 = !DICompositeType(tag: DW_TAG_array_type, baseType: !4, size: 48, elements: !12)
!12 = !{!13}
!13 = !DISubrange(count: 6)
!14 = !DIGlobalVariableExpression(var: !15, expr: !DIExpression())
!15 = distinct !DIGlobalVariable(name: "names", scope: !16, file: !2, line: 4, type: !47, isLocal: false, isDefinition: true)
!16 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, isOptimized: true, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !17, globals: !19, splitDebugInlining: false, nameTableKind: None)
!17 = !{!18}
!18 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!19 = !{!0, !7, !9, !14, !20, !22, !36}
!20 = !DIGlobalVariableExpression(var: !21, expr: !DIExpression())
!21 = distinct !DIGlobalVariable(name: "tls", scope: !16, file: !2, line: 6, type: !18, isLocal: false, isDefinition: true)
!22 = !DIGlobalVariableExpression(var: !23, expr: !DIExpression())
!23 = distinct !DIGlobalVariable(name: "labels", scope: !24, file: !2, line: 25, type: !31, isLocal: true, isDefinition: true)
!24 = distinct !DISubprogram(name: "pick", scope: !2, file: !2, line: 24, type: !25, scopeLine: 24, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !16, retainedNodes: !27, keyInstructions: true)
!25 = !DISubroutineType(types: !26)
!26 = !{!18, !18}
!27 = !{!28, !29, !30}
!28 = !DILocalVariable(name: "i", arg: 1, scope: !24, file: !2, line: 24, type: !18)
!29 = !DILabel(scope: !24, name: "a", file: !2, line: 27, column: 1)
!30 = !DILabel(scope: !24, name: "b", file: !2, line: 28, column: 1)
!31 = !DICompositeType(tag: DW_TAG_array_type, baseType: !32, size: 128, elements: !34)
!32 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !33)
!33 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!34 = !{!35}
!35 = !DISubrange(count: 2)
!36 = !DIGlobalVariableExpression(var: !37, expr: !DIExpression())
!37 = distinct !DIGlobalVariable(name: "pool", scope: !16, file: !2, line: 3, type: !38, isLocal: true, isDefinition: true)
!38 = !DICompositeType(tag: DW_TAG_array_type, baseType: !39, size: 1024, elements: !5)
!39 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "node", file: !2, line: 2, size: 256, elements: !40)
!40 = !{!41, !43, !44, !46}
!41 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !39, file: !2, line: 2, baseType: !42, size: 64)
!42 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !39, size: 64)
!43 = !DIDerivedType(tag: DW_TAG_member, name: "key", scope: !39, file: !2, line: 2, baseType: !18, size: 32, offset: 64)
!44 = !DIDerivedType(tag: DW_TAG_member, name: "weight", scope: !39, file: !2, line: 2, baseType: !45, size: 64, offset: 128)
!45 = !DIBasicType(name: "double", size: 64, encoding: DW_ATE_float)
!46 = !DIDerivedType(tag: DW_TAG_member, name: "tag", scope: !39, file: !2, line: 2, baseType: !11, size: 48, offset: 192)
!47 = !DICompositeType(tag: DW_TAG_array_type, baseType: !48, size: 192, elements: !51)
!48 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !49)
!49 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !50, size: 64)
!50 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !4)
!51 = !{!52}
!52 = !DISubrange(count: 3)
!53 = !{i32 7, !"Dwarf Version", i32 5}
!54 = !{i32 2, !"Debug Info Version", i32 3}
!55 = !{i32 1, !"wchar_size", i32 4}
!56 = !{i32 8, !"PIC Level", i32 2}
!57 = !{i32 7, !"PIE Level", i32 2}
!58 = !{i32 7, !"uwtable", i32 2}
!59 = !{i32 7, !"debug-info-assignment-tracking", i1 true}
!60 = !{!61, !61, i64 0}
!61 = !{!"int", !62, i64 0}
!62 = !{!"omnipotent char", !63, i64 0}
!63 = !{!"Simple C/C++ TBAA"}
!64 = distinct !DISubprogram(name: "sum", scope: !2, file: !2, line: 8, type: !65, scopeLine: 8, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !16, retainedNodes: !70, keyInstructions: true)
!65 = !DISubroutineType(types: !66)
!66 = !{!18, !67, !69}
!67 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !68, size: 64)
!68 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !39)
!69 = !DIBasicType(name: "float", size: 32, encoding: DW_ATE_float)
!70 = !{!71, !72, !73}
!71 = !DILocalVariable(name: "n", arg: 1, scope: !64, file: !2, line: 8, type: !67)
!72 = !DILocalVariable(name: "scale", arg: 2, scope: !64, file: !2, line: 8, type: !69)
!73 = !DILocalVariable(name: "total", scope: !64, file: !2, line: 9, type: !18)
!74 = !DILocation(line: 0, scope: !64)
!75 = !DILocation(line: 10, column: 3, scope: !76, atomGroup: 14, atomRank: 1)
!76 = distinct !DILexicalBlock(scope: !64, file: !2, line: 10, column: 3)
!77 = !DILocation(line: 10, column: 3, scope: !76, atomGroup: 15, atomRank: 1)
!78 = !DILocation(line: 11, column: 16, scope: !79)
!79 = distinct !DILexicalBlock(scope: !80, file: !2, line: 10, column: 26)
!80 = distinct !DILexicalBlock(scope: !76, file: !2, line: 10, column: 3)
!81 = !DILocation(line: 11, column: 16, scope: !79, atomGroup: 4, atomRank: 2)
!82 = !{!83, !61, i64 8}
!83 = !{!"node", !84, i64 0, !61, i64 8, !86, i64 16, !62, i64 24}
!84 = !{!"p1 _ZTS4node", !85, i64 0}
!85 = !{!"any pointer", !62, i64 0}
!86 = !{!"double", !62, i64 0}
!87 = !DILocation(line: 11, column: 5, scope: !79, atomGroup: 4, atomRank: 1)
!88 = !DILocation(line: 12, column: 19, scope: !89, atomGroup: 5, atomRank: 2)
!89 = distinct !DILexicalBlock(scope: !79, file: !2, line: 11, column: 21)
!90 = !DILocation(line: 12, column: 41, scope: !89, atomGroup: 6, atomRank: 1)
!91 = !DILocation(line: 13, column: 31, scope: !89)
!92 = !{!83, !86, i64 16}
!93 = !DILocation(line: 13, column: 38, scope: !89)
!94 = !DILocation(line: 13, column: 22, scope: !89)
!95 = !DILocation(line: 13, column: 19, scope: !89, atomGroup: 7, atomRank: 2)
!96 = !DILocation(line: 13, column: 48, scope: !89, atomGroup: 8, atomRank: 1)
!97 = !DILocation(line: 14, column: 26, scope: !89)
!98 = !DILocation(line: 14, column: 37, scope: !89)
!99 = !DILocation(line: 14, column: 23, scope: !89)
!100 = !{!62, !62, i64 0}
!101 = !DILocation(line: 14, column: 20, scope: !89, atomGroup: 9, atomRank: 2)
!102 = !DILocation(line: 15, column: 5, scope: !89)
!103 = !DILocation(line: 0, scope: !89)
!104 = !DILocation(line: 10, column: 20, scope: !80, atomGroup: 10, atomRank: 2)
!105 = !{!83, !84, i64 0}
!106 = !DILocation(line: 10, column: 3, scope: !76, atomGroup: 2, atomRank: 1)
!107 = !DILocation(line: 10, column: 3, scope: !76, atomGroup: 3, atomRank: 1)
!108 = distinct !{!108, !109, !110, !111}
!109 = !DILocation(line: 10, column: 3, scope: !76)
!110 = !DILocation(line: 16, column: 3, scope: !76)
!111 = !{!"llvm.loop.mustprogress"}
!112 = !DILocation(line: 17, column: 18, scope: !64)
!113 = !DILocation(line: 17, column: 16, scope: !64)
!114 = !DILocation(line: 17, column: 37, scope: !64)
!115 = !DILocation(line: 17, column: 35, scope: !64, atomGroup: 13, atomRank: 2)
!116 = !DILocation(line: 17, column: 3, scope: !64, atomGroup: 13, atomRank: 1)
!117 = distinct !DISubprogram(name: "variadic", scope: !2, file: !2, line: 19, type: !118, scopeLine: 19, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !16, retainedNodes: !120, keyInstructions: true)
!118 = !DISubroutineType(types: !119)
!119 = !{!18, !18, null}
!120 = !{!121, !122, !136}
!121 = !DILocalVariable(name: "n", arg: 1, scope: !117, file: !2, line: 19, type: !18)
!122 = !DILocalVariable(name: "args", scope: !117, file: !2, line: 20, type: !123)
!123 = !DIDerivedType(tag: DW_TAG_typedef, name: "va_list", file: !124, line: 12, baseType: !125)
!124 = !DIFile(filename: "/usr/lib/llvm-22/lib/clang/22/include/__stdarg_va_list.h", directory: "", checksumkind: CSK_MD5, checksum: "7bd78a282b99fcfe41a9e3c566d14f7d")
!125 = !DIDerivedType(tag: DW_TAG_typedef, name: "__builtin_va_list", file: !2, baseType: !126)
!126 = !DICompositeType(tag: DW_TAG_array_type, baseType: !127, size: 192, elements: !134)
!127 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "__va_list_tag", size: 192, elements: !128)
!128 = !{!129, !131, !132, !133}
!129 = !DIDerivedType(tag: DW_TAG_member, name: "gp_offset", scope: !127, file: !2, line: 20, baseType: !130, size: 32)
!130 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!131 = !DIDerivedType(tag: DW_TAG_member, name: "fp_offset", scope: !127, file: !2, line: 20, baseType: !130, size: 32, offset: 32)
!132 = !DIDerivedType(tag: DW_TAG_member, name: "overflow_arg_area", scope: !127, file: !2, line: 20, baseType: !33, size: 64, offset: 64)
!133 = !DIDerivedType(tag: DW_TAG_member, name: "reg_save_area", scope: !127, file: !2, line: 20, baseType: !33, size: 64, offset: 128)
!134 = !{!135}
!135 = !DISubrange(count: 1)
!136 = !DILocalVariable(name: "r", scope: !117, file: !2, line: 21, type: !18)
!137 = distinct !DIAssignID()
!138 = !DILocation(line: 0, scope: !117)
!139 = !DILocation(line: 20, column: 3, scope: !117)
!140 = !DILocation(line: 20, column: 17, scope: !117)
!141 = !DILocation(line: 21, column: 14, scope: !117, atomGroup: 17, atomRank: 1)
!142 = !DILocation(line: 21, column: 14, scope: !117, atomGroup: 18, atomRank: 1)
!143 = !DILocation(line: 21, column: 14, scope: !117)
!144 = !DILocation(line: 21, column: 31, scope: !117)
!145 = distinct !DIAssignID()
!146 = distinct !DIAssignID()
!147 = !DILocation(line: 21, column: 28, scope: !117, atomGroup: 5, atomRank: 2)
!148 = !DILocation(line: 21, column: 28, scope: !117, atomGroup: 26, atomRank: 2)
!149 = !DILocation(line: 21, column: 14, scope: !117, atomGroup: 28, atomRank: 1)
!150 = distinct !{!150, !143, !144, !111}
!151 = !DILocation(line: 21, column: 28, scope: !117, atomGroup: 22, atomRank: 2)
!152 = !DILocation(line: 22, column: 3, scope: !117)
!153 = !DILocation(line: 21, scope: !117, atomGroup: 1, atomRank: 1)
!154 = !DILocation(line: 23, column: 1, scope: !117)
!155 = !DILocation(line: 22, column: 17, scope: !117, atomGroup: 7, atomRank: 1)
!156 = !DILocation(line: 0, scope: !24)
!157 = !DILocation(line: 26, column: 18, scope: !24)
!158 = !DILocation(line: 26, column: 9, scope: !24)
!159 = !{!85, !85, i64 0}
!160 = !DILocation(line: 28, column: 1, scope: !24)
!161 = !DILocation(line: 28, column: 4, scope: !24, atomGroup: 3, atomRank: 1)
!162 = !DILocation(line: 29, column: 1, scope: !24, atomGroup: 4, atomRank: 1)
!163 = distinct !DISubprogram(name: "shift", scope: !2, file: !2, line: 30, type: !164, scopeLine: 30, flags: DIFlagPrototyped | DIFlagAllCallsDescribed, spFlags: DISPFlagDefinition | DISPFlagOptimized, unit: !16, retainedNodes: !170, keyInstructions: true)
!164 = !DISubroutineType(types: !165)
!165 = !{!166, !167, !166}
!166 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!167 = !DIDerivedType(tag: DW_TAG_restrict_type, baseType: !168)
!168 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !169, size: 64)
!169 = !DIBasicType(name: "unsigned char", size: 8, encoding: DW_ATE_unsigned_char)
!170 = !{!171, !172, !173, !174}
!171 = !DILocalVariable(name: "p", arg: 1, scope: !163, file: !2, line: 30, type: !167)
!172 = !DILocalVariable(name: "n", arg: 2, scope: !163, file: !2, line: 30, type: !166)
!173 = !DILocalVariable(name: "s", scope: !163, file: !2, line: 31, type: !166)
!174 = !DILocalVariable(name: "i", scope: !175, file: !2, line: 32, type: !166)
!175 = distinct !DILexicalBlock(scope: !163, file: !2, line: 32, column: 3)
!176 = distinct !DIAssignID()
!177 = !DILocation(line: 0, scope: !163)
!178 = !DILocation(line: 31, column: 3, scope: !163)
!179 = distinct !DIAssignID()
!180 = !DILocation(line: 0, scope: !175)
!181 = !DILocation(line: 32, column: 22, scope: !182, atomGroup: 19, atomRank: 1)
!182 = distinct !DILexicalBlock(scope: !175, file: !2, line: 32, column: 3)
!183 = !DILocation(line: 32, column: 3, scope: !175, atomGroup: 20, atomRank: 1)
!184 = !DILocation(line: 32, column: 3, scope: !175)
!185 = !DILocation(line: 32, column: 3, scope: !175, atomGroup: 4, atomRank: 1)
!186 = !DILocation(line: 32, column: 37, scope: !182)
!187 = !DILocation(line: 32, column: 42, scope: !182)
!188 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 29, atomRank: 2)
!189 = distinct !DIAssignID()
!190 = !DILocation(line: 32, column: 28, scope: !182, atomGroup: 30, atomRank: 2)
!191 = !DILocation(line: 32, column: 3, scope: !175, atomGroup: 32, atomRank: 1)
!192 = distinct !{!192, !193}
!193 = !{!"llvm.loop.unroll.disable"}
!194 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 5, atomRank: 1)
!195 = !DILocation(line: 33, column: 10, scope: !163, atomGroup: 9, atomRank: 2)
!196 = !DILocation(line: 33, column: 75, scope: !163)
!197 = !DILocation(line: 33, column: 73, scope: !163)
!198 = !DILocation(line: 33, column: 54, scope: !163, atomGroup: 10, atomRank: 2)
!199 = !DILocation(line: 34, column: 1, scope: !163)
!200 = !DILocation(line: 33, column: 3, scope: !163, atomGroup: 10, atomRank: 1)
!201 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 5, atomRank: 2)
!202 = !DILocation(line: 32, column: 28, scope: !182, atomGroup: 6, atomRank: 2)
!203 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 33, atomRank: 2)
!204 = !DILocation(line: 32, column: 28, scope: !182, atomGroup: 34, atomRank: 2)
!205 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 37, atomRank: 2)
!206 = !DILocation(line: 32, column: 28, scope: !182, atomGroup: 38, atomRank: 2)
!207 = !DILocation(line: 32, column: 34, scope: !182, atomGroup: 41, atomRank: 2)
!208 = !DILocation(line: 32, column: 28, scope: !182, atomGroup: 42, atomRank: 2)
!209 = !DILocation(line: 32, column: 3, scope: !175, atomGroup: 44, atomRank: 1)
!210 = distinct !{!210, !184, !211, !111}
!211 = !DILocation(line: 32, column: 51, scope: !175)
