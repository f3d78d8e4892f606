/*
 * abi/toolstack.h - the toolstack's part of the ABI, of Xen 4.17.
 */
#ifndef ABI_TOOLSTACK_H
#define ABI_TOOLSTACK_H

#include "abi/xen.h"

#include <xen/domctl.h>
#include <xen/sysctl.h>

_Static_assert(sizeof(struct xen_sysctl) == 136, "sysctl");
_Static_assert(sizeof(struct xen_domctl) == 144, "domctl");
_Static_assert(XEN_SYSCTL_INTERFACE_VERSION == 0x15, "sysctl version");

#endif
