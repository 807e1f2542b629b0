#include "CNamespace.h"

#include <sched.h>

int enter_user_and_mount_namespace(void) {
  return unshare(CLONE_NEWUSER | CLONE_NEWNS);
}
