/* Making outside text safe to show: one line, valid UTF-8, no control characters. */
#ifndef SIM_UTIL_TEXT_H
#define SIM_UTIL_TEXT_H

/* In place: control characters become spaces; when the text is not valid UTF-8, every non-ASCII byte becomes '?'. */
void text_sanitize(char *text);

#endif
