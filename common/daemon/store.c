#include "common/daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    APPLICATION_ID = 0x65324531, /* "e2E1": PRAGMA application_id marks the file as ours */
    PATH_ROOM = 512,
    OWNER_ONLY = 0077, /* what the umask takes away */
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *put;
    sqlite3_stmt *tell;
    sqlite3_stmt *trim;
    size_t size;
    bool open_turn; /* a transaction is under way */
    /* What is told: rows of |untold|, numbered; a file of its own holds the number of the last one
     * that has been told. It need not be durable, so one write(2) of 8 octets does, right behind
     * the telling: a process that is killed leaves hardly a moment between the two. */
    int told_fd;
    uint64_t last;    /* number of the last row */
    uint64_t told;    /* of the last one told */
    uint64_t trimmed; /* rows up to here are gone */
};

/* ---- SQLite in our words ---- */

static const char *cure(int code)
{
    static const struct {
        int code;
        const char *words;
    } cures[] = {
        {SQLITE_BUSY, "; another process uses it: stop that one, or name another file"},
        {SQLITE_NOTADB, "; name another file"},
        {SQLITE_CORRUPT, "; it is damaged: restore it from a copy, or start from an empty file"},
        {SQLITE_CANTOPEN, "; name a file in a folder that this user can write"},
        {SQLITE_READONLY, "; make the file and its folder writable for this user"},
        {SQLITE_FULL, "; make room on that disk, then start again"},
        {SQLITE_IOERR, "; look after that disk, then start again"},
    };

    for (size_t i = 0; i < sizeof cures / sizeof cures[0]; i++) {
        if (cures[i].code == (code & 0xff)) {
            return cures[i].words;
        }
    }
    return "";
}

static enum err fail(struct store *s, const char *doing, char why[STORE_WHY_MAX])
{
    int code = s->db != NULL ? sqlite3_extended_errcode(s->db) : SQLITE_NOMEM;

    snprintf(why, STORE_WHY_MAX, "%.60s: %.150s (SQLite %d)%s", doing,
             s->db != NULL ? sqlite3_errmsg(s->db) : "out of memory", code, cure(code));
    return ERR_IO;
}

static enum err run(struct store *s, const char *sql, const char *doing, char why[STORE_WHY_MAX])
{
    return sqlite3_exec(s->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : fail(s, doing, why);
}

static enum err prepare(struct store *s, const char *sql, sqlite3_stmt **out,
                        char why[STORE_WHY_MAX])
{
    return sqlite3_prepare_v2(s->db, sql, -1, out, NULL) == SQLITE_OK ? ERR_OK
                                                                      : fail(s, "preparing", why);
}

/* The one number that |sql| yields, or -1. */
static long long number(struct store *s, const char *sql)
{
    sqlite3_stmt *q = NULL;
    long long v = -1;

    if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW) {
        v = sqlite3_column_int64(q, 0);
    }
    sqlite3_finalize(q);
    return v;
}

/* Whether the one text that |sql| yields is |text|. */
static bool text_is(struct store *s, const char *sql, const char *text)
{
    sqlite3_stmt *q = NULL;
    bool same = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK &&
                sqlite3_step(q) == SQLITE_ROW && sqlite3_column_type(q, 0) == SQLITE_TEXT &&
                strcmp((const char *)sqlite3_column_text(q, 0), text) == 0;

    sqlite3_finalize(q);
    return same;
}

/* Runs a prepared statement that yields no row, and makes it ready for the next time. */
static enum err finish(struct store *s, sqlite3_stmt *q, char why[STORE_WHY_MAX])
{
    int rc = sqlite3_step(q);
    enum err err = rc == SQLITE_DONE ? ERR_OK : fail(s, "writing", why);

    sqlite3_reset(q);
    sqlite3_clear_bindings(q);
    return err;
}

/* ---- opening ---- */

static enum err create(struct store *s, const struct store_owner *o, char why[STORE_WHY_MAX])
{
    sqlite3_stmt *q = NULL;
    char sql[80];
    enum err err;

