/*
 * cpu/isolation.h - what the ways in and out of isolated guests share with what
 * sets them up. Layer: cpu. C and assembly.
 */
#ifndef CPU_ISOLATION_H
#define CPU_ISOLATION_H

/* Offsets in the page behind a CPU's stub. The first two are entry.S's too. */
#define ISO_guest_rsp    0
#define ISO_stack_top    8
#define ISO_rax          16
#define ISO_rsp          24
#define ISO_exit_cr3     32 /* the restricted tables in force, or 0 */
#define ISO_full_cr3     40 /* what the next entry loads */
#define ISO_next_cr3     48
#define ISO_no_flush     56 /* bit 63 with PCIDs, else 0 */
#define ISO_user_clock   64 /* cpu->flush_clock when they were last left to */
#define ISO_kernel_clock 68
/* A frame for iretq, with room below for its fault. */
#define ISO_frame 1024
/* The end of the first of four small stacks for NMI and the like; the last word
 * of each is the real one's end. */
#define ISO_ist(i)    (1536 + 512 * (i)-16)
#define ISO_entry_end 4096

/* Their numbers in CR3, where the CPU has PCIDs; ours is 0. */
#define PCID_KERNEL 1
#define PCID_USER   2

#define CR3_NO_FLUSH (1UL << 63)

#endif
