/* The inner loops of spinfix/draws.py, compiled: read that module first.
 *
 * Every sum is the same, in the same order, so all is equal to the last bit.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* The fields of channel.Arc and Candidate. */
enum { ARC_START, ARC_END, ARC_CANDIDATE = 4 };
enum { CANDIDATE_PAIR = 7 };
/* The fields of draws.Occurrences, and how many numbers draws._counts gives. */
enum { SPAN, SPUN, ORIGINAL, CAPITAL, TOKEN, WORDS, FIELDS };
#define COUNTS 5

/* What is known of the arcs that replace something: posteriors, one over the arcs of the same
 * span, and the sums over arcs that have something in common. */
enum { P, SHARE, OF_SPAN, OF_PHRASE, SPANS, OF_PAIR, OF_CASE, OF_ORIGINAL, SUMS, ROWS };

/* Arrays of 64-bit numbers: Occurrences, and in the end what is only handed over here. */
enum { POSTERIORS = FIELDS, FOUND, ARRAYS };

typedef struct {
    Py_buffer buffers[ARRAYS];
    int64_t *its[FIELDS];
    Py_ssize_t sizes[ARRAYS];
    int count;
} Arrays;

/* The sums over arcs that replace something, and of which ones.  For those with the same key
 * ``groups`` are the first with each one's key, ``slots`` a hash table of these (plus 1), of
 * 2 ** ``bits`` places. */
typedef struct {
    Py_ssize_t size;
    Py_ssize_t *arcs;
    int bits;
    uint64_t *keys;
    Py_ssize_t *groups, *slots;
    double *rows[ROWS];
} Sums;

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
refuse(const char *what)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, what);
    return -1;
}

static void
close_arrays(Arrays *self)
{
    while (self->count > 0)
        PyBuffer_Release(&self->buffers[--self->count]);
}

static int
open_arrays(Arrays *self, PyObject *const *arrays, int count)
{
    for (self->count = 0; self->count < count; self->count++) {
        Py_buffer *buffer = &self->buffers[self->count];
        if (PyObject_GetBuffer(arrays[self->count], buffer, PyBUF_CONTIG) < 0) {
            close_arrays(self);
            return -1;
        }
        self->sizes[self->count] = buffer->len / (Py_ssize_t)sizeof(int64_t);
        if (self->count < FIELDS)
            self->its[self->count] = buffer->buf;
    }
    for (int n = SPUN; n < WORDS; n++)
        if (self->sizes[n] != self->sizes[SPAN]) {
            close_arrays(self);
            return refuse("arrays that do not fit together");
        }
    return 0;
}

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
    PyErr_NoMemory();
    return -1;
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
add_arc(Arrays *self, Py_ssize_t n, PyObject *arc, PyObject *words, Numbers *numbers)
{
    Py_ssize_t start = PyLong_AsSsize_t(PyTuple_GET_ITEM(arc, ARC_START));
    Py_ssize_t end = PyLong_AsSsize_t(PyTuple_GET_ITEM(arc, ARC_END));
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
    Arrays self;
    if (!PyArg_ParseTuple(args, "O!O!O!OOOOOO", &PyList_Type, &lower, &PyList_Type, &words,
                          &PyList_Type, &arcs, &arrays[SPAN], &arrays[SPUN], &arrays[ORIGINAL],
                          &arrays[CAPITAL], &arrays[TOKEN], &arrays[WORDS]) ||
        open_arrays(&self, arrays, FIELDS) < 0)
        return NULL;
    Py_ssize_t tokens = PyList_GET_SIZE(lower), size = PyList_GET_SIZE(arcs);
    Numbers numbers;
    int failed = open_numbers(&numbers, tokens + 2 * size) < 0;
    if (!failed && (PyList_GET_SIZE(words) != tokens || self.sizes[WORDS] != tokens ||
                    self.sizes[SPAN] != size))
        failed = refuse("arrays that do not fit together");
    for (Py_ssize_t i = 0; !failed && i < tokens; i++) {
        self.its[WORDS][i] = number_of(&numbers, PyList_GET_ITEM(lower, i));
        failed = self.its[WORDS][i] < 0;
    }
    for (Py_ssize_t n = 0; !failed && n < size; n++)
        failed = add_arc(&self, n, PyList_GET_ITEM(arcs, n), words, &numbers) < 0;
    PyMem_Free(numbers.slots);
    PyMem_Free(numbers.phrases);
    close_arrays(&self);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* Room for the sums over the arcs that replace something; -1 when there is no memory. */
static int
make_room(Sums *self, const Arrays *its)
{
    Py_ssize_t most = its->sizes[SPAN];
    const double *posteriors = its->buffers[POSTERIORS].buf;
    self->arcs = PyMem_New(Py_ssize_t, (size_t)most);
    int failed = self->arcs == NULL;
    for (int row = 0; row < ROWS; row++)
        failed |= (self->rows[row] = PyMem_New(double, (size_t)most)) == NULL;
    if (failed)
        return -1;
    for (Py_ssize_t n = 0; n < most; n++)
        if (its->its[SPUN][n] >= 0) {
            self->arcs[self->size] = n;
            self->rows[P][self->size++] = posteriors[n];
        }
    for (self->bits = 4; (Py_ssize_t)1 << self->bits < 2 * self->size; self->bits++)
        ;
    self->keys = PyMem_New(uint64_t, (size_t)self->size);
    self->groups = PyMem_New(Py_ssize_t, (size_t)self->size);
    self->slots = PyMem_New(Py_ssize_t, (size_t)1 << self->bits);
    return self->keys && self->groups && self->slots ? 0 : -1;
}

static void
release(Sums *self)
{
    PyMem_Free(self->arcs);
    for (int row = 0; row < ROWS; row++)
        PyMem_Free(self->rows[row]);
    PyMem_Free(self->keys);
    PyMem_Free(self->groups);
    PyMem_Free(self->slots);
}

/* Find the arcs with the same keys. */
static void
group(Sums *self)
{
    size_t mask = ((size_t)1 << self->bits) - 1;
    memset(self->slots, 0, (mask + 1) * sizeof *self->slots);
    for (Py_ssize_t n = 0; n < self->size; n++) {
        uint64_t key = self->keys[n];
        /* Fibonacci hashing: 2 ** 64 over the golden ratio. */
        size_t slot = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> (64 - self->bits));
        while (self->slots[slot] && self->keys[self->slots[slot] - 1] != key)
            slot = (slot + 1) & mask;
        if (!self->slots[slot])
            self->slots[slot] = n + 1;
        self->groups[n] = self->slots[slot] - 1;
    }
}

