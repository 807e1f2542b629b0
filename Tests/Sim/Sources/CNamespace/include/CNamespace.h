#pragma once

/// Gives this process, which must have one thread, a namespace of users and one of mounts.
/// -1 and errno when that fails. Swift does not see unshare(2).
int enter_user_and_mount_namespace(void);
