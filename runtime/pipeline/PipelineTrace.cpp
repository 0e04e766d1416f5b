//===- PipelineTrace.cpp - When each worker did what ----------------------===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "hapax/Pipeline/PipelineTrace.h"
#include <cinttypes>
#include <cstdio>

using namespace hapax;

/// The text as a JSON string, with its quotes.
static std::string quoted(const std::string &Text) {
  std::string Result = "\"";
  for (unsigned char C : Text) {
    if (C == '"' || C == '\\') {
      Result += {'\\', char(C)};
    } else if (C < 0x20) {
      char Escape[8];
      snprintf(Escape, sizeof(Escape), "\\u%04x", C);
      Result += Escape;
    } else {
      Result += char(C);
    }
  }
  return Result + '"';
}

/// Nanoseconds as the format's microseconds.
static std::string micros(uint64_t Ns) {
  char Text[32];
  snprintf(Text, sizeof(Text), "%" PRIu64 ".%03u", Ns / 1000,
           unsigned(Ns % 1000));
  return Text;
}

/// An event that names the process or a thread.
static std::string nameOf(const std::string &What, const std::string &Tid,
                          const std::string &Name) {
  return R"({"ph":"M","pid":1,"tid":)" + Tid + R"(,"name":")" + What +
         R"(","args":{"name":)" + quoted(Name) + "}}";
}

std::string hapax::chromeTrace(const std::string &Pipeline,
                               const std::vector<WorkerTrace> &Workers) {
  std::string Json =
      "{\"traceEvents\":[\n" + nameOf("process_name", "0", Pipeline);
  for (size_t I = 0; I != Workers.size(); ++I) {
    const WorkerTrace &W = Workers[I];
    std::string Stage = quoted(W.Stage), Tid = std::to_string(I);
    Json += ",\n" + nameOf("thread_name", Tid,
                           W.Stage + ' ' + std::to_string(W.Worker));
    for (const PipelineSpan &S : W.Spans)
      Json += ",\n{\"ph\":\"X\",\"pid\":1,\"tid\":" + Tid +
              ",\"name\":" + Stage + ",\"ts\":" + micros(S.StartNs) +
              ",\"dur\":" + micros(S.EndNs - S.StartNs) +
              ",\"args\":{\"node\":" + std::to_string(S.Node) + "}}";
  }
  return Json + "\n]}\n";
}
