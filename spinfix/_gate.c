/* The judge of spinfix/gate.py, compiled: read that module first.
 *
 * Every sum and product is the same, in the same order, and so are the logarithms, so verdicts
 * are equal to the last bit.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
} Text;

static void
release(Text *self)
{
    free(self->kinds);
    free(self->passages);
    free(self->markers);
    free(self->slots);
}

/* The character of a word of one; 0 for others. */
static Py_UCS4
single(PyObject *word)
{
    return PyUnicode_GET_LENGTH(word) == 1 ? PyUnicode_READ_CHAR(word, 0) : 0;
}

static int
is_quote(Py_UCS4 c)
{
    return c == '"' || c == 0x201C || c == 0x201D || c == 0x201E;
}

static int
add_passage(Text *self, Py_ssize_t end, int paragraph)
{
    if (self->passage_count == self->passage_room) {
        Py_ssize_t room = self->passage_room ? 2 * self->passage_room : 32;
        Passage *moved = realloc(self->passages, (size_t)room * sizeof *moved);
        if (moved == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        self->passages = moved;
        self->passage_room = room;
    }
    Passage *added = &self->passages[self->passage_count++];
    memset(added, 0, sizeof *added);
    added->end = end;
    added->paragraph = paragraph;
    return 0;
}

/* The kind of token i; *inside tells whether it stands in a quotation. */
static unsigned char
kind_of(PyObject *word, PyObject *kind, int *inside)
{
    Py_UCS4 c = single(word);
    int quoted = *inside;
    if (is_quote(c)) {
        *inside = c == 0x201C || !*inside;
        quoted = 1;
    }
    int capital = PyUnicode_GET_LENGTH(word) && Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(word, 0));
    return (unsigned char)((capital ? CAPITAL : 0) | (quoted ? QUOTED : 0) |
                           (single(kind) == 'w' ? WORD : 0));
}

/* The kinds of all tokens, and the passages: gate.passages and text.quoted in one. */
static int
lay_out(Text *self, PyObject *words, PyObject *kinds, PyObject *breaks)
{
    int paragraph = 1, inside = 0;
    Py_ssize_t start = 0, counted = 0;
    self->kinds = malloc((size_t)self->size + 1);
    if (self->kinds == NULL) {
        PyErr_NoMemory();
        return -1;
    }
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

static int
read_markers(Text *self, PyObject *found)
{
    Py_ssize_t count = PyList_GET_SIZE(found);
    self->markers = calloc((size_t)count + 1, sizeof *self->markers);
    if (self->markers == NULL) {
        PyErr_NoMemory();
        return -1;
    }
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
        if (marker->token < 0 || marker->token >= self->size) {
            PyErr_SetString(PyExc_ValueError, "a marker must be in the text");
            return -1;
        }
    }
    return 0;
}


static int
same_phrase(const Marker *a, const Marker *b)
{
    return a->phrase == b->phrase || PyUnicode_Compare(a->phrase, b->phrase) == 0;
}

static int
same_weight(const Marker *a, const Marker *b)
{
    return a->weight == b->weight && a->times == b->times;
}

/* The first marker that is the same as one; that is kept in its slot, by its hash. */
static Marker *
first_like(Text *self, Marker *marker, size_t hash, int (*same)(const Marker *, const Marker *))
{
    size_t slot = hash & self->mask;
    while (self->slots[slot] != NULL && !same(self->slots[slot], marker))
        slot = (slot + 1) & self->mask;
    if (self->slots[slot] == NULL)
        self->slots[slot] = marker;
    return self->slots[slot];
}

static size_t
hash_of_weight(const Marker *marker)
{
    uint64_t bits;
    memcpy(&bits, &marker->weight, sizeof bits);
    bits = (bits + (uint64_t)marker->times) * 0x9E3779B97F4A7C15u;
    return (size_t)(bits >> 32);
}

