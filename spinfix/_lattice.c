/* The windows of spinfix/lattice.py, compiled: read that module first, and
 * LanguageModel.step.
 *
 * Every sum and product is the same, in the same order, so the posteriors are equal to the
 * last bit.  Arcs stay Python's; what is kept here are states, steps and their weights.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The fields of channel.Arc. */
enum { ARC_START, ARC_END, ARC_WORDS, ARC_WEIGHT };

/* A language-model state at a position: the weight of all paths to it, and of all that
 * lead on from it to the window's end. */
typedef struct {
    Py_ssize_t number;
    double alpha, beta;
} State;

typedef struct {
    State *states;
    Py_ssize_t size, room;
    int continued; /* does a path lead on from here? */
} Position;

/* A step of an arc: the state before, by its place in its position; the state after, by
 * its number; the weight. */
typedef struct {
    Py_ssize_t before, after;
    double weight;
} Edge;

/* An arc of the window; its edges begin at ``edge`` and end where the next one's begin. */
typedef struct {
    PyObject *object;
    Py_ssize_t start, end, edge;
} Arc;

/* The language model, and what it has answered so far: its attributes of these names. */
typedef struct {
    PyObject *self, *kenlm, *new_state, *spare, *ask;
    PyObject *steps, *states, *numbers; /* asking for the beginning may replace them */
    double typical, exponent, usual, ln10;
    Py_ssize_t asked;
} Model;

/* The window that is being built.  Its memory is used again by the next one. */
typedef struct {
    Model model;
    Py_ssize_t beam, longest;
    double ratio;
    Py_ssize_t start, end;
    Position *positions; /* from start on */
    Py_ssize_t position_room;
    Edge *edges;
    Py_ssize_t edge_count, edge_room;
    Arc *arcs;
    Py_ssize_t arc_count, arc_room;
} Lattice;

