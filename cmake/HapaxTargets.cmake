# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How every target of ours is compiled: one place, so that no folder differs by accident.

define_property(TARGET PROPERTY HAPAX_RTTI BRIEF_DOCS "Compiled with type information")
add_library(hapax_flags INTERFACE)
target_compile_options(hapax_flags INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<NOT:$<BOOL:$<TARGET_PROPERTY:HAPAX_RTTI>>>>:-fno-rtti>
  -Wall -Wextra -Wno-unused-parameter
  # In C++23 the stable_sort of libstdc++ 12 uses what the library deprecates.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  # GCC 12 sees overlaps in std::string::operator+ that are not there (GCC bug
  # 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${HAPAX_WERROR}>:-Werror>)
target_include_directories(hapax_flags INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)

# hapax_llvm_target(<target>): headers and definitions of LLVM. The headers come
# in as system headers: their warnings are not ours to mend.
function(hapax_llvm_target target)
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${LLVM_INCLUDE_DIRS}>)
  separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
  target_compile_options(${target} PUBLIC $<BUILD_INTERFACE:${definitions}>)
endfunction()

# hapax_add_library(<target> <sources...>): a static library of ours.
function(hapax_add_library target)
  add_library(${target} STATIC ${ARGN})
  target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:hapax_flags>)
  target_include_directories(${target} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endfunction()

# hapax_for_others(<target>): a library that is installed. Its users derive from its
# classes, mostly with type information, for which that of the base has to be there.
function(hapax_for_others target)
  set_target_properties(${target} PROPERTIES HAPAX_RTTI ON)
  target_compile_features(${target} PUBLIC cxx_std_23)
endfunction()

set(hapax_runtime_rooms
  cache concurrency core gpu ipc memory modelcheck pipeline statevector vram)

# hapax_add_test(<target> LIBS <libraries...> SOURCES <sources...>): a GoogleTest
# program, one ctest entry a test case. Those of rooms that need no LLVM have the
# label "runtime".
function(hapax_add_test target)
  cmake_parse_arguments(arg "" "" "LIBS;SOURCES" ${ARGN})
  add_executable(${target} ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE hapax_flags ${arg_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  set(labels)
  cmake_path(GET CMAKE_CURRENT_SOURCE_DIR FILENAME folder)
  if(folder IN_LIST hapax_runtime_rooms)
    set(labels LABELS runtime)
  endif()
  gtest_discover_tests(${target} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600 ${labels})
endfunction()
