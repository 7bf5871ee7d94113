#include "core/rules/ruledir.h"

#include "base/buf.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

void ruledir_init(struct ruledir *dir) {
  *dir = (struct ruledir){0};
  arena_init(&dir->arena, 0);
}

void ruledir_release(struct ruledir *dir) {
  arena_release(&dir->arena);
  free(dir->files);
  free(dir->list_directories);
  *dir = (struct ruledir){0};
}

/* lists/X, or plugins/NAME/lists/X. */
static bool in_lists(struct str path) {
  if (str_starts(path, STR("plugins/"))) {
    path = (struct str){path.p + strlen("plugins/"), path.len - strlen("plugins/")};
    const char *slash = path.len ? memchr(path.p, '/', path.len) : NULL;
    if (!slash) return false;
    path = (struct str){slash + 1, path.len - (size_t)(slash + 1 - path.p)};
  }
  return str_starts(path, STR("lists/"));
}

struct str ruledir_list_name(const char *path) {
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  const char *name = slash ? slash + 1 : path;
  return (struct str){name, dot > name ? (size_t)(dot - name) : strlen(name)};
}

/* What kind of file a path names; false when it is none of ours. */
static bool find_kind(const char *path, enum rule_file_kind *kind) {
  struct str s = str_of(path);
  if (str_ends(s, STR("_test.lua")))
    *kind = RULE_FILE_TEST;
  else if (str_ends(s, STR(".lua")))
    *kind = RULE_FILE_LUA;
  else if (str_ends(s, STR(".yaml")) || str_ends(s, STR(".yml")))
    *kind = RULE_FILE_SCORECARD;
  else if (in_lists(s) && str_ends(s, STR(".txt")))
    *kind = RULE_FILE_LIST;
  else if (in_lists(s) && str_ends(s, STR(".csv")))
    *kind = RULE_FILE_TABLE;
  else
    return false;
  return true;
}

static size_t size_limit(enum rule_file_kind kind) {
  return kind == RULE_FILE_LIST || kind == RULE_FILE_TABLE ? (size_t)RULEDIR_LIST_BYTES_MAX
                                                           : (size_t)RULEDIR_SOURCE_BYTES_MAX;
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static int refuse_size(const char *path, size_t limit, struct err *err) {
  return err_set(err, ERR_LIMIT, "%s: longer than %zu KB; split it", path, limit / 1024);
}

int ruledir_add(struct ruledir *dir, const char *path, struct str text, struct err *err) {
  enum rule_file_kind kind;
  if (!find_kind(path, &kind)) return 0;
  if (text.len > size_limit(kind)) return refuse_size(path, size_limit(kind), err);
  if (dir->count == RULEDIR_FILES_MAX)
    return err_set(err, ERR_LIMIT, "%s: more than %d rule files", path, RULEDIR_FILES_MAX);
  if (dir->bytes + text.len > RULEDIR_TOTAL_BYTES_MAX)
    return err_set(err, ERR_LIMIT, "%s: more than %d MB of rule files", path, RULEDIR_TOTAL_BYTES_MAX >> 20);
  if (dir->count == dir->cap) {
    dir->cap = dir->cap ? dir->cap * 2 : 32;
    dir->files = xrealloc(dir->files, dir->cap * sizeof *dir->files);
  }
  dir->bytes += text.len;
  dir->files[dir->count++] =
      (struct rule_file){arena_str(&dir->arena, str_of(path)).p, kind, arena_str(&dir->arena, text)};
  return 0;
}

static int compare_paths(const void *a, const void *b) {
  return strcmp(((const struct rule_file *)a)->path, ((const struct rule_file *)b)->path);
}

void ruledir_end(struct ruledir *dir) {
  if (dir->count) qsort(dir->files, dir->count, sizeof *dir->files, compare_paths);
  struct digest *digest = digest_new();
  for (size_t i = 0; i < dir->count; i++) {
    const struct rule_file *file = &dir->files[i];
    if (file->kind == RULE_FILE_TEST) continue;
    char head[32];
    int len = snprintf(head, sizeof head, "%zu", file->text.len);
    digest_add(digest, (struct str){file->path, strlen(file->path) + 1});
    digest_add(digest, (struct str){head, (size_t)len + 1});
    digest_add(digest, file->text);
  }
  digest_end(digest, dir->hash);
}

/* --- reading a directory ------------------------------------------------------------------------------------------ */

struct walk {
  struct ruledir *dir;
  const char *root;
  struct err *err;
  bool only_lists; /* files are left alone */
  int depth;
  struct {
    dev_t device;
    ino_t inode;
  } path[RULEDIR_DEPTH_MAX]; /* the directories being read: a link back to one of them would never end */
};

static int read_directory(struct walk *walk, int fd, const char *path);

static int read_all(struct walk *walk, int fd, const char *path, size_t limit, struct buf *text) {
  for (;;) {
    buf_reserve(text, 65536);
    ssize_t got = read(fd, text->data + text->len, 65536);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return err_system(walk->err, "%s/%s", walk->root, path);
    if (got == 0) return 0;
    text->len += (size_t)got;
    text->data[text->len] = '\0';
    if (text->len > limit) return refuse_size(path, limit, walk->err);
  }
}

static int read_file(struct walk *walk, int fd, const char *path) {
  enum rule_file_kind kind;
  struct buf text;
  if (walk->only_lists || !find_kind(path, &kind)) return 0;
  buf_init(&text);
  int failed = read_all(walk, fd, path, size_limit(kind), &text);
  if (!failed) failed = ruledir_add(walk->dir, path, buf_str(&text), walk->err);
  buf_release(&text);
  return failed;
}

/* "WEB.LUA", and "web.lua.txt" as some editors save it. */
static bool looks_like_ours(const char *name) {
  static const char *const ends[] = {".lua", ".yaml", ".yml", ".lua.txt", ".yaml.txt", ".yml.txt"};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    size_t len = strlen(name), end = strlen(ends[i]);
    if (len > end && strcasecmp(name + len - end, ends[i]) == 0) return true;
  }
  return false;
}