    snprintf(sql, sizeof sql, "BEGIN IMMEDIATE; PRAGMA application_id=%d;", APPLICATION_ID);
    if (run(s, sql, "writing", why) != ERR_OK ||
        run(s,
            "CREATE TABLE layout(role TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL,"
            " size INTEGER NOT NULL, starts INTEGER NOT NULL, clock TEXT NOT NULL) STRICT;"
            "CREATE TABLE drawn(octets BLOB NOT NULL) STRICT;"
            "CREATE TABLE untold(number INTEGER PRIMARY KEY AUTOINCREMENT, octets BLOB NOT NULL)"
            " STRICT;"
            "CREATE TABLE context(ue TEXT PRIMARY KEY, slot INTEGER NOT NULL, address BLOB NOT"
            " NULL, state BLOB NOT NULL) STRICT",
            "writing", why) != ERR_OK ||
        prepare(s, "INSERT INTO layout VALUES(?1, ?2, ?3, ?4, 0, '')", &q, why) != ERR_OK) {
        return ERR_IO;
    }
    sqlite3_bind_text(q, 1, role_name(o->role), -1, SQLITE_STATIC);
    sqlite3_bind_text(q, 2, o->name, -1, SQLITE_STATIC);
    sqlite3_bind_int(q, 3, STORE_VERSION);
    sqlite3_bind_int64(q, 4, (sqlite3_int64)o->size);
    err = finish(s, q, why);
    sqlite3_finalize(q);
    return err == ERR_OK ? run(s, "COMMIT", "writing", why) : err;
}

static enum err check_layout(struct store *s, const struct store_owner *o, char why[STORE_WHY_MAX])
{
    if (!text_is(s, "SELECT role FROM layout", role_name(o->role))) {
        snprintf(why, STORE_WHY_MAX,
                 "it holds the state of another role than %s; name another file",
                 role_name(o->role));
        return ERR_IO;
    }
    if (number(s, "SELECT version FROM layout") != STORE_VERSION ||
        number(s, "SELECT size FROM layout") != (long long)o->size) {
        snprintf(why, STORE_WHY_MAX,
                 "it was written by another version of this program; use that one, or start from "
                 "an empty file");
        return ERR_IO;
    }
    if (!text_is(s, "SELECT name FROM layout", o->name)) {
        snprintf(why, STORE_WHY_MAX, "it holds the state of another %s than %s; name another file",
                 role_name(o->role), o->name[0] == '\0' ? "one without a name" : o->name);
        return ERR_IO;
    }
    return ERR_OK;
}

static enum err check_sound(struct store *s, char why[STORE_WHY_MAX])
{
    if (!text_is(s, "PRAGMA quick_check(1)", "ok")) {
        snprintf(why, STORE_WHY_MAX,
                 "it is damaged; restore it from a copy, or start from an empty file");
        return ERR_IO;
    }
    return ERR_OK;
}

/* Decides, writing nothing, whether the file is ours; |*empty|: there is nothing in it. */
static enum err check(struct store *s, const struct store_owner *o, bool *empty,
                      char why[STORE_WHY_MAX])
{
    long long tables;

    /* The lock is held for the life of the process: two daemons on one state would each undo the
     * other's. */
    if (run(s, "PRAGMA locking_mode=EXCLUSIVE", "locking", why) != ERR_OK) {
        return ERR_IO;
    }
    tables = number(s, "SELECT count(*) FROM sqlite_master");
    if (tables < 0) {
        return fail(s, "reading", why);
    }
    *empty = tables == 0 && number(s, "PRAGMA application_id") == 0;
    if (*empty) {
        return ERR_OK;
    }
    if (number(s, "PRAGMA application_id") != APPLICATION_ID) {
        snprintf(why, STORE_WHY_MAX, "it is a database of another program; name another file");
        return ERR_IO;
    }
    return check_sound(s, why) != ERR_OK ? ERR_IO : check_layout(s, o, why);
}

static enum err prepare_all(struct store *s, const struct store_owner *o, char why[STORE_WHY_MAX])
{
    bool empty = false;

    /* Until it is known to be ours not even what waits in its log is moved into it. */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    if (check(s, o, &empty, why) != ERR_OK) {
        return ERR_IO;
    }
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
    if (run(s, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", "writing", why) != ERR_OK) {
        return ERR_IO;
    }
    if (number(s, "PRAGMA synchronous") != 2 || !text_is(s, "PRAGMA journal_mode", "wal")) {
        snprintf(why, STORE_WHY_MAX,
                 "SQLite takes no WAL with synchronous=FULL there; name a "
                 "file on a local disk");
        return ERR_IO;
    }
    if (empty && create(s, o, why) != ERR_OK) {
        return ERR_IO;
    }
    if (prepare(s, "INSERT OR REPLACE INTO context VALUES(?1, ?2, ?3, ?4)", &s->put, why) !=
            ERR_OK ||
        prepare(s, "INSERT INTO untold VALUES(?1, ?2)", &s->tell, why) != ERR_OK) {
        return ERR_IO;
    }
    return prepare(s, "DELETE FROM untold WHERE number <= ?1", &s->trim, why);
}

static enum err fail_told(char why[STORE_WHY_MAX])
{
    snprintf(why, STORE_WHY_MAX, "its companion -told: %s", strerror(errno));
    return ERR_IO;
}

static enum err write_told(struct store *s, uint64_t told, char why[STORE_WHY_MAX])
{
    if (pwrite(s->told_fd, &told, sizeof told, 0) != (ssize_t)sizeof told) {
        return fail_told(why);
    }
    s->told = told;
    return ERR_OK;
}

/* A number beyond the last is of another file or of a later state: then nothing counts as told. */
static enum err open_told(struct store *s, const char *path, char why[STORE_WHY_MAX])
{
    char file[PATH_ROOM];
    long long last = number(s, "SELECT seq FROM sqlite_sequence WHERE name='untold'");
    ssize_t n;

