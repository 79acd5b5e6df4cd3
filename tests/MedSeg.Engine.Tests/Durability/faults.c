// Watches what a process does to the files below a folder: counts the calls, lets the n-th one fail or ends the process at it, and records
// all of them, so that any moment of a run can be made again (as ALICE and CrashMonkey do). Loaded with LD_PRELOAD; see CrashPointTests.cs.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { NONE, EIO_ONCE, ENOSPC_ONCE, EINTR_ONCE, SHORT_ONCE, ENOSPC_FROM, KILL };
enum call { OPEN = 1, WRITE, TRUNCATE, FLUSH, RENAME, LINK, UNLINK, MKDIR, RMDIR, OPEN_READ };

#define MAX_FILES 65536

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char root[PATH_MAX];
static size_t root_length;
static char *paths[MAX_FILES];
static long count, fault_at;
static int fault_kind, fault_call, record = -1;

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

// Begins to watch a folder, and forgets what was counted. An empty path ends it.
void faults_watch(const char *path) {
    pthread_mutex_lock(&lock);
    snprintf(root, sizeof root, "%s", path);
    root_length = strlen(root);
    count = 0;
    fault_at = 0;
    fault_call = 0;
    pthread_mutex_unlock(&lock);
}

// Lets the n-th call from now on fail.
void faults_arm(long n, int kind) {
    pthread_mutex_lock(&lock);
    count = 0;
    fault_at = n;
    fault_kind = kind;
    fault_call = 0;
    pthread_mutex_unlock(&lock);
}

long faults_count(void) { return count; }

// The call that the fault hit; 0 if none.
int faults_hit(void) { return fault_call; }

// Records all calls in a file; an empty path ends it.
void faults_record(const char *path) {
    pthread_mutex_lock(&lock);
    if (record >= 0) syscall(SYS_close, record);
    record = *path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
    pthread_mutex_unlock(&lock);
}

static int watched(const char *path) {
    return root_length && path && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static const char *path_of(int fd) { return root_length && fd >= 0 && fd < MAX_FILES ? paths[fd] : NULL; }

static void put(const void *data, size_t length) {
    while (length) {
        ssize_t done = syscall(SYS_write, record, data, length);
        if (done <= 0) abort();
        data = (const char *)data + done;
        length -= (size_t)done;
    }
}

static void note(uint8_t call, const char *path, const char *other, const void *data, size_t length, int64_t offset) {
    if (record < 0) return;
    uint32_t first = (uint32_t)strlen(path), second = other ? (uint32_t)strlen(other) : 0, third = (uint32_t)length;
    put(&call, 1);
    put(&first, 4);
    put(path, first);
    put(&second, 4);
    if (second) put(other, second);
    put(&offset, 8);
    put(&third, 4);
    if (third) put(data, third);
}

// Counts a call. Returns 0 to do it, -1 to fail with errno, 1 to write half.
static int meet(int call) {
    count++;
    int space = call == OPEN || call == WRITE || call == TRUNCATE || call == RENAME || call == LINK || call == MKDIR || call == FLUSH;
    if (fault_kind == ENOSPC_FROM && fault_at && count >= fault_at && space) {
        fault_call = call;
        errno = ENOSPC;
        return -1;
    }
    if (!fault_at || count != fault_at || fault_kind == ENOSPC_FROM) return 0;
    fault_call = call;
    switch (fault_kind) {
    case EIO_ONCE: errno = EIO; return -1;
    case ENOSPC_ONCE: errno = ENOSPC; return -1;
    case EINTR_ONCE: errno = EINTR; return -1;
    case SHORT_ONCE: return call == WRITE;
    case KILL: raise(SIGKILL); return 0;
    default: return 0;
    }
}

static int open_any(const char *path, int flags, mode_t mode) {
    REAL(open);
    if (!watched(path)) return real(path, flags, mode);
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    pthread_mutex_lock(&lock);
    int fd = meet(writes ? OPEN : OPEN_READ) < 0 ? -1 : real(path, flags, mode);
    if (fd >= 0 && fd < MAX_FILES) {
        free(paths[fd]);
        paths[fd] = strdup(path);
        if (writes) note(OPEN, path, NULL, NULL, 0, flags & O_TRUNC ? 1 : 0);
    }
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return fd;
}

static mode_t mode_of(int flags, va_list arguments) { return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0; }

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_any(path, flags, mode);
}

