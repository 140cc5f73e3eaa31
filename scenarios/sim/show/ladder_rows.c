#include "scenarios/sim/show/ladder_rows.h"

#include "common/base/ensure.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

enum {
    TIME_WIDTH = 8,    /* "9999.999" */
    CLAUSE_WIDTH = 14, /* "6.x.2.3 step 4" */
    GAP_MIN = 15,      /* between lifelines; below that the clauses give way */
    GAP_MAX = 26,
    QUIET_US = 500000, /* a silence that long is drawn */
    CROSS_FAR = 4,     /* columns from a cross to the receiver that got nothing */
    CROSS_NEAR = 2,    /* ... where the label needs the room */
};

/* From left to right. */
static const enum role order[] = {ROLE_UE, ROLE_EESE, ROLE_EMSE, ROLE_HSS, ROLE_VN};

void rows_layout(struct rows *r, unsigned width, unsigned lifelines, unsigned label_width)
{
    const unsigned left = TIME_WIDTH + 1 + (label_width > 0 ? label_width + 1 : 0);
    const unsigned clause = CLAUSE_WIDTH + 2;
    unsigned gaps;
    unsigned gap;

    ENSURE(lifelines >= 2 && lifelines <= COUNT_OF(order));
    gaps = lifelines - 1;
    gap = (width - left - 1 - clause) / gaps;
    r->width = width;
    r->label_width = label_width;
    r->lifelines = lifelines;
    r->margin = width - CLAUSE_WIDTH;
    if (gap < GAP_MIN) {
        gap = (width - left - 2) / gaps;
        r->margin = width;
    }
    if (gap > GAP_MAX) {
        gap = GAP_MAX;
        r->margin = left + gap * gaps + 4;
    }
    for (unsigned i = 0; i < lifelines; i++) {
        r->at[order[i]] = left + i * gap;
    }
}

static void lifelines(const struct rows *r, struct canvas *c, const char *glyph)
{
    canvas_clear(c, r->width);
    for (unsigned i = 0; i < r->lifelines; i++) {
        canvas_text(c, r->at[order[i]], STYLE_FAINT, glyph);
    }
}

void rows_names(struct rows *r)
{
    struct canvas c;

    canvas_clear(&c, r->width);
    for (unsigned i = 0; i < r->lifelines; i++) {
        const char *const name = role_name(order[i]);
        const unsigned half = (unsigned)strlen(name) / 2;

        canvas_text(&c, r->at[order[i]] - half, STYLE_STRONG, name);
    }
    canvas_print(&c, &r->look, r->out);
    r->has_time = false;
}

/* A row of bare lifelines tells that nothing happened for a while. */
static void quiet(struct rows *r, uint64_t t_us)
{
    struct canvas c;

    if (r->has_time && t_us >= r->last_us + QUIET_US) {
        lifelines(r, &c, "┊");
        canvas_print(&c, &r->look, r->out);
    }
}

/* Starts a row: lifelines, and time and label where they are news. */
static void begin(struct rows *r, const struct row_head *head, struct canvas *c)
{
    char text[32];
    const uint64_t ms = head->t_us / 1000;

    quiet(r, head->t_us);
    lifelines(r, c, "│");
    if (!r->has_time || r->last_us / 1000 != ms) {
        snprintf(text, sizeof text, "%4" PRIu64 ".%03" PRIu64, ms / 1000, ms % 1000);
        canvas_text(c, 0, STYLE_FAINT, text);
    }
    if (r->label_width > 0) {
        snprintf(text, sizeof text, "%.*s", (int)r->label_width, head->label);
        canvas_text(c, TIME_WIDTH + 1, STYLE_PLAIN, text);
    }
    r->has_time = true;
    r->last_us = head->t_us;
}

