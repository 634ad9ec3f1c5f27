/*
 * A disk that fails, for a program that is started with this library preloaded (Linux). Every write, cut, sync, rename,
 * removal and new directory below the directory FAILING_DISK_UNDER is written to the file FAILING_DISK_LOG, in the order in which it was done:
 * what would be there after a loss of power can be put together from it (disk-image.ts). The file FAILING_DISK_FAULTS is
 * looked at before each: four numbers of 32 bits, the error that a sync gives and how often in a thousand times, and the
 * same for a write.
 *
 * Built with: cc -shared -fPIC -O1 -o failing-disk.so failing-disk.c -ldl -lpthread
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPENED = 'o', WRITTEN = 'w', CUT = 't', SYNCED = 's', SYNC_FAILED = 'f', RENAMED = 'r', REMOVED = 'u', MADE = 'd' };

static const char *under;
static size_t under_length;
static int log_file = -1;
static volatile int32_t *faults;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[65536];

#define REAL(name) ((__typeof__(&name))real(#name))
static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_write)(int, const void *, size_t);

__attribute__((constructor)) static void start(void) {
  real_open = real("open64");
  real_write = real("write");
  const char *log = getenv("FAILING_DISK_LOG"), *control = getenv("FAILING_DISK_FAULTS");
  const char *directory = getenv("FAILING_DISK_UNDER");
  if (!log || !control || !directory) return;
  int file = real_open(control, O_RDONLY | O_CLOEXEC);
  if (file >= 0) faults = mmap(NULL, 16, PROT_READ, MAP_SHARED, file, 0);
  log_file = real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  under_length = strlen(directory);
  under = directory;
}

/* One line for what it was, then its bytes: kind, time in ns, place, length of the bytes, path. */
static void record(int kind, const char *path, int64_t at, const void *bytes, size_t length) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  char line[PATH_MAX + 100];
  int size = snprintf(line, sizeof line, "%c %lld %lld %zu %s\n", kind, now.tv_sec * 1000000000LL + now.tv_nsec,
                      (long long)at, length, path[under_length] ? path + under_length + 1 : ".");
  struct iovec parts[] = {{line, size}, {(void *)bytes, length}};
  REAL(writev)(log_file, parts, length ? 2 : 1);
}

static int is_ours(const char *path) {
  return log_file >= 0 && path && !strncmp(path, under, under_length) && path[under_length] == '/' &&
         !strstr(path, "-shm") && !strstr(path, "server.lock") && !strstr(path, "elizad-log");
}

static const char *path_of(int file) { return file >= 0 && file < 65536 ? paths[file] : NULL; }

static int fails(int which) {
  if (!faults || faults == MAP_FAILED || !faults[which] || rand() % 1000 >= faults[which + 1]) return 0;
  errno = faults[which];
  return 1;
}

static int open_any(const char *path, int flags, mode_t mode) {
  int file = real_open(path, flags, mode);
  if (file < 0 || file >= 65536) return file;
  pthread_mutex_lock(&lock);
  free(paths[file]);
  paths[file] = NULL;
  char whole[PATH_MAX + 1];
  const char *found = path[0] == '/' ? path : realpath(path, whole);
  if (is_ours(found) || (log_file >= 0 && found && !strcmp(found, under))) {
    paths[file] = strdup(found);
    struct stat stats;
    if (is_ours(found) && !fstat(file, &stats) && S_ISREG(stats.st_mode)) {
      if (flags & O_CREAT) record(OPENED, found, 0, NULL, 0);
      if (flags & O_TRUNC) record(CUT, found, 0, NULL, 0);
    }
  }
  pthread_mutex_unlock(&lock);
  return file;
}

int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, int);
  va_end(list);
  return open_any(path, flags, mode);
}
int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, int);
  va_end(list);
  return open_any(path, flags, mode);
}

int close(int file) {
  if (path_of(file)) {
    pthread_mutex_lock(&lock);
    free(paths[file]);
    paths[file] = NULL;
    pthread_mutex_unlock(&lock);
  }
  return REAL(close)(file);
}

static ssize_t written(int file, const void *bytes, int64_t at, ssize_t done) {
  if (done > 0) record(WRITTEN, paths[file], at, bytes, done);
  pthread_mutex_unlock(&lock);
  return done;
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at) {
  if (!path_of(file)) return REAL(pwrite64)(file, bytes, size, at);
  if (fails(2)) return -1;
  pthread_mutex_lock(&lock);
  return written(file, bytes, at, REAL(pwrite64)(file, bytes, size, at));
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t at) { return pwrite64(file, bytes, size, at); }

ssize_t write(int file, const void *bytes, size_t size) {
  if (!path_of(file)) return real_write(file, bytes, size);
  if (fails(2)) return -1;
  pthread_mutex_lock(&lock);
  int64_t at = lseek64(file, 0, SEEK_CUR);
  return written(file, bytes, at, real_write(file, bytes, size));
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (!path_of(file)) return REAL(writev)(file, parts, count);
  ssize_t sum = 0;
  for (int index = 0; index < count; index++) {
    ssize_t done = write(file, parts[index].iov_base, parts[index].iov_len);
    if (done < 0) return sum ? sum : -1;
    sum += done;
    if ((size_t)done < parts[index].iov_len) break;
  }
  return sum;
}

int ftruncate64(int file, off64_t size) {
  if (!path_of(file)) return REAL(ftruncate64)(file, size);
  pthread_mutex_lock(&lock);
  int result = REAL(ftruncate64)(file, size);
  if (!result) record(CUT, paths[file], size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}
int ftruncate(int file, off_t size) { return ftruncate64(file, size); }

static int sync_any(int file, int (*sync)(int)) {
  if (!path_of(file)) return sync(file);
  pthread_mutex_lock(&lock);
  int result = 0;
  /* The system marks what it could not write as clean: it is never tried again. */
  if (fails(0)) result = -1;
  int kept = errno;
  record(result ? SYNC_FAILED : SYNCED, paths[file], 0, NULL, 0);
  errno = kept;
  pthread_mutex_unlock(&lock);
  return result;
}
int fsync(int file) { return sync_any(file, REAL(fsync)); }
int fdatasync(int file) { return sync_any(file, REAL(fdatasync)); }

int rename(const char *from, const char *to) {
  if (!is_ours(from)) return REAL(rename)(from, to);
  pthread_mutex_lock(&lock);
  int result = REAL(rename)(from, to);
  if (!result) record(RENAMED, from, 0, to + under_length + 1, strlen(to) - under_length - 1);
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) {
  int result = REAL(unlink)(path);
  if (!result && is_ours(path)) {
    pthread_mutex_lock(&lock);
    record(REMOVED, path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return result;
}

int mkdir(const char *path, mode_t mode) {
  int result = REAL(mkdir)(path, mode);
  if (!result && is_ours(path)) {
    pthread_mutex_lock(&lock);
    record(MADE, path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
  }
  return result;
}
