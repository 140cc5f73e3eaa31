#include "scenarios/sim/show/ladder.h"

#include "scenarios/sim/script/scenario.h"
#include "scenarios/sim/show/ends.h"
#include "scenarios/sim/show/ladder_rows.h"
#include "scenarios/sim/show/ladder_words.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

/* Decisions of policy shown last for one UE: they are made anew with every key, and shown when they
 * change. */
struct decisions {
    bool shown[NOTE_COUNT];
    uint64_t value[NOTE_COUNT];
};

struct ladder {
    struct ladder_conf conf;
    struct decisions *decisions; /* by UE */
    struct rows rows;
    struct ends ends;
    bool live;
};

unsigned ladder_width(int fd)
{
    struct winsize size;
    const char *const columns = getenv("COLUMNS");

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        return size.ws_col;
    }
    if (columns != NULL) {
        const unsigned long n = strtoul(columns, NULL, 10);

        if (n >= LADDER_WIDTH_MIN && n <= CANVAS_WIDTH_MAX) {
            return (unsigned)n;
        }
    }
    return LADDER_WIDTH_DEFAULT;
}

bool ladder_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* True when the script sends the visited network onto the stage. */
static bool uses_vn(const struct scenario *scn)
{
    for (unsigned i = 0; i < scn->actions_count; i++) {
        const struct scn_action *const a = &scn->actions[i];

        if (a->kind == ACTION_ORDER && (a->role == ROLE_VN || a->order.kind == ORDER_REGISTER)) {
            return true;
        }
    }
    return false;
}

static bool draws_all(const struct ladder *l)
{
    return l->conf.only_ue < 0 && l->conf.run->scn->ues_count <= LADDER_UES_MAX;
}

static unsigned label_width(const struct ladder *l)
{
    const struct scenario *scn = l->conf.run->scn;
    size_t width = 0;

    if (!draws_all(l) || scn->ues_count < 2) {
        return 0;
    }
    for (unsigned i = 0; i < scn->ues_count; i++) {
        const size_t len = strlen(scn->ues[i].label);

        width = len > width ? len : width;
    }
    return width > LADDER_LABEL_MAX ? LADDER_LABEL_MAX : (unsigned)width;
}

static void lay_out(struct ladder *l, unsigned lifelines)
{
    rows_layout(&l->rows, l->conf.width, lifelines, label_width(l));
}

struct ladder *ladder_new(const struct ladder_conf *conf)
{
    struct ladder *l = calloc(1, sizeof *l);

    if (l == NULL || ends_init(&l->ends, conf->run) != ERR_OK) {
        free(l);
        return NULL;
    }
    l->decisions = calloc(l->ends.count + 1, sizeof *l->decisions);
    if (l->decisions == NULL) {
        ladder_free(l);
        return NULL;
    }
    l->conf = *conf;
    l->conf.width = conf->width < LADDER_WIDTH_MIN ? LADDER_WIDTH_MIN : conf->width;
    if (l->conf.width > CANVAS_WIDTH_MAX) {
        l->conf.width = CANVAS_WIDTH_MAX;
    }
    l->live = strcmp(conf->run->mode, "live") == 0;
    l->rows.out = conf->out;
    l->rows.look = conf->look;
    lay_out(l, uses_vn(conf->run->scn) ? 5 : 4);
    return l;
}

void ladder_free(struct ladder *l)
{
    if (l != NULL) {
        ends_free(&l->ends);
        free(l->decisions);
        free(l);
    }
}

static bool draws(const struct ladder *l, int ue)
{
    if (ue < 0 || draws_all(l)) {
        return true;
    }
    return ue == (l->conf.only_ue < 0 ? 0 : l->conf.only_ue);
}

static struct row_head head_of(const struct ladder *l, const struct trace_event *e)
{
    const int ue = trace_ue(e);
    const struct scenario *scn = l->conf.run->scn;
    struct row_head head = {.t_us = e->t_us, .label = ""};

    if (ue >= 0 && (unsigned)ue < scn->ues_count) {
        head.label = scn->ues[ue].label;
    }
    return head;
}

/* The fifth lifeline appears when the visited network first does, were it not foreseen. */
static void make_room(struct ladder *l, enum role a, enum role b)
{
    if (l->rows.lifelines == 4 && (a == ROLE_VN || b == ROLE_VN)) {
        lay_out(l, 5);
        rows_names(&l->rows);
    }
}

static void print_line(struct ladder *l, enum style style, const char *text)
{
    styled_print(&l->conf.look, style, text, l->conf.out);
    fputc('\n', l->conf.out);
}

