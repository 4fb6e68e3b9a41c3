/* The scan of spinfix/scan.py, compiled: read that module first.
 *
 * Every step is the same, in the same order.  Phrases are looked up by a 64-bit hash
 * of their words, and words have one of their lower-case characters (FNV-1a,
 * http://www.isthe.com/chongo/tech/comp/fnv/).  They are not compared: two different phrases
 * that share a hash would only make a rough look a little rougher.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define FNV_OFFSET 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL
#define CAPITAL 1
#define QUOTED 2
/* _PLACES and _MOST of scan.py */
#define PLACES 2000
#define MOST 600.0
/* The most spinners that a scanner knows, as in scan.py. */
#define SPINNERS 32
/* Bytes of the table of beginnings. */
#define BEGINNINGS 65536
#define APOSTROPHE 0x2019
#define LEFT_QUOTE 0x201C

typedef struct {
    Py_ssize_t start, end; /* characters of the text */
    Py_ssize_t passage;
    uint64_t hash;
    unsigned char kind, plain, adjacent;
} Word;

typedef struct {
    int32_t phrase;
    Py_ssize_t start, end; /* words */
} Match;

/* The ASCII letters and digits, in lower case. */
static const unsigned char ALNUM[128] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6',
    ['7'] = '7', ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd',
    ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k',
    ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r',
    ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y',
    ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f',
    ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm',
    ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

/* A growing array. */
typedef struct {
    void *items;
    size_t size, room;
} Array;

/* A phrase, or how one begins. */
typedef struct {
    uint64_t key;         /* its hash; 0: a free slot */
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
    double genuine, all_spun, mixed, paragraph, sentence, rates[2], suspicious, listed;
    Py_ssize_t shortest;
} Scanner;

typedef struct {
    Py_UCS4 *characters;
    Py_ssize_t length;
} Text;

