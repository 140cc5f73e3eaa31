#include "scenarios/sim/show/ladder_words.h"

#include "common/base/ensure.h"

#include <inttypes.h>
#include <string.h>

enum { QUOTE_MAX = 24, HEX_OCTETS_MAX = 8 };

/* By the name of the action in the role's table. */
static const struct {
    enum role role;
    const char *action;
    const char *words;
} steps[] = {
    {ROLE_UE, "start_attach", "asks to attach"},
    {ROLE_UE, "moved_attached", "has moved: attaches again"},
    {ROLE_UE, "attach_again", "gives up, attaches again"},
    {ROLE_UE, "take_first_literal", "derives the first key"},
    {ROLE_UE, "take_root", "derives the first key"},
    {ROLE_UE, "give_up_attach", "attach failed"},
    {ROLE_UE, "hold", "holds the message for a new key"},
    {ROLE_UE, "hold_literal", "holds the message for a new key"},
    {ROLE_UE, "derive", "derives the next key, sends again"},
    {ROLE_UE, "derive_literal", "derives the next key, sends again"},
    {ROLE_UE, "start_sync", "no answer: asks the EMSE"},
    {ROLE_UE, "resend_all", "the ends agree: sends again"},
    {ROLE_UE, "end_wait", "no key came: ends the wait"},
    {ROLE_EMSE, "start_run", "asks the HSS for a vector"},
    {ROLE_EMSE, "challenge", "challenges the UE"},
    {ROLE_EMSE, "resynchronise", "passes the SQN on to the HSS"},
    {ROLE_EMSE, "hand_over", "gives the EESE the e2e key"},
    {ROLE_EMSE, "hand_over_literal", "gives the EESE the e2e key"},
    {ROLE_EMSE, "next_epoch", "numbers the next epoch"},
    {ROLE_EMSE, "resume_epoch", "the epoch begun before"},
    {ROLE_EMSE, "forward", "the EESE first"},
    {ROLE_EMSE, "forward_again", "the EESE lacks it: again"},
    {ROLE_EMSE, "push", "the EESE has it, now the UE"},
    {ROLE_EMSE, "confirm", "the UE has it: tells the EESE"},
    {ROLE_EMSE, "finish", "both ends have it"},
    {ROLE_EMSE, "restore_eese", "the EESE is behind"},
    {ROLE_EMSE, "recall_epoch", "the UE is ahead"},
    {ROLE_EMSE, "reroot", "starts a new AKA run"},
    {ROLE_EMSE, "end_run", "gives up the AKA run"},
    {ROLE_EESE, "install_keyset", "takes the first key, te2e starts"},
    {ROLE_EESE, "install_first", "has the first key, not used yet"},
    {ROLE_EESE, "install_root", "has a new root, not used yet"},
    {ROLE_EESE, "install_rand", "has the next key, not used yet"},
    {ROLE_EESE, "derive_next", "derives the next key, te2e starts"},
    {ROLE_EESE, "commit", "the UE has the key: te2e starts"},
    {ROLE_EESE, "commit_and_deliver", "first use by the UE: te2e starts"},
    {ROLE_EESE, "commit_and_acknowledge", "first use by the UE: te2e starts"},
    {ROLE_EESE, "invalidate_keyset", "te2e runs out"},
    {ROLE_EESE, "retire_previous", "the previous key is dropped"},
    {ROLE_EESE, "resume", "is back"},
};

void words_step(const struct occur *o, char out[WORDS_MAX])
{
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (steps[i].role == o->role && strcmp(steps[i].action, o->action) == 0) {
            snprintf(out, WORDS_MAX, "%s", steps[i].words);
            return;
        }
    }
    snprintf(out, WORDS_MAX, "%s", o->action);
    for (char *p = out; *p != '\0'; p++) {
        if (*p == '_') {
            *p = ' ';
        }
    }
}

bool words_step_speaks(const struct occur *o)
{
    static const char *const actions[] = {"start_sync", "attach_again", "end_wait"};

    for (size_t i = 0; i < COUNT_OF(actions); i++) {
        if (strcmp(o->action, actions[i]) == 0) {
            return true;
        }
    }
    return false;
}

