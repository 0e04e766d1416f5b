source_filename = "list.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

%struct.node = type { ptr, i32, double, [6 x i8] }
%struct.__va_list_tag = type { i32, i32, ptr, ptr }

@.str = private unnamed_addr constant [4 x i8] c"one\00", align 1, !dbg !0
@.str.1 = private unnamed_addr constant [4 x i8] c"two\00", align 1, !dbg !7
@.str.2 = private unnamed_addr constant [6 x i8] c"three\00", align 1, !dbg !9
@names = dso_local constant [3 x ptr] [ptr @.str, ptr @.str.1, ptr @.str.2], align 16, !dbg !14
@tls = dso_local thread_local global i32 3, align 4, !dbg !20
@external_counter = external global i32, align 4
@pick.labels = internal constant [2 x ptr] [ptr blockaddress(@pick, %9), ptr blockaddress(@pick, %11)], align 16, !dbg !22
@pool = internal global [4 x %struct.node] zeroinitializer, align 16, !dbg !33

; Function Attrs: noinline nounwind optnone uwtable
define dso_local i32 @sum(ptr noundef %0, float noundef %1) #0 !dbg !57 {
  %3 = alloca ptr, align 8
  %4 = alloca float, align 4
  %5 = alloca i32, align 4
  store ptr %0, ptr %3, align 8
    #dbg_declare(ptr %3, !63, !DIExpression(), !64)
  store float %1, ptr %4, align 4
    #dbg_declare(ptr %4, !65, !DIExpression(), !66)
    #dbg_declare(ptr %5, !67, !DIExpression(), !68)
  store i32 0, ptr %5, align 4, !dbg !68
  br label %6, !dbg !69

6:                                                ; preds = %45, %2
  %7 = load ptr, ptr %3, align 8, !dbg !70
  %8 = icmp ne ptr %7, null, !dbg !73
  br i1 %8, label %9, label %49, !dbg !73

9:                                                ; preds = %6
  %10 = load ptr, ptr %3, align 8, !dbg !74
  %11 = getelementptr inbounds nuw %struct.node, ptr %10, i32 0, i32 1, !dbg !76
  %12 = load i32, ptr %11, align 8, !dbg !76
  switch i32 %12, label %31 [
    i32 1, label %13
    i32 7, label %21
  ], !dbg !77

13:                                               ; preds = %9
  %14 = load ptr, ptr %3, align 8, !dbg !78
  %15 = getelementptr inbounds nuw %struct.node, ptr %14, i32 0, i32 1, !dbg !80
  %16 = load i32, ptr %15, align 8, !dbg !80
  %17 = mul nsw i32 %16, 3, !dbg !81
  %18 = call i32 @clamp(i32 noundef %17), !dbg !82
  %19 = load i32, ptr %5, align 4, !dbg !83
  %20 = add nsw i32 %19, %18, !dbg !83
  store i32 %20, ptr %5, align 4, !dbg !83
  br label %44, !dbg !84

21:                                               ; preds = %9
  %22 = load ptr, ptr %3, align 8, !dbg !85
  %23 = getelementptr inbounds nuw %struct.node, ptr %22, i32 0, i32 2, !dbg !86
  %24 = load double, ptr %23, align 8, !dbg !86
  %25 = load float, ptr %4, align 4, !dbg !87
  %26 = fpext float %25 to double, !dbg !87
  %27 = fmul double %24, %26, !dbg !88
  %28 = fptosi double %27 to i32, !dbg !89
  %29 = load i32, ptr %5, align 4, !dbg !90
  %30 = sub nsw i32 %29, %28, !dbg !90
  store i32 %30, ptr %5, align 4, !dbg !90
  br label %44, !dbg !91

