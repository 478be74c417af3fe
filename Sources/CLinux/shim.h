#ifndef MARTLET_CLINUX_SHIM_H
#define MARTLET_CLINUX_SHIM_H
// Linux interfaces that Swift's Glibc module leaves out.
#include <linux/capability.h>
#include <malloc.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/syscall.h>
#include <unistd.h>

// prctl is variadic, which Swift cannot call.
static inline int martlet_prctl(int option, unsigned long argument) { return prctl(option, argument, 0UL, 0UL, 0UL); }

// Every thread that allocates beside another gets an arena of its own, whose free memory no other uses.
static inline void martlet_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

// These are declared only under _GNU_SOURCE, which Swift's import of the C library does not define.
static inline int martlet_unshare_mounts(void) { return (int)syscall(SYS_unshare, 0x00020000 /* CLONE_NEWNS */); }
// With a user namespace, in which a process without privileges may mount. It must have one thread only.
static inline int martlet_unshare_user_and_mounts(void) {
  return (int)syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */ | 0x00020000 /* CLONE_NEWNS */);
}
static inline int martlet_pipe_cloexec(int ends[2]) { return (int)syscall(SYS_pipe2, ends, 02000000 /* O_CLOEXEC */); }

// What the program has open is not the new process's business, whoever opened it and with which flags.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
static inline int martlet_spawn_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// Leaves the calling thread one capability, below 32, which stays through the next execve, whoever its user is.
static inline int martlet_keep_only_capability(unsigned capability) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  unsigned mask = 1U << capability;
  struct __user_cap_data_struct sets[2] = {{mask, mask, mask}, {0, 0, 0}};
  if (syscall(SYS_capset, &header, sets) != 0) return -1;
  return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long)capability, 0UL, 0UL);
}
#endif
