/* An n-gram model in KenLM's format "trie with quantization and array-compressed pointers",
 * read where it lies (Heafield 2011): the words of an n-gram from the last to the first lead
 * down a trie whose levels are packed arrays, sorted by word.
 *
 * KenLM itself is asked through Python, a microsecond each time; this is several times as fast
 * and comes to the same, to the last bit (tests/test_compiled.py).
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MAX_ORDER 4
/* language_model.LN10 */
#define LN10 2.302585092994046
/* Answers kept (a power of two: 4 MiB), and words whose numbers are. */
#define ANSWERS 65536
#define WORDS 100000
/* Hashes of words whose numbers are kept (a power of two: 256 KiB). */
#define HASHES 16384
#define TRIE_NAME "spinfix._trie"

/* The last words of a text, the very last first, as many as matter; what they cost when what
 * follows was not seen after them. */
typedef struct {
    uint32_t words[MAX_ORDER - 1];
    float backoff[MAX_ORDER - 1];
    uint32_t length;
} State;

/* All n-grams of an order above 1. */
typedef struct {
    const uint8_t *entries;
    uint64_t count;
    unsigned word_bits, prob_bits, backoff_bits, next_bits;
    const float *probs, *backoffs; /* what the quantised numbers stand for */
    /* The upper bits of `next`: how many of these are not greater than an entry's number. */
    const uint64_t *offsets;
    uint64_t offset_count;
} Level;

/* What was asked, and what the answer was; its words are those that were asked about. */
typedef struct {
    double weight;
    uint32_t word, words[MAX_ORDER - 1];
    uint32_t length, next_length;
    float backoff[MAX_ORDER - 1];
} Answer;

/* The hash of a word, by which the model knows it; and its number. */
typedef struct {
    uint64_t hash;
    uint32_t number;
} Numbered;

typedef struct {
    Py_buffer file;
    const uint64_t *hashes; /* of all words but the unknown one, sorted: word n is at n - 1 */
    uint64_t vocabulary;
    const uint8_t *unigrams;
    unsigned order;
    Level levels[MAX_ORDER - 1];
    State begin;             /* of a paragraph */
    double exponent, usual;  /* see LanguageModel */
    PyObject *numbers;       /* of words */
    Answer *answers;
    Numbered *numbered;
} Trie;

/* Some bits of an array, 57 at most. */
static inline uint64_t
bits_at(const uint8_t *array, uint64_t place, unsigned count)
{
    uint64_t value;
    memcpy(&value, array + (place >> 3), sizeof value);
    return (value >> (place & 7)) & ((1ULL << count) - 1);
}

static inline unsigned
bits_of(const Level *level)
{
    return level->word_bits + level->prob_bits + level->backoff_bits + level->next_bits;
}

/* Find a word among entries `begin` to `end`, where words are spread evenly; 0: not there. */
static inline int
find(const Level *level, uint64_t word, uint64_t vocabulary, uint64_t begin, uint64_t end,
     uint64_t *at)
{
    uint64_t low = 0, high = vocabulary - 1, size = bits_of(level);
    end = end < level->count ? end : level->count;
    while (begin < end) {
        uint64_t middle = begin + (word - low) * (end - begin) / (high - low + 1);
        uint64_t found = bits_at(level->entries, middle * size, level->word_bits);
        if (found == word) {
            *at = middle;
            return 1;
        }
        if (found < word) {
            begin = middle + 1;
            low = found + 1;
        }
        else {
            end = middle;
            high = found - 1;
        }
    }
    return 0;
}

/* About which offset is the last one that is not greater than an entry's number: they rise
 * nearly evenly. */
static inline uint64_t
guessed_offset(const Level *level, uint64_t entry)
{
    return entry * level->offset_count / (level->count + 1);
}

