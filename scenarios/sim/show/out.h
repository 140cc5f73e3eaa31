/* The folder of `--out DIR`: it and its parents are made when absent, and the files in it are
 * written as the run goes on, so that they can be read before its end; what was there under the
 * same names is replaced. A full disk is told when the files are closed, never ignored. */
#ifndef SIM_SHOW_OUT_H
#define SIM_SHOW_OUT_H

#include "common/base/err.h"

#include <stdbool.h>
#include <stdio.h>

enum { OUT_WHY_MAX = 512 };

struct out {
    FILE *trace;   /* trace.jsonl */
    FILE *report;  /* report.json */
    FILE *ladder;  /* ladder.txt */
    FILE *capture; /* capture.pcapng */
};

/* Makes |dir| and its parents when absent. Returns: ERR_OK; ERR_IO with a sentence in |why|. */
enum err out_folder(const char *dir, char why[OUT_WHY_MAX]) MUST_USE;

/* Makes |dir| and opens the files. With |line_by_line| every line of trace and ladder reaches the
 * file at once (live runs).
 * Returns: ERR_OK; ERR_IO with a sentence in |why| that names the path; nothing is open then. */
enum err out_open(struct out *o, const char *dir, bool line_by_line,
                  char why[OUT_WHY_MAX]) MUST_USE;

/* Closes what is open. Returns: ERR_OK; ERR_IO when a file could not be written whole, with a
 * sentence in |why|. */
enum err out_close(struct out *o, char why[OUT_WHY_MAX]) MUST_USE;

#endif
