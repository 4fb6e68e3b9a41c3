/* The windows of spinfix/lattice.py, compiled: read that module first, and
 * LanguageModel.step.
 *
 * Every sum and product is the same, in the same order, so the posteriors are equal to the
 * last bit.  Arcs stay Python's; what is kept here are states, steps and their weights.
 */
#include "_window.h"

/* Follow an arc that starts at token i, with these words, from all states there. */
static int
extend(Lattice *self, Py_ssize_t i, Py_ssize_t end, PyObject *arc, const uint32_t *words)
{
    Position *target = position(self, end); /* may move all positions */
    if (target == NULL)
        return -1;
    const Position *from = &self->positions[i - self->start];
    Py_ssize_t count = PyTuple_GET_SIZE(PyTuple_GET_ITEM(arc, ARC_WORDS));
    Py_ssize_t extra = count - (end - i);
    double factor = PyFloat_AsDouble(PyTuple_GET_ITEM(arc, ARC_WEIGHT));
    if (extra != 0)
        factor /= pow(self->typical, (double)extra);
    if (PyErr_Occurred() || add_arc(self, arc, i, end) < 0)
        return -1;
    for (Py_ssize_t n = 0; n < from->size; n++) {
        State after = from->nodes[n].state;
        double weight = 1.0;
        for (Py_ssize_t w = 0; w < count; w++) {
            double one = step(self->model, &after, words[w], &after);
            weight = w ? weight * one : one;
        }
        weight *= factor;
        const Node *node = add_node(self, target, &after, from->nodes[n].alpha * weight);
        if (node == NULL || add_edge(self, n, node->number, weight) < 0)
            return -1;
    }
    return 0;
}

/* Extend to the next position that is passed in one state, limit at the latest, and write the
 * state there. */
static int
build(Lattice *self, Py_ssize_t start, State *state, Py_ssize_t limit, PyObject *readings)
{
    for (Py_ssize_t i = 0; i < self->position_room; i++) {
        self->positions[i].size = 0;
        self->positions[i].continued = 0;
    }
    self->start = start;
    self->edge_count = self->arc_count = self->node_count = 0;
    Position *here = position(self, start);
    if (here == NULL || add_node(self, here, state, 1.0) == NULL)
        return -1;
    for (Py_ssize_t i = start, reach = start;; i++) {
        here = position(self, i);
        if (here == NULL || here->size == 0)
            return refuse("no reading leads on");
        if (here->size > 1)
            prune(self, here, i - start > self->longest && reach <= i);
        if ((i > start && here->size == 1 && reach <= i) || i == limit) {
            self->end = i;
            *state = best(here)->state;
            return 0;
        }
        PyObject *arcs = PyList_GetItem(readings, i);
        if (arcs == NULL || number_all(self, here, arcs) < 0)
            return -1;
        const uint32_t *words = self->words;
        for (Py_ssize_t n = 0; n < PyList_GET_SIZE(arcs); n++) {
            PyObject *arc = PyList_GET_ITEM(arcs, n);
            Py_ssize_t end = whole(arc, ARC_END);
            if (end <= limit && extend(self, i, end, arc, words) < 0)
                return -1;
            reach = end <= limit && end > reach ? end : reach;
            words += PyTuple_GET_SIZE(PyTuple_GET_ITEM(arc, ARC_WORDS));
        }
    }
}

/* The weight of all paths through the window. */
static double
total_of(const Lattice *self)
{
    const Position *last = &self->positions[self->end - self->start];
    double total = 0.0;
    for (Py_ssize_t n = 0; n < last->size; n++)
        total += last->nodes[n].alpha;
    return total;
}

/* The weight of all paths through an arc. */
static double
passing(const Lattice *self, const Arc *arc, Py_ssize_t stop)
{
    Position *from = &self->positions[arc->start - self->start];
    const Position *to = &self->positions[arc->end - self->start];
    double mass = 0.0;
    if (!from->continued) {
        from->continued = 1;
        for (Py_ssize_t n = 0; n < from->size; n++)
            from->nodes[n].beta = 0.0;
    }
    for (const Edge *edge = self->edges + arc->edge; edge < self->edges + stop; edge++) {
        double later = 0.0; /* pruned, when it is not found */
        for (Py_ssize_t n = 0; n < to->size; n++)
            if (to->nodes[n].number == edge->after) {
                later = to->nodes[n].beta;
                break;
            }
        double part = edge->weight * later;
        from->nodes[edge->before].beta += part;
        mass += from->nodes[edge->before].alpha * part;
    }
    return mass;
}

