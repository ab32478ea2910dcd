/* Making outside text safe to show: valid UTF-8, no control characters. */
#ifndef SIM_UTIL_TEXT_H
#define SIM_UTIL_TEXT_H

/* In place: control characters become spaces; when the text is not valid UTF-8, every non-ASCII byte becomes '?'. */
void text_sanitize(char *text);
/* The same for text of several lines, which stay. */
void text_sanitize_lines(char *text);

#endif
