/* What the judge of _gate.c goes by: a text laid out in passages, and its markers; see
 * spinfix/gate.py.
 */
#include "_characters.h"
#include "_growing.h"
#include <math.h>
#include <stdint.h>

/* Kinds of tokens (gate._kind); and a flag beside them, for words. */
enum { CAPITAL = 1, QUOTED = 2, KINDS = 4, WORD = 4 };
enum { READINGS = 4 };

typedef struct {
    int names, quotes;
    double mixed, all_spun;
} Reading;

/* A passage ends where the next one begins.  Its evidence by kinds of tokens, and what counts
 * of it in the reading at hand; the weights of all paths to it that are spun there, genuine
 * there; in each reading the probability that it is spun; and over all, by kinds. */
typedef struct {
    Py_ssize_t end;
    int paragraph;
    double scores[KINDS], emission, spun, genuine, posteriors[READINGS], chances[KINDS];
} Passage;

/* A phrase with evidence: its token, how often it comes in the text, and its first marker; of
 * the first one with its weight that comes as often, how many of those there are. */
typedef struct Marker {
    PyObject *phrase; /* borrowed */
    double weight;
    Py_ssize_t token, times, alike;
    struct Marker *first;
} Marker;

/* The text that is judged, and what gate.py judges by. */
typedef struct {
    double genuine, begin, stay[2], move[2], negligible, rates[2], suspect, preferred, clearly;
    Py_ssize_t passage_words;
    Reading readings[READINGS];
    Py_ssize_t size; /* tokens */
    unsigned char *kinds;
    Passage *passages;
    Py_ssize_t passage_count, passage_room;
    Marker *markers;
    Py_ssize_t marker_count;
    Marker **slots; /* of a table with open addressing */
    size_t mask;
} Article;

static inline void
release(Article *self)
{
    free(self->kinds);
    free(self->passages);
    free(self->markers);
    free(self->slots);
}

/* The character of a word of one; 0 for others. */
static inline Py_UCS4
single(PyObject *word)
{
    return PyUnicode_GET_LENGTH(word) == 1 ? PyUnicode_READ_CHAR(word, 0) : 0;
}

static inline int
add_passage(Article *self, Py_ssize_t end, int paragraph)
{
    Passage *passages =
        grown(self->passages, &self->passage_room, self->passage_count, sizeof *passages);
    if (passages == NULL)
        return -1;
    self->passages = passages;
    passages[self->passage_count].end = end; /* all else is 0 */
    passages[self->passage_count++].paragraph = paragraph;
    return 0;
}

/* The kind of token i; *inside tells whether it stands in a quotation. */
static inline unsigned char
kind_of(PyObject *word, PyObject *kind, int *inside)
{
    Py_UCS4 c = single(word);
    int quoted = *inside;
    if (is_quote(c)) {
        *inside = is_opened(c, *inside);
        quoted = 1;
    }
    int capital = PyUnicode_GET_LENGTH(word) && Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(word, 0));
    return (unsigned char)((capital ? CAPITAL : 0) | (quoted ? QUOTED : 0) |
                           (single(kind) == 'w' ? WORD : 0));
}

/* The kinds of all tokens, and the passages: hmm.passages and text.quoted in one. */
static inline int
lay_out(Article *self, PyObject *words, PyObject *kinds, PyObject *breaks)
{
    int paragraph = 1, inside = 0;
    Py_ssize_t start = 0, counted = 0;
    self->kinds = malloc((size_t)self->size + 1);
    if (self->kinds == NULL)
        return no_memory();
    for (Py_ssize_t i = 0; i < self->size; i++) {
        PyObject *word = PyList_GET_ITEM(words, i), *kind = PyList_GET_ITEM(kinds, i);
        if (!PyUnicode_Check(word) || !PyUnicode_Check(kind)) {
            PyErr_SetString(PyExc_TypeError, "words and kinds must be strings");
            return -1;
        }
        int broken = PyObject_IsTrue(PyList_GET_ITEM(breaks, i));
        if (broken < 0 || (broken && i > start && add_passage(self, i, paragraph) < 0))
            return -1;
        if (broken) {
            start = i;
            paragraph = 1;
            counted = 0;
            inside = 0;
        }
        self->kinds[i] = kind_of(word, kind, &inside);
        counted += self->kinds[i] & WORD ? 1 : 0;
        Py_UCS4 c = single(word);
        if ((c == '.' || c == '!' || c == '?') && counted >= self->passage_words) {
            if (add_passage(self, i + 1, paragraph) < 0)
                return -1;
            start = i + 1;
            paragraph = 0;
            counted = 0;
        }
    }
    return start < self->size ? add_passage(self, self->size, paragraph) : 0;
}