void words_ms(uint64_t ms, char out[24])
{
    static const struct {
        uint64_t ms;
        const char *unit;
    } units[] = {{3600000, "h"}, {60000, "min"}, {1000, "s"}, {1, "ms"}};
    size_t i = 0;

    while (units[i].ms > 1 && (ms == 0 || ms % units[i].ms != 0)) {
        i++;
    }
    snprintf(out, 24, "%" PRIu64 " %s", ms / units[i].ms, units[i].unit);
}

/* How a note's value reads. */
enum value { VALUE_NONE, VALUE_MS, VALUE_NUMBER, VALUE_INT, VALUE_ENC, VALUE_MODE };

/* The notes that are worth a row; '%' stands for the value, '&' for the other one. */
static const struct {
    const char *words;
    enum value value;
    enum style style;
} notes[NOTE_COUNT] = {
    [NOTE_TE2E_ENTERPRISE_UE] = {"te2e %: the enterprise's wish for this UE", VALUE_MS,
                                 STYLE_FAINT},
    [NOTE_TE2E_ENTERPRISE] = {"te2e %: the enterprise's wish for all UEs", VALUE_MS, STYLE_FAINT},
    [NOTE_TE2E_PAIR] = {"te2e %: profile of this EMSE-UE pair", VALUE_MS, STYLE_FAINT},
    [NOTE_TE2E_UE] = {"te2e %: profile of this UE", VALUE_MS, STYLE_FAINT},
    [NOTE_TE2E_DEFAULT] = {"te2e %: the operator's default", VALUE_MS, STYLE_FAINT},
    [NOTE_TE2E_FLOOR] = {"te2e %: the operator's floor, not &", VALUE_MS, STYLE_FAINT},
    [NOTE_TE2E_CEILING] = {"te2e %: the operator's ceiling, not &", VALUE_MS, STYLE_FAINT},
    [NOTE_ALG_INT] = {"integrity %", VALUE_INT, STYLE_FAINT},
    [NOTE_ALG_ENC] = {"confidentiality %", VALUE_ENC, STYLE_FAINT},
    [NOTE_ALG_NONE] = {"no algorithm in common", VALUE_NONE, STYLE_BAD},
    [NOTE_CONF_NETWORK] = {"% in this serving network", VALUE_MODE, STYLE_FAINT},
    [NOTE_CONF_DEFAULT] = {"% by default", VALUE_MODE, STYLE_FAINT},
    [NOTE_CONF_CLAMPED] = {"no cipher in common: %", VALUE_MODE, STYLE_WARN},
    [NOTE_RAND_MASKED] = {"no ciphering here: masks the RAND", VALUE_NONE, STYLE_FAINT},
    [NOTE_SQN_RESYNC] = {"takes the USIM's SEQ &, had %", VALUE_NUMBER, STYLE_WARN},
    [NOTE_SQN_NOT_FRESH] = {"SQN not fresh: USIM at SEQ %, got &", VALUE_NUMBER, STYLE_WARN},
    [NOTE_AUTN_BAD] = {"MAC-A does not verify: no answer", VALUE_NONE, STYLE_BAD},
    [NOTE_AUTS_BAD] = {"MAC-S does not verify: no vector", VALUE_NONE, STYLE_BAD},
    [NOTE_PURPOSE_BAD] = {"made for another purpose: refused", VALUE_NONE, STYLE_BAD},
    [NOTE_RES_BAD] = {"wrong answer to the challenge", VALUE_NONE, STYLE_BAD},
    [NOTE_UNKNOWN_UE] = {"no such subscriber", VALUE_NONE, STYLE_BAD},
    [NOTE_ACCESS_DONE] = {"access AKA done, K_ASME held", VALUE_NONE, STYLE_GOOD},
    [NOTE_REJECTED] = {"attach refused, cause %", VALUE_NUMBER, STYLE_BAD},
    [NOTE_OUTBOX_FULL] = {"message refused: % are waiting", VALUE_NUMBER, STYLE_BAD},
    [NOTE_NOT_ATTACHED] = {"no key yet: keeps the message", VALUE_NONE, STYLE_WARN},
    [NOTE_NO_KEYSET] = {"no keyset yet: message refused", VALUE_NONE, STYLE_BAD},
    [NOTE_OVERWRITTEN] = {"the held message is replaced: lost", VALUE_NONE, STYLE_BAD},
    [NOTE_RATE_LIMITED] = {"rekey refused: too many", VALUE_NONE, STYLE_WARN},
    [NOTE_ROOT_CHANGED] = {"new root %", VALUE_NUMBER, STYLE_FAINT},
    [NOTE_RESTORED] = {"restored, epoch %", VALUE_NUMBER, STYLE_WARN},
    [NOTE_EXPIRED_ON_RESTORE] = {"te2e in doubt: expired", VALUE_NONE, STYLE_WARN},
    [NOTE_EXHAUSTED] = {"a counter has reached its end", VALUE_NONE, STYLE_BAD},
    [NOTE_FORGERY] = {"MAC does not verify: dropped", VALUE_NONE, STYLE_BAD},
};

