/*
 * physinfo.c - what a privileged domain learns of the machine's memory, by
 * hypercalls through privcmd.  Prints "MEMORY ram=N dom0=N free=N", in pages:
 * RAM of the machine's memory map, what this domain has, and the free list.
 */
#define __XEN_TOOLS__
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <xen/xen.h>
#include <xen/memory.h>
#include <xen/sysctl.h>

#define PAGE_SHIFT   12
#define E820_RAM     1
#define E820_ENTRIES 1024

struct privcmd_hypercall {
    uint64_t op, arg[5];
};

#define PRIVCMD_HYPERCALL                                                      \
    _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hypercall))

struct e820_entry {
    uint64_t start, bytes;
    uint32_t type;
} __attribute__((packed));

static int privcmd;

static long hypercall(uint64_t op, uint64_t first, void *second)
{
    struct privcmd_hypercall call = {op, {first, (uintptr_t)second, 0, 0, 0}};

    return ioctl(privcmd, PRIVCMD_HYPERCALL, &call);
}

/* Whole pages of RAM in the machine's memory map; negative: an error. */
static long ram_pages(void)
{
    static struct e820_entry entries[E820_ENTRIES];
    struct xen_memory_map map = {.nr_entries = E820_ENTRIES};
    uint64_t pages = 0;

    memset(entries, 1, sizeof(entries)); /* resident before the hypercall */
    set_xen_guest_handle(map.buffer, (void *)entries);
    if (hypercall(__HYPERVISOR_memory_op, XENMEM_machine_memory_map, &map) < 0)
        return -1;
    for (unsigned i = 0; i < map.nr_entries; i++) {
        uint64_t end = entries[i].start + entries[i].bytes;
        uint64_t first = (entries[i].start + 0xfff) >> PAGE_SHIFT;

        if (entries[i].type == E820_RAM && end >> PAGE_SHIFT > first)
            pages += (end >> PAGE_SHIFT) - first;
    }
    return (long)pages;
}

static long own_pages(void)
{
    domid_t self = DOMID_SELF;

    return hypercall(__HYPERVISOR_memory_op, XENMEM_current_reservation, &self);
}

static long free_pages(void)
{
    struct xen_sysctl op = {.cmd = XEN_SYSCTL_physinfo,
                            .interface_version = XEN_SYSCTL_INTERFACE_VERSION};
    struct privcmd_hypercall call = {__HYPERVISOR_sysctl,
                                     {(uintptr_t)&op, 0, 0, 0, 0}};

    if (ioctl(privcmd, PRIVCMD_HYPERCALL, &call) < 0)
        return -1;
    return (long)op.u.physinfo.free_pages;
}

int main(void)
{
    long ram, own, unused;

    privcmd = open("/dev/xen/privcmd", O_RDWR);
    if (privcmd < 0) {
        perror("/dev/xen/privcmd");
        return 1;
    }
    ram = ram_pages();
    own = own_pages();
    unused = free_pages();
    if (ram < 0 || own < 0 || unused < 0) {
        printf("MEMORY unknown: map %ld reservation %ld physinfo %ld: %s\n",
               ram, own, unused, strerror(errno));
        return 1;
    }
    printf("MEMORY ram=%ld dom0=%ld free=%ld\n", ram, own, unused);
    return 0;
}
