#!/usr/bin/env python3
"""Looks for calls inside the row loop of a function, in assembly text (AT&T syntax, as LLVM prints it).

  loop_calls.py FUNCTION [--cold NAME]... < job.s

The row loop is the largest strongly connected part of the function's control flow. In it, only the functions given with
--cold may be called, and there must be a way around the loop, from its head back to its head, without any call.
Prints what it found and exits 0, or says what is wrong and exits 1.
"""
import argparse
import re
import sys


def function_lines(text, name):
    """The lines between a function's label and its .Lfunc_end."""
    lines, inside = [], False
    for line in text.splitlines():
        line = line.split("#")[0].rstrip()
        if line == f"{name}:":
            inside = True
        elif inside and line.startswith(".Lfunc_end"):
            return lines
        elif inside:
            lines.append(line)
    sys.exit(f"loop_calls: there is no function {name}")


def blocks_of(lines):
    """Basic blocks in order: {name: (instructions, successors)}. Names are labels, or positions."""
    blocks, order = {}, []
    current, instructions = "entry", []

    def close(successors, falls_through, following):
        blocks[current] = (list(instructions), successors + ([following] if falls_through else []))
        order.append(current)
        instructions.clear()

    pending = []  # successors of conditional jumps of the current block
    for at, line in enumerate(lines):
        label = re.match(r"^(\.LBB\w+):", line)
        if label:
            close(pending, True, label.group(1))
            pending, current = [], label.group(1)
            continue
        if not line.startswith("\t") or line.startswith("\t."):
            continue
        words = line.split()
        operation = words[0]
        instructions.append(line.strip())
        if operation == "jmp":
            close(pending + ([words[1]] if words[1].startswith(".LBB") else []), False, "")
            pending, current = [], f"after{at}"
        elif operation.startswith("j"):
            close(pending + [words[1]], True, f"after{at}")
            pending, current = [], f"after{at}"
        elif operation.startswith("ret"):
            close(pending, False, "")
            pending, current = [], f"after{at}"
    close(pending, False, "")
    return blocks


def components(blocks):
    """Strongly connected components (Tarjan, iterative)."""
    index, low, on_stack, stack, found = {}, {}, set(), [], []
    for root in blocks:
        if root in index:
            continue
        work = [(root, iter(blocks[root][1]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in blocks:
                    continue
                if successor not in index:
                    index[successor] = low[successor] = len(index)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(blocks[successor][1])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], index[successor])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = set()
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.add(member)
                        if member == node:
                            break
                    if len(component) > 1 or node in blocks[node][1]:
                        found.append(component)
    return found


def callees(instructions):
    found = []
    for line in instructions:
        if line.split()[0].startswith("call"):
            found.append(re.sub(r"@.*", "", line.split()[1].lstrip("*")))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("function")
    parser.add_argument("--cold", action="append", default=[])
    options = parser.parse_args()
    blocks = blocks_of(function_lines(sys.stdin.read(), options.function))
    loops = components(blocks)
    if not loops:
        sys.exit(f"loop_calls: {options.function} has no loop")
    loop = max(loops, key=lambda part: sum(len(blocks[name][0]) for name in part))
    calls = {name: callees(blocks[name][0]) for name in loop}
    hot = sorted({callee for names in calls.values() for callee in names if callee not in options.cold})
    if hot:
        sys.exit(f"loop_calls: the loop of {options.function} calls {', '.join(hot)}")

    heads = {successor for name, (_, successors) in blocks.items() if name not in loop for successor in successors
             if successor in loop}
    quiet = {name: (blocks[name][0], [s for s in blocks[name][1] if s in loop and not calls[s]])
             for name in loop if not calls[name]}
    ways = [part for part in components(quiet) if part & heads]
    if not ways:
        sys.exit(f"loop_calls: every way around the loop of {options.function} calls something")
    instructions = sum(len(quiet[name][0]) for name in max(ways, key=len))
    cold = sorted({callee for names in calls.values() for callee in names})
    print(f"{options.function}: {instructions} instructions without a call; on cold paths: {', '.join(cold) or 'nothing'}")


main()