static void value_text(uint64_t v, enum value kind, char out[24])
{
    static const char *const ints[INT_ALG_COUNT] = {
        [INT_NONE] = "none", [INT_CMAC64] = "CMAC-64", [INT_EIA2] = "128-EIA2"};
    static const char *const encs[ENC_ALG_COUNT] = {
        [ENC_EEA0] = "off (EEA0)", [1] = "?", [ENC_EEA2] = "128-EEA2"};
    static const char *const modes[CONF_MODE_COUNT] = {
        [CONF_OFF] = "no ciphering", [CONF_ON_LI] = "ciphered, LI", [CONF_ON] = "ciphered"};

    if (kind == VALUE_MS) {
        words_ms(v, out);
    } else if (kind == VALUE_INT) {
        snprintf(out, 24, "%s", v < INT_ALG_COUNT ? ints[v] : "?");
    } else if (kind == VALUE_ENC) {
        snprintf(out, 24, "%s", v < ENC_ALG_COUNT ? encs[v] : "?");
    } else if (kind == VALUE_MODE) {
        snprintf(out, 24, "%s", v < CONF_MODE_COUNT ? modes[v] : "?");
    } else {
        snprintf(out, 24, "%" PRIu64, v);
    }
}

bool words_note(const struct occur *o, char out[WORDS_MAX], enum style *style)
{
    const char *const words = notes[o->note].words;
    size_t len = 0;

    if (words == NULL) {
        return false;
    }
    for (const char *p = words; *p != '\0' && len + 24 < WORDS_MAX; p++) {
        if (*p == '%' || *p == '&') {
            value_text(*p == '%' ? o->value : o->more, notes[o->note].value, out + len);
            len += strlen(out + len);
        } else {
            out[len++] = *p;
        }
    }
    out[len] = '\0';
    *style = notes[o->note].style;
    return true;
}

bool words_order(enum order_kind kind, const uint8_t *payload, size_t len, char out[WORDS_MAX])
{
    static const char *const orders[ORDER_COUNT] = {
        [ORDER_ATTACH] = "attaches",
        [ORDER_SEND] = "sends",
        [ORDER_REKEY] = "wants a fresh key",
        [ORDER_REGISTER] = "authenticates the UE",
        [ORDER_MOVE] = "moves to another network",
        [ORDER_POLICY] = "has a new device profile",
    };
    char text[WORDS_MAX];

    if (orders[kind] == NULL) {
        return false;
    }
    words_payload(payload, len, text);
    snprintf(out, WORDS_MAX, "%s%s%.100s", orders[kind], kind == ORDER_SEND ? " " : "",
             kind == ORDER_SEND ? text : "");
    return true;
}

static bool printable(const uint8_t *payload, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (payload[i] < 0x20 || payload[i] >= 0x7f) {
            return false;
        }
    }
    return true;
}

