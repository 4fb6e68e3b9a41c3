/* InPlace.won of spinfix/in_place.py, compiled: read that module first.
 *
 * The model is asked the same questions in the same order, so the sums are equal to the last
 * bit.
 */
#include "_odds.h"

/* The most stages of Rules. */
#define STAGES 8

/* See Rules in in_place.py. */
typedef struct {
    double rate, sure, most, hope, stages[STAGES][2];
    Py_ssize_t count; /* of stages */
} Rules;

/* --- what all phrases win --- */

/* By phrase, in the order of the text. */
static int
by_number(const void *a, const void *b)
{
    const Place *one = a, *other = b;
    if (one->number != other->number)
        return one->number < other->number ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* The heaviest phrase first, and what comes first in the text; the places of a phrase
 * together. */
static int
by_weight(const void *a, const void *b)
{
    const Place *one = a, *other = b;
    if (one->weight != other->weight)
        return one->weight > other->weight ? -1 : 1;
    if (one->first != other->first)
        return one->first < other->first ? -1 : 1;
    return one->order < other->order ? -1 : one->order > other->order;
}

/* The places, most suspicious phrases first, to be freed; NULL for what is none. */
static Place *
sorted_places(const Text *text, PyObject *given)
{
    Py_ssize_t count = PyTuple_GET_SIZE(given);
    Place *places = PyMem_Calloc((size_t)count + 1, sizeof *places);
    if (places == NULL)
        return (Place *)PyErr_NoMemory();
    for (Py_ssize_t n = 0; n < count; n++) {
        Place *place = places + n;
        PyObject *its = PyTuple_GET_ITEM(given, n);
        if (PyTuple_Check(its) && PyTuple_GET_SIZE(its) == 4) {
            place->start = PyLong_AsSsize_t(PyTuple_GET_ITEM(its, 0));
            place->end = PyLong_AsSsize_t(PyTuple_GET_ITEM(its, 1));
            place->weight = PyFloat_AsDouble(PyTuple_GET_ITEM(its, 2));
            place->number = PyLong_AsSsize_t(PyTuple_GET_ITEM(its, 3));
        }
        else
            place->start = -1;
        if (PyErr_Occurred() || place->start < 0 || place->end < place->start ||
            place->end > text->length || isnan(place->weight)) {
            refuse("not a place of the text");
            PyMem_Free(places);
            return NULL;
        }
        place->order = n;
    }
    qsort(places, (size_t)count, sizeof *places, by_number);
    for (Py_ssize_t n = 0; n < count; n++)
        places[n].first = n && places[n].number == places[n - 1].number ? places[n - 1].first
                                                                      : places[n].order;
    qsort(places, (size_t)count, sizeof *places, by_weight);
    return places;
}

/* Places that were asked about: from `first` to before `end`. */
typedef struct {
    Py_ssize_t first, end;
    double odds[TOGETHER];
} Answers;

/* What the originals of a phrase win where they stand best, at places from `n` to `next`;
 * -1 with an error.  Places up to `limit` may be asked about, too. */
static double
wins(const Model *model, const Text *text, const Place *places, Py_ssize_t n, Py_ssize_t next,
     Py_ssize_t limit, PyObject *phrases, const Rules *rules, Answers *answers)
{
    double best = 0.0;
    for (; n < next && best < rules->most; n++) {
        if (n >= answers->end) {
            answers->first = n;
            answers->end = limit - n < TOGETHER ? limit : n + TOGETHER;
            if (odds(model, text, places + n, answers->end - n, phrases, rules->hope,
                     answers->odds) < 0)
                return -1.0;
        }
        double its = rules->rate * answers->odds[n - answers->first];
        if (its != 0.0)
            best = fmax(best, log(its) - rules->sure);
    }
    return fmin(best, rules->most);
}

/* InPlace.won, of places that are sorted; -1 with an error. */
static double
total(const Model *model, const Text *text, const Place *places, Py_ssize_t count,
      PyObject *phrases, double least, const Rules *rules)
{
    Answers answers = {0};
    double won = 0.0;
    Py_ssize_t next, limit = 0, stage = 0;
    for (Py_ssize_t n = 0; n < count && (n == 0 || won < least); n = next) {
        for (; stage < rules->count && places[n].weight < rules->stages[stage][0]; stage++)
            if (won < rules->stages[stage][1] * least)
                return won;
        for (next = n + 1; next < count && places[next].number == places[n].number;)
            next++;
        for (limit = limit > next ? limit : next; limit < count; limit++)
            if (stage < rules->count && places[limit].weight < rules->stages[stage][0])
                break;
        double its = wins(model, text, places, n, next, limit, phrases, rules, &answers);
        if (its < 0.0)
            return -1.0;
        won += its;
    }
    return won;
}

static int
read_rules(PyObject *given, Rules *rules)
{
    PyObject *stages;
    if (!PyArg_ParseTuple(given, "ddddO!", &rules->rate, &rules->sure, &rules->most, &rules->hope,
                          &PyTuple_Type, &stages))
        return -1;
    if (PyTuple_GET_SIZE(stages) > STAGES)
        return refuse("too many stages");
    for (rules->count = 0; rules->count < PyTuple_GET_SIZE(stages); rules->count++)
        if (!PyArg_Parse(PyTuple_GET_ITEM(stages, rules->count), "(dd)",
                         &rules->stages[rules->count][0], &rules->stages[rules->count][1]))
            return -1;
    return 0;
}

/* --- phrases --- */

static void
close_phrase(PyObject *capsule)
{
    Phrase *phrase = PyCapsule_GetPointer(capsule, PHRASE_NAME);
    free(phrase->originals);
    free(phrase->words);
    free(phrase);
}

/* Write the numbers of words, a tuple, to `*room`, which is moved behind them. */
static int
read_words(Trie *trie, PyObject *words, uint32_t **room, Reading *reading)
{
    reading->words = *room;
    reading->count = PyTuple_GET_SIZE(words);
    for (Py_ssize_t n = 0; n < reading->count; n++) {
        int64_t number = number_of(trie, PyTuple_GET_ITEM(words, n));
        if (number < 0)
            return -1;
        *(*room)++ = (uint32_t)number;
    }
    return 0;
}

/* The words of an original, a tuple (borrowed), and its weight. */
static PyObject *
words_of(PyObject *original, double *weight)
{
    PyObject *words;
    return PyArg_Parse(original, "(O!d)", &PyTuple_Type, &words, weight) ? words : NULL;
}

static int
read_phrase(Trie *trie, PyObject *words, PyObject *originals, Phrase *phrase)
{
    Py_ssize_t total = PyTuple_GET_SIZE(words);
    phrase->count = PyTuple_GET_SIZE(originals);
    phrase->originals = calloc((size_t)phrase->count + 1, sizeof *phrase->originals);
    if (phrase->originals == NULL)
        return no_memory();
    for (Py_ssize_t n = 0; n < phrase->count; n++) {
        PyObject *its = words_of(PyTuple_GET_ITEM(originals, n), &phrase->originals[n].weight);
        if (its == NULL)
            return -1;
        total += PyTuple_GET_SIZE(its);
    }
    phrase->words = calloc((size_t)total + 1, sizeof *phrase->words);
    if (phrase->words == NULL)
        return no_memory();
    uint32_t *room = phrase->words;
    int failed = read_words(trie, words, &room, &phrase->reading);
    for (Py_ssize_t n = 0; !failed && n < phrase->count; n++) {
        Original *original = phrase->originals + n;
        PyObject *its = words_of(PyTuple_GET_ITEM(originals, n), &original->weight);
        failed = its ? read_words(trie, its, &room, &original->reading) : -1;
    }
    return failed;
}

static PyObject *
prepared(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *capsule, *words, *originals;
    if (!PyArg_ParseTuple(args, "OO!O!", &capsule, &PyTuple_Type, &words, &PyTuple_Type,
                          &originals))
        return NULL;
    Trie *trie = PyCapsule_GetPointer(capsule, TRIE_NAME);
    Phrase *phrase = trie ? calloc(1, sizeof *phrase) : NULL;
    if (phrase == NULL)
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    PyObject *result = PyCapsule_New(phrase, PHRASE_NAME, close_phrase);
    if (result == NULL)
        free(phrase);
    else if (read_phrase(trie, words, originals, phrase) < 0)
        Py_CLEAR(result);
    return result;
}

static PyObject *
won(PyObject *Py_UNUSED(module), PyObject *args)
{
    Model model;
    Rules rules;
    PyObject *capsule, *its_text, *list, *phrases, *its_rules;
    double least;
    if (!PyArg_ParseTuple(args, "OOUO!OdO!", &capsule, &model.named, &its_text, &PyList_Type,
                          &list, &phrases, &least, &PyTuple_Type, &its_rules) ||
        read_rules(its_rules, &rules) < 0)
        return NULL;
    model.trie = PyCapsule_GetPointer(capsule, TRIE_NAME);
    if (model.trie == NULL)
        return NULL;
    const Text text = text_of(its_text);
    PyObject *given = PyList_AsTuple(list);
    Place *places = given ? sorted_places(&text, given) : NULL;
    double sum = 0.0;
    if (places != NULL)
        sum = total(&model, &text, places, PyTuple_GET_SIZE(given), phrases, least, &rules);
    PyMem_Free(places);
    Py_XDECREF(given);
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(sum);
}

static PyMethodDef methods[] = {
    {"prepared", prepared, METH_VARARGS, "A phrase for won; see InPlace.prepared."},
    {"won", won, METH_VARARGS, "What originals win; see InPlace.won."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._in_place",
    .m_doc = "InPlace.won of spinfix.in_place, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__in_place(void)
{
    return PyModuleDef_Init(&module);
}
