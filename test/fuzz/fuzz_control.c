/* Any octets as a line that a daemon is told, or tells: refused with a reason, or understood so
 * well that writing it again gives a line that means the same. */
#include "common/base/ensure.h"
#include "common/core/policy.h"
#include "common/daemon/control.h"
#include "common/node/occur.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct profile ground;

static const struct profile *ground_of(void *arg, const struct ident *ue)
{
    (void)arg;
    return ue->len % 2 == 0 ? NULL : &ground;
}

static void tell(const char *line, size_t len)
{
    struct control_line first;
    struct control_line second;
    char why[CONTROL_WORDS_MAX] = "";
    char text[CONTROL_LINE_MAX];
    char again[CONTROL_LINE_MAX];
    size_t text_len;

    if (control_parse(line, len, ground_of, NULL, &first, why) != ERR_OK) {
        ENSURE(why[0] != '\0' && strchr(why, '\n') == NULL);
    } else if (first.verb == CONTROL_ORDER) {
        ENSURE(first.order.len <= PAYLOAD_MAX);
        text_len = control_order_text(&first.ue, &first.order, text);
        ENSURE(control_parse(text, text_len, ground_of, NULL, &second, why) == ERR_OK);
        ENSURE(control_order_text(&second.ue, &second.order, again) == text_len);
        ENSURE(memcmp(again, text, text_len) == 0);
    }
}

static void hear(const char *line)
{
    struct occur o;
    char text[OCCUR_LINE_MAX];
    char again[OCCUR_LINE_MAX];

    if (occur_parse(line, &o) == ERR_OK) {
        size_t len = occur_format(&o, text);

        ENSURE(len < sizeof text && occur_parse(text, &o) == ERR_OK);
        ENSURE(occur_format(&o, again) == len && memcmp(again, text, len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char line[CONTROL_LINE_MAX + 64];
    size_t len = size < sizeof line ? size : sizeof line - 1;

    profile_default(&ground);
    memcpy(line, data, len);
    line[len] = '\0';
    tell(line, len);
    hear(line);
    return 0;
}
