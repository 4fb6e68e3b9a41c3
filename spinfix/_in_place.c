/* InPlace.won of spinfix/in_place.py, compiled: read that module first.
 *
 * The model is asked the same questions in the same order, so the sums are equal to the last
 * bit.
 */
#include "_errors.h"
#include "_neighbours.h"

#define PHRASE_NAME "spinfix._in_place.phrase"
/* The most stages of Rules. */
#define STAGES 8

/* A place of a text: characters, what speaks for the phrase there (nats), its number, the
 * places before it in the text, and those before the first one of the phrase. */
typedef struct {
    Py_ssize_t start, end;
    double weight;
    Py_ssize_t number, order, first;
} Place;

/* See Rules in in_place.py. */
typedef struct {
    double rate, sure, most, hope, stages[STAGES][2];
    Py_ssize_t count; /* of stages */
} Rules;

/* The numbers of some words in the model. */
typedef struct {
    const uint32_t *words;
    Py_ssize_t count;
} Reading;

/* What a phrase may stand for, and what weighs that. */
typedef struct {
    Reading reading;
    double weight;
} Original;

/* A phrase and its originals, as InPlace.prepared makes them. */
typedef struct {
    Reading reading;
    Py_ssize_t count; /* of originals */
    Original *originals;
    uint32_t *words;  /* of all readings */
} Phrase;

/* Log P (base 10) of words after a state, which is moved behind them, added to a sum. */
static double
add_log_p(const Model *model, State *state, const uint32_t *words, Py_ssize_t count, double sum)
{
    State next;
    for (Py_ssize_t n = 0; n < count; n++) {
        sum += ask(model->trie, state, words[n], &next);
        *state = next;
    }
    return sum;
}

/* The state after the words before a place.  What the model cannot see from behind them, the
 * beginning of a line, need not be asked about. */
static State
state_after(const Model *model, const Words *before)
{
    State state = model->trie->begin;
    if (before->count + 1 >= (int)model->trie->order)
        state.length = 0;
    add_log_p(model, &state, before->words, before->count, 0.0);
    return state;
}

/* A reading of a place: where the model stands after it, and its log P up to there. */
typedef struct {
    State state;
    double log_p;
} Read;

static Read
read_there(const Model *model, const State *before, const Reading *reading)
{
    Read found = {*before, 0.0};
    found.log_p = add_log_p(model, &found.state, reading->words, reading->count, 0.0);
    return found;
}

/* Log P of a reading and the words after it. */
static double
with_next(const Model *model, const Read *read, const Words *after)
{
    State state = read->state;
    return add_log_p(model, &state, after->words, after->count, read->log_p);
}

/* InPlace.odds; look for an error afterwards. */
static double
odds(const Model *model, const Text *text, const Place *place, const Phrase *phrase, double hope)
{
    Words before, after = {{0}, -1};
    Py_ssize_t start = place->start, end = place->end;
    if (neighbours(model, text, line(text, start, 0), start, 1, &before) < 0)
        return 0.0;
    const State state = state_after(model, &before);
    const Read here = read_there(model, &state, &phrase->reading);
    double there = 0.0, sum = 0.0;
    for (const Original *its = phrase->originals; its < phrase->originals + phrase->count; its++) {
        const Read read = read_there(model, &state, &its->reading);
        if (its->weight * exp(LN10 * (read.log_p - here.log_p)) < hope)
            continue;
        if (after.count < 0) {
            if (neighbours(model, text, end, line(text, end, 1), 0, &after) < 0)
                return 0.0;
            there = with_next(model, &here, &after);
        }
        sum += its->weight * exp(LN10 * (with_next(model, &read, &after) - there));
    }
    return sum;
}

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

/* What the originals of a phrase win where they stand best, at `places` of the same number
 * up to `end`; -1 with an error. */
static double
wins(const Model *model, const Text *text, const Place *places, const Place *end,
     PyObject *phrases, const Rules *rules)
{
    PyObject *number = PyLong_FromSsize_t(places->number);
    PyObject *found = number ? PyObject_GetItem(phrases, number) : NULL;
    const Phrase *phrase = found ? PyCapsule_GetPointer(found, PHRASE_NAME) : NULL;
    double best = 0.0;
    Py_XDECREF(number);
    for (; phrase && places < end && best < rules->most && !PyErr_Occurred(); places++) {
        double its = rules->rate * odds(model, text, places, phrase, rules->hope);
        if (its != 0.0)
            best = fmax(best, log(its) - rules->sure);
    }
    Py_XDECREF(found);
    return PyErr_Occurred() ? -1.0 : fmin(best, rules->most);
}

/* InPlace.won, of places that are sorted; -1 with an error. */
static double
total(const Model *model, const Text *text, const Place *places, Py_ssize_t count,
      PyObject *phrases, double least, const Rules *rules)
{
    double won = 0.0;
    Py_ssize_t next, stage = 0;
    for (Py_ssize_t n = 0; n < count && (n == 0 || won < least); n = next) {
        for (; stage < rules->count && places[n].weight < rules->stages[stage][0]; stage++)
            if (won < rules->stages[stage][1] * least)
                return won;
        for (next = n + 1; next < count && places[next].number == places[n].number;)
            next++;
        double its = wins(model, text, places + n, places + next, phrases, rules);
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