    snprintf(file, sizeof file, "%s-told", path);
    s->told_fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (s->told_fd < 0) {
        return fail_told(why);
    }
    s->last = last > 0 ? (uint64_t)last : 0;
    n = pread(s->told_fd, &s->told, sizeof s->told, 0);
    if (n < 0) {
        return fail_told(why);
    }
    if (n != (ssize_t)sizeof s->told || s->told > s->last) {
        return write_told(s, 0, why);
    }
    return ERR_OK;
}

static enum err open_all(struct store *s, const char *path, const struct store_owner *o,
                         char why[STORE_WHY_MAX])
{
    if (strlen(path) + sizeof "-told" > PATH_ROOM) {
        snprintf(why, STORE_WHY_MAX, "its name is too long");
        return ERR_IO;
    }
    if (sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
        SQLITE_OK) {
        return fail(s, "opening", why);
    }
    return prepare_all(s, o, why) == ERR_OK ? open_told(s, path, why) : ERR_IO;
}

enum err store_open(const char *path, const struct store_owner *owner, struct store **out,
                    char why[STORE_WHY_MAX])
{
    struct store *s = calloc(1, sizeof *s);
    char reason[STORE_WHY_MAX] = "out of memory";
    mode_t mask = umask(OWNER_ONLY);
    enum err err = ERR_IO;

    if (s != NULL) {
        s->told_fd = -1;
        s->size = owner->size;
        err = open_all(s, path, owner, reason);
    }
    (void)umask(mask);
    if (err == ERR_OK) {
        *out = s;
        return ERR_OK;
    }
    store_close(s);
    snprintf(why, STORE_WHY_MAX, "%.200s: %.450s", path, reason);
    return ERR_IO;
}

/* ---- at the start ---- */

enum err store_begin(struct store *s, const char *clock, uint64_t *starts, bool *clock_lost,
                     char why[STORE_WHY_MAX])
{
    sqlite3_stmt *q = NULL;
    bool lost = number(s, "SELECT starts FROM layout") > 0 &&
                !text_is(s, "SELECT clock FROM layout", clock);
    enum err err;

    if (prepare(s, "UPDATE layout SET starts = starts + 1, clock = ?1", &q, why) != ERR_OK) {
        return ERR_IO;
    }
    sqlite3_bind_text(q, 1, clock, -1, SQLITE_STATIC);
    err = finish(s, q, why);
    sqlite3_finalize(q);
    if (err == ERR_OK) {
        *starts = (uint64_t)number(s, "SELECT starts FROM layout");
        *clock_lost = lost;
    }
    return err;
}

enum err store_keep(struct store *s, uint8_t *octets, size_t len, char why[STORE_WHY_MAX])
{
    bool there = number(s, "SELECT count(*) FROM drawn") > 0;
    sqlite3_stmt *q = NULL;
    enum err err = ERR_OK;

    if (prepare(s, there ? "SELECT octets FROM drawn" : "INSERT INTO drawn VALUES(?1)", &q, why) !=
        ERR_OK) {
        return ERR_IO;
    }
    if (!there) {
        sqlite3_bind_blob(q, 1, octets, (int)len, SQLITE_STATIC);
        err = finish(s, q, why);
    } else if (sqlite3_step(q) == SQLITE_ROW && (size_t)sqlite3_column_bytes(q, 0) == len) {
        memcpy(octets, sqlite3_column_blob(q, 0), len);
    } else {
        err = fail(s, "reading", why);
    }
    sqlite3_finalize(q);
    return err;
}

static enum err read_record(const struct store *s, sqlite3_stmt *q, struct node_record *r)
{
    size_t len = (size_t)sqlite3_column_bytes(q, 2);
    enum err err = ident_set(&r->ue, (const char *)sqlite3_column_text(q, 0));

