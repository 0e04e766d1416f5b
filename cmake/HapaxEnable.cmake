# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Turns caching on in a project that has called find_package(Hapax):
#
#   hapax_enable(PROJECT)             all targets of this folder and of those below
#                                     it, also those that are added later
#   hapax_enable(TARGETS <target>...) these targets
#
# The compilers run through `hapax` then (the property <LANG>_COMPILER_LAUNCHER).
# A launcher that is set already stays, behind hapax: ccache is run so that hapax
# serves what it has to compile; any other is run as it is, and what it runs is
# not cached. A language whose compiler is not clang or flang 22 is left alone, as
# is everything where hapax itself is not installed; a message tells. Honoured by
# CMake's generators for Ninja and for make.

set(HAPAX_COMPILER_VERSION 22)

# Tells TEXT once in a configuration.
function(_hapax_say text)
  get_property(said GLOBAL PROPERTY HAPAX_SAID)
  if(NOT text IN_LIST said)
    message(STATUS "Hapax: ${text}")
    set_property(GLOBAL APPEND PROPERTY HAPAX_SAID "${text}")
  endif()
endfunction()

# Puts LAUNCHER before whatever runs the compiler of LANGUAGE for TARGET.
function(_hapax_launch target language launcher)
  get_target_property(folder ${target} SOURCE_DIR)
  foreach(fact ID VERSION FRONTEND_VARIANT)
    get_directory_property(${fact} DIRECTORY ${folder}
      DEFINITION CMAKE_${language}_COMPILER_${fact})
  endforeach()
  if(NOT ID)
    return() # the language is not enabled there
  endif()
  if(NOT ID MATCHES "^(Clang|LLVMFlang)$" OR FRONTEND_VARIANT STREQUAL "MSVC"
      OR NOT VERSION MATCHES "^${HAPAX_COMPILER_VERSION}(\\.|$)")
    _hapax_say("${language} is not cached: its compiler is ${ID} ${VERSION}, not clang or flang ${HAPAX_COMPILER_VERSION}")
    return()
  endif()
  get_target_property(behind ${target} ${language}_COMPILER_LAUNCHER)
  if(NOT behind)
    set(behind)
  elseif(behind MATCHES "(^|[/;])hapax(;|$)")
    return()
  elseif(NOT behind MATCHES "^([^;]*/)?ccache$")
    _hapax_say("${target} runs its compiler through ${behind}; what that runs is not cached by Hapax")
  endif()
  set_property(TARGET ${target} PROPERTY
    ${language}_COMPILER_LAUNCHER ${launcher} ${behind})
  _hapax_say("${language} is cached, through ${launcher}")
endfunction()

function(_hapax_enable_target target launcher)
  get_target_property(type ${target} TYPE)
  if(type MATCHES "^(EXECUTABLE|(STATIC|SHARED|MODULE|OBJECT)_LIBRARY)$")
    foreach(language C CXX OBJC OBJCXX Fortran)
      _hapax_launch(${target} ${language} "${launcher}")
    endforeach()
  endif()
endfunction()

function(_hapax_enable_directory folder launcher)
  get_directory_property(targets DIRECTORY ${folder} BUILDSYSTEM_TARGETS)
  foreach(target ${targets})
    _hapax_enable_target(${target} "${launcher}")
  endforeach()
  get_directory_property(folders DIRECTORY ${folder} SUBDIRECTORIES)
  foreach(below ${folders})
    _hapax_enable_directory("${below}" "${launcher}")
  endforeach()
endfunction()

function(hapax_enable)
  cmake_parse_arguments(arg "PROJECT" "" "TARGETS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS OR NOT (arg_PROJECT OR arg_TARGETS))
    message(FATAL_ERROR "hapax_enable() takes PROJECT or TARGETS <target>...")
  endif()
  set(launcher "${Hapax_LAUNCHER}")
  if(NOT EXISTS "${launcher}")
    # The package may lie elsewhere than the program.
    find_program(HAPAX_PROGRAM hapax)
    mark_as_advanced(HAPAX_PROGRAM)
    set(launcher "${HAPAX_PROGRAM}")
  endif()
  if(NOT launcher)
    _hapax_say("nothing is cached: there is no program hapax; install the package hapax")
    return()
  endif()
  foreach(target ${arg_TARGETS})
    _hapax_enable_target(${target} "${launcher}")
  endforeach()
  if(arg_PROJECT)
    # At the end of the folder, when all targets are there.
    cmake_language(EVAL CODE "cmake_language(DEFER CALL
      _hapax_enable_directory [==[${CMAKE_CURRENT_SOURCE_DIR}]==] [==[${launcher}]==])")
  endif()
endfunction()
