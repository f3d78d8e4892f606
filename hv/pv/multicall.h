/*
 * pv/multicall.h - the multicall entry being executed. Layer: pv.
 */
#ifndef PV_MULTICALL_H
#define PV_MULTICALL_H

#include "abi/xen.h"

/* Our own copy of the guest's entry; a continuation changes its arguments. */
struct multicall {
    unsigned long op;
    unsigned long args[6];
};

#endif
