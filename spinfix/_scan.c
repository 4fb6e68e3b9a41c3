/* The scan of spinfix/scan.py, compiled: read that module first.
 *
 * Every step is the same, in the same order.
 */
#include "_scanner.h"

/* _PLACES and _MOST of scan.py */
#define PLACES 2000
#define MOST 600.0

/* A phrase that was found. */
typedef struct {
    int32_t phrase;
    Py_ssize_t start, end; /* words */
} Match;

/* Walk along the phrases that begin at word `i`: for each spinner the number of the
 * longest one with evidence, and the word after it.  Returns a bit for each with one. */
static uint32_t
walk(const Scanner *self, const Array *array, Py_ssize_t i, int32_t *best, Py_ssize_t *stop)
{
    const Word *words = array->items;
    Py_ssize_t count = (Py_ssize_t)array->size, end = i;
    uint64_t hash = words[i].hash;
    uint32_t with = 0;
    while (may_begin(self, hash)) {
        const Slot *found = look_up(self, hash);
        end++;
        if (found->key == 0)
            break;
        with |= found->spinners;
        for (Py_ssize_t n = 0; n < self->spinners && found->spinners >> n; n++)
            if (found->spinners >> n & 1) {
                best[n] = (int32_t)found->phrase;
                stop[n] = end;
            }
        if (!found->longer || end == count || !words[end].adjacent)
            break;
        hash = joined(hash, words[end].hash);
    }
    return with;
}

/* The phrases with evidence of each spinner, longest first, not overlapping. */
static int
find(const Scanner *self, const Array *array, Array *matches)
{
    const Word *words = array->items;
    Py_ssize_t count = (Py_ssize_t)array->size;
    int32_t best[SPINNERS];
    Py_ssize_t stop[SPINNERS], next[SPINNERS] = {0};
    for (Py_ssize_t i = 0; i < count; i++) {
        uint32_t with = walk(self, array, i, best, stop);
        for (Py_ssize_t n = 0; n < self->spinners && with >> n; n++) {
            if (!(with >> n & 1) || next[n] > i)
                continue;
            next[n] = stop[n];
            if (!words[i].plain)
                continue;
            Match *match = append(matches + n, sizeof(Match));
            if (match == NULL)
                return -1;
            *match = (Match){best[n], i, stop[n]};
        }
    }
    return 0;
}

/* For each passage the odds that each kind of word gives, from the evidence (nats). */
static void
exponentiate(double *odds, const double *scores, size_t count)
{
    for (size_t n = 0; n < count; n++)
        odds[n] = scores[n] == 0.0 ? 1.0 : exp(scores[n] < MOST ? scores[n] : MOST);
}

/* Log odds of mixed text; `odds` are by passage and kind. */
static double
mixed(const Scanner *self, const double *odds, const Array *paragraphs, int reading)
{
    const unsigned char *paragraph = paragraphs->items;
    double spun = 0.5, genuine = 0.5, scale = 0.0;
    for (size_t p = 0; p < paragraphs->size; p++) {
        if (p) {
            double change = paragraph[p] ? self->paragraph : self->sentence;
            double before = spun;
            spun = spun * (1.0 - change) + genuine * change;
            genuine = genuine * (1.0 - change) + before * change;
        }
        for (int kind = 0; kind < 4; kind++)
            if (!(kind & reading))
                spun *= odds[4 * p + kind];
        double total = spun + genuine;
        if (total < 1e-100 || total > 1e100) {
            spun /= total;
            genuine /= total;
            scale += log(total);
        }
    }
    return scale + log(spun + genuine);
}

/* Log odds of the likeliest account with something spun; scores are by passage and kind,
 * `odds` has room for as many. */
static double
evidence(const Scanner *self, const double *scores, double *odds, const Array *paragraphs,
         const double *regions)
{
    double best = -INFINITY;
    exponentiate(odds, scores, 4 * paragraphs->size);
    for (int reading = 0; reading < 4; reading++) {
        double prior = log(reading & CAPITAL ? regions[0] : 1.0 - regions[0]) +
                       log(reading & QUOTED ? regions[1] : 1.0 - regions[1]);
        double everything = 0.0;
        for (size_t p = 0; p < paragraphs->size; p++)
            for (int kind = 0; kind < 4; kind++)
                if (!(kind & reading))
                    everything += scores[4 * p + kind];
        double account = fmax(self->all_spun + everything,
                              self->mixed + mixed(self, odds, paragraphs, reading));
        best = fmax(best, prior + account - self->genuine);
    }
    return best;
}

/* What matches say: adds them to the scores, by passage and kind; returns the evidence of
 * the likelier low rate. */
static double
add_up(Scanner *self, Py_ssize_t spinner, const Word *words, const Array *array, double *scores)
{
    const Match *matches = array->items;
    double low[2] = {0.0, 0.0};
    for (size_t n = 0; n < array->size; n++)
        self->times[matches[n].phrase]++;
    for (size_t n = 0; n < array->size; n++) {
        const Word *first = words + matches[n].start;
        const Says *its = says(self, matches[n].phrase, spinner);
        int32_t times = self->times[matches[n].phrase];
        double share = times == 1 ? 1.0 : 1.0 / sqrt((double)times);
        scores[4 * first->passage + first->kind] += its->weight * share;
        low[0] += its->low[0] * share;
        low[1] += its->low[1] * share;
    }
    for (size_t n = 0; n < array->size; n++)
        self->times[matches[n].phrase] = 0;
    return fmax(low[0], low[1]);
}