/* The posteriors of all arcs, in the order of the arcs. */
static PyObject *
posteriors(Lattice *self, double total)
{
    PyObject *found = PyList_New(self->arc_count);
    Position *last = &self->positions[self->end - self->start];
    last->continued = 1;
    for (Py_ssize_t n = 0; n < last->size; n++)
        last->nodes[n].beta = 1.0;
    int finite = total > 0.0 && total < INFINITY;
    Py_ssize_t stop = self->edge_count;
    for (Py_ssize_t n = self->arc_count - 1; found != NULL && n >= 0; n--) {
        const Arc *arc = &self->arcs[n];
        double mass = 0.0;
        if (finite && self->positions[arc->end - self->start].continued)
            mass = passing(self, arc, stop) / total;
        stop = arc->edge;
        PyObject *value = PyFloat_FromDouble(mass);
        if (value == NULL)
            Py_CLEAR(found);
        else
            PyList_SET_ITEM(found, n, value);
    }
    return found;
}

/* The window as a lattice.Window. */
static PyObject *
window(Lattice *self, PyObject *type)
{
    PyObject *arcs = PyList_New(self->arc_count), *found = posteriors(self, total_of(self));
    if (arcs == NULL || found == NULL) {
        Py_XDECREF(arcs);
        Py_XDECREF(found);
        return NULL;
    }
    for (Py_ssize_t n = 0; n < self->arc_count; n++)
        PyList_SET_ITEM(arcs, n, Py_NewRef(self->arcs[n].object));
    return PyObject_CallFunction(type, "nnNN", self->start, self->end, arcs, found);
}

/* Pass the tokens from *i on that have one reading only: the state after them.  That depends on
 * the last words alone, one less than the model's order, so about others it is not asked. */
static int
pass(Lattice *self, Py_ssize_t *i, Py_ssize_t end, PyObject *readings, State *state)
{
    PyObject *last[MAX_ORDER - 1];
    Py_ssize_t passed = 0, most = self->model->order - 1;
    while (*i < end) {
        PyObject *arcs = PyList_GetItem(readings, *i);
        if (arcs == NULL)
            return -1;
        if (PyList_GET_SIZE(arcs) != 1)
            break;
        PyObject *arc = PyList_GET_ITEM(arcs, 0);
        last[passed++ % most] = PyTuple_GET_ITEM(arc, ARC_WORDS);
        *i = whole(arc, ARC_END);
    }
    if (*i >= end)
        return 0;
    if (passed > most)
        state->length = 0;
    self->word_count = 0;
    for (Py_ssize_t n = passed > most ? passed - most : 0; n < passed; n++)
        if (number_words(self, last[n % most]) < 0)
            return -1;
    for (Py_ssize_t w = 0; w < self->word_count; w++)
        step(self->model, state, self->words[w], state);
    return 0;
}

/* The windows of a line, added to found. */
static int
add_line(Lattice *self, Py_ssize_t i, Py_ssize_t end, PyObject *readings, PyObject *type,
         PyObject *found)
{
    State state = self->model->begin;
    while (1) {
        if (pass(self, &i, end, readings, &state) < 0)
            return -1;
        if (i >= end)
            return 0;
        PyObject *one = build(self, i, &state, end, readings) < 0 ? NULL : window(self, type);
        if (one == NULL)
            return -1;
        int failed = PyList_Append(found, one);
        Py_DECREF(one);
        if (failed < 0)
            return -1;
        i = self->end;
    }
}

static PyObject *
windows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *model, *lines, *readings, *type;
    Lattice self = {0};
    if (!PyArg_ParseTuple(args, "OO!O!Ondnd", &model, &PyList_Type, &lines, &PyList_Type,
                          &readings, &type, &self.beam, &self.ratio, &self.longest,
                          &self.typical))
        return NULL;
    self.model = PyCapsule_GetPointer(model, TRIE_NAME);
    PyObject *found = self.model ? PyList_New(0) : NULL;
    for (Py_ssize_t n = 0; found != NULL && n < PyList_GET_SIZE(lines); n++) {
        Py_ssize_t start, end;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(lines, n), "nn", &start, &end) ||
            add_line(&self, start, end, readings, type, found) < 0)
            Py_CLEAR(found);
    }
    release(&self);
    return found;
}

static PyMethodDef methods[] = {
    {"windows", windows, METH_VARARGS, "The windows of an article; see lattice.pure_windows."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._lattice",
    .m_doc = "The lattice of spinfix.lattice, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__lattice(void)
{
    return PyModuleDef_Init(&module);
}
