/*
 * console/input.h - where input goes: to dom0 or to the debug keys. Layer:
 * console. Pure; the caller locks.
 */
#ifndef CONSOLE_INPUT_H
#define CONSOLE_INPUT_H

#include "lib/types.h"

#define INPUT_RING_SIZE   1024U
#define INPUT_SWITCH_KEYS 3

struct console_input {
    char ring[INPUT_RING_SIZE]; /* what dom0 has not read yet */
    uint32_t head, tail;        /* free-running: next written, next read */
    char switch_key;            /* 0: input never changes sides */
    uint8_t switch_count;       /* switch keys held back so far */
    bool to_hypervisor;
};

/* What one received character led to. */
struct input_result {
    bool switched; /* the side changed; no characters then */
    uint8_t count;
    char chars[INPUT_SWITCH_KEYS]; /* to be delivered to the present side */
};

/*
 * Takes one character. Switch keys are held back: three in a row change sides,
 * fewer are delivered when another character follows (as Xen does).
 */
struct input_result input_receive(struct console_input *in, char c);

/* Keeps a character for dom0; without room it is lost. Returns false then. */
bool input_push(struct console_input *in, char c);

/* Up to n characters that dom0 has not read. */
size_t input_pop(struct console_input *in, char *buf, size_t n);

#endif
