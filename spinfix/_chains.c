/* The inner loops of spinfix/chains.py and scorer.Weighing, compiled: read those first.
 *
 * Every sum and product is the same, in the same order, so all is equal to the last bit.
 */
#include "_arcs.h"
#include "_arrays.h"

/* The arrays that nodes() fills in: of windows, and of arcs. */
enum { FIRST, LAST, BEGIN, END, POSTERIORS, PARTS };

/* The nodes and the posteriors of a window's arcs, from arc `*arc` on; the window's own nodes
 * begin at `node`. */
static int
add_window(PyObject *window, const Py_buffer *its, Py_ssize_t room, Py_ssize_t *arc,
           Py_ssize_t *node)
{
    Py_ssize_t start = whole(window, WINDOW_START), end = whole(window, WINDOW_END);
    PyObject *arcs = PyTuple_GET_ITEM(window, WINDOW_ARCS);
    PyObject *posteriors = PyTuple_GET_ITEM(window, WINDOW_POSTERIORS);
    if (start < 0 || end < start || PyList_GET_SIZE(arcs) > room - *arc ||
        PyList_GET_SIZE(arcs) != PyList_GET_SIZE(posteriors))
        return refuse("a window whose parts do not fit together");
    Py_ssize_t shift = *node - start;
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(arcs); n++, ++*arc) {
        ((int64_t *)its[BEGIN].buf)[*arc] = whole_of(arcs, n, ARC_START) + shift;
        ((int64_t *)its[END].buf)[*arc] = whole_of(arcs, n, ARC_END) + shift;
        ((double *)its[POSTERIORS].buf)[*arc] = PyFloat_AsDouble(PyList_GET_ITEM(posteriors, n));
    }
    *node += end - start + 1;
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
nodes(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *windows, *arrays[PARTS];
    Py_buffer its[PARTS];
    Py_ssize_t sizes[PARTS];
    if (!PyArg_ParseTuple(args, "O!OOOOO", &PyList_Type, &windows, &arrays[FIRST], &arrays[LAST],
                          &arrays[BEGIN], &arrays[END], &arrays[POSTERIORS]) ||
        open_arrays(arrays, PARTS, its, sizes) < 0)
        return NULL;
    Py_ssize_t count = PyList_GET_SIZE(windows), arcs = sizes[BEGIN], arc = 0, node = 0;
    int64_t *first = its[FIRST].buf, *last = its[LAST].buf;
    int failed = 0;
    if (sizes[FIRST] != count || sizes[LAST] != count || sizes[END] != arcs ||
        sizes[POSTERIORS] != arcs)
        failed = refuse_arrays();
    for (Py_ssize_t n = 0; !failed && n < count; n++) {
        first[n] = node;
        failed = add_window(PyList_GET_ITEM(windows, n), its, arcs, &arc, &node) < 0;
        last[n] = node - 1;
    }
    if (!failed && arc != arcs)
        failed = refuse_arrays();
    close_arrays(its, PARTS);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* Are there only nodes that exist in an array? */
static int
are_nodes(const int64_t *numbers, Py_ssize_t size, Py_ssize_t count)
{
    for (Py_ssize_t n = 0; n < size; n++)
        if (numbers[n] < 0 || numbers[n] >= count)
            return 0;
    return 1;
}

static PyObject *
follow(PyObject *Py_UNUSED(module), PyObject *args)
{
    enum { FROM, TO, WEIGHTS, FORWARD, BACKWARD, ARRAYS };
    PyObject *arrays[ARRAYS];
    Py_buffer its[ARRAYS];
    Py_ssize_t sizes[ARRAYS];
    if (!PyArg_ParseTuple(args, "OOOOO", &arrays[FROM], &arrays[TO], &arrays[WEIGHTS],
                          &arrays[FORWARD], &arrays[BACKWARD]) ||
        open_arrays(arrays, ARRAYS, its, sizes) < 0)
        return NULL;
    Py_ssize_t arcs = sizes[FROM], count = sizes[FORWARD];
    const int64_t *from = its[FROM].buf, *to = its[TO].buf;
    const double *weights = its[WEIGHTS].buf;
    double *forward = its[FORWARD].buf, *backward = its[BACKWARD].buf;
    int fit = sizes[TO] == arcs && sizes[WEIGHTS] == arcs && sizes[BACKWARD] == count &&
              are_nodes(from, arcs, count) && are_nodes(to, arcs, count);
    if (fit) {
        for (Py_ssize_t n = 0; n < arcs; n++)
            forward[to[n]] += forward[from[n]] * weights[n];
        for (Py_ssize_t n = arcs - 1; n >= 0; n--)
            backward[from[n]] += backward[to[n]] * weights[n];
    }
    else
        refuse_arrays();
    close_arrays(its, ARRAYS);
    if (!fit)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
said(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *arcs, *scores, *array;
    Py_buffer buffer;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "O!O!O", &PyList_Type, &arcs, &PyDict_Type, &scores, &array) ||
        open_arrays(&array, 1, &buffer, &size) < 0)
        return NULL;
    double *found = buffer.buf;
    int failed = size != PyList_GET_SIZE(arcs) ? refuse_arrays() : 0;
    for (Py_ssize_t n = 0; !failed && n < size; n++) {
        PyObject *arc = PyList_GET_ITEM(arcs, n);
        found[n] = 0.0;
        if (PyTuple_GET_ITEM(arc, ARC_CANDIDATE) == Py_None)
            continue;
        PyObject *id = PyLong_FromVoidPtr(arc);
        PyObject *score = id ? PyDict_GetItemWithError(scores, id) : NULL;
        if (score != NULL)
            found[n] = PyFloat_AsDouble(score);
        Py_XDECREF(id);
        failed = PyErr_Occurred() != NULL;
    }
    close_arrays(&buffer, 1);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"nodes", nodes, METH_VARARGS, "Number the nodes; see chains._nodes."},
    {"follow", follow, METH_VARARGS, "Add up paths; see chains._follow."},
    {"said", said, METH_VARARGS, "Fill in the scores of arcs; see scorer.Weighing."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._chains",
    .m_doc = "The inner loops of spinfix.chains, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__chains(void)
{
    return PyModuleDef_Init(&module);
}
