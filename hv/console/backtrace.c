/*
 * console/backtrace.c - return addresses by frame pointers. Layer: console.
 * Pure.
 */
#include "console/backtrace.h"

#include "lib/string.h"

struct stack_frame {
    vaddr_t caller_rbp;
    vaddr_t return_address;
};

size_t backtrace_walk(const void *stack, vaddr_t low, vaddr_t high, vaddr_t rbp,
                      vaddr_t *addresses, size_t max)
{
    size_t n = 0;

    while (n < max) {
        struct stack_frame frame;

        if (rbp % 8 || rbp < low || rbp >= high || high - rbp < sizeof(frame))
            break;
        memcpy(&frame, (const char *)stack + (rbp - low), sizeof(frame));
        addresses[n++] = frame.return_address;
        if (frame.caller_rbp <= rbp)
            break;
        rbp = frame.caller_rbp;
    }
    return n;
}
