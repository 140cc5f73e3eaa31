/* Any octets as the configuration of a daemon: every error is told in a line of its own, or there
 * is a node. The first octet chooses the role. */
#include "common/base/ensure.h"
#include "common/daemon/config.h"
#include "eese/setup.h"
#include "emse/setup.h"
#include "hss/setup.h"
#include "ue/setup.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 4096, ERRORS_CAP = 2048 };

static void send_nothing(void *arg, enum role to, const struct node_addr *addr,
                         const struct ident *ue, const uint8_t *octets, size_t len)
{
    (void)arg;
    (void)to;
    (void)addr;
    (void)ue;
    (void)octets;
    (void)len;
}

static void occur_nothing(void *arg, const struct occur *o)
{
    (void)arg;
    (void)o;
}

static void draw_nothing(void *arg, const struct ident *ue, uint64_t draw, uint8_t out[ENTROPY_LEN])
{
    (void)arg;
    (void)ue;
    (void)draw;
    memset(out, 0, ENTROPY_LEN);
}

/* Millions of UEs may be asked for, and are given; here they only cost time. */
static bool asks_for_many(const char *text)
{
    static const char *const words[] = {"count", "contexts"};

    for (unsigned i = 0; i < COUNT_OF(words); i++) {
        for (const char *at = strstr(text, words[i]); at != NULL; at = strstr(at + 1, words[i])) {
            if (strtoul(at + strlen(words[i]), NULL, 10) > 100) {
                return true;
            }
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static config_setup *const setups[] = {hss_setup, emse_setup, eese_setup, ue_setup};
    static const char few[] = "contexts 100\n";
    const struct node_hooks hooks = {
        .send = send_nothing, .occur = occur_nothing, .entropy = draw_nothing};
    struct setup made = {.node = NULL};
    char errors[ERRORS_CAP] = "";
    char text[sizeof few + TEXT_MAX];
    size_t len = size == 0 ? 0 : size - 1;

    if (size == 0 || len > TEXT_MAX) {
        return 0;
    }
    memcpy(text, few, sizeof few - 1);
    memcpy(text + sizeof few - 1, data + 1, len);
    len += sizeof few - 1;
    text[len] = '\0';
    if (asks_for_many(text)) {
        return 0;
    }
    if (setups[data[0] % COUNT_OF(setups)](text, len, "fuzz", &hooks, &made, errors,
                                           sizeof errors) == ERR_OK) {
        ENSURE(made.node != NULL && errors[0] == '\0');
    } else {
        ENSURE(made.node == NULL && strncmp(errors, "fuzz:", 5) == 0);
    }
    setup_free(&made);
    return 0;
}