int close(int fd) {
    REAL(close);
    if (fd >= 0 && fd < MAX_FILES && paths[fd]) {
        pthread_mutex_lock(&lock);
        free(paths[fd]);
        paths[fd] = NULL;
        pthread_mutex_unlock(&lock);
    }
    return real(fd);
}

static ssize_t write_at(int fd, const void *data, size_t length, off_t offset, int positioned) {
    static ssize_t (*real_write)(int, const void *, size_t);
    static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
    if (!real_write) real_write = (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (!real_pwrite) real_pwrite = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    const char *path = path_of(fd);
    if (!path) return positioned ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
    pthread_mutex_lock(&lock);
    int fault = meet(WRITE);
    ssize_t done = -1;
    if (fault >= 0) {
        if (!positioned) offset = lseek(fd, 0, SEEK_CUR);
        if (fault && length > 1) length /= 2;
        done = positioned ? real_pwrite(fd, data, length, offset) : real_write(fd, data, length);
        if (done > 0) note(WRITE, path, NULL, data, (size_t)done, offset);
    }
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
}

ssize_t write(int fd, const void *data, size_t length) { return write_at(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return write_at(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t offset) { return write_at(fd, data, length, offset, 1); }

// Several buffers: as many writes as there are buffers, until one is short.
ssize_t pwritev(int fd, const struct iovec *vectors, int number, off_t offset) {
    ssize_t sum = 0;
    for (int i = 0; i < number; i++) {
        ssize_t done = write_at(fd, vectors[i].iov_base, vectors[i].iov_len, offset + sum, 1);
        if (done < 0) return sum ? sum : done;
        sum += done;
        if ((size_t)done < vectors[i].iov_len) break;
    }
    return sum;
}

ssize_t pwritev64(int fd, const struct iovec *vectors, int number, off_t offset) { return pwritev(fd, vectors, number, offset); }

static int truncate_any(int fd, off_t length) {
    static int (*real)(int, off_t);
    if (!real) real = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
    const char *path = path_of(fd);
    if (!path) return real(fd, length);
    pthread_mutex_lock(&lock);
    int result = meet(TRUNCATE) < 0 ? -1 : real(fd, length);
    if (!result) note(TRUNCATE, path, NULL, NULL, 0, length);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate(int fd, off_t length) { return truncate_any(fd, length); }
int ftruncate64(int fd, off_t length) { return truncate_any(fd, length); }

// The disk itself need not be flushed: what is on it after a power cut is computed from the record.
static int flush_any(int fd, const char *name) {
    const char *path = path_of(fd);
    if (!path) return ((int (*)(int))dlsym(RTLD_NEXT, name))(fd);
    pthread_mutex_lock(&lock);
    int result = meet(FLUSH) < 0 ? -1 : 0;
    if (!result) note(FLUSH, path, NULL, NULL, 0, 0);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int fsync(int fd) { return flush_any(fd, "fsync"); }
int fdatasync(int fd) { return flush_any(fd, "fdatasync"); }

#define NAMED(name, call, first, second, parameters, arguments) \
    int name parameters { \
        REAL(name); \
        if (!watched(first)) return real arguments; \
        pthread_mutex_lock(&lock); \
        int result = meet(call) < 0 ? -1 : real arguments; \
        if (!result) note(call, first, second, NULL, 0, 0); \
        int error = errno; \
        pthread_mutex_unlock(&lock); \
        errno = error; \
        return result; \
    }

NAMED(rename, RENAME, from, to, (const char *from, const char *to), (from, to))
NAMED(link, LINK, from, to, (const char *from, const char *to), (from, to))
NAMED(unlink, UNLINK, path, NULL, (const char *path), (path))
NAMED(mkdir, MKDIR, path, NULL, (const char *path, mode_t mode), (path, mode))
NAMED(rmdir, RMDIR, path, NULL, (const char *path), (path))
