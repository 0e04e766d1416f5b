# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Completion of hapax and hapaxd for bash. What there is to complete, the programs
# themselves are asked.

# What `hapax help` says of the commands, a line each.
_hapax_commands() {
  "$1" help 2>/dev/null | sed -n '/^commands:/,/^$/s/^  //p' |
    awk '/^[^ ]/ { printf "%s%s", sep, $0; sep = "\n"; next } { printf "%s", $0 } END { print "" }'
}

# The options in the text on standard input.
_hapax_options() {
  grep -oE -- '(^|[][ |])--?[A-Za-z][a-z-]*' | tr -d ' []|' | sort -u
}

_hapax_reply() {
  mapfile -t COMPREPLY < <(compgen "$@")
}

_hapax_files() {
  compopt -o filenames 2>/dev/null
  _hapax_reply -f -- "$1"
}

_hapax() {
  local hapax=$1 word=$2 before=$3 command=${COMP_WORDS[1]} known line
  known=$(_hapax_commands "$hapax")
  if [ "$COMP_CWORD" -eq 1 ]; then
    # A command, or the compiler to run.
    mapfile -t COMPREPLY < <(
      compgen -W "$(awk '{ print $1 }' <<<"$known") --help --version" -- "$word"
      [ -z "$word" ] || compgen -c -- "$word" | grep -E '(clang|flang)(\+\+)?(-[0-9]+)?$')
    return
  fi
  line=$(awk -v command="$command" '$1 == command' <<<"$known")
  if [ -z "$line" ]; then
    # The compiler's own completion, where there is one.
    if declare -F _command_offset >/dev/null; then
      _command_offset 1
    else
      _hapax_files "$word"
    fi
    return
  fi
  case $before in
    -o | --trace) _hapax_files "$word" ;;
    --output-dir) compopt -o filenames 2>/dev/null; _hapax_reply -d -- "$word" ;;
    -j | --interval | --count | --max-size | --since) ;;
    *)
      case $word in
        -*) _hapax_reply -W "$(_hapax_options <<<"$line")" -- "$word" ;;
        *) case $command in compile | why | key | report) _hapax_files "$word" ;; esac ;;
      esac ;;
  esac
}

_hapaxd() {
  local word=$2 before=$3
  # bash divides --name=value into three words.
  if [ "$word" = "=" ]; then
    before=${COMP_WORDS[COMP_CWORD - 1]} word=
  elif [ "$before" = "=" ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  if [ "$before" = --socket ]; then
    _hapax_files "$word"
    return
  fi
  local options
  options=$("$1" --help 2>/dev/null | grep -oE -- '--[a-z-]+=?' | sort -u)
  _hapax_reply -W "$options" -- "$word"
  [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null
  return 0
}

complete -F _hapax hapax
complete -F _hapaxd hapaxd
