#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""maintained.py FOLDER CLANG PLUGIN HAPAX: compiles from several processes while
the tool clears, prunes and verifies the store under them."""
import concurrent.futures
import os
import subprocess
import sys

folder, clang, plugin, hapax = sys.argv[1:]
FILES, ROUNDS, WORKERS = 4, 8, 4
environment = dict(os.environ, HAPAX_DIR=os.path.join(folder, "cache"))


def compile_file(number, output, *flags):
    source = os.path.join(folder, f"{number}.c")
    target = os.path.join(folder, output)
    done = subprocess.run([clang, *flags, "-O2", "-c", source, "-o", target],
                          env=environment, stdin=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, text=True)
    lines = done.stderr.splitlines()
    ok = done.returncode == 0 and len(lines) <= 1 and \
        all(line.startswith("hapax: warning:") for line in lines)
    return ok, open(target, "rb").read() if os.path.exists(target) else b""


plain = []
for number in range(FILES):
    with open(os.path.join(folder, f"{number}.c"), "w") as source:
        source.write(f"int f{number}(int x) {{ return x * {number + 3}; }}\n")
    plain.append(compile_file(number, f"{number}.o")[1])


def work(worker):
    failed = wrong = 0
    for turn in range(ROUNDS):
        number = (worker + turn) % FILES
        ok, content = compile_file(number, f"{number}.{worker}.o",
                                   f"-fpass-plugin={plugin}")
        failed += not ok
        wrong += content != plain[number]
    return failed, wrong


with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
    tasks = [pool.submit(work, worker) for worker in range(WORKERS)]
    commands = [["clear"], ["verify"], ["prune", "--max-size", "1"], ["stats"], ["zero"]]
    turn = 0
    while not all(task.done() for task in tasks):
        subprocess.run([hapax, *commands[turn % len(commands)]], env=environment,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        turn += 1
    results = [task.result() for task in tasks]
print(f"{WORKERS * ROUNDS} compiles, {sum(r[0] for r in results)} failed, "
      f"{sum(r[1] for r in results)} wrong")
