/* Characters, and the texts that are made of them, as C sees them. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

#define APOSTROPHE 0x2019
#define LEFT_QUOTE 0x201C
/* Characters of the longest word that is_contracted knows. */
#define LONGEST_CONTRACTED 5

/* A str; borrowed. */
typedef struct {
    PyObject *text;
    int kind;
    const void *data;
    Py_ssize_t length;
} Text;

static inline Text
text_of(PyObject *text)
{
    return (Text){text, PyUnicode_KIND(text), PyUnicode_DATA(text), PyUnicode_GET_LENGTH(text)};
}

/* The character at `i`; those behind the end are NUL. */
static inline Py_UCS4
at(const Text *text, Py_ssize_t i)
{
    return i < text->length ? PyUnicode_READ(text->kind, text->data, i) : 0;
}

static inline int
is_alnum(Py_UCS4 c)
{
    return c < 128 ? Py_ISALNUM(c) : Py_UNICODE_ISALNUM(c);
}

static inline int
is_apostrophe(Py_UCS4 c)
{
    return c == '\'' || c == APOSTROPHE;
}

static inline int
is_quote(Py_UCS4 c)
{
    return c == '"' || c == LEFT_QUOTE || c == 0x201D || c == 0x201E;
}

/* Does what follows a quotation mark stand in a quotation? */
static inline int
is_opened(Py_UCS4 quote, int inside)
{
    return quote == LEFT_QUOTE || !inside;
}

/* Is it one of the words, given in lower case, to which 's is joined as a verb?  See
 * text._CONTRACTION. */
static inline int
is_contracted(const Py_UCS4 *word, Py_ssize_t length)
{
    static const char *const words[] = {"it",   "he",  "she",   "that", "there", "here",
                                        "what", "who", "where", "how",  "let"};
    for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
        Py_ssize_t i = 0;
        if ((Py_ssize_t)strlen(words[n]) != length)
            continue;
        while (i < length && word[i] == (Py_UCS4)words[n][i])
            i++;
        if (i == length)
            return 1;
    }
    return 0;
}