31:                                               ; preds = %9
  %32 = load ptr, ptr %3, align 8, !dbg !92
  %33 = getelementptr inbounds nuw %struct.node, ptr %32, i32 0, i32 3, !dbg !93
  %34 = load ptr, ptr %3, align 8, !dbg !94
  %35 = getelementptr inbounds nuw %struct.node, ptr %34, i32 0, i32 1, !dbg !95
  %36 = load i32, ptr %35, align 8, !dbg !95
  %37 = and i32 %36, 3, !dbg !96
  %38 = sext i32 %37 to i64, !dbg !92
  %39 = getelementptr inbounds [6 x i8], ptr %33, i64 0, i64 %38, !dbg !92
  %40 = load i8, ptr %39, align 1, !dbg !92
  %41 = sext i8 %40 to i32, !dbg !92
  %42 = load i32, ptr %5, align 4, !dbg !97
  %43 = xor i32 %42, %41, !dbg !97
  store i32 %43, ptr %5, align 4, !dbg !97
  br label %44, !dbg !98

44:                                               ; preds = %31, %21, %13
  br label %45, !dbg !99

45:                                               ; preds = %44
  %46 = load ptr, ptr %3, align 8, !dbg !100
  %47 = getelementptr inbounds nuw %struct.node, ptr %46, i32 0, i32 0, !dbg !101
  %48 = load ptr, ptr %47, align 8, !dbg !101
  store ptr %48, ptr %3, align 8, !dbg !102
  br label %6, !dbg !103, !llvm.loop !104

49:                                               ; preds = %6
  %50 = load i32, ptr %5, align 4, !dbg !107
  %51 = load i32, ptr @external_counter, align 4, !dbg !108
  %52 = add nsw i32 %50, %51, !dbg !109
  %53 = call align 4 ptr @llvm.threadlocal.address.p0(ptr align 4 @tls), !dbg !110
  %54 = load i32, ptr %53, align 4, !dbg !110
  %55 = add nsw i32 %52, %54, !dbg !111
  ret i32 %55, !dbg !112
}

; Function Attrs: noinline nounwind optnone uwtable
define internal i32 @clamp(i32 noundef %0) #0 !dbg !113 {
  %2 = alloca i32, align 4
  store i32 %0, ptr %2, align 4
    #dbg_declare(ptr %2, !114, !DIExpression(), !115)
  %3 = load i32, ptr %2, align 4, !dbg !116
  %4 = icmp slt i32 %3, 0, !dbg !117
  br i1 %4, label %5, label %6, !dbg !116

5:                                                ; preds = %1
  br label %14, !dbg !116

6:                                                ; preds = %1
  %7 = load i32, ptr %2, align 4, !dbg !118
  %8 = icmp sgt i32 %7, 99, !dbg !119
  br i1 %8, label %9, label %10, !dbg !118

9:                                                ; preds = %6
  br label %12, !dbg !118

10:                                               ; preds = %6
  %11 = load i32, ptr %2, align 4, !dbg !120
  br label %12, !dbg !118

12:                                               ; preds = %10, %9
  %13 = phi i32 [ 99, %9 ], [ %11, %10 ], !dbg !118
  br label %14, !dbg !116

14:                                               ; preds = %12, %5
  %15 = phi i32 [ 0, %5 ], [ %13, %12 ], !dbg !116
  ret i32 %15, !dbg !121
}

; Function Attrs: nocallback nofree nosync nounwind speculatable willreturn memory(none)
declare nonnull ptr @llvm.threadlocal.address.p0(ptr nonnull) #1

; Function Attrs: noinline nounwind optnone uwtable
define dso_local i32 @variadic(i32 noundef %0, ...) #0 !dbg !122 {
  %2 = alloca i32, align 4
  %3 = alloca [1 x %struct.__va_list_tag], align 16
  %4 = alloca i32, align 4
  store i32 %0, ptr %2, align 4
    #dbg_declare(ptr %2, !125, !DIExpression(), !126)
    #dbg_declare(ptr %3, !127, !DIExpression(), !141)
  %5 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0, !dbg !142
  call void @llvm.va_start.p0(ptr %5), !dbg !142
    #dbg_declare(ptr %4, !143, !DIExpression(), !144)
  store i32 0, ptr %4, align 4, !dbg !144
  br label %6, !dbg !145