/* How often each phrase comes, and how many markers count the same. */
static int
count_markers(Text *self)
{
    Marker *end = self->markers + self->marker_count;
    size_t size = 16;
    while (size < 2 * (size_t)self->marker_count)
        size *= 2;
    self->mask = size - 1;
    self->slots = calloc(size, sizeof *self->slots);
    if (self->slots == NULL) {
        PyErr_NoMemory();
        return -1;
    }
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

/* gate._scores. */
static void
score(Text *self)
{
    Passage *passage = self->passages;
    for (Py_ssize_t n = 0; n < self->marker_count; n++) {
        const Marker *marker = &self->markers[n];
        while (passage->end <= marker->token)
            passage++;
        int kind = self->kinds[marker->token] & (CAPITAL | QUOTED);
        passage->scores[kind] += marker->weight / sqrt((double)marker->times);
    }
}

/* The evidence of each passage that counts in a reading (gate._counted); all of it. */
static double
emit(Text *self, const Reading *reading)
{
    double total = 0.0;
    for (Py_ssize_t i = 0; i < self->passage_count; i++) {
        Passage *passage = &self->passages[i];
        const double *scores = passage->scores;
        passage->emission = scores[0] + (reading->names ? 0.0 : scores[CAPITAL]) +
                            (reading->quotes ? 0.0 : scores[QUOTED]) +
                            (reading->names || reading->quotes ? 0.0 : scores[CAPITAL | QUOTED]);
        total += passage->emission;
    }
    return total;
}

static double
log_add(double a, double b)
{
    return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

static double
logistic(double x)
{
    return x > -700.0 ? 1.0 / (1.0 + exp(-x)) : 0.0;
}

/* gate._forward_backward. */
static double
forward_backward(Text *self, int reading)
{
    double spun = self->begin, genuine = self->begin;
    for (Py_ssize_t i = 0; i < self->passage_count; i++) {
        Passage *passage = &self->passages[i];
        if (i > 0) {
            double stay = self->stay[passage->paragraph], move = self->move[passage->paragraph];
            double moved = log_add(spun + stay, genuine + move);
            genuine = log_add(genuine + stay, spun + move);
            spun = moved;
        }
        passage->spun = spun += passage->emission;
        passage->genuine = genuine;
    }
    double total = log_add(spun, genuine);
    spun = genuine = 0.0; /* of all that follows */
    for (Py_ssize_t i = self->passage_count - 1; i >= 0; i--) {
        Passage *passage = &self->passages[i];
        double odds = (passage->spun + spun) - (passage->genuine + genuine);
        passage->posteriors[reading] = logistic(odds);
        if (i > 0) {
            double stay = self->stay[passage->paragraph], move = self->move[passage->paragraph];
            double here = spun + passage->emission;
            spun = log_add(here + stay, genuine + move);
            genuine = log_add(genuine + stay, here + move);
        }
    }
    return total;
}

/* gate._token_chances, by passages and kinds: accounts are the log weights of that of genuine
 * text, and for each reading of mixed text and of all spun. */
static void
share_out(Text *self, const double *accounts)
{
    double best = accounts[0], scale = 0.0, weights[1 + 2 * READINGS];
    for (int n = 1; n <= 2 * READINGS; n++)
        best = accounts[n] > best ? accounts[n] : best;
    for (int n = 0; n <= 2 * READINGS; n++)
        scale += weights[n] = exp(accounts[n] - best);
    for (int n = 1; n <= 2 * READINGS; n++) {
        int number = (n - 1) / 2;
        const Reading *reading = &self->readings[number];
        if (weights[n] < self->negligible * scale)
            continue;
        for (Py_ssize_t i = 0; i < self->passage_count; i++) {
            Passage *passage = &self->passages[i];
            double p = n % 2 ? passage->posteriors[number] : 1.0;
            for (int kind = 0; kind < KINDS; kind++)
                if (!(reading->names && kind & CAPITAL) && !(reading->quotes && kind & QUOTED))
                    passage->chances[kind] += p * weights[n] / scale;
        }
    }
}

/* The chances of the tokens of a passage, put in a list; the words and their chances summed
 * up, the highest chance of all. */
static int
put_chances(const Text *self, const Passage *passage, Py_ssize_t start, PyObject *chances,
            Py_ssize_t *words, double *sum, double *most)
{
    PyObject *numbers[KINDS] = {NULL};
    int failed = 0;
    for (Py_ssize_t i = start; i < passage->end && !failed; i++) {
        int kind = self->kinds[i] & (CAPITAL | QUOTED);
        double chance = passage->chances[kind];
        if (numbers[kind] == NULL)
            numbers[kind] = PyFloat_FromDouble(chance);
        failed = numbers[kind] == NULL;
        PyList_SET_ITEM(chances, i, Py_XNewRef(numbers[kind]));
        *most = chance > *most ? chance : *most;
        if (self->kinds[i] & WORD) {
            *sum += chance;
            ++*words;
        }
    }
    for (int kind = 0; kind < KINDS; kind++)
        Py_XDECREF(numbers[kind]);
    return failed ? -1 : 0;
}

/* gate._suspicion. */
static double
suspicion(const Text *self, double best)
{
    double totals[2] = {0.0, 0.0};
    for (Py_ssize_t n = 0; n < self->marker_count; n++) {
        const Marker *marker = &self->markers[n];
        if (!marker->alike)
            continue;
        double odds = exp(marker->weight), root = sqrt((double)marker->times);
        for (int i = 0; i < 2; i++) {
            double rate = self->rates[i];
            totals[i] += (double)marker->alike * log(1.0 - rate + rate * odds) / root;
        }
    }
    int likeliest = totals[1] > totals[0] + self->clearly;
    double least = self->suspect;
    if (best > 0.0 && best + self->preferred > least)
        least = best + self->preferred;
    return totals[likeliest] > least ? self->rates[likeliest] : 0.0;
}

/* The fields of a Verdict. */
static PyObject *
verdict(Text *self)
{
    double accounts[1 + 2 * READINGS] = {self->genuine}, best = -Py_HUGE_VAL;
    for (int n = 0; n < READINGS; n++) {
        const Reading *reading = &self->readings[n];
        double everything = emit(self, reading);
        accounts[2 * n + 1] = reading->mixed + forward_backward(self, n);
        accounts[2 * n + 2] = reading->all_spun + everything;
    }
    for (int n = 1; n <= 2 * READINGS; n++)
        best = accounts[n] > best ? accounts[n] : best;
    share_out(self, accounts);
    PyObject *chances = PyList_New(self->size);
    Py_ssize_t words = 0, start = 0;
    double sum = 0.0, most = 0.0;
    for (Py_ssize_t i = 0; chances != NULL && i < self->passage_count; i++) {
        const Passage *passage = &self->passages[i];
        if (put_chances(self, passage, start, chances, &words, &sum, &most) < 0)
            Py_CLEAR(chances);
        start = passage->end;
    }
    if (chances == NULL)
        return NULL;
    if (words == 0)
        return Py_BuildValue("ddN", 0.0, 0.0, chances);
    return Py_BuildValue("ddNdd", most, sum / (double)words, chances, best - self->genuine,
                         suspicion(self, best));
}

static int
read_readings(Text *self, PyObject *readings)
{
    if (PyTuple_GET_SIZE(readings) != READINGS) {
        PyErr_SetString(PyExc_ValueError, "there must be four readings");
        return -1;
    }
    for (int n = 0; n < READINGS; n++) {
        Reading *reading = &self->readings[n];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(readings, n), "ppdd", &reading->names,
                              &reading->quotes, &reading->mixed, &reading->all_spun))
            return -1;
    }
    return 0;
}

