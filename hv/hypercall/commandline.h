/*
 * hypercall/commandline.h - our command line, kept for XENVER_commandline.
 * Layer: hypercall.
 */
#ifndef HYPERCALL_COMMANDLINE_H
#define HYPERCALL_COMMANDLINE_H

/* Set by boot/, cut to what the ABI can carry, terminated. */
extern char boot_commandline[1024];

#endif
