/*
 * tests/model/fake.h - included ahead of the hypervisor's files, so that they
 * run on the host: the frame table, frames, CPUs and guest memory are the
 * model's own. Tables have 32 entries instead of 512.
 */
#ifndef MODEL_FAKE_H
#define MODEL_FAKE_H

#include <string.h>

#include "lib/compiler.h"

#include "lib/layout.h"
#undef FRAMES_START
#undef M2P_RW_START
#define FRAMES_START   model_frames()
#define M2P_RW_START   model_m2p
#define mfn_to_virt(m) model_map(m)

struct cpu;
struct vcpu;
extern uint64_t model_m2p[];
extern struct cpu *model_cpu;
extern struct vcpu *model_vcpu;
void *model_frames(void);
void *model_map(mfn_t m);
void model_write_cr3(void);
int model_copy(void *dst, const void *src, size_t bytes);

#include "cpu/asm.h"
#define read_cr3()   0
#define write_cr3(v) ((void)(v), model_write_cr3())
#define invlpg(va)   ((void)(va))
#define wbinvd()     ((void)0)

#include "cpu/cpu.h"
#undef current
#define this_cpu() model_cpu
#define current    model_vcpu

#include "mm/pte.h"
#undef PTES
#define PTES 32

#include "mm/guest.h"
#define guest_get_words(dst, at, words)                                        \
    model_copy((dst), (const void *)(at), (words)*8)
#define guest_get_128(first, second, at)                                       \
    (model_copy((first), (const void *)(at), 8) |                              \
     model_copy((second), (const void *)((at) + 8), 8))
#define guest_put_32(at, value) model_copy((void *)(at), &(uint32_t){value}, 4)

#include "mm/frame.h"

#endif
