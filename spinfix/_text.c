/* tokenize of spinfix/text.py, compiled: read the regular expression there first.
 *
 * What is common is told here: words of ASCII letters and digits, and marks, where nothing
 * around them could make anything else of them.  Wherever that is not sure, the regular
 * expression is asked.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define APOSTROPHE 0x2019
#define HYPHEN 0x2011
/* text.PROTECTED */
#define PROTECTED 0x2022
/* The regular expression looks no further ahead for "@", and for the "." of a domain. */
#define ADDRESS 64
#define DOMAIN_PART 63
/* Where a token ends that only the regular expression can tell. */
#define UNSURE (-1)
/* Characters of the longest word that is kept, and words kept: a power of two. */
#define LONGEST 24
#define KEPT 8192

/* Words met before, by their hash: one object, hashed once, serves all the texts. */
typedef struct {
    PyObject *words[KEPT];
} Memory;

typedef struct {
    PyObject *text;
    int kind;
    const void *data;
    Py_ssize_t length;
} Text;

/* The fields of text.Tokens; owned. */
typedef struct {
    PyObject *starts, *ends, *words, *lower, *kinds, *breaks, *curly, *dotted;
    int straight;
} Tokens;

/* --- characters; those behind the end are NUL --- */

static inline Py_UCS4
at(const Text *text, Py_ssize_t i)
{
    return i < text->length ? PyUnicode_READ(text->kind, text->data, i) : 0;
}

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
    return c < 128 ? Py_ISALNUM(c) || c == '_' : Py_UNICODE_ISALNUM(c);
}

static inline int
is_apostrophe(Py_UCS4 c)
{
    return c == '\'' || c == APOSTROPHE;
}

/* What belongs to the letter before it: see text._CHAR. */
static int
is_joined(Py_UCS4 c)
{
    return (c >= 0x300 && c <= 0x36f) || c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060;
}

/* --- where tokens end --- */

/* Can only a mark or a space follow a word of ASCII letters, digits and hyphens that stops
 * before `i`, and can nothing that begins like it be protected or a numeral? */
static int
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
static Py_ssize_t
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

/* Is it one of the words of text._CONTRACTION? */
static int
is_contracted(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    static const char *const words[] = {"it",   "he",  "she",   "that", "there", "here",
                                        "what", "who", "where", "how",  "let"};
    for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
        Py_ssize_t i = 0, length = (Py_ssize_t)strlen(words[n]);
        if (length != end - start)
            continue;
        while (i < length && (at(text, start + i) | 32) == (Py_UCS4)words[n][i])
            i++;
        if (i == length)
            return 1;
    }
    return 0;
}

/* Does a possessive 's begin at `i`, so far as can be told by what follows? */
static int
is_s(const Text *text, Py_ssize_t i)
{
    return is_apostrophe(at(text, i)) && at(text, i + 1) == 's' && !is_word(at(text, i + 2));
}

/* Where a word ends that began at `start` and has an apostrophe at `i`. */
static Py_ssize_t
end_of_contraction(const Text *text, Py_ssize_t start, Py_ssize_t i)
{
    if (is_s(text, i) && is_contracted(text, start, i))
        return i + 2;
    while (is_apostrophe(at(text, i)) && is_word(at(text, i + 1)) && !is_s(text, i))
        for (i += 2; is_word(at(text, i)); i++)
            ;
    Py_UCS4 c = at(text, i);
    return (c == '-' || c == HYPHEN) && is_word(at(text, i + 1)) ? UNSURE : i;
}

static int
is_www(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    return end - start == 3 && at(text, start) == 'w' && at(text, start + 1) == 'w' &&
           at(text, start + 2) == 'w';
}

/* Where the word ends that starts with an ASCII letter or digit at `start`. */
static Py_ssize_t
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
static int
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
static int
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
static int
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
static int
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

/* --- what is told of them --- */

/* Append to a list; takes the reference, which may be NULL. */
static int
append(PyObject *list, PyObject *item)
{
    int failed = item ? PyList_Append(list, item) : -1;
    Py_XDECREF(item);
    return failed;
}

/* The word of an ASCII spelling: a new reference. */
static PyObject *
remembered(Memory *memory, const char *spelling, Py_ssize_t length)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (Py_ssize_t n = 0; n < length; n++)
        hash = (hash ^ (unsigned char)spelling[n]) * 16777619u;
    PyObject **place = memory->words + ((hash ^ hash >> 16) & (KEPT - 1));
    if (*place == NULL || PyUnicode_GET_LENGTH(*place) != length ||
        memcmp(PyUnicode_DATA(*place), spelling, (size_t)length) != 0) {
        PyObject *word = PyUnicode_FromStringAndSize(spelling, length);
        if (word == NULL)
            return NULL;
        Py_XSETREF(*place, word);
    }
    return Py_NewRef(*place);
}

/* A word (but not a mark), of any characters: a new reference. */
static PyObject *
spelled(const Text *text, Py_ssize_t start, Py_ssize_t end, int curly)
{
    PyObject *word = PyUnicode_Substring(text->text, start, end);
    if (word != NULL && curly)
        Py_SETREF(word, PyObject_CallMethod(word, "replace", "CC", APOSTROPHE, '\''));
    return word;
}

/* Add an acronym (or a number) without its full stops, and without what a hyphen joins to it. */
static int
add_dotted(Tokens *tokens, PyObject *word)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(word);
    Py_ssize_t hyphen = PyUnicode_FindChar(word, '-', 0, length, 1);
    PyObject *head = PyUnicode_Substring(word, 0, hyphen < 0 ? length : hyphen);
    PyObject *plain = head ? PyObject_CallMethod(head, "replace", "ss", ".", "") : NULL;
    int failed = plain ? PySet_Add(tokens->dotted, plain) : -1;
    Py_XDECREF(head);
    Py_XDECREF(plain);
    return failed;
}

