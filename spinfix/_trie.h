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

/* Places of a sorted array, `begin` to before `end`, and the least and the greatest that may
 * stand there. */
typedef struct {
    uint64_t begin, end, low, high;
} Range;

/* At a place stands what is not wanted: that leaves one side of it. */
static inline void
narrow(Range *range, uint64_t at, uint64_t found, uint64_t wanted)
{
    if (found < wanted) {
        range->begin = at + 1;
        range->low = found + 1;
    }
    else {
        range->end = at;
        range->high = found - 1;
    }
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

/* What is known of a word after a state: its log P (base 10) as far as it goes, the state after
 * it, the words of the longest n-gram that is known, and where a longer one may be. */
typedef struct {
    float log_p;
    uint32_t seen;
    State after;
    Range range;
} Known;

/* A word, which is below `vocabulary`, by itself. */
static inline void
read_word(const Trie *trie, uint32_t word, Known *known)
{
    const uint8_t *unigram = trie->unigrams + 16 * (uint64_t)word;
    float backoff;
    memcpy(&known->log_p, unigram, sizeof known->log_p);
    memcpy(&backoff, unigram + 4, sizeof backoff);
    memcpy(&known->range.begin, unigram + 8, sizeof known->range.begin);
    memcpy(&known->range.end, unigram + 24, sizeof known->range.end);
    known->after.words[0] = word;
    known->after.backoff[0] = backoff;
    known->after.length = (uint32_t)goes_on(backoff);
    known->seen = 1;
}

/* May there be a longer n-gram?  Its level is trie->levels[seen - 1], and its range is made ready to
 * look for the word before. */
static inline int
may_be_longer(const Trie *trie, const State *before, Known *known)
{
    const uint32_t n = known->seen - 1;
    Range *range = &known->range;
    if (n >= before->length || n + 1 >= trie->order)
        return 0;
    if (range->end > trie->levels[n].count)
        range->end = trie->levels[n].count;
    range->low = 0;
    range->high = trie->vocabulary - 1;
    return range->begin < range->end;
}

/* Where a word is likely to be in a range that is not empty: words are spread evenly. */
static inline uint64_t
guessed(const Range *range, uint64_t word)
{
    const uint64_t size = range->end - range->begin, words = range->high - range->low + 1;
    return range->begin + (word - range->low) * size / words;
}

/* Is the word before at this place?  If not, that leaves less of the range. */
static inline int
is_at(const Trie *trie, const State *before, Known *known, uint64_t at)
{
    const Level *level = &trie->levels[known->seen - 1];
    const uint32_t word = before->words[known->seen - 1];
    uint64_t found = bits_at(level->entries, at * bits_of(level), level->word_bits);
    if (found != word)
        narrow(&known->range, at, found, word);
    return found == word;
}

/* What the longer n-gram at this place says.  May there be one that is still longer? */
static inline int
read_longer(const Trie *trie, const State *before, Known *known, uint64_t at)
{
    const Level *level = &trie->levels[known->seen - 1];
    uint64_t place = at * bits_of(level) + level->word_bits;
    uint64_t prob = bits_at(level->entries, place + level->backoff_bits, level->prob_bits);
    known->log_p = level->probs[prob];
    if (++known->seen == trie->order)
        return 0;
    float backoff = level->backoffs[bits_at(level->entries, place, level->backoff_bits)];
    known->after.backoff[known->seen - 1] = backoff;
    if (goes_on(backoff))
        known->after.length = known->seen;
    return known->seen - 1 < before->length;
}

/* Go down from this place to the n-grams that are a word longer. */
static inline void
descend(const Trie *trie, Known *known, uint64_t at)
{
    children(&trie->levels[known->seen - 2], at, &known->range.begin, &known->range.end);
}

/* No longer n-gram is known. */
static inline void
complete(const State *before, Known *known)
{
    for (uint32_t n = known->seen - 1; n < before->length; n++)
        known->log_p += before->backoff[n];
    for (uint32_t n = 1; n < known->after.length; n++)
        known->after.words[n] = before->words[n - 1];
}

/* Find the word before in a range that is not empty. */
static inline int
find(const Trie *trie, const State *before, Known *known, uint64_t *at)
{
    do {
        *at = guessed(&known->range, before->words[known->seen - 1]);
        if (is_at(trie, before, known, *at))
            return 1;
    } while (known->range.begin < known->range.end);
    return 0;
}

/* Log P of a word after a state; the state after it. */
static inline float
ask(const Trie *trie, const State *before, uint32_t word, State *after)
{
    Known known;
    uint64_t at;
    read_word(trie, word, &known);
    while (may_be_longer(trie, before, &known) && find(trie, before, &known, &at) &&
           read_longer(trie, before, &known, at))
        descend(trie, &known, at);
    complete(before, &known);
    *after = known.after;
    return known.log_p;
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
    Range range = {0, trie->vocabulary - 1, 0, UINT64_MAX};
    while (range.begin < range.end && range.low <= hash && hash <= range.high) {
        double share = (double)(hash - range.low) / ((double)(range.high - range.low) + 1.0);
        uint64_t at = range.begin + (uint64_t)(share * (double)(range.end - range.begin));
        at = at < range.end ? at : range.end - 1;
        if (trie->hashes[at] == hash)
            return (uint32_t)at + 1;
        narrow(&range, at, trie->hashes[at], hash);
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
