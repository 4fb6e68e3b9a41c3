/* The inner loops of spinfix/draws.py, compiled: read that module first.
 *
 * Every sum is the same, in the same order, so all is equal to the last bit.
 */
#include "_arcs.h"
#include "_sums.h"

/* How many numbers draws._counts gives. */
#define COUNTS 5

/* The phrases that have a number, in order (borrowed), and a hash table of their numbers
 * (plus 1); there is room for all, twice. */
typedef struct {
    Py_hash_t hash;
    PyObject *words;
} Phrase;

typedef struct {
    Py_ssize_t count;
    size_t mask;
    Py_ssize_t *slots;
    Phrase *phrases;
} Numbers;

static int
open_numbers(Numbers *self, Py_ssize_t most)
{
    size_t slots = 16;
    while (slots < 2 * (size_t)most)
        slots *= 2;
    self->mask = slots - 1;
    self->count = 0;
    self->slots = PyMem_Calloc(slots, sizeof *self->slots);
    self->phrases = PyMem_New(Phrase, (size_t)most);
    if (self->slots && self->phrases)
        return 0;
    return no_memory();
}

/* The number of a phrase, the next one when it is new; -1: failed. */
static Py_ssize_t
number_of(Numbers *self, PyObject *phrase)
{
    Py_hash_t hash = PyObject_Hash(phrase);
    if (hash == -1)
        return -1;
    size_t slot = (size_t)hash & self->mask;
    for (; self->slots[slot]; slot = (slot + 1) & self->mask) {
        Py_ssize_t number = self->slots[slot] - 1;
        const Phrase *known = &self->phrases[number];
        if (known->words == phrase ||
            (known->hash == hash && PyUnicode_Compare(known->words, phrase) == 0))
            return number;
    }
    self->phrases[self->count] = (Phrase){hash, phrase};
    self->slots[slot] = ++self->count;
    return self->count - 1;
}

