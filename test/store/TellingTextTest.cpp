//===- TellingTextTest.cpp ------------------------------------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
#include "hapax/Store/TellingText.h"

#include <gtest/gtest.h>
#include <string>

using namespace hapax;

TEST(TellingTextTest, Times) {
  for (const char *Text :
       {__TIME__, __DATE__, __TIMESTAMP__, "23:59:59", "Jan  1 2026",
        "Dec 31 1999", "built at 00:00:00, by nobody", "(May 10 2026)",
        "Sat Nov 21 23:48:13 2026"})
    EXPECT_TRUE(tellsTime(Text)) << Text;
  for (const char *Text :
       {"", "1", "12:34", "12:34:5", "12:34:567", "ab:cd:ef", "Jan 2026",
        "Foo  1 2026", "Jan  1 20261", "Jan x1 2026", "%02d:%02d:%02d", "Jan",
        "error:12:30:", "/src/a.c"})
    EXPECT_FALSE(tellsTime(Text)) << Text;
  EXPECT_FALSE(tellsTime(std::string(MaxTellingText, ' ') + "12:34:56"));
}

TEST(TellingTextTest, Paths) {
  for (const char *Text : {__FILE__, "/a", "/home/me/a.c", "../src/a.c", "x/y"})
    EXPECT_TRUE(tellsPath(Text)) << Text;
  for (const char *Text : {"", "a.c", "/", "dir/", "one / two", "a/b c.h",
                           "application\t/json", "line/\n"})
    EXPECT_FALSE(tellsPath(Text)) << Text;
  EXPECT_FALSE(tellsPath(std::string(MaxTellingText, 'a') + "/a.c"));
}
