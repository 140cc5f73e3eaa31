/* What can befall the process of a role, by a sentence of the scenario. */
#ifndef SIM_SCRIPT_PROCESS_H
#define SIM_SCRIPT_PROCESS_H

enum process_change {
    PROCESS_DIES,    /* as by kill -9 */
    PROCESS_STARTS,  /* again, with what is left of its durable state */
    PROCESS_PAUSES,  /* stopped; what is sent to it waits */
    PROCESS_RESUMES, /* goes on: first its overdue timers, then what has waited */
    PROCESS_CLOCK,   /* its clock runs at another rate, or jumps */
    PROCESS_CHANGE_COUNT
};

/* What a process that starts again finds of its durable state. */
enum state_left {
    LEFT_ALL,
    LEFT_BUT_LAST, /* all but the last save: the disk had said that it was kept */
    LEFT_OLD,      /* what it was at an earlier time: a restored backup */
    LEFT_NOTHING,
    LEFT_COUNT
};

/* Whom a datagram kills, and when. */
enum kill {
    KILL_NOBODY,
    KILL_SENDER,          /* once it is on its way */
    KILL_RECEIVER_BEFORE, /* before what it changes there is durable */
    KILL_RECEIVER_AFTER,  /* when that is durable, and nothing of it is told or sent yet */
    KILL_COUNT
};

/* "dies", "starts" ...; "all", "all but the last save" ...: static strings. */
const char *process_change_name(enum process_change c);
const char *state_left_name(enum state_left l);

#endif