static void end(struct rows *r, const struct canvas *c)
{
    canvas_print(c, &r->look, r->out);
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

static void clause(const struct rows *r, struct canvas *c, const char *text)
{
    if (r->margin < r->width) {
        canvas_text(c, r->margin, STYLE_FAINT, text);
    }
}

/* First free column right of the last lifeline. */
static unsigned right_limit(const struct rows *r, bool has_clause)
{
    return has_clause && r->margin < r->width ? r->margin - 2 : r->width;
}

static unsigned left_limit(const struct rows *r)
{
    return r->at[order[0]] + 1;
}

/* The name with as much of epoch and number as |room| columns hold. Returns its length. */
static unsigned arrow_label(const struct row_arrow *a, unsigned room, char *out, size_t cap)
{
    const char *const gap_epoch = a->epoch[0] != '\0' ? " " : "";
    const char *const gap_number = a->number[0] != '\0' ? " " : "";

    snprintf(out, cap, "%s%s%s%s%s", a->name, gap_epoch, a->epoch, gap_number, a->number);
    if (strlen(out) > room) {
        snprintf(out, cap, "%s%s%s", a->name, gap_epoch, a->epoch);
    }
    if (strlen(out) > room) {
        snprintf(out, cap, "%.*s", (int)room, a->name);
    }
    return (unsigned)strlen(out);
}

/* The shaft with its head, or with a cross |before| the receiver when it is lost. */
static void shaft(const struct rows *r, struct canvas *c, const struct row_arrow *a,
                  unsigned before)
{
    const bool right = r->at[a->to] > r->at[a->from];
    const unsigned lo = smaller(r->at[a->from], r->at[a->to]);
    const unsigned hi = larger(r->at[a->from], r->at[a->to]);
    const unsigned cross = right ? hi - before : lo + before;

    for (unsigned col = lo + 1; col < hi; col++) {
        const bool beyond = a->lost && (right ? col > cross : col < cross);

        canvas_text(c, col, a->style, beyond ? "╌" : "─");
    }
    for (unsigned i = 0; i < r->lifelines; i++) {
        const unsigned col = r->at[order[i]];

        if (col > lo && col < hi) {
            canvas_text(c, col, a->style, "┼");
        }
    }
    canvas_text(c, r->at[a->from], a->style, right ? "├" : "┤");
    if (a->lost) {
        canvas_text(c, cross, a->style, "✗");
    } else {
        canvas_text(c, right ? hi - 1 : lo + 1, a->style, right ? "→" : "←");
    }
}

/* Puts the remark beside the arrow where it covers least. Returns false when it fits nowhere. */
static bool remark(const struct rows *r, struct canvas *c, const struct row_arrow *a)
{
    const unsigned lo = smaller(r->at[a->from], r->at[a->to]);
    const unsigned hi = larger(r->at[a->from], r->at[a->to]);
    const unsigned len = canvas_columns(a->remark);

    if (hi + 2 + len <= right_limit(r, a->clause[0] != '\0')) {
        canvas_text(c, hi + 2, a->style, a->remark);
        return true;
    }
    if (lo >= left_limit(r) + len + 1) {
        canvas_text(c, lo - 1 - len, a->style, a->remark);
        return true;
    }
    return len == 0;
}

void rows_arrow(struct rows *r, const struct row_head *head, const struct row_arrow *a)
{
    struct canvas c;
    char label[64];
    const bool right = r->at[a->to] > r->at[a->from];
    const unsigned gap = r->at[order[1]] - r->at[order[0]];
    const unsigned wanted = arrow_label(a, UINT_MAX, label, sizeof label);
    const unsigned before = wanted + CROSS_FAR + 2 <= gap ? CROSS_FAR : CROSS_NEAR;
    unsigned len;

    ENSURE(a->from != a->to);
    begin(r, head, &c);
    shaft(r, &c, a, before);
    clause(r, &c, a->clause);
    /* the label stands in the gap next to the sender, so it never hides head or cross */
    len = arrow_label(a, gap - (a->lost ? before + 2 : 4), label, sizeof label);
    canvas_text(&c, right ? r->at[a->from] + 2 : r->at[a->from] - 1 - len, a->style, label);
    if (remark(r, &c, a)) {
        end(r, &c);
        return;
    }
    end(r, &c);
    begin(r, head, &c);
    canvas_text(&c, left_limit(r) + 1, a->style, a->remark);
    end(r, &c);
}

/* Puts |text| beside the lifeline at |col|: to the right, else to the left, else clipped. */
static void beside(const struct rows *r, struct canvas *c, unsigned col, bool has_clause,
                   enum style style, const char *text)
{
    const unsigned len = canvas_columns(text);
    const unsigned limit = right_limit(r, has_clause);

    if (col + 2 + len <= limit) {
        canvas_text(c, col + 2, style, text);
    } else if (col >= left_limit(r) + len + 2) {
        canvas_text(c, col - 1 - len, style, text);
    } else {
        const unsigned stop = canvas_text(c, col + 2, style, text);

        if (stop >= r->width) {
            canvas_text(c, r->width - 1, style, "…");
        }
    }
}

static bool fits(const struct rows *r, unsigned col, bool has_clause, const char *text)
{
    return col + 2 + canvas_columns(text) <= right_limit(r, has_clause);
}

void rows_mark(struct rows *r, const struct row_head *head, const struct row_mark *m)
{
    struct canvas c;
    char whole[512];
    const unsigned col = r->at[m->at];
    const bool has_clause = m->clause[0] != '\0';
    const bool two = m->text[0] != '\0' && m->more[0] != '\0';

    snprintf(whole, sizeof whole, "%s%s%s", m->text, two ? "  " : "", m->more);
    begin(r, head, &c);
    canvas_text(&c, col, m->style, m->mark);
    clause(r, &c, m->clause);
    if (!two || fits(r, col, has_clause, whole)) {
        beside(r, &c, col, has_clause, m->style, whole);
        end(r, &c);
        return;
    }
    beside(r, &c, col, has_clause, m->style, m->text);
    end(r, &c);
    if (!m->brief) {
        begin(r, head, &c);
        beside(r, &c, col, false, m->style, m->more);
        end(r, &c);
    }
}

void rows_sentence(struct rows *r, const struct row_head *head, enum style style, const char *text)
{
    struct canvas c;

    begin(r, head, &c);
    canvas_text(&c, left_limit(r) + 1, style, text);
    end(r, &c);
}

void rows_reasoned(struct rows *r, const struct row_head *head, enum style style, const char *text,
                   const char *by)
{
    char whole[512];

    snprintf(whole, sizeof whole, "%s %s", text, by);
    if (left_limit(r) + 1 + canvas_columns(whole) <= r->width) {
        rows_sentence(r, head, style, whole);
        return;
    }
    rows_sentence(r, head, style, text);
    snprintf(whole, sizeof whole, "  %s", by);
    rows_sentence(r, head, style, whole);
}
