/* number.h - numbers as people write them: which of their signs stands for what is not guessed, they are told. */
#ifndef EMBUDO_BASE_NUMBER_H
#define EMBUDO_BASE_NUMBER_H

#include "base/str.h"

#define NUMBER_ADVICE "write 1234.56: nothing between thousands, a point before decimals"

/* NUMBER_ADVICE for "1.234,56", "1,234.56", "1 234", "12,50"; "" when that is not what is wrong with the text. */
const char *number_advice(struct str text);

/* "1.234": it can be read, but whether thousand and more, or one and a bit, nobody knows. */
bool number_is_doubtful(struct str text);

#endif
