/* Text in XML 1.0. What XML cannot hold (control characters, octets that are no UTF-8) becomes
 * U+FFFD. */
#ifndef SIM_SHOW_XML_H
#define SIM_SHOW_XML_H

#include <stdio.h>

/* Between tags. */
void xml_text(FILE *out, const char *text);

/* ` name="text"` */
void xml_attribute(FILE *out, const char *name, const char *text);

#endif
