/* Sums over arcs that have something in common, for _draws.c: see spinfix/draws.py.
 *
 * What arcs have in common are numbers, of their phrases, tokens and spans: Occurrences.
 */
#include "_arrays.h"
#include <string.h>

/* The fields of draws.Occurrences; and arrays that come with them: the posteriors of the arcs,
 * and what is to be filled in. */
enum { SPAN, SPUN, ORIGINAL, CAPITAL, TOKEN, WORDS, FIELDS };
enum { POSTERIORS = FIELDS, FOUND, ARRAYS };

/* What is known of the arcs that replace something: posteriors, one over the arcs of the same
 * span, and the sums over arcs that have something in common. */
enum { P, SHARE, OF_SPAN, OF_PHRASE, SPANS, OF_PAIR, OF_CASE, OF_ORIGINAL, SUMS, ROWS };

typedef struct {
    Py_buffer buffers[ARRAYS];
    int64_t *its[FIELDS];
    Py_ssize_t sizes[ARRAYS];
} Occurrences;

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

/* Open the arrays of Occurrences, and those that come with them if there are more. */
static inline int
open_occurrences(Occurrences *self, PyObject *const *arrays, int count)
{
    if (open_arrays(arrays, count, self->buffers, self->sizes) < 0)
        return -1;
    for (int n = 0; n < FIELDS; n++)
        self->its[n] = self->buffers[n].buf;
    for (int n = SPUN; n < WORDS; n++)
        if (self->sizes[n] != self->sizes[SPAN]) {
            close_arrays(self->buffers, count);
            return refuse_arrays();
        }
    return 0;
}

/* Room for the sums over the arcs that replace something; -1 when there is no memory. */
static inline int
make_room(Sums *self, const Occurrences *its)
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

static inline void
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
static inline void
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
static inline void
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
static inline void
by_span(Sums *self, const Occurrences *its)
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
static inline void
by_phrase(Sums *self, const Occurrences *its, Py_ssize_t size)
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
static inline void
by_case(Sums *self, const Occurrences *its)
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
