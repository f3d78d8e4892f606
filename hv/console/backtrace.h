/*
 * console/backtrace.h - return addresses by frame pointers. Layer: console.
 * Pure.
 */
#ifndef CONSOLE_BACKTRACE_H
#define CONSOLE_BACKTRACE_H

#include "lib/types.h"

/*
 * Follows the chain of frames (saved rbp, return address) from `rbp` on within
 * the stack bytes [low, high), which `stack` gives access to. Each frame must
 * lie above the one before it. Returns how many addresses it stored.
 */
size_t backtrace_walk(const void *stack, vaddr_t low, vaddr_t high, vaddr_t rbp,
                      vaddr_t *addresses, size_t max);

#endif
