#include "scenarios/sim/show/xml.h"

#include "common/base/ensure.h"
#include "scenarios/sim/show/jout.h"

#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* How a character must be written, or NULL: as it is. A reader makes blanks of what ends a line in
 * an attribute, unless it is written as a number. */
static const char *escaped(const char *s, unsigned len, bool attribute)
{
    static const struct {
        char c;
        bool in_text;
        const char *as;
    } table[] = {
        {'&', true, "&amp;"},   {'<', true, "&lt;"},   {'>', true, "&gt;"},
        {'"', false, "&quot;"}, {'\t', false, "&#9;"}, {'\n', false, "&#10;"},
        {'\r', true, "&#13;"},
    };
    const unsigned char c = (unsigned char)*s;

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        if (*s == table[i].c) {
            return table[i].in_text || attribute ? table[i].as : NULL;
        }
    }
    if (len == 0 || (len == 1 && c < 0x20)) {
        return REPLACEMENT;
    }
    if (len == 3 && (memcmp(s, "\xef\xbf\xbe", 3) == 0 || memcmp(s, "\xef\xbf\xbf", 3) == 0)) {
        return REPLACEMENT; /* U+FFFE and U+FFFF are no characters */
    }
    return NULL;
}

static void put(FILE *out, const char *text, bool attribute)
{
    while (*text != '\0') {
        const unsigned len = utf8_length(text);
        const char *const as = escaped(text, len, attribute);

        if (as != NULL) {
            fputs(as, out);
        } else {
            fwrite(text, 1, len, out);
        }
        text += len > 0 ? len : 1;
    }
}

void xml_text(FILE *out, const char *text)
{
    put(out, text, false);
}

void xml_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put(out, text, true);
    fputc('"', out);
}
