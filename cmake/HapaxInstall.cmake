# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# What is installed, in three components: plugin (what a compiler loads), tools
# (what a user calls) and dev (what a program is built against, the CMake package
# among it). An installation may be moved: nothing in it names its own prefix but
# the units of the service manager, which must.
include(CMakePackageConfigHelpers)
set(hapax_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Hapax)

# --- dev
set(hapax_rooms Cache Concurrency Core Gpu Ipc Memory Pipeline StateVector Vram)
if(HAPAX_WITH_LLVM)
  list(APPEND hapax_rooms IR Jit Store)
endif()
foreach(room ${hapax_rooms})
  install(DIRECTORY include/hapax/${room}
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hapax COMPONENT dev)
endforeach()
install(TARGETS hapax_core hapax_runtime EXPORT HapaxRuntimeTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(EXPORT HapaxRuntimeTargets NAMESPACE Hapax::
  DESTINATION ${hapax_cmake_dir} COMPONENT dev)
if(HAPAX_WITH_LLVM)
  # An export of its own, since it can be read only where LLVM was found.
  install(TARGETS hapax_ir EXPORT HapaxIRTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
  install(EXPORT HapaxIRTargets NAMESPACE Hapax::
    DESTINATION ${hapax_cmake_dir} COMPONENT dev)
endif()
set(hapax_generated ${CMAKE_CURRENT_BINARY_DIR}/package)
configure_package_config_file(cmake/HapaxConfig.cmake.in ${hapax_generated}/HapaxConfig.cmake
  INSTALL_DESTINATION ${hapax_cmake_dir}
  PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${hapax_generated}/HapaxConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${hapax_generated}/HapaxConfig.cmake ${hapax_generated}/HapaxConfigVersion.cmake
    cmake/HapaxEnable.cmake
  DESTINATION ${hapax_cmake_dir} COMPONENT dev)

# --- tools
# Manual pages, compressed where that can be done, as packages want them.
find_program(HAPAX_GZIP gzip)
mark_as_advanced(HAPAX_GZIP)
function(hapax_install_page page)
  set(source ${PROJECT_SOURCE_DIR}/docs/man/${page})
  if(HAPAX_GZIP)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${source})
    execute_process(COMMAND ${HAPAX_GZIP} -9nc ${source}
      OUTPUT_FILE ${hapax_generated}/${page}.gz COMMAND_ERROR_IS_FATAL ANY)
    set(source ${hapax_generated}/${page}.gz)
  endif()
  install(FILES ${source} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT tools)
endfunction()

hapax_install_page(hapaxd.1)
install(TARGETS hapaxd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
# For the service manager of a user: enabled by
# systemctl --user enable --now hapaxd.socket
# The service names the program by its full path, known when it is installed.
install(FILES tools/hapaxd/systemd/hapaxd.socket
  DESTINATION lib/systemd/user COMPONENT tools)
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/tools/hapaxd/systemd/hapaxd.service.in\" text)
  get_filename_component(bindir \"${CMAKE_INSTALL_BINDIR}\" ABSOLUTE
    BASE_DIR \"\${CMAKE_INSTALL_PREFIX}\")
  string(REPLACE \"@BINDIR@\" \"\${bindir}\" text \"\${text}\")
  file(WRITE \"${hapax_generated}/hapaxd.service\" \"\${text}\")"
  COMPONENT tools)
install(FILES ${hapax_generated}/hapaxd.service
  DESTINATION lib/systemd/user COMPONENT tools)

if(HAPAX_WITH_LLVM)
  install(TARGETS hapax RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tools)
  install(TARGETS hapax-tool
    RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/hapax COMPONENT tools)
  hapax_install_page(hapax.1)
  # bash-completion looks for a file of the command's name.
  foreach(command hapax hapaxd)
    install(FILES tools/completion/hapax.bash RENAME ${command}
      DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tools)
  endforeach()

  # Links that stand for compilers, for PATH (tools/hapax/Masquerade.h). Those of
  # the build tree lie as they would in an installation.
  set(hapax_masquerade ${CMAKE_INSTALL_LIBEXECDIR}/hapax/bin)
  file(RELATIVE_PATH to_hapax
    ${CMAKE_INSTALL_FULL_LIBEXECDIR}/hapax/bin ${CMAKE_INSTALL_FULL_BINDIR}/hapax)
  # No flang: CMake looks for that name before gfortran's, and takes a link that
  # leads nowhere for a broken compiler.
  foreach(compiler clang clang++ clang-22 clang++-22 flang-22)
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/libexec/hapax/bin ${hapax_generated}/bin)
    file(CREATE_LINK ../../../bin/hapax
      ${CMAKE_BINARY_DIR}/libexec/hapax/bin/${compiler} SYMBOLIC)
    file(CREATE_LINK ${to_hapax} ${hapax_generated}/bin/${compiler} SYMBOLIC)
    install(FILES ${hapax_generated}/bin/${compiler}
      DESTINATION ${hapax_masquerade} COMPONENT tools)
  endforeach()

  # --- plugin
  install(TARGETS Hapax
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/hapax COMPONENT plugin)
endif()
