# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# complete.bash FILE WORD...: what bash would offer for the last WORD (may be empty),
# with the completions in FILE: a line each.
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
word=${COMP_WORDS[COMP_CWORD]}
before=${COMP_WORDS[COMP_CWORD - 1]}
"_$(basename "$1")" "$1" "$word" "$before"
printf '%s\n' "${COMPREPLY[@]}"
