# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Install rules and the exported package (find_package(Hapax)).
include(CMakePackageConfigHelpers)
set(hapax_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Hapax)

foreach(room Cache Concurrency Core Gpu Ipc Memory Pipeline StateVector Vram)
  install(DIRECTORY include/hapax/${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hapax)
endforeach()
install(TARGETS hapax_core hapax_runtime EXPORT HapaxTargets)
if(HAPAX_WITH_LLVM)
  install(DIRECTORY include/hapax/IR include/hapax/Jit include/hapax/Store DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/hapax)
  install(TARGETS hapax_ir EXPORT HapaxTargets)
  install(TARGETS Hapax LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/hapax)
  install(TARGETS hapax RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(EXPORT HapaxTargets NAMESPACE Hapax:: DESTINATION ${hapax_cmake_dir})
configure_package_config_file(cmake/HapaxConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/HapaxConfig.cmake
  INSTALL_DESTINATION ${hapax_cmake_dir})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/HapaxConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/HapaxConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/HapaxConfigVersion.cmake
  DESTINATION ${hapax_cmake_dir})
