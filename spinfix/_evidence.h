/* Phrases that tell, for _channel.c: see Markers.find of spinfix/evidence.py. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The fields of evidence.Known. */
enum { KNOWN_WEIGHT, KNOWN_FOLLOWING };

/* What is known of phrases, by the phrase, and what finds out more: Markers._look_up. */
typedef struct {
    PyObject *known, *look_up;
} Phrases;

/* What is known of a phrase, or None: borrowed, for it is kept there. */
static inline PyObject *
look_up(const Phrases *phrases, PyObject *phrase)
{
    PyObject *known = PyDict_GetItemWithError(phrases->known, phrase);
    if (known != NULL || PyErr_Occurred())
        return known;
    Py_XDECREF(PyObject_CallOneArg(phrases->look_up, phrase));
    return PyErr_Occurred() ? NULL : PyDict_GetItemWithError(phrases->known, phrase);
}

/* The longest phrase with evidence that starts at token i, its weight and its end; *weight is
 * NULL without one, and for an error.  Borrowed. */
static inline PyObject *
longest(PyObject *lower, const Phrases *phrases, Py_ssize_t i, PyObject **weight, Py_ssize_t *end)
{
    PyObject *best = NULL, *phrase = PyList_GET_ITEM(lower, i);
    *weight = NULL;
    *end = i + 1;
    for (Py_ssize_t stop = i + 1; phrase != NULL; stop++) {
        PyObject *known = look_up(phrases, phrase);
        if (known == NULL || known == Py_None)
            break;
        if (PyTuple_GET_ITEM(known, KNOWN_WEIGHT) != Py_None) {
            best = phrase;
            *weight = PyTuple_GET_ITEM(known, KNOWN_WEIGHT);
            *end = stop;
        }
        PyObject *following = PyTuple_GET_ITEM(known, KNOWN_FOLLOWING);
        if (following == Py_None || stop == PyList_GET_SIZE(lower))
            break;
        phrase = PyDict_GetItemWithError(following, PyList_GET_ITEM(lower, stop));
    }
    return best;
}

/* Add (token, phrase, weight) to a list, but for words with a typographic apostrophe. */
static inline int
add_marker(PyObject *found, PyObject *curly, Py_ssize_t i, PyObject *phrase, PyObject *weight)
{
    PyObject *token = PyLong_FromSsize_t(i);
    int left_out = token ? PySet_Contains(curly, token) : -1;
    PyObject *row = left_out ? NULL : PyTuple_Pack(3, token, phrase, weight);
    int failed = row ? PyList_Append(found, row) : left_out > 0 ? 0 : -1;
    Py_XDECREF(token);
    Py_XDECREF(row);
    return failed;
}