6:                                                ; preds = %24, %1
  %7 = load i32, ptr %2, align 4, !dbg !146
  %8 = add nsw i32 %7, -1, !dbg !146
  store i32 %8, ptr %2, align 4, !dbg !146
  %9 = icmp ne i32 %7, 0, !dbg !145
  br i1 %9, label %10, label %29, !dbg !145

10:                                               ; preds = %6
  %11 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0, !dbg !147
  %12 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 0, !dbg !147
  %13 = load i32, ptr %12, align 16, !dbg !147
  %14 = icmp ule i32 %13, 40, !dbg !147
  br i1 %14, label %15, label %20, !dbg !147

15:                                               ; preds = %10
  %16 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 3, !dbg !147
  %17 = load ptr, ptr %16, align 16, !dbg !147
  %18 = getelementptr i8, ptr %17, i32 %13, !dbg !147
  %19 = add i32 %13, 8, !dbg !147
  store i32 %19, ptr %12, align 16, !dbg !147
  br label %24, !dbg !147

20:                                               ; preds = %10
  %21 = getelementptr inbounds nuw %struct.__va_list_tag, ptr %11, i32 0, i32 2, !dbg !147
  %22 = load ptr, ptr %21, align 8, !dbg !147
  %23 = getelementptr i8, ptr %22, i32 8, !dbg !147
  store ptr %23, ptr %21, align 8, !dbg !147
  br label %24, !dbg !147

24:                                               ; preds = %20, %15
  %25 = phi ptr [ %18, %15 ], [ %22, %20 ], !dbg !147
  %26 = load i32, ptr %25, align 4, !dbg !147
  %27 = load i32, ptr %4, align 4, !dbg !148
  %28 = add nsw i32 %27, %26, !dbg !148
  store i32 %28, ptr %4, align 4, !dbg !148
  br label %6, !dbg !145, !llvm.loop !149

29:                                               ; preds = %6
  %30 = getelementptr inbounds [1 x %struct.__va_list_tag], ptr %3, i64 0, i64 0, !dbg !150
  call void @llvm.va_end.p0(ptr %30), !dbg !150
  %31 = load i32, ptr %4, align 4, !dbg !151
  ret i32 %31, !dbg !152
}

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare void @llvm.va_start.p0(ptr) #2

; Function Attrs: nocallback nofree nosync nounwind willreturn
declare void @llvm.va_end.p0(ptr) #2

; Function Attrs: noinline nounwind optnone uwtable
define dso_local i32 @pick(i32 noundef %0) #0 !dbg !24 {
  %2 = alloca i32, align 4
  %3 = alloca i32, align 4
  store i32 %0, ptr %3, align 4
    #dbg_declare(ptr %3, !153, !DIExpression(), !154)
  %4 = load i32, ptr %3, align 4, !dbg !155
  %5 = and i32 %4, 1, !dbg !156
  %6 = sext i32 %5 to i64, !dbg !157
  %7 = getelementptr inbounds [2 x ptr], ptr @pick.labels, i64 0, i64 %6, !dbg !157
  %8 = load ptr, ptr %7, align 8, !dbg !157
  br label %18, !dbg !158

9:                                                ; preds = %18
    #dbg_label(!159, !160)
  %10 = load i32, ptr getelementptr inbounds nuw (%struct.node, ptr @pool, i32 0, i32 1), align 8, !dbg !161
  store i32 %10, ptr %2, align 4, !dbg !162
  br label %16, !dbg !162

