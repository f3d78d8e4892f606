/* end.h - how a program's end becomes the domain's. Layer: xen. */
#ifndef UK_XEN_END_H
#define UK_XEN_END_H

#include "lib/types.h"

/* `exit: N` on the console, data/exit in xenstore, and the shutdown. */
noreturn_ void end_program(int status);

/* Somebody has asked for another SHUTDOWN_* than a power-off. */
void end_set_reason(unsigned reason);

#endif