/* The numbers of an arc. */
static int
add_arc(Occurrences *self, Py_ssize_t n, PyObject *arc, PyObject *words, Numbers *numbers)
{
    Py_ssize_t start = whole(arc, ARC_START), end = whole(arc, ARC_END);
    if (start < 0 || start >= PyList_GET_SIZE(words))
        return refuse("an arc that starts at no token");
    self->its[SPAN][n] = start * PyList_GET_SIZE(words) + end;
    self->its[TOKEN][n] = start;
    self->its[CAPITAL][n] =
        Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(PyList_GET_ITEM(words, start), 0)) != 0;
    self->its[SPUN][n] = self->its[ORIGINAL][n] = -1;
    PyObject *candidate = PyTuple_GET_ITEM(arc, ARC_CANDIDATE);
    if (candidate != Py_None) {
        PyObject *pair = PyTuple_GET_ITEM(candidate, CANDIDATE_PAIR);
        self->its[SPUN][n] = number_of(numbers, PyTuple_GET_ITEM(pair, 0));
        self->its[ORIGINAL][n] = number_of(numbers, PyTuple_GET_ITEM(pair, 1));
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
occurrences(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *lower, *words, *arcs, *arrays[FIELDS];
    Occurrences self;
    if (!PyArg_ParseTuple(args, "O!O!O!OOOOOO", &PyList_Type, &lower, &PyList_Type, &words,
                          &PyList_Type, &arcs, &arrays[SPAN], &arrays[SPUN], &arrays[ORIGINAL],
                          &arrays[CAPITAL], &arrays[TOKEN], &arrays[WORDS]) ||
        open_occurrences(&self, arrays, FIELDS) < 0)
        return NULL;
    Py_ssize_t tokens = PyList_GET_SIZE(lower), size = PyList_GET_SIZE(arcs);
    Numbers numbers;
    int failed = open_numbers(&numbers, tokens + 2 * size) < 0;
    if (!failed && (PyList_GET_SIZE(words) != tokens || self.sizes[WORDS] != tokens ||
                    self.sizes[SPAN] != size))
        failed = refuse_arrays();
    for (Py_ssize_t i = 0; !failed && i < tokens; i++) {
        self.its[WORDS][i] = number_of(&numbers, PyList_GET_ITEM(lower, i));
        failed = self.its[WORDS][i] < 0;
    }
    for (Py_ssize_t n = 0; !failed && n < size; n++)
        failed = add_arc(&self, n, PyList_GET_ITEM(arcs, n), words, &numbers) < 0;
    PyMem_Free(numbers.slots);
    PyMem_Free(numbers.phrases);
    close_arrays(self.buffers, FIELDS);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* draws._unspun: new memory, or NULL. */
static double *
unspun(const Occurrences *its, Py_ssize_t size)
{
    const int64_t *words = its->its[WORDS], *token = its->its[TOKEN], *spun = its->its[SPUN];
    const double *posteriors = its->buffers[POSTERIORS].buf;
    Py_ssize_t tokens = its->sizes[WORDS];
    double *left = PyMem_New(double, (size_t)tokens);
    double *sums = PyMem_Calloc((size_t)size + 1, sizeof(double));
    if (left != NULL && sums != NULL) {
        for (Py_ssize_t i = 0; i < tokens; i++)
            left[i] = 1.0;
        for (Py_ssize_t n = 0; n < its->sizes[SPAN]; n++)
            if (spun[n] < 0)
                left[token[n]] = posteriors[n];
        for (Py_ssize_t i = 0; i < tokens; i++)
            sums[words[i]] += left[i];
    }
    else {
        PyMem_Free(sums);
        sums = NULL;
    }
    PyMem_Free(left);
    return sums;
}

/* Fill in the counts; -1 when there is no memory. */
static int
count(Sums *self, const Occurrences *its, Py_ssize_t size)
{
    double *found = its->buffers[FOUND].buf, *left = unspun(its, size), **rows = self->rows;
    if (left == NULL)
        return -1;
    by_span(self, its);
    by_phrase(self, its, size);
    by_case(self, its);
    memset(found, 0, (size_t)its->buffers[FOUND].len);
    for (Py_ssize_t n = 0; n < self->size; n++) {
        double p = rows[P][n], others = rows[OF_PHRASE][n] - rows[OF_SPAN][n];
        double counts[COUNTS] = {
            rows[OF_CASE][n] - p,
            rows[OF_ORIGINAL][n] - rows[OF_CASE][n],
            others - (rows[OF_PAIR][n] - p),
            rows[SPANS][n] - 1.0 - others,
            left[its->its[ORIGINAL][self->arcs[n]]],
        };
        for (int k = 0; k < COUNTS; k++)
            if (!(counts[k] <= 0.0))
                found[k * its->sizes[SPAN] + self->arcs[n]] = counts[k];
    }
    PyMem_Free(left);
    return 0;
}

/* How many numbers there are, of phrases and tokens; -1 when one is out of place. */
static Py_ssize_t
size_of(const Occurrences *its)
{
    Py_ssize_t size = 0;
    for (int field = SPUN; field < FIELDS; field++) {
        int64_t least = field == SPUN || field == ORIGINAL ? -1 : 0;
        for (Py_ssize_t n = 0; n < its->sizes[field]; n++) {
            int64_t number = its->its[field][n];
            if (number < least || (field == TOKEN && number >= its->sizes[WORDS]) ||
                (field == ORIGINAL && number < 0 && its->its[SPUN][n] >= 0))
                return refuse("a number that is none");
            if (field != TOKEN && field != CAPITAL && number >= size)
                size = (Py_ssize_t)number + 1;
        }
    }
    return size;
}

static PyObject *
counts(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *arrays[ARRAYS];
    Occurrences its;
    Sums sums = {0};
    if (!PyArg_ParseTuple(args, "OOOOOOOO", &arrays[SPAN], &arrays[SPUN], &arrays[ORIGINAL],
                          &arrays[CAPITAL], &arrays[TOKEN], &arrays[WORDS], &arrays[POSTERIORS],
                          &arrays[FOUND]) ||
        open_occurrences(&its, arrays, ARRAYS) < 0)
        return NULL;
    Py_ssize_t size = size_of(&its), arcs = its.sizes[SPAN];
    int failed = size < 0;
    if (!failed && (its.sizes[POSTERIORS] != arcs || its.sizes[FOUND] != COUNTS * arcs))
        failed = refuse_arrays();
    if (!failed && (make_room(&sums, &its) < 0 || count(&sums, &its, size) < 0))
        failed = no_memory();
    release(&sums);
    close_arrays(its.buffers, ARRAYS);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"occurrences", occurrences, METH_VARARGS, "Fill in a draws.Occurrences."},
    {"counts", counts, METH_VARARGS, "Fill in the counts; see draws._counts."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._draws",
    .m_doc = "The inner loops of spinfix.draws, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__draws(void)
{
    return PyModuleDef_Init(&module);
}