static PyObject *
judge(PyObject *Py_UNUSED(module), PyObject *args)
{
    Text self = {0};
    PyObject *words, *kinds, *breaks, *found, *readings, *told = NULL;
    if (!PyArg_ParseTuple(
            args, "O!O!O!O!O!(dd(dd)(dd)nd(dd)ddd)", &PyList_Type, &words, &PyList_Type, &kinds,
            &PyList_Type, &breaks, &PyList_Type, &found, &PyTuple_Type, &readings, &self.genuine,
            &self.begin, &self.stay[0], &self.move[0], &self.stay[1], &self.move[1],
            &self.passage_words, &self.negligible, &self.rates[0], &self.rates[1], &self.suspect,
            &self.preferred, &self.clearly))
        return NULL;
    self.size = PyList_GET_SIZE(words);
    if (PyList_GET_SIZE(kinds) != self.size || PyList_GET_SIZE(breaks) != self.size) {
        PyErr_SetString(PyExc_ValueError, "a text must have as many kinds and breaks as words");
        return NULL;
    }
    if (read_readings(&self, readings) == 0 && lay_out(&self, words, kinds, breaks) == 0 &&
        read_markers(&self, found) == 0 && count_markers(&self) == 0) {
        score(&self);
        told = verdict(&self);
    }
    release(&self);
    return told;
}

static PyMethodDef methods[] = {
    {"judge", judge, METH_VARARGS, "The verdict on a text; see gate.judge."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._gate",
    .m_doc = "The judge of spinfix.gate, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__gate(void)
{
    return PyModuleDef_Init(&module);
}
