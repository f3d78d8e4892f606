/*
 * fpu.h - the registers of floating point and vectors, all that the processor
 * and the hypervisor give: kept for threads, and in frames of signals.
 * Layer: sched.
 */
#ifndef UK_SCHED_FPU_H
#define UK_SCHED_FPU_H

#include "lib/types.h"

enum { FPU_ALIGN = 64, FPU_MAGIC_BYTES = 4 };

/* Known to switch.S: what XSAVE keeps; 0: there is no XSAVE. */
extern uint64_t fpu_features;
/* What they take, without the magic number behind them in a signal's frame. */
extern uint32_t fpu_bytes;

/* On each vcpu, before anything else here. */
void fpu_init(void);

/* FPU_ALIGN-aligned; zeros before it is first saved to. In switch.S. */
void fpu_save(void *at);
void fpu_load(const void *at);

/* As Linux has it in a frame, whose memory is the program's. */
void fpu_save_for_program(char *at);
/* The first 512 bytes can be read, or are writable; `buffer` is the thread's
 * own. */
void fpu_load_from_program(char *at, bool writable, char *buffer);

#endif
