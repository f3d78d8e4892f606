/*
 * style/guest_dereference.c - must not pass sparse nor clang: it reads guest
 * memory through a plain load.
 */
#include "mm/guest.h"

int guest_dereference(const int GUEST *address);

int guest_dereference(const int GUEST *address)
{
    return *address;
}