static inline int
read_markers(Article *self, PyObject *found)
{
    Py_ssize_t count = PyList_GET_SIZE(found);
    self->markers = calloc((size_t)count + 1, sizeof *self->markers);
    if (self->markers == NULL)
        return no_memory();
    for (; self->marker_count < count; self->marker_count++) {
        PyObject *row = PyList_GET_ITEM(found, self->marker_count);
        Marker *marker = &self->markers[self->marker_count];
        if (!PyTuple_Check(row) || PyTuple_GET_SIZE(row) != 3 ||
            !PyUnicode_CheckExact(PyTuple_GET_ITEM(row, 1))) {
            PyErr_SetString(PyExc_TypeError, "a marker must be a token, a phrase and a weight");
            return -1;
        }
        marker->token = PyLong_AsSsize_t(PyTuple_GET_ITEM(row, 0));
        marker->phrase = PyTuple_GET_ITEM(row, 1);
        marker->weight = PyFloat_AsDouble(PyTuple_GET_ITEM(row, 2)) + 0.0; /* no -0.0 */
        if (PyErr_Occurred())
            return -1;
        if (marker->token < 0 || marker->token >= self->size)
            return refuse("a marker must be in the text");
    }
    return 0;
}

static inline int
same_phrase(const Marker *a, const Marker *b)
{
    return a->phrase == b->phrase || PyUnicode_Compare(a->phrase, b->phrase) == 0;
}

static inline int
same_weight(const Marker *a, const Marker *b)
{
    return a->weight == b->weight && a->times == b->times;
}

/* The first marker that is the same as one; that is kept in its slot, by its hash. */
static inline Marker *
first_like(Article *self, Marker *marker, size_t hash, int (*same)(const Marker *, const Marker *))
{
    size_t slot = hash & self->mask;
    while (self->slots[slot] != NULL && !same(self->slots[slot], marker))
        slot = (slot + 1) & self->mask;
    if (self->slots[slot] == NULL)
        self->slots[slot] = marker;
    return self->slots[slot];
}

static inline size_t
hash_of_weight(const Marker *marker)
{
    uint64_t bits;
    memcpy(&bits, &marker->weight, sizeof bits);
    bits = (bits + (uint64_t)marker->times) * 0x9E3779B97F4A7C15u;
    return (size_t)(bits >> 32);
}

/* How often each phrase comes, and how many markers count the same. */
static inline int
count_markers(Article *self)
{
    Marker *end = self->markers + self->marker_count;
    size_t size = 16;
    while (size < 2 * (size_t)self->marker_count)
        size *= 2;
    self->mask = size - 1;
    self->slots = calloc(size, sizeof *self->slots);
    if (self->slots == NULL)
        return no_memory();
    for (Marker *marker = self->markers; marker < end; marker++) {
        size_t hash = (size_t)PyObject_Hash(marker->phrase);
        marker->first = first_like(self, marker, hash, same_phrase);
        marker->first->times++;
    }
    memset(self->slots, 0, size * sizeof *self->slots);
    for (Marker *marker = self->markers; marker < end; marker++) {
        marker->times = marker->first->times;
        first_like(self, marker, hash_of_weight(marker), same_weight)->alike++;
    }
    return 0;
}
