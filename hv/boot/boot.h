/*
 * boot/boot.h - what this room's files share. Layer: boot.
 */
#ifndef BOOT_BOOT_H
#define BOOT_BOOT_H

#include "abi/xen.h"
#include "boot/multiboot.h"
#include "domain/domain.h"

/* options.c: what the command line says about dom0. */
uint32_t dom0_vcpus(void);
void dom0_sizes(uint64_t available, uint64_t *pages, uint64_t *max_pages);
/* dom0's own command line: its module's words and what follows "--". */
const char *dom0_cmdline(const char *module_args, const char *hv_cmdline);

/* The screen as dom0 is told of it; returns the bytes of it that are valid. */
struct dom0_console {
    dom0_vga_console_info_t vga;
};
uint32_t dom0_console_info(const struct boot_video *video,
                           struct dom0_console *console);

/* rights.c: memory, ports and interrupts of the machine. */
void dom0_give_machine(struct domain *d);

/* machine.c: panics, dom0's end, the debug keys' plumbing. */
void panic_init(void);
void machine_end(uint32_t reason);
/* The serial port's interrupt, input for dom0. */
void console_start(void);

/* smp.c: starts the CPUs of the MADT (maxcpus=, nosmp). */
void smp_start(const struct e820_map *map);

/* mitigations.c: features of the CPU that protect us, chosen once. */
void mitigations_init(void);

#endif
