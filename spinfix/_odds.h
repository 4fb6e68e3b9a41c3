/* What the language model says of places of a text, for _in_place.c: InPlace.odds of
 * spinfix/in_place.py, for many places side by side.
 */
#include "_errors.h"
#include "_neighbours.h"
#include "_asking.h"

#define PHRASE_NAME "spinfix._in_place.phrase"
/* Places that are asked about side by side at most. */
#define TOGETHER 32

/* A place of a text: characters, what speaks for the phrase there (nats), its number, the
 * places before it in the text, and those before the first one of the phrase. */
typedef struct {
    Py_ssize_t start, end;
    double weight;
    Py_ssize_t number, order, first;
} Place;

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
