/* What the compiled parts ask about words. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Letters only?  As str.isalpha. */
static inline int
is_alpha(PyObject *word)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(word);
    int kind = PyUnicode_KIND(word);
    const void *data = PyUnicode_DATA(word);
    for (Py_ssize_t n = 0; n < length; n++)
        if (!Py_UNICODE_ISALPHA(PyUnicode_READ(kind, data, n)))
            return 0;
    return length > 0;
}

/* Are all letters that have a case lower ones (upper ones), and is there one?  As
 * str.islower and str.isupper. */
static inline int
has_case(PyObject *word, int upper)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(word);
    int kind = PyUnicode_KIND(word), cased = 0;
    const void *data = PyUnicode_DATA(word);
    for (Py_ssize_t n = 0; n < length; n++) {
        Py_UCS4 c = PyUnicode_READ(kind, data, n);
        int up = Py_UNICODE_ISUPPER(c), low = Py_UNICODE_ISLOWER(c);
        if (Py_UNICODE_ISTITLE(c) || (upper ? low : up))
            return 0;
        cased = cased || (upper ? up : low);
    }
    return cased;
}

static inline int
is_acronym(PyObject *word)
{
    return PyUnicode_GET_LENGTH(word) > 1 && has_case(word, 1);
}

/* May a word stand inside a phrase that is written in lower case?  channel._is_lower. */
static inline int
is_lower(PyObject *word)
{
    Py_UCS4 first = PyUnicode_READ_CHAR(word, 0);
    if (!Py_UNICODE_ISALPHA(first) || has_case(word, 0))
        return 1;
    return first == 'I' &&
           (PyUnicode_GET_LENGTH(word) == 1 || PyUnicode_READ_CHAR(word, 1) == '\'');
}