/* Which one it is. */
static inline uint64_t
offset_of(const Level *level, uint64_t entry)
{
    uint64_t low = 0, high = level->offset_count; /* offsets[low] <= entry < offsets[high] */
    uint64_t middle = guessed_offset(level, entry), step = 2;
    while (high - low > 1) { /* from the guess on in ever larger steps, then halving */
        if (level->offsets[middle] <= entry) {
            low = middle;
            middle = high - low > 2 * step ? low + step : low + (high - low) / 2;
        }
        else {
            high = middle;
            middle = high - low > 2 * step ? high - step : low + (high - low) / 2;
        }
        step *= 2;
    }
    return low;
}

/* The entries of the next level that belong to an entry. */
static inline void
children(const Level *level, uint64_t entry, uint64_t *begin, uint64_t *end)
{
    uint64_t low = offset_of(level, entry);
    uint64_t place = (entry + 1) * bits_of(level) - level->next_bits;
    *begin = low << level->next_bits | bits_at(level->entries, place, level->next_bits);
    while (low + 1 < level->offset_count && level->offsets[low + 1] <= entry + 1)
        low++;
    place += bits_of(level);
    *end = low << level->next_bits | bits_at(level->entries, place, level->next_bits);
}

/* May a longer n-gram begin with one that has this backoff?  KenLM writes -0 where not. */
static inline int
goes_on(float backoff)
{
    return backoff != 0.0f || !signbit(backoff);
}

/* Log P (base 10) of a word, which is below `vocabulary`, after a state; the state after it. */
static inline float
ask(const Trie *trie, const State *before, uint32_t word, State *after)
{
    float log_p, backoff;
    uint64_t begin, end;
    const uint8_t *unigram = trie->unigrams + 16 * (uint64_t)word;
    memcpy(&log_p, unigram, sizeof log_p);
    memcpy(&backoff, unigram + 4, sizeof backoff);
    memcpy(&begin, unigram + 8, sizeof begin);
    memcpy(&end, unigram + 24, sizeof end);
    after->words[0] = word;
    after->backoff[0] = backoff;
    after->length = (uint32_t)goes_on(backoff);
    uint32_t seen = 1; /* words of the longest n-gram that is known */
    for (uint32_t n = 0; n < before->length && n + 1 < trie->order && begin < end; n++) {
        const Level *level = &trie->levels[n];
        uint64_t at;
        if (!find(level, before->words[n], trie->vocabulary, begin, end, &at))
            break;
        uint64_t place = at * bits_of(level) + level->word_bits + level->backoff_bits;
        log_p = level->probs[bits_at(level->entries, place, level->prob_bits)];
        seen = n + 2;
        if (seen == trie->order)
            break;
        place -= level->backoff_bits;
        backoff = level->backoffs[bits_at(level->entries, place, level->backoff_bits)];
        after->backoff[n + 1] = backoff;
        if (goes_on(backoff))
            after->length = seen;
        if (n + 1 < before->length)
            children(level, at, &begin, &end);
    }
    for (uint32_t n = seen - 1; n < before->length; n++)
        log_p += before->backoff[n];
    for (uint32_t n = 1; n < after->length; n++)
        after->words[n] = before->words[n - 1];
    return log_p;
}

/* MurmurHash64A (Appleby, public domain), by which KenLM sorts words. */
static inline uint64_t
hash_of(const char *word, size_t size)
{
    const uint64_t factor = 0xc6a4a7935bd1e995ULL;
    uint64_t hash = size * factor, part;
    for (; size >= 8; size -= 8, word += 8) {
        memcpy(&part, word, 8);
        part *= factor;
        part = (part ^ part >> 47) * factor;
        hash = (hash ^ part) * factor;
    }
    if (size) {
        part = 0;
        memcpy(&part, word, size);
        hash = (hash ^ part) * factor;
    }
    hash = (hash ^ hash >> 47) * factor;
    return hash ^ hash >> 47;
}

