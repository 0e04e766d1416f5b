# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Debian packages, one a component of HapaxInstall.cmake. scripts/packages makes
# them; scripts/packages-check tries them on a system of its own.
#
#   hapax         tools: launcher, commands, daemon, links that stand for compilers
#   hapax-plugin  plugin: for compilers that load it without the launcher
#   libhapax-dev  dev: headers, static libraries, the CMake package
set(HAPAX_MAINTAINER "Hapax developers <hapax@lists.hapax.example>" CACHE STRING
  "Who the packages are from")
set(hapax_package_tools hapax)
set(hapax_package_plugin hapax-plugin)
set(hapax_package_dev libhapax-dev)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hapax)
set(CPACK_PACKAGE_CONTACT ${HAPAX_MAINTAINER})
# (Each package has a summary of its own: the first line of its description.)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
# The files that name their place are written when they are installed, and ask the
# prefix for it: it has to be the true one.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL tools plugin dev)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(version "${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME ${hapax_package_tools})
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${hapax_package_plugin} (= ${version})")
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS clang-22)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "bash-completion, ccache, flang-22")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION
"compiles each piece of LLVM IR once (launcher and daemon)
A cache behind clang and flang: it hashes the IR that the front end makes, and
gives the compiler the stored result when the same IR was compiled before in
the same way. This package has the launcher and its commands, the daemon that
compilers of one user may share, and links that stand for compilers.")

set(CPACK_DEBIAN_PLUGIN_PACKAGE_NAME ${hapax_package_plugin})
set(CPACK_DEBIAN_PLUGIN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PLUGIN_PACKAGE_ENHANCES "clang-22, flang-22, llvm-22")
set(CPACK_COMPONENT_PLUGIN_DESCRIPTION
"compiles each piece of LLVM IR once (plugin)
A cache behind clang, flang, opt and llc: it hashes the IR that the front end
makes, and gives the compiler the stored result when the same IR was compiled
before in the same way. This package has the plugin, which compilers load.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME ${hapax_package_dev})
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS libzstd-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "hapax (= ${version}), llvm-22-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION
"libraries of a cache for LLVM IR (development files)
Headers, static libraries and CMake files of Hapax. Hapax::Runtime has
lock-free queues, pools, pipelines, caches on the memory of a GPU and state
vectors, and needs no LLVM; Hapax::IR has hashes and keys of LLVM IR modules
and the store.")

# What Debian wants to stand with each package.
file(CONFIGURE OUTPUT ${hapax_generated}/changelog.Debian @ONLY CONTENT
"hapax (@version@) unstable; urgency=medium

  * First packages.

 -- @HAPAX_MAINTAINER@  Sun, 22 Nov 2026 00:00:00 +0000
")
if(HAPAX_GZIP)
  execute_process(COMMAND ${HAPAX_GZIP} -9nfk ${hapax_generated}/changelog.Debian)
endif()
foreach(component ${CPACK_COMPONENTS_ALL})
  set(place ${CMAKE_INSTALL_DATAROOTDIR}/doc/${hapax_package_${component}})
  install(FILES cmake/debian/copyright DESTINATION ${place}
    COMPONENT ${component} EXCLUDE_FROM_ALL)
  install(FILES ${hapax_generated}/changelog.Debian.gz DESTINATION ${place}
    COMPONENT ${component} EXCLUDE_FROM_ALL OPTIONAL)
endforeach()
include(CPack)
