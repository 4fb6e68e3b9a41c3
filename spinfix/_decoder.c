/* decoder._choices, compiled: read that module first.  All is equal to the last bit. */
#include "_arcs.h"
#include "_errors.h"

/* Of a token of a window: the expected number of right words from there to the window's end
 * on the best path, and the number of that path's first arc. */
typedef struct {
    double gain;
    Py_ssize_t arc;
} Step;

/* The best steps of a window of `end - start` tokens: decoder.best_path. */
static int
best_steps(PyObject *arcs, PyObject *const *posteriors, Py_ssize_t start, Py_ssize_t end,
           Step *steps)
{
    Py_ssize_t number = PyList_GET_SIZE(arcs) - 1;
    steps[end - start] = (Step){0.0, -1};
    for (Py_ssize_t i = end - 1; i >= start; i--) {
        Step best = {-1.0, -1};
        for (; number >= 0 && whole_of(arcs, number, ARC_START) == i; number--) {
            Py_ssize_t last = whole_of(arcs, number, ARC_END);
            if (last <= i || last > end)
                return refuse("an arc that leaves its window");
            double posterior = PyFloat_AsDouble(posteriors[number]);
            double gain = posterior * (double)(last - i) + steps[last - start].gain;
            if (gain >= best.gain) /* of equal ones the first */
                best = (Step){gain, number};
        }
        steps[i - start] = best;
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* The other readings of an arc's tokens, with their posteriors. */
static PyObject *
others(PyObject *arcs, PyObject *const *posteriors, Py_ssize_t number)
{
    Py_ssize_t start = whole_of(arcs, number, ARC_START), end = whole_of(arcs, number, ARC_END);
    Py_ssize_t first = number, stop = number + 1, count = 0;
    while (first > 0 && whole_of(arcs, first - 1, ARC_START) == start)
        first--;
    while (stop < PyList_GET_SIZE(arcs) && whole_of(arcs, stop, ARC_START) == start)
        stop++;
    for (Py_ssize_t n = first; n < stop; n++)
        count += n != number && whole_of(arcs, n, ARC_END) == end;
    PyObject *found = PyList_New(count);
    for (Py_ssize_t n = first, k = 0; found && n < stop; n++) {
        if (n == number || whole_of(arcs, n, ARC_END) != end)
            continue;
        PyObject *pair = PyTuple_Pack(2, PyList_GET_ITEM(arcs, n), posteriors[n]);
        if (pair == NULL)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, k++, pair);
    }
    return found;
}

/* Add Choice(arc, posterior, others) to a list. */
static int
add_choice(PyObject *choices, PyTypeObject *type, PyObject *arcs, PyObject *const *posteriors,
           Py_ssize_t number)
{
    PyObject *rest = others(arcs, posteriors, number);
    PyObject *choice = rest ? type->tp_alloc(type, CHOICE_SIZE) : NULL;
    if (choice == NULL) {
        Py_XDECREF(rest);
        return -1;
    }
    PyTuple_SET_ITEM(choice, CHOICE_ARC, Py_NewRef(PyList_GET_ITEM(arcs, number)));
    PyTuple_SET_ITEM(choice, CHOICE_POSTERIOR, Py_NewRef(posteriors[number]));
    PyTuple_SET_ITEM(choice, CHOICE_OTHERS, rest);
    int failed = PyList_Append(choices, choice);
    Py_DECREF(choice);
    return failed;
}

/* Add the edits of the best reading from token start to end. */
static int
choose(PyObject *choices, PyTypeObject *type, PyObject *arcs, PyObject *const *posteriors,
       Py_ssize_t start, Py_ssize_t end)
{
    Step *steps = PyMem_New(Step, (size_t)(end - start) + 1);
    if (steps == NULL)
        return no_memory();
    int failed = best_steps(arcs, posteriors, start, end, steps);
    for (Py_ssize_t i = start; !failed && i < end;) {
        Py_ssize_t number = steps[i - start].arc;
        if (number < 0) {
            failed = refuse("no reading leads on");
            break;
        }
        if (PyTuple_GET_ITEM(PyList_GET_ITEM(arcs, number), ARC_CANDIDATE) != Py_None)
            failed = add_choice(choices, type, arcs, posteriors, number);
        i = whole_of(arcs, number, ARC_END);
    }
    PyMem_Free(steps);
    return failed;
}

static PyObject *
choices(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *windows, *posteriors;
    PyTypeObject *type;
    if (!PyArg_ParseTuple(args, "O!O!O!", &PyList_Type, &windows, &PyList_Type, &posteriors,
                          &PyType_Type, &type))
        return NULL;
    PyObject *found = PyList_New(0), *const *its = PySequence_Fast_ITEMS(posteriors);
    Py_ssize_t left = PyList_GET_SIZE(posteriors), start, end;
    for (Py_ssize_t n = 0; found && n < PyList_GET_SIZE(windows); n++) {
        PyObject *window = PyList_GET_ITEM(windows, n);
        PyObject *arcs = PyTuple_GET_ITEM(window, WINDOW_ARCS);
        start = whole(window, WINDOW_START);
        end = whole(window, WINDOW_END);
        int failed = 0;
        if (start < 0 || end < start || PyList_GET_SIZE(arcs) > left)
            failed = refuse("posteriors that do not fit the windows");
        if (failed || choose(found, type, arcs, its, start, end) < 0) {
            Py_CLEAR(found);
            break;
        }
        its += PyList_GET_SIZE(arcs);
        left -= PyList_GET_SIZE(arcs);
    }
    return found;
}

static PyMethodDef methods[] = {
    {"choices", choices, METH_VARARGS, "The edits of the best readings; see decoder._choices."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._decoder",
    .m_doc = "The inner loops of spinfix.decoder, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__decoder(void)
{
    return PyModuleDef_Init(&module);
}