static int
add_curly(Tokens *tokens)
{
    PyObject *number = PyLong_FromSsize_t(PyList_GET_SIZE(tokens->words));
    int failed = number ? PySet_Add(tokens->curly, number) : -1;
    Py_XDECREF(number);
    return failed;
}

/* Add a word as written and in lower case, and what it tells of the writer's habits. */
static int
add_word(Tokens *tokens, Memory *memory, const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    char written[LONGEST], lower[LONGEST];
    int capital = 0, curly = 0, straight = 0, dotted = 0, known = end - start <= LONGEST;
    for (Py_ssize_t i = start; i < end; i++) {
        Py_UCS4 c = at(text, i);
        curly |= c == APOSTROPHE;
        straight |= c == '\'';
        dotted |= c == '.';
        c = c == APOSTROPHE ? '\'' : c;
        known = known && c < 128;
        if (known) {
            written[i - start] = (char)c;
            lower[i - start] = (char)Py_TOLOWER(c);
            capital |= c >= 'A' && c <= 'Z';
        }
    }
    PyObject *word = known ? remembered(memory, written, end - start)
                           : spelled(text, start, end, curly);
    if (word == NULL)
        return -1;
    int failed = 0;
    if (curly)
        failed = add_curly(tokens) < 0;
    else if (straight)
        tokens->straight = 1;
    else if (dotted)
        failed = add_dotted(tokens, word) < 0;
    PyObject *low = !known   ? PyObject_CallMethod(word, "lower", NULL)
                    : capital ? remembered(memory, lower, end - start)
                              : Py_NewRef(word);
    failed = append(tokens->lower, low) < 0 || failed;
    return append(tokens->words, word) < 0 || failed ? -1 : 0;
}

/* Add a token to all the lists. */
static int
add_token(Tokens *tokens, Memory *memory, const Text *text, int kind, Py_ssize_t start,
          Py_ssize_t end)
{
    int failed = 0;
    if (kind == 'w')
        failed = add_word(tokens, memory, text, start, end);
    else if (kind == 's')
        failed = append(tokens->words, remembered(memory, "'s", 2)) < 0 ||
                 append(tokens->lower, remembered(memory, "'s", 2)) < 0;
    else {
        Py_UCS4 c = kind == 'p' ? PROTECTED : at(text, start);
        failed = append(tokens->words, PyUnicode_FromOrdinal((int)c)) < 0 ||
                 append(tokens->lower, PyUnicode_FromOrdinal((int)Py_UNICODE_TOLOWER(c))) < 0;
    }
    return failed || append(tokens->kinds, PyUnicode_FromOrdinal(kind)) < 0 ||
                   append(tokens->starts, PyLong_FromSsize_t(start)) < 0 ||
                   append(tokens->ends, PyLong_FromSsize_t(end)) < 0
               ? -1
               : 0;
}

static int
fill(Tokens *tokens, Memory *memory, const Text *text, PyObject *ask)
{
    for (Py_ssize_t i = 0, end; i < text->length; i = end) {
        Py_ssize_t breaks = 0;
        for (; i < text->length && Py_UNICODE_ISSPACE(at(text, i)); i++)
            breaks += at(text, i) == '\n';
        if (i == text->length)
            break;
        int kind = kind_of(text, ask, i, &end);
        if (kind == 0 || append(tokens->breaks, PyLong_FromSsize_t(breaks)) < 0 ||
            add_token(tokens, memory, text, kind, i, end) < 0)
            return -1;
    }
    return 0;
}

static PyObject *
tokenize(PyObject *module, PyObject *args)
{
    Text text;
    PyObject *ask;
    if (!PyArg_ParseTuple(args, "UO", &text.text, &ask))
        return NULL;
    text.kind = PyUnicode_KIND(text.text);
    text.data = PyUnicode_DATA(text.text);
    text.length = PyUnicode_GET_LENGTH(text.text);
    Tokens its = {PyList_New(0), PyList_New(0), PyList_New(0), PyList_New(0),
                  PyList_New(0), PyList_New(0), PySet_New(NULL), PySet_New(NULL), 0};
    PyObject *found = NULL;
    if (!PyErr_Occurred() && fill(&its, PyModule_GetState(module), &text, ask) == 0)
        found = PyTuple_Pack(9, its.starts, its.ends, its.words, its.lower, its.kinds, its.breaks,
                             its.curly, its.straight ? Py_True : Py_False, its.dotted);
    Py_XDECREF(its.starts);
    Py_XDECREF(its.ends);
    Py_XDECREF(its.words);
    Py_XDECREF(its.lower);
    Py_XDECREF(its.kinds);
    Py_XDECREF(its.breaks);
    Py_XDECREF(its.curly);
    Py_XDECREF(its.dotted);
    return found;
}

static void
forget(void *module)
{
    Memory *memory = PyModule_GetState(module);
    for (size_t n = 0; memory != NULL && n < KEPT; n++)
        Py_CLEAR(memory->words[n]);
}

static PyMethodDef methods[] = {
    {"tokenize", tokenize, METH_VARARGS, "The fields of text.Tokens; see text.tokenize."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._text",
    .m_doc = "tokenize of spinfix.text, compiled.",
    .m_size = sizeof(Memory),
    .m_methods = methods,
    .m_free = forget,
};

PyMODINIT_FUNC
PyInit__text(void)
{
    return PyModuleDef_Init(&module);
}
