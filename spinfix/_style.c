/* style._contractions, compiled: read that module first. */
#include "_arcs.h"
#include "_arrays.h"
#include <string.h>

/* Is a word a contraction?  style._is_contraction is asked about those with an apostrophe. */
static int
is_contraction(PyObject *word, PyObject *ask)
{
    size_t bytes = (size_t)PyUnicode_GET_LENGTH(word) * PyUnicode_KIND(word);
    if (memchr(PyUnicode_DATA(word), '\'', bytes) == NULL) /* of any width, or a part of one */
        return 0;
    PyObject *said = PyObject_CallOneArg(ask, word);
    int found = said ? PyObject_IsTrue(said) : -1;
    Py_XDECREF(said);
    return found;
}

/* How many contractions an arc has more than its tokens; ``before`` is how many stand before
 * each token. */
static int
more(PyObject *arc, const Py_ssize_t *before, Py_ssize_t tokens, PyObject *ask, double *found)
{
    Py_ssize_t start = whole(arc, ARC_START), end = whole(arc, ARC_END);
    PyObject *words = PyTuple_GET_ITEM(arc, ARC_WORDS);
    *found = 0.0;
    if (PyTuple_GET_ITEM(arc, ARC_CANDIDATE) == Py_None)
        return PyErr_Occurred() ? -1 : 0;
    if (start < 0 || end < start || end > tokens)
        return refuse("an arc of no tokens");
    Py_ssize_t its = 0;
    for (Py_ssize_t n = 0; n < PyTuple_GET_SIZE(words); n++) {
        int one = is_contraction(PyTuple_GET_ITEM(words, n), ask);
        if (one < 0)
            return -1;
        its += one;
    }
    *found = (double)(its - before[end] + before[start]);
    return 0;
}

static PyObject *
contractions(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *words, *arcs, *ask;
    Py_buffer array;
    if (!PyArg_ParseTuple(args, "O!O!Ow*", &PyList_Type, &words, &PyList_Type, &arcs, &ask,
                          &array))
        return NULL;
    Py_ssize_t tokens = PyList_GET_SIZE(words), size = PyList_GET_SIZE(arcs);
    Py_ssize_t *before = PyMem_New(Py_ssize_t, (size_t)tokens + 1), count = 0;
    int failed = before == NULL ? no_memory() : 0;
    if (!failed && array.len != size * (Py_ssize_t)sizeof(double))
        failed = refuse_arrays();
    for (Py_ssize_t i = 0; !failed && i <= tokens; i++) {
        before[i] = count;
        int one = i < tokens ? is_contraction(PyList_GET_ITEM(words, i), ask) : 0;
        failed = one < 0;
        count += one;
    }
    for (Py_ssize_t n = 0; !failed && n < size; n++)
        failed = more(PyList_GET_ITEM(arcs, n), before, tokens, ask, (double *)array.buf + n) < 0;
    PyMem_Free(before);
    PyBuffer_Release(&array);
    return failed ? NULL : PyLong_FromSsize_t(count);
}

static PyMethodDef methods[] = {
    {"contractions", contractions, METH_VARARGS, "Count contractions; see style._contractions."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._style",
    .m_doc = "The inner loops of spinfix.style, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__style(void)
{
    return PyModuleDef_Init(&module);
}
