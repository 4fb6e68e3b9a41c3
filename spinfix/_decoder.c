/* decoder._choices, compiled: read that module first.  All is equal to the last bit. */
#include "_arcs.h"
#include "_errors.h"

/* decoder._EQUAL */
static const double EQUAL = 1e-9;

/* What an arc changes: `size` tokens from `first` on (of the window) become `words`, NULL where
 * it leaves its token alone; and the first of the arcs that change the same. */
typedef struct {
    Py_ssize_t start, end, first, size;
    PyObject *words; /* borrowed */
    Py_ssize_t same, next;
    double sum, chance, gain;
} Reading;

/* Of a token of a window: how likely it stays as it is, the first and the last arc that changes
 * something from there on (-1: none), the expected number of right words from there to the
 * window's end on the best path, and the number of that path's first arc. */
typedef struct {
    double kept;
    Py_ssize_t head, tail;
    double gain;
    Py_ssize_t arc;
} Step;

/* A window and its arcs. */
typedef struct {
    PyObject *arcs; /* borrowed */
    Reading *readings;
    Step *steps;
    Py_ssize_t count, size;
} Window;

/* What an arc changes, by its tuple. */
static int
read_arc(const Window *self, Py_ssize_t number, Py_ssize_t start)
{
    PyObject *arc = PyList_GET_ITEM(self->arcs, number);
    PyObject *candidate = PyTuple_GET_ITEM(arc, ARC_CANDIDATE);
    Reading *its = &self->readings[number];
    its->start = its->first = whole(arc, ARC_START) - start;
    its->end = whole(arc, ARC_END) - start;
    if (its->start < 0 || its->end <= its->start || its->end > self->size)
        return refuse("an arc that leaves its window");
    its->size = its->end - its->start;
    its->words = NULL;
    if (candidate != Py_None) {
        Py_ssize_t before = whole(candidate, CANDIDATE_BEFORE);
        Py_ssize_t after = whole(candidate, CANDIDATE_AFTER);
        if (before < 0 || after < 0 || before + after >= its->size)
            return refuse("a candidate that changes nothing");
        its->first += before;
        its->size -= before + after;
        its->words = PyTuple_GET_ITEM(candidate, CANDIDATE_CORE);
    }
    return 0;
}

/* Is it the same that two arcs with the same first token change? */
static int
is_same(const Reading *one, const Reading *other)
{
    if (one->size != other->size || (one->words == NULL) != (other->words == NULL))
        return 0;
    return one->words == other->words || PyUnicode_Compare(one->words, other->words) == 0;
}

/* Put an arc behind those that change something from the same token on; add to the chances of
 * the tokens that it leaves as they are. */
static void
add_reading(const Window *self, Py_ssize_t number, double posterior)
{
    Reading *its = &self->readings[number];
    Step *step = &self->steps[its->first];
    its->next = -1;
    its->same = step->head;
    while (its->same >= 0 && !is_same(its, &self->readings[its->same]))
        its->same = self->readings[its->same].next;
    if (its->same < 0)
        its->same = number;
    if (step->head < 0)
        step->head = number;
    else
        self->readings[step->tail].next = number;
    step->tail = number;
    its->sum = 0.0;
    self->readings[its->same].sum += posterior;
    for (Py_ssize_t i = its->start; i < its->end; i++)
        if (its->words == NULL || i < its->first || i >= its->first + its->size)
            self->steps[i].kept += posterior;
}

/* decoder.agreed: fills in chances and gains. */
static int
agree(const Window *self, PyObject *const *posteriors, Py_ssize_t start)
{
    for (Py_ssize_t n = 0; n < self->count; n++) {
        double posterior = PyFloat_AsDouble(posteriors[n]);
        if (PyErr_Occurred() || read_arc(self, n, start) < 0)
            return -1;
        add_reading(self, n, posterior);
    }
    for (Py_ssize_t n = 0; n < self->count; n++) {
        Reading *its = &self->readings[n];
        int changes = its->words != NULL;
        its->chance = changes ? self->readings[its->same].sum : self->steps[its->start].kept;
        its->gain = changes ? its->chance * (double)its->size : 0.0;
        for (Py_ssize_t i = its->start; i < its->end; i++)
            if (!changes || i < its->first || i >= its->first + its->size)
                its->gain += self->steps[i].kept;
    }
    return PyErr_Occurred() ? -1 : 0;
}

