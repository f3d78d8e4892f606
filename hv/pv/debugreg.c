/*
 * pv/debugreg.c - the rules of the debug registers. Layer: pv. Pure.
 */
#include "pv/debugreg.h"

#include "abi/errno.h"
#include "lib/layout.h"

#define CR4_DEBUG_EXTENSIONS (1UL << 3)

#define DR6_WRITABLE       0xe00fUL
#define DR7_WRITABLE       0xffff03ffUL
#define DR7_GENERAL_DETECT (1UL << 13)
#define DR7_BREAK_ON_IO    2U

/* The enable bits, local and global, of the breakpoints on ports. */
static uint64_t io_breakpoints(uint64_t dr7)
{
    uint64_t enables = 0;

    for (unsigned i = 0; i < 4; i++)
        if ((dr7 >> (16 + 4 * i) & 3) == DR7_BREAK_ON_IO)
            enables |= dr7 & 3UL << 2 * i;
    return enables;
}

static int check_dr7(uint64_t cr4, uint64_t *value)
{
    if (*value >> 32)
        return -EINVAL;
    if (*value & DR7_GENERAL_DETECT)
        return -EPERM;
    *value = (*value & DR7_WRITABLE) | DR7_RESET;
    if (io_breakpoints(*value) && !(cr4 & CR4_DEBUG_EXTENSIONS))
        return -EPERM;
    return 0;
}

int debugreg_number(unsigned reg, uint64_t cr4)
{
    if (reg == 4 || reg == 5)
        return cr4 & CR4_DEBUG_EXTENSIONS ? -1 : (int)reg + 2;
    return reg < 8 ? (int)reg : -1;
}

int debugreg_check(unsigned reg, uint64_t cr4, uint64_t *value)
{
    switch (debugreg_number(reg, cr4)) {
    case 0:
    case 1:
    case 2:
    case 3:
        return addr_is_guest(*value) ? 0 : -EPERM;
    case 6:
        if (*value >> 32)
            return -EINVAL;
        *value = (*value & DR6_WRITABLE) | DR6_RESET;
        return 0;
    case 7:
        return check_dr7(cr4, value);
    default:
        return -ENODEV;
    }
}

uint64_t debugreg_hardware_dr7(uint64_t dr7)
{
    return dr7 & ~io_breakpoints(dr7);
}
