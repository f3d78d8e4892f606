/*
 * debug/audit.h - counts all references to all frames again. Layer: debug.
 */
#ifndef DEBUG_AUDIT_H
#define DEBUG_AUDIT_H

/*
 * The debug key: pauses all domains, and when no vcpu is inside of long work
 * any more, audits and lets them go on. Returns at once.
 */
void audit_request(void);

/* At dom0's end, when the command line says audit=end. Pauses all domains, and
 * waits for other vcpus' long work. */
void audit_at_end(void);

#endif