    if (err != ERR_OK) {
        return err;
    }
    if (len > sizeof r->addr.octets || (size_t)sqlite3_column_bytes(q, 3) != s->size) {
        return ERR_BAD_FIELD;
    }
    memset(&r->addr, 0, sizeof r->addr);
    r->addr.len = (uint8_t)len;
    if (len > 0) {
        memcpy(r->addr.octets, sqlite3_column_blob(q, 2), len);
    }
    r->slot = (uint32_t)sqlite3_column_int64(q, 1);
    r->ctx = sqlite3_column_blob(q, 3);
    return ERR_OK;
}

enum err store_load(struct store *s, bool (*each)(void *arg, const struct node_record *r),
                    void *arg, char why[STORE_WHY_MAX])
{
    sqlite3_stmt *q = NULL;
    enum err e = ERR_OK;
    int rc = SQLITE_ROW;
    bool more = true;

    if (prepare(s, "SELECT ue, slot, address, state FROM context ORDER BY slot", &q, why) !=
        ERR_OK) {
        return ERR_IO;
    }
    while (more && e == ERR_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        struct node_record r;

        e = read_record(s, q, &r);
        more = e == ERR_OK && each(arg, &r);
    }
    if (e != ERR_OK) {
        snprintf(why, STORE_WHY_MAX, "a stored context does not read: %s", err_words(e));
        e = ERR_IO;
    } else if (more && rc != SQLITE_DONE) {
        e = fail(s, "reading", why);
    }
    sqlite3_finalize(q);
    return e;
}

enum err store_untold(struct store *s, void (*each)(void *arg, const void *octets, size_t len),
                      void *arg, char why[STORE_WHY_MAX])
{
    sqlite3_stmt *q = NULL;
    int rc;

    if (prepare(s, "SELECT octets FROM untold WHERE number > ?1 ORDER BY number", &q, why) !=
        ERR_OK) {
        return ERR_IO;
    }
    sqlite3_bind_int64(q, 1, (sqlite3_int64)s->told);
    while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
        each(arg, sqlite3_column_blob(q, 0), (size_t)sqlite3_column_bytes(q, 0));
    }
    sqlite3_finalize(q);
    return rc == SQLITE_DONE ? ERR_OK : fail(s, "reading", why);
}

/* ---- a turn ---- */

static enum err open_turn(struct store *s, char why[STORE_WHY_MAX])
{
    if (s->open_turn) {
        return ERR_OK;
    }
    if (run(s, "BEGIN IMMEDIATE", "writing", why) != ERR_OK) {
        return ERR_IO;
    }
    s->open_turn = true;
    if (s->told > s->trimmed) {
        sqlite3_bind_int64(s->trim, 1, (sqlite3_int64)s->told);
        s->trimmed = s->told;
        return finish(s, s->trim, why);
    }
    return ERR_OK;
}

enum err store_put(struct store *s, const struct node_record *r, char why[STORE_WHY_MAX])
{
    if (open_turn(s, why) != ERR_OK) {
        return ERR_IO;
    }
    sqlite3_bind_text(s->put, 1, r->ue.s, r->ue.len, SQLITE_STATIC);
    sqlite3_bind_int64(s->put, 2, r->slot);
    sqlite3_bind_blob(s->put, 3, r->addr.octets, r->addr.len, SQLITE_STATIC);
    sqlite3_bind_blob(s->put, 4, r->ctx, (int)s->size, SQLITE_STATIC);
    return finish(s, s->put, why);
}

enum err store_tell(struct store *s, const void *octets, size_t len, char why[STORE_WHY_MAX])
{
    if (open_turn(s, why) != ERR_OK) {
        return ERR_IO;
    }
    sqlite3_bind_int64(s->tell, 1, (sqlite3_int64)++s->last);
    sqlite3_bind_blob(s->tell, 2, octets, (int)len, SQLITE_STATIC);
    return finish(s, s->tell, why);
}

enum err store_told(struct store *s, char why[STORE_WHY_MAX])
{
    return s->told == s->last ? ERR_OK : write_told(s, s->last, why);
}

enum err store_commit(struct store *s, char why[STORE_WHY_MAX])
{
    if (!s->open_turn) {
        return ERR_OK;
    }
    s->open_turn = false;
    return run(s, "COMMIT", "writing", why);
}

void store_close(struct store *s)
{
    if (s == NULL) {
        return;
    }
    sqlite3_finalize(s->put);
    sqlite3_finalize(s->tell);
    sqlite3_finalize(s->trim);
    sqlite3_close(s->db);
    if (s->told_fd >= 0) {
        (void)close(s->told_fd);
    }
    free(s);
}