/* For each arc the sum of a row over all arcs of its group, as another row. */
static void
total(Sums *self, int row, int found)
{
    const double *values = self->rows[row];
    double *sums = self->rows[SUMS];
    for (Py_ssize_t n = 0; n < self->size; n++)
        sums[n] = 0.0;
    for (Py_ssize_t n = 0; n < self->size; n++)
        sums[self->groups[n]] += values[n];
    for (Py_ssize_t n = 0; n < self->size; n++)
        self->rows[found][n] = sums[self->groups[n]];
}

/* The sums over arcs with the same span: of their posteriors, and for each one over their
 * number. */
static void
by_span(Sums *self, const Arrays *its)
{
    for (Py_ssize_t n = 0; n < self->size; n++) {
        self->keys[n] = (uint64_t)its->its[SPAN][self->arcs[n]];
        self->rows[SHARE][n] = 1.0;
    }
    group(self);
    total(self, P, OF_SPAN);
    total(self, SHARE, SHARE);
    for (Py_ssize_t n = 0; n < self->size; n++)
        self->rows[SHARE][n] = 1.0 / self->rows[SHARE][n];
}

/* The sums over arcs with the same phrases; ``size`` is how many of these there are. */
static void
by_phrase(Sums *self, const Arrays *its, Py_ssize_t size)
{
    const int64_t *spun = its->its[SPUN], *original = its->its[ORIGINAL];
    for (Py_ssize_t n = 0; n < self->size; n++)
        self->keys[n] = (uint64_t)spun[self->arcs[n]];
    group(self);
    total(self, P, OF_PHRASE);
    total(self, SHARE, SPANS);
    for (Py_ssize_t n = 0; n < self->size; n++)
        self->keys[n] = self->keys[n] * (uint64_t)size + (uint64_t)original[self->arcs[n]];
    group(self);
    total(self, P, OF_PAIR);
}

/* The same, of those that are written alike, too. */
static void
by_case(Sums *self, const Arrays *its)
{
    const int64_t *original = its->its[ORIGINAL], *capital = its->its[CAPITAL];
    for (Py_ssize_t n = 0; n < self->size; n++)
        self->keys[n] = self->keys[n] * 2 + (uint64_t)capital[self->arcs[n]];
    group(self);
    total(self, P, OF_CASE);
    for (Py_ssize_t n = 0; n < self->size; n++) {
        Py_ssize_t arc = self->arcs[n];
        self->keys[n] = (uint64_t)original[arc] * 2 + (uint64_t)capital[arc];
    }
    group(self);
    total(self, P, OF_ORIGINAL);
}

/* draws._unspun: new memory, or NULL. */
static double *
unspun(const Arrays *its, Py_ssize_t size)
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
    } else {
        PyMem_Free(sums);
        sums = NULL;
    }
    PyMem_Free(left);
    return sums;
}

/* Fill in the counts; -1 when there is no memory. */
static int
count(Sums *self, const Arrays *its, Py_ssize_t size)
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
size_of(const Arrays *its)
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
    Arrays its;
    Sums sums = {0};
    if (!PyArg_ParseTuple(args, "OOOOOOOO", &arrays[SPAN], &arrays[SPUN], &arrays[ORIGINAL],
                          &arrays[CAPITAL], &arrays[TOKEN], &arrays[WORDS], &arrays[POSTERIORS],
                          &arrays[FOUND]) ||
        open_arrays(&its, arrays, ARRAYS) < 0)
        return NULL;
    Py_ssize_t size = size_of(&its), arcs = its.sizes[SPAN];
    int failed = size < 0;
    if (!failed && (its.sizes[POSTERIORS] != arcs || its.sizes[FOUND] != COUNTS * arcs))
        failed = refuse("arrays that do not fit together");
    if (!failed && (make_room(&sums, &its) < 0 || count(&sums, &its, size) < 0)) {
        PyErr_NoMemory();
        failed = -1;
    }
    release(&sums);
    close_arrays(&its);
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