/* Room for one more item; -1 when there is no memory. */
static int
grow(void **items, Py_ssize_t *room, Py_ssize_t size, size_t width)
{
    if (size < *room)
        return 0;
    Py_ssize_t more = *room ? 2 * *room : 16;
    while (more <= size)
        more *= 2;
    void *moved = realloc(*items, (size_t)more * width);
    if (moved == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset((char *)moved + (size_t)*room * width, 0, (size_t)(more - *room) * width);
    *items = moved;
    *room = more;
    return 0;
}

static void
release(Lattice *self)
{
    for (Py_ssize_t i = 0; i < self->position_room; i++)
        free(self->positions[i].states);
    free(self->positions);
    free(self->edges);
    free(self->arcs);
    Model *model = &self->model;
    PyObject **owned[] = {&model->kenlm, &model->new_state, &model->spare,   &model->ask,
                          &model->steps, &model->states,    &model->numbers};
    for (size_t n = 0; n < sizeof owned / sizeof *owned; n++)
        Py_CLEAR(*owned[n]);
}

/* The position of a token of the window; NULL when there is no memory. */
static Position *
position(Lattice *self, Py_ssize_t token)
{
    Py_ssize_t i = token - self->start;
    if (grow((void **)&self->positions, &self->position_room, i, sizeof(Position)) < 0)
        return NULL;
    return &self->positions[i];
}

/* The number of the state that is in spare, which is kept if it is a new one; -1: failed. */
static Py_ssize_t
number_of_spare(Model *self)
{
    PyObject *number = PyDict_GetItemWithError(self->numbers, self->spare);
    if (number != NULL)
        return PyLong_AsSsize_t(number);
    Py_ssize_t count = PyList_GET_SIZE(self->states);
    PyObject *fresh = PyErr_Occurred() ? NULL : PyDict_New();
    number = fresh ? PyLong_FromSsize_t(count) : NULL;
    int failed = number == NULL || PyDict_SetItem(self->numbers, self->spare, number) < 0 ||
                 PyList_Append(self->states, self->spare) < 0 ||
                 PyList_Append(self->steps, fresh) < 0;
    Py_XDECREF(number);
    Py_XDECREF(fresh);
    if (failed)
        return -1;
    Py_SETREF(self->spare, PyObject_CallNoArgs(self->new_state));
    return self->spare ? count : -1;
}

/* LanguageModel.step for a word that is not known after a state yet: a new reference. */
static PyObject *
ask(Model *self, Py_ssize_t state, PyObject *word)
{
    if (!PyUnicode_IS_ASCII(word))
        return PyObject_CallMethod(self->self, "step", "nO", state, word);
    PyObject *said = PyObject_CallMethodObjArgs(
        self->kenlm, self->ask, PyList_GET_ITEM(self->states, state), word, self->spare, NULL);
    double log_p = said ? PyFloat_AsDouble(said) * self->ln10 : 0.0;
    Py_XDECREF(said);
    Py_ssize_t number = PyErr_Occurred() ? -1 : number_of_spare(self);
    if (number < 0)
        return NULL;
    PyObject *known = Py_BuildValue("dn", exp(self->exponent * (log_p + self->usual)), number);
    if (known && PyDict_SetItem(PyList_GET_ITEM(self->steps, state), word, known) < 0)
        Py_CLEAR(known);
    self->asked++;
    return known;
}

/* What the language model says of a word after a state: its weight; the state after it. */
static int
step(Lattice *self, Py_ssize_t state, PyObject *word, double *weight, Py_ssize_t *after)
{
    PyObject *from = PyList_GetItem(self->model.steps, state);
    if (from == NULL)
        return -1;
    PyObject *known = PyDict_GetItemWithError(from, word);
    if (known != NULL)
        Py_INCREF(known);
    else if (PyErr_Occurred() || (known = ask(&self->model, state, word)) == NULL)
        return -1;
    *weight = PyFloat_AsDouble(PyTuple_GET_ITEM(known, 0));
    *after = PyLong_AsSsize_t(PyTuple_GET_ITEM(known, 1));
    Py_DECREF(known);
    return PyErr_Occurred() ? -1 : 0;
}

/* Add a path's weight to a state of a position. */
static int
add(Position *target, Py_ssize_t number, double weight)
{
    for (Py_ssize_t n = 0; n < target->size; n++)
        if (target->states[n].number == number) {
            target->states[n].alpha += weight;
            return 0;
        }
    if (grow((void **)&target->states, &target->room, target->size, sizeof(State)) < 0)
        return -1;
    target->states[target->size++] = (State){number, weight, 0.0};
    return 0;
}

static const State *
best(const Position *place)
{
    const State *found = place->states;
    for (Py_ssize_t n = 1; n < place->size; n++)
        if (place->states[n].alpha > found->alpha)
            found = &place->states[n];
    return found;
}

/* Keep the states worth following; only the best one to close a window. */
static void
prune(const Lattice *self, Position *place, int close)
{
    const State first = *best(place);
    State *states = place->states;
    if (close) {
        states[0] = first;
        place->size = 1;
        return;
    }
    double floor = first.alpha * self->ratio;
    Py_ssize_t kept = 0;
    for (Py_ssize_t n = 0; n < place->size; n++)
        if (states[n].alpha >= floor)
            states[kept++] = states[n];
    place->size = kept;
    if (kept <= self->beam)
        return;
    for (Py_ssize_t n = 1; n < kept; n++) { /* insertion sort: stable */
        State moved = states[n];
        Py_ssize_t k = n;
        for (; k > 0 && states[k - 1].alpha < moved.alpha; k--)
            states[k] = states[k - 1];
        states[k] = moved;
    }
    place->size = self->beam;
}

/* Follow an arc that starts at token i from all states there. */
static int
extend(Lattice *self, Py_ssize_t i, Py_ssize_t end, PyObject *arc)
{
    Position *target = position(self, end); /* may move all positions */
    if (target == NULL)
        return -1;
    const Position *from = &self->positions[i - self->start];
    PyObject *words = PyTuple_GET_ITEM(arc, ARC_WORDS);
    Py_ssize_t count = PyTuple_GET_SIZE(words), extra = count - (end - i);
    double factor = PyFloat_AsDouble(PyTuple_GET_ITEM(arc, ARC_WEIGHT));
    if (extra != 0)
        factor /= pow(self->model.typical, (double)extra);
    if (grow((void **)&self->arcs, &self->arc_room, self->arc_count, sizeof(Arc)) < 0)
        return -1;
    self->arcs[self->arc_count++] = (Arc){arc, i, end, self->edge_count};
    for (Py_ssize_t n = 0; n < from->size; n++) {
        Py_ssize_t after = from->states[n].number;
        double weight = 1.0, one;
        for (Py_ssize_t w = 0; w < count; w++) {
            if (step(self, after, PyTuple_GET_ITEM(words, w), &one, &after) < 0)
                return -1;
            weight = w ? weight * one : one;
        }
        weight *= factor;
        if (add(target, after, from->states[n].alpha * weight) < 0 ||
            grow((void **)&self->edges, &self->edge_room, self->edge_count, sizeof(Edge)) < 0)
            return -1;
        self->edges[self->edge_count++] = (Edge){n, after, weight};
    }
    return 0;
}

/* Extend to the next position that is passed in one state, limit at the latest; the state
 * there, or -1. */
static Py_ssize_t
build(Lattice *self, Py_ssize_t start, Py_ssize_t state, Py_ssize_t limit, PyObject *readings)
{
    for (Py_ssize_t i = 0; i < self->position_room; i++) {
        self->positions[i].size = 0;
        self->positions[i].continued = 0;
    }
    self->start = start;
    self->edge_count = self->arc_count = 0;
    Position *here = position(self, start);
    if (here == NULL || add(here, state, 1.0) < 0)
        return -1;
    for (Py_ssize_t i = start, reach = start;; i++) {
        here = position(self, i);
        if (here == NULL || here->size == 0) {
            if (!PyErr_Occurred())
                PyErr_SetString(PyExc_ValueError, "no reading leads on");
            return -1;
        }
        if (here->size > 1)
            prune(self, here, i - start > self->longest && reach <= i);
        if ((i > start && here->size == 1 && reach <= i) || i == limit) {
            self->end = i;
            return best(here)->number;
        }
        PyObject *arcs = PyList_GetItem(readings, i);
        if (arcs == NULL)
            return -1;
        for (Py_ssize_t n = 0; n < PyList_GET_SIZE(arcs); n++) {
            PyObject *arc = PyList_GET_ITEM(arcs, n);
            Py_ssize_t end = PyLong_AsSsize_t(PyTuple_GET_ITEM(arc, ARC_END));
            if (end > limit)
                continue;
            if (end > reach)
                reach = end;
            if (extend(self, i, end, arc) < 0)
                return -1;
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
        total += last->states[n].alpha;
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
            from->states[n].beta = 0.0;
    }
    for (const Edge *edge = self->edges + arc->edge; edge < self->edges + stop; edge++) {
        double later = 0.0; /* pruned, when it is not found */
        for (Py_ssize_t n = 0; n < to->size; n++)
            if (to->states[n].number == edge->after) {
                later = to->states[n].beta;
                break;
            }
        double part = edge->weight * later;
        from->states[edge->before].beta += part;
        mass += from->states[edge->before].alpha * part;
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
        last->states[n].beta = 1.0;
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

/* The windows of a line, added to found. */
static int
add_line(Lattice *self, Py_ssize_t i, Py_ssize_t end, Py_ssize_t state, PyObject *readings,
         PyObject *type, PyObject *found)
{
    while (i < end) {
        PyObject *arcs = PyList_GetItem(readings, i);
        if (arcs == NULL)
            return -1;
        if (PyList_GET_SIZE(arcs) == 1) {
            PyObject *arc = PyList_GET_ITEM(arcs, 0), *words = PyTuple_GET_ITEM(arc, ARC_WORDS);
            double weight;
            for (Py_ssize_t w = 0; w < PyTuple_GET_SIZE(words); w++)
                if (step(self, state, PyTuple_GET_ITEM(words, w), &weight, &state) < 0)
                    return -1;
            i = PyLong_AsSsize_t(PyTuple_GET_ITEM(arc, ARC_END));
            continue;
        }
        Py_ssize_t last = build(self, i, state, end, readings);
        PyObject *one = last < 0 ? NULL : window(self, type);
        if (one == NULL)
            return -1;
        int failed = PyList_Append(found, one);
        Py_DECREF(one);
        if (failed < 0)
            return -1;
        i = self->end;
        state = last;
    }
    return 0;
}

/* A number of the model; -1 may be an error. */
static double
number(const Model *self, const char *name)
{
    PyObject *value = PyObject_GetAttrString(self->self, name);
    double found = value ? PyFloat_AsDouble(value) : -1.0;
    Py_XDECREF(value);
    return found;
}

/* Take over what stays as it is. */
static int
open_model(Model *self)
{
    self->kenlm = PyObject_GetAttrString(self->self, "kenlm");
    self->new_state = PyObject_GetAttrString(self->self, "new_state");
    self->spare = self->new_state ? PyObject_CallNoArgs(self->new_state) : NULL;
    self->ask = PyUnicode_InternFromString("BaseScore");
    if (self->kenlm == NULL || self->spare == NULL || self->ask == NULL)
        return -1;
    self->typical = number(self, "typical");
    self->exponent = number(self, "exponent");
    self->usual = number(self, "usual");
    self->ln10 = number(self, "ln10");
    return PyErr_Occurred() ? -1 : 0;
}

/* The state at the beginning of a line: asking for it may empty what is kept, so that is
 * done once for all lines. */
static Py_ssize_t
beginning(Model *self)
{
    Py_ssize_t state = (Py_ssize_t)number(self, "begin");
    if (PyErr_Occurred())
        return -1;
    Py_XSETREF(self->steps, PyObject_GetAttrString(self->self, "steps"));
    Py_XSETREF(self->states, PyObject_GetAttrString(self->self, "states"));
    Py_XSETREF(self->numbers, PyObject_GetAttrString(self->self, "numbers"));
    return self->steps && self->states && self->numbers ? state : -1;
}

/* Tell the model how much it keeps now. */
static int
close_model(Model *self)
{
    PyObject *size = PyLong_FromDouble(number(self, "size") + (double)self->asked);
    int failed = size == NULL || PyObject_SetAttrString(self->self, "size", size) < 0;
    Py_XDECREF(size);
    return failed ? -1 : 0;
}

static PyObject *
windows(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *lines, *readings, *type;
    Lattice self = {0};
    if (!PyArg_ParseTuple(args, "OO!O!Ondn", &self.model.self, &PyList_Type, &lines, &PyList_Type,
                          &readings, &type, &self.beam, &self.ratio, &self.longest))
        return NULL;
    PyObject *found = PyList_New(0);
    Py_ssize_t state = found && open_model(&self.model) == 0 ? beginning(&self.model) : -1;
    int failed = state < 0;
    for (Py_ssize_t n = 0; !failed && n < PyList_GET_SIZE(lines); n++) {
        Py_ssize_t start, end;
        failed = !PyArg_ParseTuple(PyList_GET_ITEM(lines, n), "nn", &start, &end) ||
                 add_line(&self, start, end, state, readings, type, found) < 0;
    }
    failed = failed || close_model(&self.model) < 0;
    release(&self);
    if (failed)
        Py_CLEAR(found);
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
