/*
 * I/O ports need a level of privilege or the bitmap: without them #GP, in
 * kernel and in user mode; with them the access, or ones for ports that are the
 * hypervisor's own.
 */
/* not-as-guest: it uses ports, which only dom0 has */
#include "guest.h"

static long set_iopl(unsigned level)
{
    struct physdev_set_iopl s = {.iopl = level};

    return physdev_op(PHYSDEVOP_set_iopl, &s);
}

static void kernel_in(void *port)
{
    inb((uint16_t)(uint64_t)port);
}

static int in_faults(unsigned port)
{
    return fault_of(kernel_in, (void *)(uint64_t)port);
}

ASM_FUNCTION(user_in, "in %dx, %al; syscall");

static const struct frame *user_reads(unsigned port)
{
    struct frame start = user_start(user_in);

    start.rdx = port;
    start.rax = 0;
    return user_run(&start);
}

static void levels(void)
{
    CHECK_EQ(in_faults(0x80), VECTOR_GP);
    CHECK_EQ(set_iopl(1), 0);
    CHECK_EQ(in_faults(0x80), NO_FAULT);
    CHECK_EQ(user_reads(0x80)->vector, VECTOR_GP);
    CHECK_EQ(set_iopl(3), 0);
    CHECK_EQ(user_reads(0x80)->vector, VECTOR_SYSCALL);
    CHECK_EQ(set_iopl(0), 0);
    CHECK_EQ(in_faults(0x80), VECTOR_GP);
    CHECK_EQ(user_reads(0x80)->vector, VECTOR_GP);
    CHECK_EQ(set_iopl(4), -EINVAL);
}

static void bitmap(void)
{
    static uint8_t bits[8192];
    struct physdev_set_iobitmap s = {.nr_ports = 0x1000};

    memset(bits, 0xff, sizeof(bits));
    bits[0x80 / 8] = 0xfe;
    set_xen_guest_handle(s.bitmap, bits);
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iobitmap, &s), 0);
    CHECK_EQ(user_reads(0x80)->vector, VECTOR_SYSCALL);
    CHECK_EQ(user_reads(0x81)->vector, VECTOR_GP);
    CHECK_EQ(user_reads(0x1000)->vector, VECTOR_GP);
    CHECK_EQ(in_faults(0x80), NO_FAULT);
    CHECK_EQ(in_faults(0x81), VECTOR_GP);
    s.nr_ports = 65537;
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iobitmap, &s), -EINVAL);
    set_xen_guest_handle(s.bitmap, (uint8_t *)HV_START);
    s.nr_ports = 65536;
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iobitmap, &s), -EINVAL);
    s.nr_ports = 0;
    set_xen_guest_handle(s.bitmap, bits);
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iobitmap, &s), 0);
    CHECK_EQ(user_reads(0x80)->vector, VECTOR_GP);
}

static void the_hypervisors_own(void)
{
    CHECK_EQ(set_iopl(1), 0);
    CHECK_EQ(inb(0x3f8 + 5), 0xff); /* its serial line */
    outb(0x3f8 + 4, 0xff);
    CHECK_EQ(inb(0x21), 0xff);
    CHECK_EQ(inl(0x608), 0xffffffff); /* the PM timer */
    outl(0xcf8, 0x80000000);
    CHECK_EQ(inl(0xcf8), 0x80000000);
    CHECK_EQ(inl(0xcfc), 0x12378086);
}

void test(void)
{
    user_init();
    levels();
    bitmap();
    the_hypervisors_own();
}
