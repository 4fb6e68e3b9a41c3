/* What a scanner knows, for _scan.c: its phrases and what they say of spinners; see
 * spinfix/scan.py.
 *
 * Phrases are looked up by a 64-bit hash of their words'.  They are not compared: two different
 * phrases that share a hash would only make a rough look a little rougher.
 */
#include "_errors.h"
#include "_passages.h"
#include <math.h>

/* The most spinners that a scanner knows, as in scan.py. */
#define SPINNERS 32
/* Bytes of the table of beginnings. */
#define BEGINNINGS 65536

/* A phrase, or how one begins. */
typedef struct {
    uint32_t key;         /* half of its hash; 0: a free slot */
    uint32_t phrase : 31; /* its number */
    uint32_t longer : 1;  /* does a longer one begin with it? */
    uint32_t spinners;    /* a bit for each to which it is evidence */
} Slot;

/* What a phrase says of a spinner: its evidence, and the same for either low rate. */
typedef struct {
    double weight, low[2];
} Says;

typedef struct {
    PyObject_HEAD
    Slot *slots;
    size_t mask;       /* slots less one */
    Py_ssize_t count;  /* phrases */
    Py_ssize_t spinners;
    Says *says;        /* by phrase and spinner */
    double *regions;   /* by spinner: names, quotations */
    unsigned char beginnings[BEGINNINGS]; /* see beginning() */
    int32_t *times;    /* how often each phrase was found; all 0 between scans */
    double genuine, all_spun, mixed, paragraph, sentence, rates[2], suspicious, listed[2];
    Py_ssize_t shortest;
} Scanner;

/* The hash of a phrase and one more word, from theirs. */
static inline uint64_t
joined(uint64_t phrase, uint64_t word)
{
    return phrase * FNV_PRIME ^ word;
}

/* The key of a hash, which is never 0. */
static inline uint32_t
key_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

/* The slot of a hash, or the free one where it would be. */
static inline Slot *
look_up(const Scanner *self, uint64_t hash)
{
    const uint32_t key = key_of(hash);
    size_t at = (size_t)(hash ^ (hash >> 32)) & self->mask;
    while (self->slots[at].key != 0 && self->slots[at].key != key)
        at = (at + 1) & self->mask;
    return self->slots + at;
}

/* A bit for each phrase and each beginning of one: most words are none, and this small
 * table stays in fast memory. */
static inline unsigned char *
beginning(Scanner *self, uint64_t hash, unsigned char *bit)
{
    size_t at = (size_t)(hash >> 20) & (8 * BEGINNINGS - 1);
    *bit = (unsigned char)(1 << (at & 7));
    return self->beginnings + at / 8;
}

/* What a phrase says of a spinner. */
static inline Says *
says(const Scanner *self, int32_t phrase, Py_ssize_t spinner)
{
    return self->says + phrase * self->spinners + spinner;
}

static inline int
may_begin(const Scanner *self, uint64_t hash)
{
    unsigned char bit;
    return *beginning((Scanner *)self, hash, &bit) & bit;
}

/* Enter a phrase and how it begins. */
static inline void
enter(Scanner *self, PyObject *phrase, int32_t number)
{
    int kind = PyUnicode_KIND(phrase);
    const void *data = PyUnicode_DATA(phrase);
    Py_ssize_t length = PyUnicode_GET_LENGTH(phrase);
    uint64_t word = FNV_OFFSET, hash = 0;
    int first = 1;
    for (Py_ssize_t i = 0; i <= length; i++) {
        Py_UCS4 c = i < length ? PyUnicode_READ(kind, data, i) : ' ';
        if (c != ' ') {
            word = hashed(word, c);
            continue;
        }
        hash = first ? word : joined(hash, word);
        word = FNV_OFFSET;
        first = 0;
        Slot *slot = look_up(self, hash);
        slot->key = key_of(hash);
        if (i < length)
            slot->longer = 1;
        else {
            slot->phrase = (uint32_t)number;
            slot->spinners = 0;
            for (Py_ssize_t n = 0; n < self->spinners; n++)
                slot->spinners |= (uint32_t)(says(self, number, n)->weight != 0.0) << n;
        }
        unsigned char bit, *byte = beginning(self, hash, &bit);
        *byte |= bit;
    }
}