static void show_run(struct ladder *l)
{
    const struct scenario *scn = l->conf.run->scn;
    char text[2 * NAME_TEXT_MAX + 64];

    snprintf(text, sizeof text, "%s%s%s", scn->name, scn->title[0] != '\0' ? ": " : "", scn->title);
    print_line(l, STYLE_STRONG, text);
    snprintf(text, sizeof text, "%s, %s, seed %llu", variant_name(scn->variant.variant),
             l->conf.run->mode, (unsigned long long)scn->seed);
    print_line(l, STYLE_FAINT, text);
    if (!draws_all(l) && scn->ues_count > 1) {
        const int drawn = l->conf.only_ue < 0 ? 0 : l->conf.only_ue;

        snprintf(text, sizeof text, "Only %s is drawn; %u other UEs are not.",
                 scn->ues[drawn].label, scn->ues_count - 1);
        print_line(l, STYLE_PLAIN, text);
    }
    fputc('\n', l->conf.out);
    rows_names(&l->rows);
}

static void show_mark(struct ladder *l, const struct trace_event *e, const struct row_mark *m)
{
    const struct row_head head = head_of(l, e);

    make_room(l, m->at, m->at);
    rows_mark(&l->rows, &head, m);
}

static void show_order(struct ladder *l, const struct trace_event *e)
{
    char text[WORDS_MAX];

    if (words_order(e->u.order.kind, e->u.order.payload, e->u.order.len, text)) {
        const struct row_mark m = {e->u.order.role, "▶", STYLE_STRONG, text, "", false, ""};

        show_mark(l, e, &m);
    }
}

/* The keys part: said once, where it happens, with what the other end holds. */
static void show_parting(struct ladder *l, const struct trace_event *e, const struct ends_news *n)
{
    const bool at_ue = n->at == ROLE_UE;
    const struct end *mine = at_ue ? &n->pair->ue : &n->pair->eese;
    const struct end *other = at_ue ? &n->pair->eese : &n->pair->ue;
    const char *const name = role_name(at_ue ? ROLE_EESE : ROLE_UE);
    struct row_mark m = {n->at, "✗", STYLE_BAD, "keys part here", "", false, ""};
    char more[WORDS_MAX];

    if (!other->has_key) {
        snprintf(more, sizeof more, "the %s has none", name);
    } else if (mine->has_key && mine->key.epoch == other->key.epoch) {
        snprintf(more, sizeof more, "the %s has key %04x under the same number", name,
                 (unsigned)(other->key.fp >> 16));
    } else {
        snprintf(more, sizeof more, "the %s has epoch %u key %04x", name,
                 (unsigned)other->key.epoch, (unsigned)(other->key.fp >> 16));
    }
    m.more = more;
    show_mark(l, e, &m);
}

/* A new epoch or key at one end, and how the other end stands. */
static void show_key(struct ladder *l, const struct trace_event *e, const struct ends_news *n)
{
    const bool at_ue = n->at == ROLE_UE;
    const struct end *mine = at_ue ? &n->pair->ue : &n->pair->eese;
    struct row_mark m = {n->at, "◆", STYLE_KEY, "", "", false, ""};
    char text[64];
    char more[64];

    snprintf(text, sizeof text, "epoch %u key %04x", (unsigned)mine->key.epoch,
             (unsigned)(mine->key.fp >> 16));
    m.text = text;
    if (n->pair->relation == ENDS_AGREE) {
        snprintf(more, sizeof more, "the same at the %s", role_name(at_ue ? ROLE_EESE : ROLE_UE));
        m.more = more;
        m.style = STYLE_GOOD;
    } else if (n->pair->relation == ENDS_PARTED && !n->parts) {
        snprintf(more, sizeof more, "not the key of the %s",
                 role_name(at_ue ? ROLE_EESE : ROLE_UE));
        m.more = more;
        m.style = STYLE_BAD;
    }
    show_mark(l, e, &m);
}

static void show_keys(struct ladder *l, const struct trace_event *e, const struct ends_news *news)
{
    if (news->changed) {
        show_key(l, e, news);
    }
    if (news->parts) {
        show_parting(l, e, news);
    }
}

