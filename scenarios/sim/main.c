/* e2esim: the one command that users meet. Everything is in cli/. */
#include "scenarios/sim/cli/verbs.h"

#include <locale.h>

int main(int argc, char **argv)
{
    /* The character set decides how the ladder is drawn; numbers keep their dot. */
    (void)setlocale(LC_CTYPE, "");
    return cli_main(argc, argv);
}