/* Where suspicious phrases stand, a list of tuples. */
static PyObject *
places(const Scanner *self, Py_ssize_t spinner, const Word *words, const Array *array)
{
    const Match *match = array->items;
    PyObject *found = PyList_New(0);
    for (size_t n = 0; found != NULL && n < array->size; n++, match++) {
        double weight = says(self, match->phrase, spinner)->weight;
        if (weight < self->suspicious)
            continue;
        if (match->start >= PLACES)
            break;
        PyObject *place =
            Py_BuildValue("(nndi)", words[match->start].start, words[match->end - 1].end,
                          weight, (int)match->phrase);
        if (place == NULL || PyList_Append(found, place) < 0)
            Py_CLEAR(found);
        Py_XDECREF(place);
    }
    return found;
}

/* A glance at a text for one spinner: a tuple, see scan.py. */
static PyObject *
glance(Scanner *self, Py_ssize_t spinner, const Array *words, const Array *paragraphs,
       const Array *matches)
{
    /* scores, and room for evidence() */
    double *scores = calloc(paragraphs->size, 8 * sizeof(double));
    if (scores == NULL)
        return PyErr_NoMemory();
    double low = add_up(self, spinner, words->items, matches, scores);
    double odds = words->size == 0 ? -INFINITY
                                   : evidence(self, scores, scores + 4 * paragraphs->size,
                                              paragraphs, self->regions + 2 * spinner);
    free(scores);
    PyObject *found =
        low > self->listed[0] || odds > self->listed[1]
            ? places(self, spinner, words->items, matches)
            : PyList_New(0);
    return found ? Py_BuildValue("(ddN)", odds, low, found) : NULL;
}

static PyObject *
scan(Scanner *self, PyObject *text)
{
    if (!PyUnicode_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "a text is a str");
        return NULL;
    }
    if (self->slots == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "not initialised");
        return NULL;
    }
    Wide read = {PyUnicode_AsUCS4Copy(text), PyUnicode_GET_LENGTH(text)};
    if (read.characters == NULL)
        return NULL;
    Array words = {0}, paragraphs = {0}, matches[SPINNERS] = {{0}};
    PyObject *result = PyList_New(0);
    if (result != NULL && (cut(&read, self->shortest, &words, &paragraphs) < 0 ||
                           find(self, &words, matches) < 0))
        Py_CLEAR(result);
    for (Py_ssize_t n = 0; result != NULL && n < self->spinners; n++) {
        PyObject *found = glance(self, n, &words, &paragraphs, matches + n);
        if (found == NULL || PyList_Append(result, found) < 0)
            Py_CLEAR(result);
        Py_XDECREF(found);
    }
    PyMem_Free(read.characters);
    free(words.items);
    free(paragraphs.items);
    for (Py_ssize_t n = 0; n < SPINNERS; n++)
        free(matches[n].items);
    return result;
}

static int
scanner_init(Scanner *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"phrases", "weights", "regions", "numbers", NULL};
    PyObject *phrases, *weights, *regions;
    release(self);
    memset(self->beginnings, 0, sizeof self->beginnings);
    if (!PyArg_ParseTupleAndKeywords(
            args, keywords, "OOO(dddddn(dd)d(dd))", names, &phrases, &weights, &regions,
            &self->genuine, &self->all_spun, &self->mixed, &self->paragraph, &self->sentence,
            &self->shortest, &self->rates[0], &self->rates[1], &self->suspicious,
            &self->listed[0], &self->listed[1]))
        return -1;
    phrases = PySequence_Fast(phrases, "phrases are a sequence");
    weights = phrases ? PySequence_Fast(weights, "weights are a sequence") : NULL;
    regions = weights ? PySequence_Fast(regions, "regions are a sequence") : NULL;
    int result = regions ? build(self, phrases, weights, regions) : -1;
    Py_XDECREF(phrases);
    Py_XDECREF(weights);
    Py_XDECREF(regions);
    if (result < 0)
        release(self);
    return result;
}

static void
scanner_dealloc(Scanner *self)
{
    release(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
}

static PyMethodDef methods[] = {
    {"scan", (PyCFunction)scan, METH_O, "A Glance for each spinner; see scan.PureScanner."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject ScannerType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "spinfix._scan.Scanner",
    .tp_basicsize = sizeof(Scanner),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "The scan of a text, compiled; see scan.PureScanner.",
    .tp_new = PyType_GenericNew,
    .tp_init = (initproc)scanner_init,
    .tp_dealloc = (destructor)scanner_dealloc,
    .tp_methods = methods,
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._scan",
    .m_doc = "The scan of spinfix.scan, compiled.",
    .m_size = -1,
};

PyMODINIT_FUNC
PyInit__scan(void)
{
    if (PyType_Ready(&ScannerType) < 0)
        return NULL;
    PyObject *self = PyModule_Create(&module);
    if (self == NULL)
        return NULL;
    Py_INCREF(&ScannerType);
    if (PyModule_AddObject(self, "Scanner", (PyObject *)&ScannerType) < 0) {
        Py_DECREF(&ScannerType);
        Py_DECREF(self);
        return NULL;
    }
    return self;
}