static void show_msg(struct ladder *l, const struct trace_event *e)
{
    const struct trace_msg *m = &e->u.msg;
    const bool data = m->type == MSG_DATA_UL || m->type == MSG_DATA_DL || m->type == MSG_DACK;
    const struct row_head head = head_of(l, e);
    char epoch[16] = "";
    char number[16] = "";
    char remark[WORDS_MAX];
    struct row_arrow a = {
        .from = m->from,
        .to = m->to,
        .lost = !fate_arrives(m->fate),
        .style = m->fate == FATE_DELIVERED ? STYLE_PLAIN : STYLE_BAD,
        .name = m->type < MSG_TYPE_COUNT ? msg_name(m->type) : "(unreadable)",
        .epoch = epoch,
        .number = number,
        .remark = remark,
        .clause = words_clause_of(m->type),
    };

    if (m->has_epoch) {
        snprintf(epoch, sizeof epoch, "e%u", (unsigned)m->epoch);
    }
    if (data && m->ctr > 0) {
        snprintf(number, sizeof number, "#%u", (unsigned)m->ctr);
    }
    words_fate(m, e->t_us, remark);
    make_room(l, m->from, m->to);
    rows_arrow(&l->rows, &head, &a);
}

static void show_step(struct ladder *l, const struct trace_event *e, const struct ends_news *news)
{
    const struct occur *o = &e->u.occur;
    const bool moves = strcmp(o->state, o->next) != 0;
    struct row_mark m = {
        o->role, "●", STYLE_PLAIN, "", "", o->role == ROLE_EMSE, words_clause(o->clause)};
    char states[2 * OCCUR_NAME_MAX + 8] = "";
    char words[WORDS_MAX];

    words_step(o, words);
    if (moves) {
        snprintf(states, sizeof states, "%s → %s", o->state, o->next);
    }
    if (moves || news->changed || words_step_speaks(o)) {
        m.text = states;
        m.more = words;
        show_mark(l, e, &m);
    }
}

static void show_data(struct ladder *l, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;
    struct row_mark m = {o->role, "✓", STYLE_GOOD, "", "", false, ""};
    char payload[WORDS_MAX];
    char text[WORDS_MAX + 64];

    if (o->kind == OCCUR_DELIVER) {
        words_payload(o->payload, o->len, payload);
        snprintf(text, sizeof text, "delivers %s", payload);
    } else {
        m.mark = o->verdict == VERDICT_FAIL_MIC ? "✗" : "·";
        m.style = o->verdict == VERDICT_FAIL_MIC ? STYLE_BAD : STYLE_WARN;
        m.clause = clause_info[C_2_VERDICT].where;
        snprintf(text, sizeof text, "verdict %s for #%u", verdict_name(o->verdict),
                 (unsigned)o->ctr);
    }
    m.text = text;
    show_mark(l, e, &m);
}

/* True when this decision was shown for this UE and is as it was. */
static bool is_old(struct ladder *l, const struct trace_event *e)
{
    const struct occur *o = &e->u.occur;
    struct decisions *d =
        e->ue >= 0 && (unsigned)e->ue < l->ends.count ? &l->decisions[e->ue] : NULL;
    const bool old = d != NULL && d->shown[o->note] && d->value[o->note] == o->value;

    if (d != NULL) {
        d->shown[o->note] = true;
        d->value[o->note] = o->value;
    }
    return old;
}

static void show_note(struct ladder *l, const struct trace_event *e)
{
    struct row_mark m = {e->u.occur.role, "·", STYLE_PLAIN, "", "", false, ""};
    char text[WORDS_MAX];

    if (words_note(&e->u.occur, text, &m.style) && !(m.style == STYLE_FAINT && is_old(l, e))) {
        char *const colon = strstr(text, ": ");

        if (colon != NULL) { /* the reason may go to the next row */
            *colon = '\0';
            m.more = colon + 2;
        }
        m.text = text;
        show_mark(l, e, &m);
    }
}

static void show_refused(struct ladder *l, const struct trace_event *e)
{
    struct row_mark m = {e->u.occur.role, "✗", STYLE_BAD, "", "", false, ""};
    char text[WORDS_MAX];

    snprintf(text, sizeof text, "refuses a datagram: %s", err_words(e->u.occur.err));
    m.text = text;
    show_mark(l, e, &m);
}

static void show_occur(struct ladder *l, const struct trace_event *e, const struct ends_news *news)
{
    switch (e->u.occur.kind) {
    case OCCUR_STEP: show_step(l, e, news); break;
    case OCCUR_DELIVER:
    case OCCUR_REPORT: show_data(l, e); break;
    case OCCUR_NOTE: show_note(l, e); break;
    case OCCUR_REFUSED: show_refused(l, e); break;
    case OCCUR_KIND_COUNT: break;
    }
}