/* How many slots the phrases need at most: one for each of their words. */
static inline Py_ssize_t
words_of(PyObject *phrases)
{
    Py_ssize_t total = 0;
    for (Py_ssize_t n = 0; n < PySequence_Fast_GET_SIZE(phrases); n++) {
        PyObject *phrase = PySequence_Fast_GET_ITEM(phrases, n);
        if (!PyUnicode_Check(phrase)) {
            PyErr_SetString(PyExc_TypeError, "a phrase is a str");
            return -1;
        }
        total++;
        for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(phrase); i++)
            total += PyUnicode_READ_CHAR(phrase, i) == ' ';
    }
    return total;
}

static inline int
fill_weights(Scanner *self, Py_ssize_t spinner, PyObject *weights)
{
    PyObject *list = PySequence_Fast(weights, "weights are sequences of numbers");
    if (list == NULL)
        return -1;
    int failed = 0;
    if (PySequence_Fast_GET_SIZE(list) != self->count)
        failed = refuse("a weight for each phrase");
    for (Py_ssize_t n = 0; !failed && n < self->count; n++) {
        double weight = PyFloat_AsDouble(PySequence_Fast_GET_ITEM(list, n));
        failed = weight == -1.0 && PyErr_Occurred();
        Says *its = says(self, (int32_t)n, spinner);
        its->weight = weight;
        for (int r = 0; r < 2 && weight != 0.0; r++)
            its->low[r] = log(1.0 - self->rates[r] + self->rates[r] * exp(weight));
    }
    Py_DECREF(list);
    return failed ? -1 : 0;
}

static inline void
release(Scanner *self)
{
    free(self->slots);
    free(self->says);
    free(self->regions);
    free(self->times);
    self->slots = NULL;
    self->says = NULL;
    self->regions = NULL;
    self->times = NULL;
}

static inline int
allocate(Scanner *self, Py_ssize_t words)
{
    size_t slots = 1024, all = (size_t)self->count * (size_t)self->spinners;
    while (3 * slots < 4 * (size_t)words)
        slots *= 2;
    self->mask = slots - 1;
    self->slots = calloc(slots, sizeof *self->slots);
    self->says = calloc(all + 1, sizeof *self->says);
    self->regions = calloc((size_t)self->spinners + 1, 2 * sizeof *self->regions);
    self->times = calloc((size_t)self->count + 1, sizeof *self->times);
    if (self->slots && self->says && self->regions && self->times)
        return 0;
    return no_memory();
}

static inline int
build(Scanner *self, PyObject *phrases, PyObject *weights, PyObject *regions)
{
    self->count = PySequence_Fast_GET_SIZE(phrases);
    self->spinners = PySequence_Fast_GET_SIZE(weights);
    if (self->count > INT32_MAX / SPINNERS || self->spinners > SPINNERS ||
        PySequence_Fast_GET_SIZE(regions) != self->spinners)
        return refuse("too much, or not a region for each spinner");
    Py_ssize_t words = words_of(phrases);
    if (words < 0 || allocate(self, words) < 0)
        return -1;
    for (Py_ssize_t n = 0; n < self->spinners; n++) {
        PyObject *region = PySequence_Fast_GET_ITEM(regions, n);
        if (fill_weights(self, n, PySequence_Fast_GET_ITEM(weights, n)) < 0 ||
            !PyArg_ParseTuple(region, "dd", self->regions + 2 * n, self->regions + 2 * n + 1))
            return -1;
    }
    for (Py_ssize_t n = 0; n < self->count; n++)
        enter(self, PySequence_Fast_GET_ITEM(phrases, n), (int32_t)n);
    return 0;
}
