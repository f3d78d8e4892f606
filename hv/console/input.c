/*
 * console/input.c - where input goes. Layer: console. Pure.
 */
#include "console/input.h"

struct input_result input_receive(struct console_input *in, char c)
{
    struct input_result result = {0};

    if (in->switch_key && c == in->switch_key) {
        if (++in->switch_count == INPUT_SWITCH_KEYS) {
            in->switch_count = 0;
            in->to_hypervisor = !in->to_hypervisor;
            result.switched = true;
        }
        return result;
    }
    for (; in->switch_count > 0; in->switch_count--)
        result.chars[result.count++] = in->switch_key;
    result.chars[result.count++] = c;
    return result;
}

bool input_push(struct console_input *in, char c)
{
    if (in->head - in->tail == INPUT_RING_SIZE)
        return false;
    in->ring[in->head++ % INPUT_RING_SIZE] = c;
    return true;
}

size_t input_pop(struct console_input *in, char *buf, size_t n)
{
    size_t done = 0;

    while (done < n && in->tail != in->head)
        buf[done++] = in->ring[in->tail++ % INPUT_RING_SIZE];
    return done;
}
