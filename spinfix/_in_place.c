/* InPlace.won of spinfix/in_place.py, compiled: read that module first.
 *
 * The model is asked the same questions in the same order, so the sums are equal to the last
 * bit.
 */
#include "_errors.h"
#include "_neighbours.h"
#include "_asking.h"

#define PHRASE_NAME "spinfix._in_place.phrase"
/* The most stages of Rules, and places that are asked about side by side. */
#define STAGES 8
#define TOGETHER 32

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

/* --- what the model says of places --- */

/* Places that are asked about together: their phrases, what holds those, the words before them,
 * and their readings, the phrase as it stands first. */
typedef struct {
    const Phrase *phrases[TOGETHER];
    PyObject *holders[TOGETHER];
    Words before[TOGETHER], after[TOGETHER];
    Chain states[TOGETHER], *readings;
    Py_ssize_t count, reading_count;
} Asked;

static void
close_asked(Asked *asked)
{
    for (Py_ssize_t n = 0; n < asked->count; n++)
        Py_XDECREF(asked->holders[n]);
    PyMem_Free(asked->readings);
}

/* Take up a place: its phrase, and the words before it, to be asked about.  What the model cannot
 * see from behind them, the beginning of a line, need not be. */
static int
take_up(Asked *asked, const Model *model, const Text *text, const Place *place,
        PyObject *phrases)
{
    const Py_ssize_t n = asked->count++;
    PyObject *number = PyLong_FromSsize_t(place->number);
    asked->holders[n] = number ? PyObject_GetItem(phrases, number) : NULL;
    Py_XDECREF(number);
    asked->phrases[n] =
        asked->holders[n] ? PyCapsule_GetPointer(asked->holders[n], PHRASE_NAME) : NULL;
    Words *before = &asked->before[n];
    if (asked->phrases[n] == NULL ||
        neighbours(model, text, line(text, place->start, 0), place->start, 1, before) < 0)
        return -1;
    asked->reading_count += 1 + asked->phrases[n]->count;
    Chain *chain = &asked->states[n];
    *chain = (Chain){.state = model->trie->begin, .words = before->words, .count = before->count};
    if (before->count + 1 >= (int)model->trie->order)
        chain->state.length = 0;
    return 0;
}

/* Ask about all readings of the places, up to their ends. */
static int
ask_readings(Asked *asked, const Model *model)
{
    ask_all(model->trie, asked->states, asked->count);
    Chain *chain = asked->readings =
        PyMem_Calloc((size_t)asked->reading_count + 1, sizeof *asked->readings);
    if (chain == NULL)
        return no_memory();
    for (Py_ssize_t n = 0; n < asked->count; n++)
        for (Py_ssize_t r = 0; r <= asked->phrases[n]->count; r++, chain++) {
            const Phrase *phrase = asked->phrases[n];
            const Reading *its = r ? &phrase->originals[r - 1].reading : &phrase->reading;
            *chain = (Chain){asked->states[n].state, 0.0, its->words, its->count};
        }
    ask_all(model->trie, asked->readings, asked->reading_count);
    return 0;
}

/* How many times as likely an original, with its weight, is as the phrase. */
static double
times(const Original *original, const Chain *its, const Chain *phrase)
{
    return original->weight * exp(LN10 * (its->log_p - phrase->log_p));
}

/* Ask about what follows, for readings with hope; without, their words are NULL. */
static int
ask_hopeful(Asked *asked, const Model *model, const Text *text, const Place *places, double hope)
{
    Chain *here = asked->readings;
    for (Py_ssize_t n = 0; n < asked->count; here += 1 + asked->phrases[n++]->count) {
        const Phrase *phrase = asked->phrases[n];
        Words *after = &asked->after[n];
        const Py_ssize_t end = places[n].end;
        after->count = -1;
        for (Py_ssize_t r = 1; r <= phrase->count; r++) {
            if (times(&phrase->originals[r - 1], here + r, here) < hope) {
                here[r].words = NULL;
                continue;
            }
            if (after->count < 0 &&
                neighbours(model, text, end, line(text, end, 1), 0, after) < 0)
                return -1;
            here[r].words = after->words;
            here[r].count = after->count;
        }
        here->words = after->words;
        here->count = after->count < 0 ? 0 : after->count;
    }
    ask_all(model->trie, asked->readings, asked->reading_count);
    return 0;
}

/* InPlace.odds of some places, TOGETHER at most. */
static int
odds(const Model *model, const Text *text, const Place *places, Py_ssize_t count,
     PyObject *phrases, double hope, double *found)
{
    Asked asked = {.count = 0};
    int failed = 0;
    while (!failed && asked.count < count)
        failed = take_up(&asked, model, text, places + asked.count, phrases) < 0;
    failed = failed || ask_readings(&asked, model) < 0 ||
             ask_hopeful(&asked, model, text, places, hope) < 0;
    const Chain *here = asked.readings;
    for (Py_ssize_t n = 0; !failed && n < count; here += 1 + asked.phrases[n++]->count) {
        found[n] = 0.0;
        for (Py_ssize_t r = 1; r <= asked.phrases[n]->count; r++)
            if (here[r].words != NULL)
                found[n] += times(&asked.phrases[n]->originals[r - 1], here + r, here);
    }
    close_asked(&asked);
    return failed ? -1 : 0;
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
