/* A disk that fails: after a number of calls, writing and syncing files below a folder ends with EIO.
 *
 * Loaded with LD_PRELOAD. FAIL_BELOW names the folder. FAIL_AFTER, or a call of fail_after, says how many more calls succeed;
 * a negative number: all of them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long left = -1;

void fail_after(long calls) { atomic_store(&left, calls); }

__attribute__((constructor)) static void begin(void) {
    const char *calls = getenv("FAIL_AFTER");
    if (calls != NULL) fail_after(atol(calls));
}

static int fails(int descriptor) {
    const char *below = getenv("FAIL_BELOW");
    char link[64], path[PATH_MAX];
    if (below == NULL || atomic_load(&left) < 0) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = '\0';
    size_t prefix = strlen(below);
    if (strncmp(path, below, prefix) != 0 || (path[prefix] != '/' && path[prefix] != '\0')) return 0;
    if (atomic_load(&left) == 0) {
        errno = EIO;
        return 1;
    }
    atomic_fetch_sub(&left, 1);
    return 0;
}

#define REPLACE(result, name, parameters, arguments)                     \
    result name parameters {                                            \
        static result(*real) parameters;                                \
        if (real == NULL) real = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
        return fails(descriptor) ? -1 : real arguments;                 \
    }

REPLACE(ssize_t, write, (int descriptor, const void *data, size_t size), (descriptor, data, size))
REPLACE(ssize_t, pwrite, (int descriptor, const void *data, size_t size, off_t at), (descriptor, data, size, at))
REPLACE(ssize_t, pwrite64, (int descriptor, const void *data, size_t size, off64_t at), (descriptor, data, size, at))
REPLACE(ssize_t, writev, (int descriptor, const struct iovec *parts, int count), (descriptor, parts, count))
REPLACE(int, fsync, (int descriptor), (descriptor))
REPLACE(int, fdatasync, (int descriptor), (descriptor))
REPLACE(int, ftruncate, (int descriptor, off_t size), (descriptor, size))
REPLACE(int, ftruncate64, (int descriptor, off64_t size), (descriptor, size))