void words_payload(const uint8_t *payload, size_t len, char out[WORDS_MAX])
{
    const bool text = printable(payload, len);
    const size_t most = text ? QUOTE_MAX : HEX_OCTETS_MAX;
    const size_t shown = len < most ? len : most;
    char hex[2 * HEX_OCTETS_MAX + 1];

    if (text) {
        snprintf(out, WORDS_MAX, "\"%.*s%s\"", (int)shown, (const char *)payload,
                 shown < len ? "…" : "");
        return;
    }
    hex_encode(payload, shown, hex, sizeof hex);
    if (shown < len) {
        snprintf(out, WORDS_MAX, "%s… (%zu octets)", hex, len);
    } else {
        snprintf(out, WORDS_MAX, "%s", hex);
    }
}

void words_fate(const struct trace_msg *m, uint64_t t_us, char out[WORDS_MAX])
{
    static const char *const fates[FATE_COUNT] = {
        [FATE_DELIVERED] = "",          [FATE_DROPPED] = "lost",
        [FATE_DUPLICATED] = "a copy",   [FATE_DELAYED] = "delayed",
        [FATE_CORRUPTED] = "corrupted", [FATE_INJECTED] = "injected",
        [FATE_HELD] = "held",           [FATE_TRUNCATED] = "cut short",
        [FATE_REORDERED] = "overtaken", [FATE_SWAPPED] = "swapped",
        [FATE_KEPT] = "never came",     [FATE_RELEASED] = "held in vain",
    };
    char by_line[32] = "";
    char late[32] = "";
    char ms[24];

    if (m->line > 0) {
        snprintf(by_line, sizeof by_line, ", line %u", m->line);
    }
    if ((m->fate == FATE_DELAYED || m->fate == FATE_HELD || m->fate == FATE_RELEASED) &&
        t_us > m->sent_us) {
        words_ms((t_us - m->sent_us) / 1000, ms);
        snprintf(late, sizeof late, " %s", ms);
    }
    snprintf(out, WORDS_MAX, "%s%s%s", fates[m->fate], late, fates[m->fate][0] ? by_line : "");
}

/* Messages that the text itself has, by clause; the others by the rule that adds them. Data flows
 * at any time and serves no single step. */
static const struct {
    enum clause clause;
    const char *added;
} serves[MSG_TYPE_COUNT] = {
    [MSG_ACCESS_CHAL] = {.clause = S_AKA},
    [MSG_ACCESS_RESP] = {.clause = S_AKA},
    [MSG_ATTACH_REQ] = {.added = "added"},
    [MSG_AV_REQ] = {.clause = C_6X21_AKA},
    [MSG_AV_RSP] = {.clause = C_6X21_HAND},
    [MSG_AKA_CHAL] = {.clause = C_6X21_AKA},
    [MSG_AKA_RESP] = {.clause = C_6X21_AKA},
    [MSG_SYNCFAIL] = {.clause = S_AKA},
    [MSG_KEYSET_FWD] = {.clause = C_6X21_FORWARD},
    [MSG_KEYSET_ACK] = {.added = "added, H5"},
    [MSG_ATTACH_ACC] = {.added = "added"},
    [MSG_ATTACH_REJ] = {.added = "added"},
    [MSG_DATA_UL] = {.added = ""},
    [MSG_DATA_DL] = {.added = ""},
    [MSG_DACK] = {.added = "added, H8"},
    [MSG_KEY_EXPIRED] = {.clause = C_6X23_3},
    [MSG_KEY_TRIGGER] = {.clause = C_6X23_4},
    [MSG_RAND_REQ] = {.clause = C_6X22_SOURCE},
    [MSG_RAND_RSP] = {.clause = C_6X22_SOURCE},
    [MSG_RAND_FWD] = {.clause = C_6X23_4},
    [MSG_FWD_ACK] = {.added = "added, H3"},
    [MSG_RAND_PUSH] = {.clause = C_6X23_4},
    [MSG_RAND_ACK] = {.added = "added, H5"},
    [MSG_UE_CONFIRM] = {.added = "added, H3"},
    [MSG_COMMIT] = {.added = "added, H3"},
    [MSG_NAK] = {.added = "added, H7"},
    [MSG_RSYNC] = {.added = "added, H5"},
    [MSG_SYNC] = {.added = "added, H5"},
    [MSG_STATUS] = {.added = "added, H5"},
    [MSG_POLICY] = {.clause = C_6X24},
};

