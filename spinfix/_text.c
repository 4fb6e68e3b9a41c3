/* tokenize of spinfix/text.py, compiled: read that first.
 *
 * Where tokens end is told by _tokens.h; what is told of them, here.
 */
#include "_tokens.h"
#include <stdint.h>

/* text.PROTECTED */
#define PROTECTED 0x2022
/* Characters of the longest word that is kept, and words kept: a power of two. */
#define LONGEST 24
#define KEPT 8192

/* Words met before, by their hash: one object, hashed once, serves all the texts. */
typedef struct {
    PyObject *words[KEPT];
} Memory;

/* The fields of text.Tokens; owned. */
typedef struct {
    PyObject *starts, *ends, *words, *lower, *kinds, *breaks, *curly, *dotted;
    int straight;
} Tokens;

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
    else if (kind == 's') {
        tokens->straight |= at(text, start) == '\'';
        failed = append(tokens->words, remembered(memory, "'s", 2)) < 0 ||
                 append(tokens->lower, remembered(memory, "'s", 2)) < 0;
    }
    else {
        Py_UCS4 c = kind == 'p' ? PROTECTED : at(text, start);
        tokens->straight |= c == '\'' || c == '"';
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
    PyObject *given, *ask;
    if (!PyArg_ParseTuple(args, "UO", &given, &ask))
        return NULL;
    const Text text = text_of(given);
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