11:                                               ; preds = %18
    #dbg_label(!163, !164)
  %12 = load ptr, ptr getelementptr inbounds ([3 x ptr], ptr @names, i64 0, i64 1), align 8, !dbg !165
  %13 = getelementptr inbounds i8, ptr %12, i64 0, !dbg !165
  %14 = load i8, ptr %13, align 1, !dbg !165
  %15 = sext i8 %14 to i32, !dbg !165
  store i32 %15, ptr %2, align 4, !dbg !166
  br label %16, !dbg !166

16:                                               ; preds = %11, %9
  %17 = load i32, ptr %2, align 4, !dbg !167
  ret i32 %17, !dbg !167

18:                                               ; preds = %1
  %19 = phi ptr [ %8, %1 ]
  indirectbr ptr %19, [label %9, label %11]
}

; Function Attrs: noinline nounwind optnone uwtable
define dso_local i64 @shift(ptr noalias noundef %0, i64 noundef %1) #0 section "hot" !dbg !168 {
  %3 = alloca ptr, align 8
  %4 = alloca i64, align 8
  %5 = alloca i64, align 8
  %6 = alloca i64, align 8
  %7 = alloca i64, align 8
  %8 = alloca i64, align 8
  store ptr %0, ptr %3, align 8
    #dbg_declare(ptr %3, !175, !DIExpression(), !176)
  store i64 %1, ptr %4, align 8
    #dbg_declare(ptr %4, !177, !DIExpression(), !178)
    #dbg_declare(ptr %5, !179, !DIExpression(), !180)
  store i64 0, ptr %5, align 8, !dbg !180
    #dbg_declare(ptr %6, !181, !DIExpression(), !183)
  store i64 0, ptr %6, align 8, !dbg !183
  br label %9, !dbg !184

9:                                                ; preds = %26, %2
  %10 = load i64, ptr %6, align 8, !dbg !185
  %11 = load i64, ptr %4, align 8, !dbg !187
  %12 = icmp slt i64 %10, %11, !dbg !188
  br i1 %12, label %13, label %29, !dbg !189

13:                                               ; preds = %9
  %14 = load ptr, ptr %3, align 8, !dbg !190
  %15 = load i64, ptr %6, align 8, !dbg !191
  %16 = getelementptr inbounds i8, ptr %14, i64 %15, !dbg !190
  %17 = load i8, ptr %16, align 1, !dbg !190
  %18 = zext i8 %17 to i32, !dbg !190
  %19 = load i64, ptr %6, align 8, !dbg !192
  %20 = and i64 %19, 7, !dbg !193
  %21 = trunc i64 %20 to i32, !dbg !194
  %22 = shl i32 %18, %21, !dbg !194
  %23 = sext i32 %22 to i64, !dbg !190
  %24 = load i64, ptr %5, align 8, !dbg !195
  %25 = add nsw i64 %24, %23, !dbg !195
  store i64 %25, ptr %5, align 8, !dbg !195
  br label %26, !dbg !196

26:                                               ; preds = %13
  %27 = load i64, ptr %6, align 8, !dbg !197
  %28 = add nsw i64 %27, 1, !dbg !197
  store i64 %28, ptr %6, align 8, !dbg !197
  br label %9, !dbg !198, !llvm.loop !199

29:                                               ; preds = %9
  store i64 2, ptr %7, align 8, !dbg !201
  %30 = load i64, ptr %7, align 8, !dbg !201
  %31 = atomicrmw add ptr %5, i64 %30 acq_rel, align 8, !dbg !201
  store i64 %31, ptr %8, align 8, !dbg !201
  %32 = load i64, ptr %8, align 8, !dbg !201
  %33 = load i64, ptr %4, align 8, !dbg !202
  %34 = icmp sgt i64 %33, 3, !dbg !203
  %35 = zext i1 %34 to i32, !dbg !203
  %36 = sext i32 %35 to i64, !dbg !202
  %37 = add nsw i64 %32, %36, !dbg !204
  ret i64 %37, !dbg !205
}