const char *words_clause(enum clause c)
{
    const char *const where = clause_info[c].where;

    return where[0] == '(' ? "" : where;
}

const char *words_clause_of(enum msg_type t)
{
    if (t >= MSG_TYPE_COUNT) {
        return "";
    }
    return serves[t].added != NULL ? serves[t].added : words_clause(serves[t].clause);
}

bool words_process(const struct trace_event *e, char out[WORDS_MAX])
{
    static const char *const words[PROCESS_CHANGE_COUNT] = {
        [PROCESS_DIES] = "killed",
        [PROCESS_STARTS] = "starts again",
        [PROCESS_PAUSES] = "stands still",
        [PROCESS_RESUMES] = "goes on",
        [PROCESS_CLOCK] = "its clock changes",
    };
    static const char *const left[LEFT_COUNT] = {
        [LEFT_ALL] = "",
        [LEFT_BUT_LAST] = " without its last save",
        [LEFT_OLD] = " with an old copy of its state",
        [LEFT_NOTHING] = ", its state wiped",
    };
    enum process_change what = e->u.process.what;

    snprintf(out, WORDS_MAX, "%s%s, line %u", words[what],
             what == PROCESS_STARTS ? left[e->u.process.left] : "", e->u.process.line);
    return what != PROCESS_DIES;
}

/* "e2mKEYSET", "RAND of epoch 1"; of an e2eKEYSET "epoch 1 key 42d5", as elsewhere on the ladder.
 */
static size_t put_secret(enum secret what, bool has_epoch, uint32_t epoch, uint32_t fp, char *out,
                         size_t cap)
{
    const char *const name = secret_name(what);

    if (what == SECRET_E2E) {
        return (size_t)snprintf(out, cap, "epoch %u key %04x", (unsigned)epoch,
                                (unsigned)(fp >> 16));
    }
    return has_epoch ? (size_t)snprintf(out, cap, "%s of epoch %u", name, (unsigned)epoch)
                     : (size_t)snprintf(out, cap, "%s", name);
}

void words_leak(const struct trace_event *e, char out[WORDS_MAX])
{
    size_t len = (size_t)snprintf(out, WORDS_MAX, "leak: the attacker gets ");

    len += put_secret(e->u.leak.what, e->u.leak.has_epoch, e->u.leak.epoch, e->u.leak.fp, out + len,
                      WORDS_MAX - len);
    snprintf(out + len, WORDS_MAX - len, ", line %u", e->u.leak.line);
}

static size_t put_source(const struct trace_source *by, char *out, size_t cap)
{
    size_t len;

    if (by->is_msg) {
        return (size_t)snprintf(out, cap, "%s %s at %u.%03u s", msg_name(by->type),
                                by->own ? "sent" : "heard", (unsigned)(by->t_us / 1000000),
                                (unsigned)(by->t_us / 1000 % 1000));
    }
    len = (size_t)snprintf(out, cap, "%s", by->leaked ? "the leaked " : "");
    return len + put_secret(by->what, by->has_epoch, by->epoch, by->fp, out + len, cap - len);
}

bool words_knows(const struct trace_knows *k, char out[WORDS_MAX], char by[WORDS_MAX])
{
    size_t len = (size_t)snprintf(out, WORDS_MAX, "attacker knows ");
    char payload[WORDS_MAX];

    if (k->what == SECRET_TEXT) {
        words_payload(k->payload, k->len, payload);
        snprintf(out + len, WORDS_MAX - len, "%.100s", payload);
    } else {
        put_secret(k->what, k->has_epoch, k->epoch, k->fp, out + len, WORDS_MAX - len);
    }
    len = 0;
    by[0] = '\0';
    for (unsigned i = 0; i < k->by_count; i++) {
        len += (size_t)snprintf(by + len, WORDS_MAX - len, "%s",
                                i == 0                ? "from "
                                : i + 1 < k->by_count ? ", "
                                                      : " and ");
        len += put_source(&k->by[i], by + len, WORDS_MAX - len);
    }
    return k->by_count != 1 || k->by[0].is_msg;
}
