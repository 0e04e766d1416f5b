# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The lit suites: what a compiler user sees.

Every test has a cache of its own below %t (start a test with
`rm -rf %t && mkdir -p %t`) and sees no configuration of the person who runs it.
"""

import glob
import os
import shutil
import subprocess
import sys

import lit.formats

config.name = "hapax"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".test", ".c", ".cpp", ".f90", ".ll"]
config.excludes = ["Inputs", "lit.cfg.py"]
config.test_source_root = os.path.dirname(__file__)

for name in list(config.environment):
    if name.startswith("HAPAX_") or name in ("CCC_OVERRIDE_OPTIONS",):
        del config.environment[name]
config.environment["HAPAX_CONFIG"] = "/dev/null"
config.environment["HAPAX_DAEMON"] = "off"
config.environment["PATH"] = os.pathsep.join(
    [config.hapax_bin, config.llvm_tools, config.environment.get("PATH", "")])

plugin = os.path.join(config.hapax_lib, "Hapax.so")


def tool(name):
    return os.path.join(config.llvm_tools, name)


config.substitutions += [
    # A compile through the plugin and the same compile without it.
    ("%clangxx_hapax", f"env HAPAX_DIR=%t/cache {tool('clang++')} -fpass-plugin={plugin}"),
    ("%clang_hapax", f"env HAPAX_DIR=%t/cache {tool('clang')} -fpass-plugin={plugin}"),
    ("%flang_hapax", f"env HAPAX_DIR=%t/cache {tool('flang')} -fpass-plugin={plugin}"),
    ("%opt_hapax", f"env HAPAX_DIR=%t/cache {tool('opt')} -load-pass-plugin={plugin}"),
    ("%llc_hapax", f"env HAPAX_DIR=%t/cache {tool('llc')} -load-pass-plugin={plugin}"),
    ("%hapax", f"env HAPAX_DIR=%t/cache {os.path.join(config.hapax_bin, 'hapax')}"),
    ("%jit_circuit", f"env HAPAX_DIR=%t/cache {os.path.join(config.hapax_bin, 'jit-circuit')}"),
    ("%clangxx", tool("clang++")),
    ("%clang", tool("clang")),
    ("%flang", tool("flang")),
    ("%opt", tool("opt")),
    ("%llc", tool("llc")),
    ("%plugin", plugin),
    ("%python", sys.executable),
    ("%replace_entry", os.path.join(config.hapax_bin, "hapax-replace-entry")),
    # %exits CODE COMMAND...: the command ends with exactly this code.
    ("%exits", "/bin/sh " + os.path.join(config.test_source_root, "Inputs", "exits.sh")),
    # Root, but bound by the permissions of files.
    ("%{unprivileged}", "setpriv --bounding-set -dac_override,-dac_read_search"),
    ("%{src}", config.hapax_src),
    ("%{bin}", config.hapax_bin),
    ("%{llvm}", config.llvm_tools),
    ("%{multiarch}", config.multiarch),
    ("%inputs", os.path.join(config.test_source_root, "Inputs")),
    # %stat(NAME): the counter NAME of the test's cache, e.g. %stat hits
    ("%stat", f"env HAPAX_DIR=%t/cache {os.path.join(config.hapax_src, 'lit', 'stat.py')}"
              f" {os.path.join(config.hapax_bin, 'hapax')}"),
    # %compare [OPTION]... SCRIPT...: the same without and with Hapax.
    ("%compare", f"{os.path.join(config.hapax_src, 'lit', 'compare.py')}"
                 f" --hapax {os.path.join(config.hapax_bin, 'hapax')}"
                 f" --plugin {plugin} --llvm {config.llvm_tools} --work %t"),
    # %with_daemon [OPTION]... COMMAND...: while a daemon runs.
    ("%with_daemon", f"{os.path.join(config.hapax_src, 'lit', 'daemon.py')}"
                     f" --hapaxd {os.path.join(config.hapax_bin, 'hapaxd')} --option=--no-gpu"),
]
if os.path.exists(tool("flang")):
    config.available_features.add("flang")
if os.path.exists(tool("ld.lld")):
    config.available_features.add("lld")
if glob.glob(os.path.join(config.llvm_tools, "../lib/clang/*/lib/*/*profile*")):
    config.available_features.add("profile-runtime")
if os.path.exists(tool("clang-repl")):
    config.available_features.add("clang-repl")
if shutil.which("gdb"):
    config.available_features.add("gdb")
if sys.platform == "linux":
    config.available_features.add("linux")
targets = subprocess.run([tool("llc"), "--version"], capture_output=True,
                         text=True).stdout
for name, target in (("nvptx", "nvptx64"), ("amdgpu", "amdgcn")):
    if f" {target} " in targets:
        config.available_features.add(name)
if os.geteuid() == 0:
    config.available_features.add("root")
# File systems of a test's own: not in every container, nor below chroot.
if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0:
    config.available_features.add("mount-namespaces")