static void overlook(struct walk *walk, const char *path) {
  struct ruledir *dir = walk->dir;
  if (walk->only_lists || !looks_like_ours(path) || dir->overlooked_count == RULEDIR_OVERLOOKED_MAX) return;
  dir->overlooked[dir->overlooked_count++] = arena_str(&dir->arena, str_of(path)).p;
}

/* A name of a directory: a rule file, a directory to read, or nothing of ours. */
static int read_entry(struct walk *walk, int parent, const char *name, const char *path) {
  struct stat info;
  enum rule_file_kind kind;
  if (fstatat(parent, name, &info, 0)) {
    if (errno == ENOENT && !find_kind(path, &kind)) return 0; /* a dangling link of someone else's */
    return err_system(walk->err, "%s/%s", walk->root, path);
  }
  if (S_ISREG(info.st_mode) && !find_kind(path, &kind)) {
    overlook(walk, path);
    return 0;
  }
  if (!S_ISDIR(info.st_mode) && !S_ISREG(info.st_mode)) return 0;
  int fd = openat(parent, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return err_system(walk->err, "%s/%s", walk->root, path);
  if (S_ISDIR(info.st_mode)) return read_directory(walk, fd, path);
  int failed = read_file(walk, fd, path);
  close(fd);
  return failed;
}

static int read_entries(struct walk *walk, DIR *stream, const char *path) {
  struct buf name;
  int failed = 0;
  buf_init(&name);
  for (struct dirent *entry; !failed && (entry = readdir(stream));) {
    if (entry->d_name[0] == '.') continue;
    buf_clear(&name);
    buf_printf(&name, "%s%s%s", path, path[0] ? "/" : "", entry->d_name);
    failed = read_entry(walk, dirfd(stream), entry->d_name, name.data);
  }
  buf_release(&name);
  return failed;
}

static int enter(struct walk *walk, int fd, const char *path) {
  struct stat info;
  if (fstat(fd, &info)) return err_system(walk->err, "%s/%s", walk->root, path);
  if (walk->depth == RULEDIR_DEPTH_MAX)
    return err_set(walk->err, ERR_LIMIT, "%s: directories nested deeper than %d", path, RULEDIR_DEPTH_MAX);
  for (int i = 0; i < walk->depth; i++)
    if (walk->path[i].device == info.st_dev && walk->path[i].inode == info.st_ino)
      return err_set(walk->err, ERR_INVALID, "%s: links back to a directory it lies in", path);
  walk->path[walk->depth].device = info.st_dev;
  walk->path[walk->depth++].inode = info.st_ino;
  return 0;
}

/* Where it stands: the bundle's paths of plugins begin with a directory that is not there. */
static void note_lists(struct walk *walk, const char *path) {
  struct ruledir *dir = walk->dir;
  struct buf text;
  struct str within = str_of(path);
  buf_init(&text);
  buf_printf(&text, "%s/", path);
  if (in_lists(buf_str(&text)) && str_ends(within, STR("lists")) &&
      dir->list_directory_count < RULEDIR_FILES_MAX) {
    if (str_starts(within, STR("plugins/"))) path += strlen("plugins/");
    buf_clear(&text);
    buf_printf(&text, "%s/%s", walk->root, path);
    dir->list_directories =
        xrealloc(dir->list_directories, (dir->list_directory_count + 1) * sizeof *dir->list_directories);
    dir->list_directories[dir->list_directory_count++] = arena_str(&dir->arena, buf_str(&text)).p;
  }
  buf_release(&text);
}

/* Takes the descriptor. */
static int read_directory(struct walk *walk, int fd, const char *path) {
  DIR *stream = NULL;
  int failed = enter(walk, fd, path);
  if (failed) {
    close(fd);
    return failed;
  }
  note_lists(walk, path);
  stream = fdopendir(fd);
  if (stream) {
    failed = read_entries(walk, stream, path);
    closedir(stream);
  } else {
    failed = err_system(walk->err, "%s/%s", walk->root, path);
    close(fd);
  }
  walk->depth--;
  return failed;
}

int ruledir_read(struct ruledir *dir, const char *path, struct err *err) {
  struct walk walk = {.dir = dir, .root = path, .err = err};
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "rules directory %s", path);
  if (read_directory(&walk, fd, "")) return -1;
  ruledir_end(dir);
  return 0;
}

int ruledir_read_plugins(struct ruledir *dir, const char *path, struct err *err) {
  struct walk walk = {.dir = dir, .root = path, .err = err};
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return err_system(err, "plugins directory %s", path);
  if (read_directory(&walk, fd, "plugins")) return -1;
  ruledir_end(dir);
  return 0;
}

void ruledir_find_lists(struct ruledir *dir, const char *path, bool plugins) {
  struct err err;
  struct walk walk = {.dir = dir, .root = path, .err = &err, .only_lists = true};
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0) read_directory(&walk, fd, plugins ? "plugins" : "");
}