/* Room for one more item at the end, or NULL. */
static void *
append(Array *array, size_t item)
{
    if (array->size == array->room) {
        size_t room = array->room ? 2 * array->room : 256;
        void *items = room > SIZE_MAX / item ? NULL : realloc(array->items, room * item);
        if (items == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        array->items = items;
        array->room = room;
    }
    return (char *)array->items + item * array->size++;
}

/* FNV-1a. */
static inline uint64_t
hashed(uint64_t hash, Py_UCS4 c)
{
    return (hash ^ c) * FNV_PRIME;
}

/* The hash of a phrase and one more word, from theirs. */
static inline uint64_t
joined(uint64_t phrase, uint64_t word)
{
    return phrase * FNV_PRIME ^ word;
}

static inline Py_UCS4
lowered(Py_UCS4 c)
{
    if (c < 128)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return Py_UNICODE_TOLOWER(c);
}

static inline int
is_alnum(Py_UCS4 c)
{
    return c < 128 ? ALNUM[c] : Py_UNICODE_ISALNUM(c);
}

/* The slot of a hash, or the free one where it would be. */
static inline Slot *
look_up(const Scanner *self, uint64_t hash)
{
    size_t at = (size_t)(hash ^ (hash >> 32)) & self->mask;
    while (self->slots[at].key != 0 && self->slots[at].key != hash)
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

/* --- the text, cut into words and passages --- */

/* Is this a pronoun, or the like, to which 's is joined as a verb? */
static int
is_contracted(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    static const char *const words[] = {"it",   "he",  "she",   "that", "there", "here",
                                        "what", "who", "where", "how",  "let"};
    for (size_t n = 0; n < sizeof words / sizeof *words; n++) {
        Py_ssize_t i = 0, length = (Py_ssize_t)strlen(words[n]);
        if (length != end - start)
            continue;
        while (i < length &&
               lowered(text->characters[start + i]) ==
                   (Py_UCS4)words[n][i])
            i++;
        if (i == length)
            return 1;
    }
    return 0;
}

/* Does the word from `start` to `end` end with a possessive 's? */
static inline int
is_possessive(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    if (end - start < 3)
        return 0;
    Py_UCS4 mark = text->characters[end - 2], last = text->characters[end - 1];
    return (mark == '\'' || mark == APOSTROPHE) && (last == 's' || last == 'S') &&
           !is_contracted(text, start, end - 2);
}

/* Read the word that begins at `start`: returns where it ends.  A possessive 's is no part
 * of it, and then no word is adjacent to it. */
static Py_ssize_t
read_word(Word *word, const Text *text, Py_ssize_t start, int *adjacent)
{
    /* The hash, and what it was one and two characters before. */
    uint64_t hash = FNV_OFFSET, last = hash, mark = hash;
    int upper = 0, lower = 0, curly = 0;
    Py_ssize_t i = start;
    for (; i < text->length; i++) {
        Py_UCS4 c = text->characters[i], low = c;
        if (c < 128 && ALNUM[c]) {
            low = ALNUM[c];
            upper |= low != c;
            lower |= c >= 'a';
        }
        else if (c >= 128 && Py_UNICODE_ISALNUM(c)) {
            upper |= Py_UNICODE_ISUPPER(c);
            lower |= Py_UNICODE_ISLOWER(c) || Py_UNICODE_ISTITLE(c);
            low = Py_UNICODE_TOLOWER(c);
        }
        else if ((c == '\'' || c == APOSTROPHE || c == '-') && i + 1 < text->length &&
                 is_alnum(text->characters[i + 1]))
            curly += c == APOSTROPHE;
        else
            break;
        mark = last;
        last = hash;
        hash = hashed(hash, low);
    }
    int cut = is_possessive(text, start, i);
    if (cut)
        curly -= text->characters[i - 2] == APOSTROPHE;
    word->start = start;
    word->end = i - 2 * cut;
    word->hash = cut ? mark : hash;
    word->plain = !curly && !(i - start > 1 && upper && !lower);
    Py_UCS4 first = text->characters[start];
    if (first < 128 ? first >= 'A' && first <= 'Z' : Py_UNICODE_ISUPPER(first))
        word->kind |= CAPITAL;
    *adjacent = !cut;
    return i;
}

/* The words of a text; for each passage whether a paragraph begins there. */
static int
cut(const Scanner *self, const Text *text, Array *words, Array *paragraphs)
{
    Py_ssize_t size = 0, i = 0;
    int inside = 0, adjacent = 0;
    unsigned char *passage = append(paragraphs, 1);
    if (passage == NULL)
        return -1;
    *passage = 1;
    while (i < text->length) {
        Py_UCS4 c = text->characters[i];
        if (is_alnum(c)) {
            Word *word = append(words, sizeof(Word));
            if (word == NULL)
                return -1;
            word->kind = inside ? QUOTED : 0;
            word->passage = (Py_ssize_t)paragraphs->size - 1;
            word->adjacent = (unsigned char)adjacent;
            i = read_word(word, text, i, &adjacent);
            size++;
            continue;
        }
        i++;
        if (c == '\n')
            inside = 0;
        else if (c < 128 ? c == ' ' || (c >= 9 && c <= 13) || (c >= 28 && c <= 31)
                         : Py_UNICODE_ISSPACE(c))
            continue;
        else {
            adjacent = 0;
            if (c == LEFT_QUOTE)
                inside = 1;
            else if (c == 0x201D || c == '"' || c == 0x201E)
                inside = !inside;
        }
        if (c == '\n' ? size > 0
                      : (c == '.' || c == '!' || c == '?') && size >= self->shortest) {
            passage = append(paragraphs, 1);
            if (passage == NULL)
                return -1;
            *passage = c == '\n';
            size = 0;
        }
        else if (c == '\n')
            ((unsigned char *)paragraphs->items)[paragraphs->size - 1] = 1;
    }
    return 0;
}

/* --- what the words say --- */

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
        low > self->listed ? places(self, spinner, words->items, matches) : PyList_New(0);
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
    Text read = {PyUnicode_AsUCS4Copy(text), PyUnicode_GET_LENGTH(text)};
    if (read.characters == NULL)
        return NULL;
    Array words = {0}, paragraphs = {0}, matches[SPINNERS] = {{0}};
    PyObject *result = PyList_New(0);
    if (result != NULL && (cut(self, &read, &words, &paragraphs) < 0 ||
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

/* --- building it --- */

/* Enter a phrase and how it begins. */
static void
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
        slot->key = hash;
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
static Py_ssize_t
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

static int
fill_weights(Scanner *self, Py_ssize_t spinner, PyObject *weights)
{
    PyObject *list = PySequence_Fast(weights, "weights are sequences of numbers");
    if (list == NULL)
        return -1;
    int failed = PySequence_Fast_GET_SIZE(list) != self->count;
    if (failed)
        PyErr_SetString(PyExc_ValueError, "a weight for each phrase");
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

static void
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

static int
allocate(Scanner *self, Py_ssize_t words)
{
    size_t slots = 1024, all = (size_t)self->count * (size_t)self->spinners;
    while (slots < 2 * (size_t)words)
        slots *= 2;
    self->mask = slots - 1;
    self->slots = calloc(slots, sizeof *self->slots);
    self->says = calloc(all + 1, sizeof *self->says);
    self->regions = calloc((size_t)self->spinners + 1, 2 * sizeof *self->regions);
    self->times = calloc((size_t)self->count + 1, sizeof *self->times);
    if (self->slots && self->says && self->regions && self->times)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static int
build(Scanner *self, PyObject *phrases, PyObject *weights, PyObject *regions)
{
    self->count = PySequence_Fast_GET_SIZE(phrases);
    self->spinners = PySequence_Fast_GET_SIZE(weights);
    if (self->count > INT32_MAX / SPINNERS || self->spinners > SPINNERS ||
        PySequence_Fast_GET_SIZE(regions) != self->spinners) {
        PyErr_SetString(PyExc_ValueError, "too much, or not a region for each spinner");
        return -1;
    }
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

static int
scanner_init(Scanner *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"phrases", "weights", "regions", "numbers", NULL};
    PyObject *phrases, *weights, *regions;
    release(self);
    memset(self->beginnings, 0, sizeof self->beginnings);
    if (!PyArg_ParseTupleAndKeywords(
            args, keywords, "OOO(dddddn(dd)dd)", names, &phrases, &weights, &regions,
            &self->genuine, &self->all_spun, &self->mixed, &self->paragraph, &self->sentence,
            &self->shortest, &self->rates[0], &self->rates[1], &self->suspicious,
            &self->listed))
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
