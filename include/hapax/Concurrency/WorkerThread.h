//===- WorkerThread.h - A thread that may fail to start ---------*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//
/// \file
/// std::thread reports that the system gives no more threads by an exception,
/// which code without exceptions cannot catch.
//===----------------------------------------------------------------------===//
#ifndef HAPAX_CONCURRENCY_WORKERTHREAD_H
#define HAPAX_CONCURRENCY_WORKERTHREAD_H

#include <functional>
#include <memory>
#include <optional>
#include <pthread.h>
#include <string>

namespace hapax {

/// A thread, joined by the destructor.
class WorkerThread {
public:
  /// Starts a thread; \p Name is cut to what the system takes. Empty when the
  /// system refuses. \p StackBytes is the size of its stack; 0: the system's
  /// choice, which is 8 MiB on most machines, but 2 MiB below `ulimit -s
  /// unlimited`.
  static std::optional<WorkerThread> start(const std::string &Name,
                                           std::function<void()> Body,
                                           size_t StackBytes = 0) {
    auto Owned = std::make_unique<std::function<void()>>(std::move(Body));
    pthread_attr_t Attributes;
    pthread_attr_init(&Attributes);
    bool Good =
        !StackBytes || !pthread_attr_setstacksize(&Attributes, StackBytes);
    pthread_t Handle;
    Good = Good && !pthread_create(&Handle, &Attributes, &WorkerThread::enter,
                                   Owned.get());
    pthread_attr_destroy(&Attributes);
    if (!Good)
      return std::nullopt;
    pthread_setname_np(Handle, Name.substr(0, 15).c_str());
    return WorkerThread(Handle, std::move(Owned));
  }

  WorkerThread(WorkerThread &&) = default;
  WorkerThread &operator=(WorkerThread &&) = delete;
  ~WorkerThread() {
    if (Body)
      pthread_join(Handle, nullptr);
  }

private:
  WorkerThread(pthread_t Handle, std::unique_ptr<std::function<void()>> Body)
      : Handle(Handle), Body(std::move(Body)) {}

  static void *enter(void *Body) {
    (*static_cast<std::function<void()> *>(Body))();
    return nullptr;
  }

  pthread_t Handle;
  std::unique_ptr<std::function<void()>> Body;
};

} // namespace hapax

#endif // HAPAX_CONCURRENCY_WORKERTHREAD_H
