/*
 * hypercall/platform.h - what others want to know of platform_op. Layer:
 * hypercall.
 */
#ifndef HYPERCALL_PLATFORM_H
#define HYPERCALL_PLATFORM_H

/* Called before dom0 turns the machine off through ACPI. Once, at boot. */
void platform_register_off(void (*fn)(void));
/* One that is there, and is not so yet; not the boot CPU off. */
void platform_switch_cpu(uint32_t id, bool on);

#endif
