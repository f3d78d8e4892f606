/*
 * storm.h - random hypercalls of every kind, and random page-table entries
 * through every door, for guests that are to find out what they break.
 */
#ifndef STORM_H
#define STORM_H

#include "random.h"

/* Calls: by vcpus 0 and 1, each of which rewrites what the other passes. */
void calls_setup(void);
void calls_round(struct random *r, unsigned who);
/* How many kinds of calls were served so far. */
unsigned calls_served(void);

/* Entries: by any vcpu. Was it served? */
void tables_setup(void);
bool tables_round(struct random *r);

#endif
