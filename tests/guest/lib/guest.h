/* guest.h - all that a test guest can use. */
#ifndef GUEST_H
#define GUEST_H

#include "check.h"
#include "cpu.h"
#include "event.h"
#include "hypercall.h"
#include "page.h"
#include "random.h"
#include "sibling.h"
#include "storm.h"
#include "trap.h"

#endif
