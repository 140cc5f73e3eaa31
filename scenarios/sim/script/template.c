#include "scenarios/sim/script/template.h"

#include "scenarios/sim/script/parse.h"

#include <string.h>

/* Rows: of sentences, of sentences that a file has at most once, of headings, of parts. */
#define SAY(pattern, build, pass, words) \
    { \
        RULE_SENTENCE, pattern, build, words, pass, false, NULL \
    }
#define ONCE(pattern, build, words) \
    { \
        RULE_SENTENCE, pattern, build, words, PASS_DECLARE, true, NULL \
    }
#define GROUP(heading) \
    { \
        RULE_COUNT, "", NULL, NULL, PASS_COUNT, false, heading \
    }
#define PART(rule, pattern, build, words) \
    { \
        rule, pattern, build, words, PASS_COUNT, false, NULL \
    }

#define COUNT "[exactly | at least | at most] <number:count>"

/* clang-format off */
const struct template templates[] = {
GROUP("What it is"),
ONCE("scenario <name>", say_scenario, "its name"),
ONCE("title <text>", say_title, "the claim that the run proves or refutes; every file has one"),
ONCE("variant <variant>", say_variant,
     "literal: the contribution's text as it is; hardened: with every correction, the default"),
SAY("in <variant> this run (passes | fails)", say_stated, PASS_DECLARE,
    "the verdict that this file is there to show; it passes if not said"),
SAY("[in <variant>] with <switch>...", say_switches, PASS_DECLARE, "switches corrections on"),
SAY("[in <variant>] without <switch>...", say_switches, PASS_DECLARE, "switches corrections off"),
ONCE("seed <number>", say_seed, "all that is random follows from it; 1 if absent"),
ONCE("pace <percent>", say_pace, "scales every timer but te2e, so that a demo takes seconds"),
SAY("timer <timer> <time>", say_timer, PASS_GENERAL, "sets one timer, whatever the pace"),
SAY("let <name> <value>", say_let, PASS_DECLARE,
    "later lines may say $name; `--set name=value` gives it another value"),
ONCE("end at <time>", say_end, "the run ends then; if absent, when nothing is left to happen"),
ONCE("limit <time>", say_limit,
     "the run gives up then; if absent, a minute after the last time in the file"),

GROUP("Who is there"),
SAY("ue <new-ue> [imsi <imsi>] [k <key:k>] [opc <key:opc> | op <key:op>] [amf <amf>] [sqn <sqn>]"
    " [card-k <key:card-k>] [card-sqn <sqn:card-sqn>] [in <network>] [supports <capability>...]",
    say_ue, PASS_UES,
    "a UE with its subscription; what is not said is made from its label. card-k and card-sqn: its"
    " USIM holds another K or SQN than the HSS"),
SAY("ues <ue-range> [attach over <time>] [in <network>] [supports <capability>...]",
    say_ues, PASS_UES, "many UEs; `attach over` spreads their start evenly"),
ONCE("home network <network>", say_home, "of all UEs; 001-01 if absent"),
ONCE("EMSE is called <name>", say_emse, "its identity, part of the keys; emse.home if absent"),
ONCE("EESE is called <name>", say_eese, "likewise; eese.plant1 if absent"),

GROUP("Policy"),
SAY("policy <policy>", say_policy, PASS_GENERAL, "the device profiles of the HSS, from the start"),
SAY("enterprise te2e <time> [for <ue>]", say_enterprise_te2e, PASS_GENERAL,
    "what the enterprise wishes; it comes before the profile"),
SAY("enterprise integrity <integrity>...", say_enterprise_integrity, PASS_GENERAL,
    "its order of preference"),
SAY("enterprise confidentiality <cipher>...", say_enterprise_cipher, PASS_GENERAL,
    "its order of preference"),

GROUP("The network"),
SAY("every link <link-conditions>", say_link, PASS_GENERAL, "all links, both ways, from the start"),
SAY("link <link> <link-conditions>", say_link, PASS_SPECIAL, "one link, from the start"),
SAY("coverage of each UE <coverage>", say_coverage, PASS_GENERAL,
    "rate and set-up time of the radio of every UE, by coupling loss"),
SAY("coverage of <ue> <coverage>", say_coverage, PASS_SPECIAL, "likewise of one UE"),
SAY("on <datagram> <fault>", say_fault, PASS_SCRIPT,
    "what befalls a datagram; a rule that never fires makes the run fail"),

SAY("attacker hears nothing", say_deaf, PASS_GENERAL,
    "not even the air: what goes to and from UEs, which he hears otherwise"),
SAY("attacker hears <link> [from <time:start>] [until <time:stop>]", say_hears, PASS_SPECIAL,
    "a backend link too, or the air for a while only"),

GROUP("What happens"),
SAY("at <time> <action>", say_at, PASS_SCRIPT, "times count from the start of the run"),
SAY("every <time> [from <time:start>] until <time:stop> <action>", say_every, PASS_SCRIPT,
    "again and again"),
SAY("when <condition> : <action>", say_when, PASS_SCRIPT,
    "as soon as it is met for the first time"),
SAY("<time> after <condition> : <action>", say_when, PASS_SCRIPT, "that much later"),

GROUP("What must hold, in both variants unless it says in which"),
SAY("[in <variant>] expect within <time> <condition>", say_expect_within, PASS_SCRIPT,
    "met at that time of the run, or before"),
SAY("[in <variant>] expect finally <condition>", say_expect_finally, PASS_SCRIPT,
    "true when the run ends"),
SAY("[in <variant>] expect never <condition> [after <time:since>]", say_expect_never, PASS_SCRIPT,
    "not met at any moment, or not after that time"),
SAY("[in <variant>] expect no <datagram> [after <time:since>]", say_expect_no, PASS_SCRIPT,
    "none arrives, or none after that time"),
SAY("[in <variant>] expect " COUNT " <datagram>", say_expect_count, PASS_SCRIPT,
    "so many arrive; a bare number means exactly"),
SAY("[in <variant>] expect <party> (delivers | receives) " COUNT
    " (messages | message) [from <ue>]",
    say_expect_messages, PASS_SCRIPT, "application data that got through"),
SAY("[in <variant>] expect <condition>"
    " [within <time> | once | twice | [exactly | at least | at most] <number:count> times]",
    say_expect, PASS_SCRIPT, "met before the run ends"),

PART(RULE_ACTION, "(<ue> | each UE) attaches [again]", do_attach,
     "a UE of which the file never says so attaches at 0s; `again`: another time"),
PART(RULE_ACTION, "(<ue> | each UE) sends (<text> | <number> bytes)", do_send,
     "application data to the enterprise"),
PART(RULE_ACTION, "EESE contacts (<ue> | each UE) (<text> | <number> bytes)", do_contact,
     "application data to the UE"),
PART(RULE_ACTION, "EESE rekeys (<ue> | each UE)", do_rekey, "the enterprise wants a fresh key now"),
PART(RULE_ACTION, "VN registers (<ue> | each UE) [in <network>]", do_register,
     "the visited network runs its own AKA; in the UE's first network if absent"),
PART(RULE_ACTION, "(<ue> | each UE) moves to <network>", do_move, "into another serving network"),
PART(RULE_ACTION, "policy <policy>", do_policy, "a new version of the device profiles"),
PART(RULE_ACTION, "link <link> <link-conditions> [for <time>]", do_link,
     "other conditions, for a while or for good"),
PART(RULE_ACTION, "every link <link-conditions> [for <time>]", do_link, "likewise, on all links"),

PART(RULE_ACTION, "kill <daemon>", do_kill, "its process ends at once, as by kill -9"),
PART(RULE_ACTION,
     "restart <daemon> [without its last save | as it was at <time:then> | wiped]", do_restart,
     "it starts again (a running one is killed first) with its durable state, or with what is left"),
PART(RULE_ACTION, "pause <daemon>", do_pause, "it stands still; what is sent to it waits"),
PART(RULE_ACTION, "resume <daemon>", do_resume, "it goes on: overdue timers, then what has waited"),
PART(RULE_ACTION,
     "clock of <daemon> (runs <percent> (fast | slow) | jumps <time:by> (ahead | back))", do_clock,
     "the clock that its timers go by, te2e too; 0% fast is right"),

PART(RULE_ACTION, "replay <datagram>", do_replay,
     "the very same octets once more: the n-th that was sent, or the last such"),
PART(RULE_ACTION, "reflect <datagram>", do_reflect,
     "the same to its sender, as if the other end had sent it: DATA_UL as DATA_DL, and back"),
PART(RULE_ACTION,
     "attacker sends <message> to <party:to> [as <party:from>] [for <ue>] [epoch <number:epoch>]"
     " [ctr <number:ctr>] [rand <key:rand>] [payload <text>] [in the name of <name:eese>]"
     " [with (e2eKEYSET | e2mKEYSET | access vector) [if known]]"
     " [<number:times> times [every <time:gap>]]",
     do_forge,
     "made up; what is not said he has overheard, or it is random. `with`: under that key (of the"
     " epoch said, else the last one that he knows), and not at all when he does not know it;"
     " `if known`: then with a random MAC, as without a key. `in the name of`: of another EESE."
     " `times`: 1ms apart if not said"),
PART(RULE_ACTION, "leak (e2eKEYSET [epoch <number>] | e2mKEYSET | access vector | K) of <ue>", do_leak,
     "the attacker is given it: an e2eKEYSET as the EESE has it (without a number the one in use),"
     " the e2mKEYSET as the EMSE has it, the last access vector with CK and IK, or K and OPc"),

PART(RULE_CONDITION, "(<ue> | every UE) and EESE share (an epoch | epoch <number> [or later])",
     cond_share, "both hold the same key of that epoch; the first is 0"),
PART(RULE_CONDITION, "(<ue> | every UE) is attached", cond_attached, "the EMSE has accepted it"),
PART(RULE_CONDITION, "(<party> | every UE) is <state> [for <ue>]", cond_state,
     "it enters a state of `e2esim fsm ROLE`"),
PART(RULE_CONDITION, "<party> sees <event> [for <ue>]", cond_event,
     "an event of `e2esim fsm ROLE`"),
PART(RULE_CONDITION, "EESE delivers (data | <text>) [from <ue>]", cond_delivers,
     "to the enterprise's application"),
PART(RULE_CONDITION, "(<ue> | every UE) receives (data | <text>)", cond_receives,
     "its application does"),
PART(RULE_CONDITION, "<party> reports <verdict> [for <ue>]", cond_reports,
     "an integrity verdict on data that it does not deliver"),
PART(RULE_CONDITION, "<party> notes <note> [value <number>] [for <ue>]", cond_notes,
     "a decision, or a fact worth a line"),
PART(RULE_CONDITION, "<party> accepts data under an expired key [for <ue>]", cond_accepts_expired,
     "what must never happen"),
PART(RULE_CONDITION, "<daemon> (dies | starts)", cond_process, "by a sentence of this file"),
PART(RULE_CONDITION,
     "attacker knows (e2eKEYSET [epoch <number> [or later]] | e2mKEYSET | RAND epoch <number> |"
     " <text>) [of <ue>]",
     cond_knows,
     "he has it by a leak, or derives it from that and from what he hears; the text is application"
     " data"),
PART(RULE_CONDITION, "<datagram>", cond_datagram, "it arrives"),

PART(RULE_DATAGRAM,
     "[<ordinal:attempt> attempt of | <ordinal> | every] (any message |"
     " <message> [message | messages | error | errors]) [sent]"
     " [from <party:from>] [to <party:to>] [for <ue>] [epoch <number:epoch>]",
     datagram,
     "the n-th counts repetitions too; the n-th attempt is the n-th sending of one message for one"
     " UE and epoch; `sent`: those that are lost count"),

PART(RULE_FAULT, "drop", fault_drop, "it is lost"),
PART(RULE_FAULT,
     "duplicate [<number> times] [after (<time> | <number:later> (messages | message))]",
     fault_duplicate, "copies follow it, each so much later, or after so many more of its link"),
PART(RULE_FAULT, "delay <time>", fault_delay, "it comes that much later; others may overtake it"),
PART(RULE_FAULT, "hold until <condition>", fault_hold,
     "it arrives as soon as that is met, and at last when nothing happens any more"),
PART(RULE_FAULT, "reorder past <number> (messages | message)", fault_reorder,
     "it arrives after so many later ones of its link"),
PART(RULE_FAULT, "corrupt (payload | mac | rand | ctr | bit <number> | bits <bits>)", fault_corrupt,
     "one bit of it is flipped, or all of those"),
PART(RULE_FAULT, "swap with <ue>", fault_swap,
     "it waits for the next such datagram of that UE; each then has the other's octets, but its own"
     " handle: SID, transaction number or identity"),
PART(RULE_FAULT, "truncate to <number> bytes", fault_truncate, "the rest is cut off"),
PART(RULE_FAULT, "kill (sender | receiver (before | after) it is durable)", fault_kill,
     "sender: it is on its way, and its sender dies. receiver: it dies of it, before what it changes"
     " is durable, or after that and before any of it is told or sent"),
PART(RULE_FAULT, "replay [<number> times] after (<time> | <number:later> (messages | message))",
     fault_replay, "it arrives, and the very same octets again later"),

PART(RULE_POLICY, "te2e <time> [for <ue>] [at EMSE]", policy_te2e,
     "lifetime of a key: the default, that of the UE, or of the EMSE-UE pair"),
PART(RULE_POLICY, "floor te2e <time> [for <ue>]", policy_floor,
     "the operator's limit; it always wins"),
PART(RULE_POLICY, "ceiling te2e <time> [for <ue>]", policy_ceiling, "likewise"),
PART(RULE_POLICY, "integrity <integrity>... [for <ue>]", policy_integrity, "what is allowed"),
PART(RULE_POLICY, "confidentiality <cipher>... [for <ue>]", policy_cipher, "what is allowed"),
PART(RULE_POLICY, "confidentiality <conf-mode> [for <ue>]", policy_mode,
     "in a serving network without a rule of its own"),
PART(RULE_POLICY, "in <network> confidentiality <conf-mode> [for <ue>]", policy_network_mode,
     "in that serving network"),
PART(RULE_POLICY, "rand <rand-mode> [for <ue>]", policy_rand, "how RAND travels to the UE"),
PART(RULE_POLICY, "messages <number> [for <ue>]", policy_messages, "a new key after so many"),

PART(RULE_LINK_CONDITIONS, "cut", link_cut, "nothing passes"),
PART(RULE_LINK_CONDITIONS, "restored", link_restored, "it passes again"),
PART(RULE_LINK_CONDITIONS,
     "[delay <time:delay>] [jitter <time:jitter> | exponential <time:mean>]"
     " [loss <percent:loss> [in bursts of <number:burst>]] [duplicate <percent:duplicate>]"
     " [reorder <percent:reorder>] [rate <number:rate> bit/s [queue <time:queue>]]",
     link_conditions,
     "at least one of them. jitter: that much more or less; exponential: that much more in the"
     " mean; reorder: the next one passes first; queue: what would wait longer is lost, 30s if absent"),
{RULE_COUNT, NULL, NULL, NULL, PASS_COUNT, false, NULL},
};
/* clang-format on */

static const char *const rule_names[RULE_COUNT] = {
    [RULE_SENTENCE] = "sentence",
    [RULE_ACTION] = "action",
    [RULE_CONDITION] = "condition",
    [RULE_DATAGRAM] = "datagram",
    [RULE_FAULT] = "fault",
    [RULE_POLICY] = "policy",
    [RULE_LINK_CONDITIONS] = "link-conditions",
};

enum rule rule_by_name(const char *name, size_t len)
{
    for (unsigned i = 0; i < RULE_COUNT; i++) {
        if (strlen(rule_names[i]) == len && memcmp(rule_names[i], name, len) == 0) {
            return (enum rule)i;
        }
    }
    return RULE_COUNT;
}
