/*
 * debug/keys.h - single keys on the console (after Ctrl-A three times) that
 * show the hypervisor's state. Layer: debug.
 */
#ifndef DEBUG_KEYS_H
#define DEBUG_KEYS_H

/* Makes the console call debug_key(). Once, at boot. */
void debug_keys_init(void);
/* Does what the key stands for; an unknown key shows the list. */
void debug_key(char key);

#endif