/* The number of the word with this hash; 0 when it is unknown.  Hashes are spread evenly. */
static inline uint32_t
number_at(const Trie *trie, uint64_t hash)
{
    uint64_t begin = 0, end = trie->vocabulary - 1, low = 0, high = UINT64_MAX;
    while (begin < end && low <= hash && hash <= high) {
        double share = (double)(hash - low) / ((double)(high - low) + 1.0);
        uint64_t middle = begin + (uint64_t)(share * (double)(end - begin));
        middle = middle < end ? middle : end - 1;
        uint64_t found = trie->hashes[middle];
        if (found == hash)
            return (uint32_t)middle + 1;
        if (found < hash) {
            begin = middle + 1;
            low = found + 1;
        }
        else {
            end = middle;
            high = found - 1;
        }
    }
    return 0;
}

/* The number of a word as it is spelled in UTF-8; 0 when it is unknown. */
static inline uint32_t
number_in(const Trie *trie, const char *word)
{
    return number_at(trie, hash_of(word, strlen(word)));
}

/* The same, from what is kept where it can be: most words come again and again. */
static inline uint32_t
kept_number_in(Trie *trie, const char *word)
{
    uint64_t hash = hash_of(word, strlen(word));
    Numbered *kept = trie->numbered + (hash & (HASHES - 1));
    if (kept->hash != hash)
        *kept = (Numbered){hash, number_at(trie, hash)};
    return kept->number;
}

/* The number of a word, a str; -1: failed. */
static inline int64_t
number_of(Trie *trie, PyObject *word)
{
    PyObject *known = PyDict_GetItemWithError(trie->numbers, word), *bytes = NULL;
    if (known != NULL)
        return PyLong_AsLongLong(known);
    if (PyErr_Occurred())
        return -1;
    if (PyUnicode_Check(word)) /* a lone surrogate has no UTF-8 form */
        bytes = PyUnicode_AsEncodedString(word, "utf-8", "replace");
    else
        PyErr_SetString(PyExc_TypeError, "a word is a str");
    if (bytes == NULL)
        return -1;
    int64_t number = number_in(trie, PyBytes_AS_STRING(bytes));
    Py_DECREF(bytes);
    if (PyDict_GET_SIZE(trie->numbers) >= WORDS)
        PyDict_Clear(trie->numbers);
    known = PyLong_FromLongLong(number);
    if (known == NULL || PyDict_SetItem(trie->numbers, word, known) < 0)
        number = -1;
    Py_XDECREF(known);
    return number;
}

static inline int
is_same(const State *one, const State *other)
{
    if (one->length != other->length)
        return 0;
    for (uint32_t n = 0; n < one->length; n++)
        if (one->words[n] != other->words[n])
            return 0;
    return 1;
}

static inline int
is_about(const Answer *answer, const State *before, uint32_t word)
{
    if (answer->word != word || answer->length != before->length || answer->weight == 0.0)
        return 0;
    for (uint32_t n = 0; n < before->length; n++)
        if (answer->words[n] != before->words[n])
            return 0;
    return 1;
}

/* Where the answer to a question is kept. */
static inline Answer *
place_of(const Trie *trie, const State *before, uint32_t word)
{
    uint64_t hash = word;
    for (uint32_t n = 0; n < before->length; n++)
        hash = hash * 0x9e3779b97f4a7c15ULL + before->words[n];
    hash *= 0x9e3779b97f4a7c15ULL;
    return &trie->answers[hash >> 40 & (ANSWERS - 1)];
}

/* The weight of a word after a state, LanguageModel.step, and the state after it. */
static inline double
step(Trie *trie, const State *before, uint32_t word, State *after)
{
    Answer *answer = place_of(trie, before, word);
    State next;
    if (is_about(answer, before, word)) {
        next.words[0] = word;
        for (uint32_t n = 1; n < answer->next_length; n++)
            next.words[n] = before->words[n - 1];
        memcpy(next.backoff, answer->backoff, sizeof next.backoff);
        next.length = answer->next_length;
    }
    else {
        double log_p = (double)ask(trie, before, word, &next) * LN10;
        answer->weight = exp(trie->exponent * (log_p + trie->usual));
        answer->word = word;
        memcpy(answer->words, before->words, sizeof answer->words);
        memcpy(answer->backoff, next.backoff, sizeof answer->backoff);
        answer->length = before->length;
        answer->next_length = next.length;
    }
    *after = next;
    return answer->weight;
}