attributes #0 = { noinline nounwind optnone uwtable "frame-pointer"="all" "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { nocallback nofree nosync nounwind speculatable willreturn memory(none) }
attributes #2 = { nocallback nofree nosync nounwind willreturn }

!llvm.dbg.cu = !{!16}
!llvm.module.flags = !{!50, !51, !52, !53, !54, !55, !56}

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
!15 = distinct !DIGlobalVariable(name: "names", scope: !16, file: !2, line: 4, type: !44, isLocal: false, isDefinition: true)
!16 = distinct !DICompileUnit(language: DW_LANG_C11, file: !2, isOptimized: false, runtimeVersion: 0, emissionKind: FullDebug, retainedTypes: !17, globals: !19, splitDebugInlining: false, nameTableKind: None)
!17 = !{!18}
!18 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!19 = !{!0, !7, !9, !14, !20, !22, !33}
!20 = !DIGlobalVariableExpression(var: !21, expr: !DIExpression())
!21 = distinct !DIGlobalVariable(name: "tls", scope: !16, file: !2, line: 6, type: !18, isLocal: false, isDefinition: true)
!22 = !DIGlobalVariableExpression(var: !23, expr: !DIExpression())
!23 = distinct !DIGlobalVariable(name: "labels", scope: !24, file: !2, line: 25, type: !28, isLocal: true, isDefinition: true)
!24 = distinct !DISubprogram(name: "pick", scope: !2, file: !2, line: 24, type: !25, scopeLine: 24, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !16, retainedNodes: !27)
!25 = !DISubroutineType(types: !26)
!26 = !{!18, !18}
!27 = !{}
!28 = !DICompositeType(tag: DW_TAG_array_type, baseType: !29, size: 128, elements: !31)
!29 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !30)
!30 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: null, size: 64)
!31 = !{!32}
!32 = !DISubrange(count: 2)
!33 = !DIGlobalVariableExpression(var: !34, expr: !DIExpression())
!34 = distinct !DIGlobalVariable(name: "pool", scope: !16, file: !2, line: 3, type: !35, isLocal: true, isDefinition: true)
!35 = !DICompositeType(tag: DW_TAG_array_type, baseType: !36, size: 1024, elements: !5)
!36 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "node", file: !2, line: 2, size: 256, elements: !37)
!37 = !{!38, !40, !41, !43}
!38 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !36, file: !2, line: 2, baseType: !39, size: 64)
!39 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !36, size: 64)
!40 = !DIDerivedType(tag: DW_TAG_member, name: "key", scope: !36, file: !2, line: 2, baseType: !18, size: 32, offset: 64)
!41 = !DIDerivedType(tag: DW_TAG_member, name: "weight", scope: !36, file: !2, line: 2, baseType: !42, size: 64, offset: 128)
!42 = !DIBasicType(name: "double", size: 64, encoding: DW_ATE_float)
!43 = !DIDerivedType(tag: DW_TAG_member, name: "tag", scope: !36, file: !2, line: 2, baseType: !11, size: 48, offset: 192)
!44 = !DICompositeType(tag: DW_TAG_array_type, baseType: !45, size: 192, elements: !48)
!45 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !46)
!46 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !47, size: 64)
!47 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !4)
!48 = !{!49}
!49 = !DISubrange(count: 3)
!50 = !{i32 7, !"Dwarf Version", i32 5}
!51 = !{i32 2, !"Debug Info Version", i32 3}
!52 = !{i32 1, !"wchar_size", i32 4}
!53 = !{i32 8, !"PIC Level", i32 2}
!54 = !{i32 7, !"PIE Level", i32 2}
!55 = !{i32 7, !"uwtable", i32 2}
!56 = !{i32 7, !"frame-pointer", i32 2}
!57 = distinct !DISubprogram(name: "sum", scope: !2, file: !2, line: 8, type: !58, scopeLine: 8, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !16, retainedNodes: !27)
!58 = !DISubroutineType(types: !59)
!59 = !{!18, !60, !62}
!60 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !61, size: 64)
!61 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !36)
!62 = !DIBasicType(name: "float", size: 32, encoding: DW_ATE_float)
!63 = !DILocalVariable(name: "n", arg: 1, scope: !57, file: !2, line: 8, type: !60)
!64 = !DILocation(line: 8, column: 28, scope: !57)
!65 = !DILocalVariable(name: "scale", arg: 2, scope: !57, file: !2, line: 8, type: !62)
!66 = !DILocation(line: 8, column: 37, scope: !57)
!67 = !DILocalVariable(name: "total", scope: !57, file: !2, line: 9, type: !18)
!68 = !DILocation(line: 9, column: 7, scope: !57)
!69 = !DILocation(line: 10, column: 3, scope: !57)
!70 = !DILocation(line: 10, column: 10, scope: !71)
!71 = distinct !DILexicalBlock(scope: !72, file: !2, line: 10, column: 3)
!72 = distinct !DILexicalBlock(scope: !57, file: !2, line: 10, column: 3)
!73 = !DILocation(line: 10, column: 3, scope: !72)
!74 = !DILocation(line: 11, column: 13, scope: !75)
!75 = distinct !DILexicalBlock(scope: !71, file: !2, line: 10, column: 26)
!76 = !DILocation(line: 11, column: 16, scope: !75)
!77 = !DILocation(line: 11, column: 5, scope: !75)
!78 = !DILocation(line: 12, column: 28, scope: !79)
!79 = distinct !DILexicalBlock(scope: !75, file: !2, line: 11, column: 21)
!80 = !DILocation(line: 12, column: 31, scope: !79)
!81 = !DILocation(line: 12, column: 35, scope: !79)
!82 = !DILocation(line: 12, column: 22, scope: !79)
!83 = !DILocation(line: 12, column: 19, scope: !79)
!84 = !DILocation(line: 12, column: 41, scope: !79)
!85 = !DILocation(line: 13, column: 28, scope: !79)
!86 = !DILocation(line: 13, column: 31, scope: !79)
!87 = !DILocation(line: 13, column: 40, scope: !79)
!88 = !DILocation(line: 13, column: 38, scope: !79)
!89 = !DILocation(line: 13, column: 22, scope: !79)
!90 = !DILocation(line: 13, column: 19, scope: !79)
!91 = !DILocation(line: 13, column: 48, scope: !79)
!92 = !DILocation(line: 14, column: 23, scope: !79)
!93 = !DILocation(line: 14, column: 26, scope: !79)
!94 = !DILocation(line: 14, column: 30, scope: !79)
!95 = !DILocation(line: 14, column: 33, scope: !79)
!96 = !DILocation(line: 14, column: 37, scope: !79)
!97 = !DILocation(line: 14, column: 20, scope: !79)
!98 = !DILocation(line: 15, column: 5, scope: !79)
!99 = !DILocation(line: 16, column: 3, scope: !75)
!100 = !DILocation(line: 10, column: 17, scope: !71)
!101 = !DILocation(line: 10, column: 20, scope: !71)
!102 = !DILocation(line: 10, column: 15, scope: !71)
!103 = !DILocation(line: 10, column: 3, scope: !71)
!104 = distinct !{!104, !73, !105, !106}
!105 = !DILocation(line: 16, column: 3, scope: !72)
!106 = !{!"llvm.loop.mustprogress"}
!107 = !DILocation(line: 17, column: 10, scope: !57)
!108 = !DILocation(line: 17, column: 18, scope: !57)
!109 = !DILocation(line: 17, column: 16, scope: !57)
!110 = !DILocation(line: 17, column: 37, scope: !57)
!111 = !DILocation(line: 17, column: 35, scope: !57)
!112 = !DILocation(line: 17, column: 3, scope: !57)
!113 = distinct !DISubprogram(name: "clamp", scope: !2, file: !2, line: 7, type: !25, scopeLine: 7, flags: DIFlagPrototyped, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !16, retainedNodes: !27)
!114 = !DILocalVariable(name: "v", arg: 1, scope: !113, file: !2, line: 7, type: !18)
!115 = !DILocation(line: 7, column: 29, scope: !113)
!116 = !DILocation(line: 7, column: 41, scope: !113)
!117 = !DILocation(line: 7, column: 43, scope: !113)
!118 = !DILocation(line: 7, column: 53, scope: !113)
!119 = !DILocation(line: 7, column: 55, scope: !113)
!120 = !DILocation(line: 7, column: 67, scope: !113)
!121 = !DILocation(line: 7, column: 34, scope: !113)
!122 = distinct !DISubprogram(name: "variadic", scope: !2, file: !2, line: 19, type: !123, scopeLine: 19, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !16, retainedNodes: !27)
!123 = !DISubroutineType(types: !124)
!124 = !{!18, !18, null}
!125 = !DILocalVariable(name: "n", arg: 1, scope: !122, file: !2, line: 19, type: !18)
!126 = !DILocation(line: 19, column: 18, scope: !122)
!127 = !DILocalVariable(name: "args", scope: !122, file: !2, line: 20, type: !128)
!128 = !DIDerivedType(tag: DW_TAG_typedef, name: "va_list", file: !129, line: 12, baseType: !130)
!129 = !DIFile(filename: "/usr/lib/llvm-22/lib/clang/22/include/__stdarg_va_list.h", directory: "", checksumkind: CSK_MD5, checksum: "7bd78a282b99fcfe41a9e3c566d14f7d")
!130 = !DIDerivedType(tag: DW_TAG_typedef, name: "__builtin_va_list", file: !2, baseType: !131)
!131 = !DICompositeType(tag: DW_TAG_array_type, baseType: !132, size: 192, elements: !139)
!132 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "__va_list_tag", size: 192, elements: !133)
!133 = !{!134, !136, !137, !138}
!134 = !DIDerivedType(tag: DW_TAG_member, name: "gp_offset", scope: !132, file: !2, line: 20, baseType: !135, size: 32)
!135 = !DIBasicType(name: "unsigned int", size: 32, encoding: DW_ATE_unsigned)
!136 = !DIDerivedType(tag: DW_TAG_member, name: "fp_offset", scope: !132, file: !2, line: 20, baseType: !135, size: 32, offset: 32)
!137 = !DIDerivedType(tag: DW_TAG_member, name: "overflow_arg_area", scope: !132, file: !2, line: 20, baseType: !30, size: 64, offset: 64)
!138 = !DIDerivedType(tag: DW_TAG_member, name: "reg_save_area", scope: !132, file: !2, line: 20, baseType: !30, size: 64, offset: 128)
!139 = !{!140}
!140 = !DISubrange(count: 1)
!141 = !DILocation(line: 20, column: 11, scope: !122)
!142 = !DILocation(line: 20, column: 17, scope: !122)
!143 = !DILocalVariable(name: "r", scope: !122, file: !2, line: 21, type: !18)
!144 = !DILocation(line: 21, column: 7, scope: !122)
!145 = !DILocation(line: 21, column: 14, scope: !122)
!146 = !DILocation(line: 21, column: 22, scope: !122)
!147 = !DILocation(line: 21, column: 31, scope: !122)
!148 = !DILocation(line: 21, column: 28, scope: !122)
!149 = distinct !{!149, !145, !147, !106}
!150 = !DILocation(line: 22, column: 3, scope: !122)
!151 = !DILocation(line: 22, column: 24, scope: !122)
!152 = !DILocation(line: 22, column: 17, scope: !122)
!153 = !DILocalVariable(name: "i", arg: 1, scope: !24, file: !2, line: 24, type: !18)
!154 = !DILocation(line: 24, column: 14, scope: !24)
!155 = !DILocation(line: 26, column: 16, scope: !24)
!156 = !DILocation(line: 26, column: 18, scope: !24)
!157 = !DILocation(line: 26, column: 9, scope: !24)
!158 = !DILocation(line: 26, column: 3, scope: !24)
!159 = !DILabel(scope: !24, name: "a", file: !2, line: 27, column: 1)
!160 = !DILocation(line: 27, column: 1, scope: !24)
!161 = !DILocation(line: 27, column: 19, scope: !24)
!162 = !DILocation(line: 27, column: 4, scope: !24)
!163 = !DILabel(scope: !24, name: "b", file: !2, line: 28, column: 1)
!164 = !DILocation(line: 28, column: 1, scope: !24)
!165 = !DILocation(line: 28, column: 11, scope: !24)
!166 = !DILocation(line: 28, column: 4, scope: !24)
!167 = !DILocation(line: 29, column: 1, scope: !24)
!168 = distinct !DISubprogram(name: "shift", scope: !2, file: !2, line: 30, type: !169, scopeLine: 30, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !16, retainedNodes: !27)
!169 = !DISubroutineType(types: !170)
!170 = !{!171, !172, !171}
!171 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!172 = !DIDerivedType(tag: DW_TAG_restrict_type, baseType: !173)
!173 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !174, size: 64)
!174 = !DIBasicType(name: "unsigned char", size: 8, encoding: DW_ATE_unsigned_char)
!175 = !DILocalVariable(name: "p", arg: 1, scope: !168, file: !2, line: 30, type: !172)
!176 = !DILocation(line: 30, column: 78, scope: !168)
!177 = !DILocalVariable(name: "n", arg: 2, scope: !168, file: !2, line: 30, type: !171)
!178 = !DILocation(line: 30, column: 86, scope: !168)
!179 = !DILocalVariable(name: "s", scope: !168, file: !2, line: 31, type: !171)
!180 = !DILocation(line: 31, column: 8, scope: !168)
!181 = !DILocalVariable(name: "i", scope: !182, file: !2, line: 32, type: !171)
!182 = distinct !DILexicalBlock(scope: !168, file: !2, line: 32, column: 3)
!183 = !DILocation(line: 32, column: 13, scope: !182)
!184 = !DILocation(line: 32, column: 8, scope: !182)
!185 = !DILocation(line: 32, column: 20, scope: !186)
!186 = distinct !DILexicalBlock(scope: !182, file: !2, line: 32, column: 3)
!187 = !DILocation(line: 32, column: 24, scope: !186)
!188 = !DILocation(line: 32, column: 22, scope: !186)
!189 = !DILocation(line: 32, column: 3, scope: !182)
!190 = !DILocation(line: 32, column: 37, scope: !186)
!191 = !DILocation(line: 32, column: 39, scope: !186)
!192 = !DILocation(line: 32, column: 46, scope: !186)
!193 = !DILocation(line: 32, column: 48, scope: !186)
!194 = !DILocation(line: 32, column: 42, scope: !186)
!195 = !DILocation(line: 32, column: 34, scope: !186)
!196 = !DILocation(line: 32, column: 32, scope: !186)
!197 = !DILocation(line: 32, column: 28, scope: !186)
!198 = !DILocation(line: 32, column: 3, scope: !186)
!199 = distinct !{!199, !189, !200, !106}
!200 = !DILocation(line: 32, column: 51, scope: !182)
!201 = !DILocation(line: 33, column: 10, scope: !168)
!202 = !DILocation(line: 33, column: 73, scope: !168)
!203 = !DILocation(line: 33, column: 75, scope: !168)
!204 = !DILocation(line: 33, column: 54, scope: !168)
!205 = !DILocation(line: 33, column: 3, scope: !168)
