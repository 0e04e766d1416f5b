#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# exits.sh CODE COMMAND...: whether the command ends with exactly this code.
wanted=$1
shift
"$@"
found=$?
[ "$found" = "$wanted" ] || {
  echo "exit code $found, wanted $wanted: $*" >&2
  exit 1
}
