/*
 * boot/memory.h - from the boot loader's memory to the allocator. Layer: boot.
 */
#ifndef BOOT_MEMORY_H
#define BOOT_MEMORY_H

#include "boot/multiboot.h"
#include "cpu/cpu.h"

/* Boot-time access to physical memory below 4 GiB, before memory_init(). */
const void *boot_map(paddr_t address, size_t bytes);

/*
 * Builds the hypervisor's own tables, the frame table and the M2P, loads them,
 * and gives all free RAM to the allocator. The modules stay where they are.
 * Panics with a sentence when the machine has not enough memory.
 */
void memory_init(const struct boot_info *info);

/* The `syscall` stub of a CPU that is started later: cpu_init_stub(). */
void memory_map_stub(struct cpu *cpu);

/* Gives the modules' frames to the allocator. */
void memory_release_modules(const struct boot_info *info);
/* Frees .init: no __init function or data may be used after that. */
void memory_release_init(void);

/* Tells dom0 what RAM there is: fills machine_map (hypercall/memory.h). */
void memory_publish_map(const struct e820_map *map);

#endif
