#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
set -e
: "${CC:=clang-22}" "${CXX:=clang++-22}"
$CC -O2 -g -c main.c
$CC -O2 -g -c square.c
$CXX -O2 -g -c cube.cpp
$CXX -o program main.o square.o cube.o
