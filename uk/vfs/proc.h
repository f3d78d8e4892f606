/*
 * proc.h - /proc: what the program can read about itself, and the files of
 * /etc that programs look for. Layer: vfs.
 */
#ifndef UK_VFS_PROC_H
#define UK_VFS_PROC_H

#include "vfs/file.h"

/* After the archive: what that one has stays. `words` are the program's `argc`
 * arguments, one behind the other, each with a zero byte. */
void proc_init(const char *words, int argc);

#endif
