#include "common/base/err.h"

#include "common/base/ensure.h"

static const char *const words[ERR_COUNT] = {
#define ERR_WORDS(name, text) [ERR_##name] = (text),
    ERR_LIST(ERR_WORDS)
#undef ERR_WORDS
};

const char *err_words(enum err e)
{
    ENSURE(e < ERR_COUNT);
    return words[e];
}