static void show_link(struct ladder *l, const struct trace_event *e)
{
    const struct row_head head = head_of(l, e);
    char text[WORDS_MAX];
    int len = snprintf(text, sizeof text, "the link %s → %s changes", role_name(e->u.link.from),
                       role_name(e->u.link.to));

    if (e->u.link.line > 0) {
        snprintf(text + len, sizeof text - (size_t)len, ", line %u", e->u.link.line);
    }
    rows_sentence(&l->rows, &head, STYLE_WARN, text);
}

static void show_process(struct ladder *l, const struct trace_event *e)
{
    char text[WORDS_MAX];
    struct row_mark m = {e->u.process.role, "●", STYLE_WARN, text, "", false, ""};

    if (!words_process(e, text)) {
        m.mark = "✗";
        m.style = STYLE_BAD;
    }
    show_mark(l, e, &m);
}

static void show_leak(struct ladder *l, const struct trace_event *e)
{
    const struct row_head head = head_of(l, e);
    char words[WORDS_MAX];
    char text[WORDS_MAX + 8];

    words_leak(e, words);
    snprintf(text, sizeof text, "▶ %s", words);
    rows_sentence(&l->rows, &head, STYLE_BAD, text);
}

/* A RAND is no key, and alone it opens nothing. */
static void show_knows(struct ladder *l, const struct trace_event *e)
{
    const bool rand = e->u.knows.what == SECRET_RAND;
    const struct row_head head = head_of(l, e);
    char words[WORDS_MAX];
    char text[WORDS_MAX + 8];
    char by[WORDS_MAX];

    if (words_knows(&e->u.knows, words, by)) {
        snprintf(text, sizeof text, "%s %s", rand ? "·" : "◆", words);
        rows_reasoned(&l->rows, &head, rand ? STYLE_WARN : STYLE_BAD, text, by);
    }
}

static void show_failed(struct ladder *l, const struct trace_event *e)
{
    const struct row_head head = head_of(l, e);
    char text[sizeof e->u.failed.words + 32];

    snprintf(text, sizeof text, "✗ the run failed: %s", e->u.failed.words);
    rows_sentence(&l->rows, &head, STYLE_BAD, text);
}

/* The names once more, as under a figure, and who is left with different keys. */
static void show_end(struct ladder *l, const struct trace_event *e)
{
    const struct scenario *scn = l->conf.run->scn;

    for (unsigned i = 0; i < l->ends.count; i++) {
        const struct pair *p = &l->ends.pair[i];
        const struct row_head head = {.t_us = e->t_us, .label = scn->ues[i].label};
        char text[WORDS_MAX];

        if (p->relation != ENDS_PARTED || !draws(l, (int)i)) {
            continue;
        }
        snprintf(text, sizeof text, "✗ %s and EESE hold different keys since %u.%03u s",
                 scn->ues[i].label, (unsigned)(p->parted_us / 1000000),
                 (unsigned)(p->parted_us / 1000 % 1000));
        rows_sentence(&l->rows, &head, STYLE_BAD, text);
    }
    rows_names(&l->rows);
    fputc('\n', l->conf.out);
}

/* What happens to, or is known of, one UE. */
static void show_of_ue(struct ladder *l, const struct trace_event *e, const struct ends_news *news)
{
    switch (e->kind) {
    case TRACE_ORDER: show_order(l, e); break;
    case TRACE_MSG: show_msg(l, e); break;
    case TRACE_OCCUR: show_occur(l, e, news); break;
    case TRACE_LEAK: show_leak(l, e); break;
    case TRACE_KNOWS: show_knows(l, e); break;
    case TRACE_RUN:
    case TRACE_LINK:
    case TRACE_PROCESS:
    case TRACE_FAILED:
    case TRACE_END: break;
    }
    show_keys(l, e, news);
}

void ladder_event(void *arg, const struct trace_event *e)
{
    struct ladder *l = arg;
    const struct ends_news news = ends_event(&l->ends, e);

    if (e->kind == TRACE_RUN) {
        show_run(l);
    } else if (e->kind == TRACE_LINK) {
        show_link(l, e);
    } else if (e->kind == TRACE_PROCESS) {
        show_process(l, e);
    } else if (e->kind == TRACE_FAILED) {
        show_failed(l, e);
    } else if (e->kind == TRACE_END) {
        show_end(l, e);
    } else if (draws(l, trace_ue(e))) {
        show_of_ue(l, e, &news);
    }
    if (l->live) {
        fflush(l->conf.out);
    }
}
