/*
 * pv/machine_check.h - what a bank of the machine-check architecture says, and
 * what is to be done. Layer: pv. Pure (pv/machine_check_test.c).
 * Source: Intel SDM volume 3B, 16.3 and 16.6.
 */
#ifndef PV_MACHINE_CHECK_H
#define PV_MACHINE_CHECK_H

#include "lib/types.h"

#define MCG_RIPV (1UL << 0) /* the interrupted code could go on */

#define MCI_VALID       (1UL << 63)
#define MCI_OVERFLOW    (1UL << 62) /* one before it is lost */
#define MCI_UNCORRECTED (1UL << 61)
#define MCI_CORRUPT     (1UL << 57) /* so is the CPU's own state */
#define MCI_SIGNALED    (1UL << 56)
#define MCI_ACTION      (1UL << 55) /* the interrupted code must not go on */

enum mce_verdict {
    MCE_NOTHING,
    MCE_HARMLESS, /* corrected, or data that nobody has used */
    MCE_GUEST,    /* the guest that was interrupted cannot go on */
    MCE_FATAL,
};

/* Of one bank, with the CPU's MCG_STATUS. */
static inline enum mce_verdict mce_judge(uint64_t mcg_status, uint64_t status,
                                         bool from_guest)
{
    if (!(status & MCI_VALID))
        return MCE_NOTHING;
    if (!(status & MCI_UNCORRECTED))
        return MCE_HARMLESS;
    if ((status & (MCI_CORRUPT | MCI_OVERFLOW)) || !(mcg_status & MCG_RIPV))
        return MCE_FATAL;
    if (!(status & MCI_ACTION))
        return MCE_HARMLESS;
    return from_guest && (status & MCI_SIGNALED) ? MCE_GUEST : MCE_FATAL;
}

#endif
