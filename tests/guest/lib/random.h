/*
 * random.h - numbers from a seed, and values that hypercalls trip over. Each
 * user has its own struct: nothing is shared between vcpus.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include "types.h"

struct random {
    uint64_t state;
};

void random_seed(struct random *r, uint64_t seed);
uint64_t random_next(struct random *r);
/* 0 to n - 1. */
unsigned random_below(struct random *r, unsigned n);
/* True once in n times. */
bool random_once_in(struct random *r, unsigned n);

/* A frame that is not this guest's: the hypervisor's, free, of a device, or
 * none at all. */
uint64_t random_foreign_mfn(struct random *r);

/* NAME=NUMBER on the guest's command line, or what is usual. */
uint64_t option_number(const char *name, uint64_t usual);

#endif