/* The best steps of a window: decoder.best_path. */
static void
best_steps(const Window *self)
{
    Py_ssize_t number = self->count - 1;
    for (Py_ssize_t i = self->size - 1; i >= 0; i--) {
        self->steps[i].gain = -1.0;
        for (; number >= 0 && self->readings[number].start == i; number--) {
            const Reading *its = &self->readings[number];
            double gain = its->gain + self->steps[its->end].gain;
            if (gain > self->steps[i].gain + EQUAL) {
                self->steps[i].gain = gain;
                self->steps[i].arc = number;
            }
        }
    }
}

/* Add a pair of an arc and its chance to a list. */
static int
add_pair(const Window *self, PyObject *list, Py_ssize_t number)
{
    PyObject *chance = PyFloat_FromDouble(self->readings[number].chance);
    PyObject *arc = PyList_GET_ITEM(self->arcs, number);
    PyObject *pair = chance ? PyTuple_Pack(2, arc, chance) : NULL;
    int failed = pair == NULL || PyList_Append(list, pair) < 0;
    Py_XDECREF(chance);
    Py_XDECREF(pair);
    return failed ? -1 : 0;
}

/* The other readings of the tokens that an arc changes, with their chances. */
static PyObject *
others(const Window *self, Py_ssize_t number)
{
    const Reading *its = &self->readings[number];
    PyObject *found = PyList_New(0);
    Py_ssize_t n = self->steps[its->first].head;
    for (; found && n >= 0; n = self->readings[n].next)
        if (self->readings[n].same == n && n != its->same && self->readings[n].size == its->size &&
            add_pair(self, found, n) < 0)
            Py_CLEAR(found);
    return found;
}

/* Add Choice(arc, posterior, others) to a list. */
static int
add_choice(const Window *self, PyObject *choices, PyTypeObject *type, Py_ssize_t number)
{
    PyObject *rest = others(self, number);
    PyObject *chance = rest ? PyFloat_FromDouble(self->readings[number].chance) : NULL;
    PyObject *choice = chance ? type->tp_alloc(type, CHOICE_SIZE) : NULL;
    if (choice == NULL) {
        Py_XDECREF(rest);
        Py_XDECREF(chance);
        return -1;
    }
    PyTuple_SET_ITEM(choice, CHOICE_ARC, Py_NewRef(PyList_GET_ITEM(self->arcs, number)));
    PyTuple_SET_ITEM(choice, CHOICE_POSTERIOR, chance);
    PyTuple_SET_ITEM(choice, CHOICE_OTHERS, rest);
    int failed = PyList_Append(choices, choice);
    Py_DECREF(choice);
    return failed;
}

/* Add the edits of the best reading. */
static int
take(const Window *self, PyObject *choices, PyTypeObject *type)
{
    best_steps(self);
    for (Py_ssize_t i = 0; i < self->size; i = self->readings[self->steps[i].arc].end) {
        Py_ssize_t number = self->steps[i].arc;
        if (number < 0)
            return refuse("no reading leads on");
        if (self->readings[number].words != NULL && add_choice(self, choices, type, number) < 0)
            return -1;
    }
    return 0;
}

/* Add the edits of the best reading from token start to end. */
static int
choose(PyObject *choices, PyTypeObject *type, PyObject *arcs, PyObject *const *posteriors,
       Py_ssize_t start, Py_ssize_t end)
{
    Window self = {arcs, NULL, NULL, PyList_GET_SIZE(arcs), end - start};
    self.readings = PyMem_New(Reading, (size_t)self.count + 1);
    self.steps = PyMem_New(Step, (size_t)self.size + 1);
    int failed = self.readings == NULL || self.steps == NULL;
    if (failed)
        no_memory();
    for (Py_ssize_t i = 0; !failed && i <= self.size; i++)
        self.steps[i] = (Step){0.0, -1, -1, 0.0, -1};
    failed = failed || agree(&self, posteriors, start) < 0 || take(&self, choices, type) < 0;
    PyMem_Free(self.readings);
    PyMem_Free(self.steps);
    return failed ? -1 : 0;
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
