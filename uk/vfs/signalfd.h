/* signalfd.h - signals as a file. Layer: vfs. */
#ifndef UK_VFS_SIGNALFD_H
#define UK_VFS_SIGNALFD_H

#include "vfs/file.h"

long signalfd_create_file(uint64_t mask, int flags, struct file **f);
bool file_is_signalfd(const struct file *f);
void signalfd_set(struct file *f, uint64_t mask);

#endif
