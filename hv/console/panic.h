/*
 * console/panic.h - what a panic shows and how it ends. Layer: console.
 * panic() itself, BUG_ON() and ASSERT() are lib/log.h's.
 */
#ifndef CONSOLE_PANIC_H
#define CONSOLE_PANIC_H

#include "cpu/regs.h"
#include "lib/log.h"
#include "lib/types.h"

/* Reboots the machine at the end of a panic; without one it halts. */
void panic_set_reboot(void (*fn)(void));

/* Stops the other CPUs when a panic begins. */
void panic_set_stop_others(void (*fn)(void));

/* Puts a name for what runs here ("CPU 0, d0v1") into buf, terminated. */
void panic_set_describe(void (*fn)(char *buf, size_t size));

/* noreboot=: the machine halts instead of starting again. */
bool panic_is_final(void);

/* Also for the debug keys: registers; function names of a call chain,
 * which begins with rip unless that is 0. rsp is on one of our stacks. */
void regs_print(const struct cpu_regs *regs);
void backtrace_print(vaddr_t rip, vaddr_t rsp, vaddr_t rbp);

#endif
