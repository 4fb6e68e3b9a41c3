/* Where tokens end, for _text.c: read the regular expression of spinfix/text.py first.
 *
 * What is common is told here: words of ASCII letters and digits, and marks, where nothing
 * around them could make anything else of them.  Wherever that is not sure, the regular
 * expression is asked.
 */
#include "_characters.h"

#define HYPHEN 0x2011
/* The regular expression looks no further ahead for "@", and for the "." of a domain. */
#define ADDRESS 64
#define DOMAIN_PART 63
/* Where a token ends that only the regular expression can tell. */
#define UNSURE (-1)

static inline int
is_ascii_alpha(Py_UCS4 c)
{
    return c < 128 && Py_ISALPHA(c);
}

static inline int
is_ascii_digit(Py_UCS4 c)
{
    return c >= '0' && c <= '9';
}

static inline int
is_ascii_alnum(Py_UCS4 c)
{
    return c < 128 && Py_ISALNUM(c);
}

/* \w of a regular expression */
static inline int
is_word(Py_UCS4 c)
{
    return is_alnum(c) || c == '_';
}

/* What belongs to the letter before it: see text._CHAR. */
static inline int
is_joined(Py_UCS4 c)
{
    return (c >= 0x300 && c <= 0x36f) || c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060;
}

/* --- where tokens end --- */

/* Can only a mark or a space follow a word of ASCII letters, digits and hyphens that stops
 * before `i`, and can nothing that begins like it be protected or a numeral? */
static inline int
ends_at(const Text *text, Py_ssize_t i)
{
    Py_UCS4 c = at(text, i), next;
    switch (c) {
    case ' ':
        return 1;
    case ',':
    case ':': /* three,000  10:30  https:// */
        next = at(text, i + 1);
        return !is_word(next) && next != '/';
    case '.': /* example.com  some.one@example.org */
        while (at(text, i) == '.')
            i++;
        next = at(text, i);
        return !is_word(next) && next != '+' && next != '-' && next != '@';
    case '-':
        next = at(text, i + 1);
        return next == 0 || Py_UNICODE_ISSPACE(next);
    case '+':
    case '@':
    case '/':
    case '\\':
    case HYPHEN:
        return 0;
    default:
        return !is_word(c) && !is_joined(c);
    }
}

/* Where a part of a word ends that starts with an ASCII letter or digit, if nothing but
 * ASCII follows: text._UNIT without its acronyms. */
static inline Py_ssize_t
end_of_unit(const Text *text, Py_ssize_t i)
{
    if (is_ascii_alpha(at(text, i))) {
        while (is_ascii_alnum(at(text, i)))
            i++;
        return i;
    }
    while (is_ascii_digit(at(text, i))) {
        Py_UCS4 c = at(text, ++i);
        if ((c == '.' || c == ',' || c == ':') && is_ascii_digit(at(text, i + 1)))
            i++;
    }
    Py_ssize_t letters = i;
    while (is_ascii_alpha(at(text, i)))
        i++;
    return i - letters > 3 ? UNSURE : i;
}

/* Is the word from `start` to `end` one to which 's is joined as a verb? */
static inline int
is_contraction(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    Py_UCS4 lower[LONGEST_CONTRACTED];
    if (end - start > LONGEST_CONTRACTED)
        return 0;
    for (Py_ssize_t i = start; i < end; i++)
        lower[i - start] = at(text, i) | 32;
    return is_contracted(lower, end - start);
}

/* Does a possessive 's begin at `i`, so far as can be told by what follows? */
static inline int
is_s(const Text *text, Py_ssize_t i)
{
    return is_apostrophe(at(text, i)) && at(text, i + 1) == 's' && !is_word(at(text, i + 2));
}

/* Where a word ends that began at `start` and has an apostrophe at `i`. */
static inline Py_ssize_t
end_of_contraction(const Text *text, Py_ssize_t start, Py_ssize_t i)
{
    if (is_s(text, i) && is_contraction(text, start, i))
        return i + 2;
    while (is_apostrophe(at(text, i)) && is_word(at(text, i + 1)) && !is_s(text, i))
        for (i += 2; is_word(at(text, i)); i++)
            ;
    Py_UCS4 c = at(text, i);
    return (c == '-' || c == HYPHEN) && is_word(at(text, i + 1)) ? UNSURE : i;
}

static inline int
is_www(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    return end - start == 3 && at(text, start) == 'w' && at(text, start + 1) == 'w' &&
           at(text, start + 2) == 'w';
}

/* Where the word ends that starts with an ASCII letter or digit at `start`. */
static inline Py_ssize_t
end_of_word(const Text *text, Py_ssize_t start)
{
    Py_ssize_t i = end_of_unit(text, start);
    while (i != UNSURE && at(text, i) == '-' && is_ascii_alnum(at(text, i + 1)))
        i = end_of_unit(text, i + 1);
    if (i == UNSURE)
        return UNSURE;
    if (is_apostrophe(at(text, i)))
        return end_of_contraction(text, start, i);
    return ends_at(text, i) && !is_www(text, start, i) ? i : UNSURE;
}

/* May an e-mail address begin here? */
static inline int
is_address(const Text *text, Py_ssize_t i)
{
    for (int n = 0; n <= ADDRESS; n++, i++) {
        Py_UCS4 c = at(text, i);
        if (!is_word(c) && c != '.' && c != '+' && c != '-')
            return c == '@';
    }
    return 0;
}

/* May a domain begin here? */
static inline int
is_domain(const Text *text, Py_ssize_t i)
{
    for (int n = 0; n <= DOMAIN_PART; n++, i++) {
        Py_UCS4 c = at(text, i);
        if (!is_ascii_alnum(c) && c != '-')
            return c == '.';
    }
    return 0;
}

/* Is the character at `i`, which is no letter, digit or space, surely a mark of its own? */
static inline int
is_mark(const Text *text, Py_ssize_t i)
{
    Py_UCS4 next = at(text, i + 1);
    switch (at(text, i)) {
    case '`':
        return 0;
    case '.':
    case '+':
        return !is_address(text, i);
    case '-':
        return !is_address(text, i) && !is_domain(text, i);
    case '#':
    case '@':
        return !is_word(next);
    case '&':
        return !is_word(next) && next != '#';
    case '<':
        return !is_ascii_alpha(next) && next != '/';
    case '[':
        return !is_word(next) && next != '/' && next != '-';
    default:
        return 1;
    }
}

/* The kind of the token at `start`, which is no space, and where it ends. */
static inline int
kind_of(const Text *text, PyObject *ask, Py_ssize_t start, Py_ssize_t *end)
{
    Py_UCS4 c = at(text, start);
    if (is_ascii_alnum(c)) {
        *end = end_of_word(text, start);
        if (*end != UNSURE)
            return 'w';
    }
    else if (is_s(text, start) && start > 0 && is_word(at(text, start - 1))) {
        *end = start + 2;
        return 's';
    }
    else if (!is_word(c) && is_mark(text, start)) {
        *end = start + 1;
        return 'm';
    }
    int kind = 0;
    PyObject *told = PyObject_CallFunction(ask, "On", text->text, start);
    if (told != NULL && !PyTuple_Check(told))
        PyErr_SetString(PyExc_TypeError, "where it ends, and its kind");
    if (told != NULL && !PyErr_Occurred() && PyArg_ParseTuple(told, "nC", end, &kind) &&
        (*end <= start || *end > text->length))
        PyErr_SetString(PyExc_ValueError, "a token ends behind its start");
    Py_XDECREF(told);
    return PyErr_Occurred() ? 0 : kind;
}
