/* Opens the files that _trie.h reads: what is asked of them is in _lattice.c and _in_place.c.
 *
 * Whatever a file says of itself is checked, so that no number in it leads outside it.
 */
#include "_trie.h"

#define MAGIC "mmap lm http://kheafield.com/code format version 5\n"
/* Where the test values, the parameters and the counts stand; "quantised array trie". */
enum { TESTS = 56, PARAMETERS = 88, HAS_WORDS = 100, COUNTS = 108 };
enum { MODEL_TYPE = 5, TRIE_VERSION = 1 };
enum { QUANTISED_VERSION = 2, ARRAY_VERSION = 0, UNIGRAM = 16 };
/* What all counts must be below: products of two fit into 64 bits. */
#define TOO_MANY (1ULL << 31)

/* A file while it is read: what is left of it. */
typedef struct {
    const uint8_t *at;
    uint64_t left;
} Reading;

/* Go on by so many bytes; the place before, or NULL when there are fewer. */
static const uint8_t *
take(Reading *reading, uint64_t size)
{
    const uint8_t *found = reading->at;
    if (reading->left < size)
        return NULL;
    reading->at += size;
    reading->left -= size;
    return found;
}

static unsigned
bits_for(uint64_t number)
{
    unsigned bits = 0;
    for (; number; number >>= 1)
        bits++;
    return bits;
}

/* How many upper bits of the pointers are left to the table of offsets: as KenLM weighs the
 * size of that against what is saved in `count` entries. */
static unsigned
bits_left_out(uint64_t count, uint64_t greatest, unsigned allowed)
{
    unsigned all = bits_for(greatest), best = 0;
    int64_t least = INT64_MAX;
    for (unsigned bits = 0; bits <= all && bits <= allowed; bits++) {
        int64_t change = (int64_t)(greatest >> (all - bits)) * 64 - (int64_t)(count * bits);
        if (change < least) {
            least = change;
            best = bits;
        }
    }
    return best;
}

/* Header and counts; 0 when this is another kind of file. */
static int
read_header(Reading *reading, unsigned *order, uint64_t *counts)
{
    static const float floats[3] = {0.0f, 1.0f, -0.5f};
    static const uint32_t words[3] = {1, UINT32_MAX, 0};
    static const uint64_t one = 1;
    uint8_t tests[PARAMETERS] = MAGIC;
    memcpy(tests + TESTS, floats, sizeof floats);
    memcpy(tests + TESTS + 12, words, sizeof words);
    memcpy(tests + TESTS + 24, &one, sizeof one);
    const uint8_t *header = take(reading, COUNTS);
    if (header == NULL || memcmp(header, tests, sizeof tests))
        return 0;
    uint32_t type, version;
    *order = header[PARAMETERS];
    memcpy(&type, header + PARAMETERS + 8, sizeof type);
    memcpy(&version, header + PARAMETERS + 16, sizeof version);
    if (type != MODEL_TYPE || version != TRIE_VERSION || *order < 2 || *order > MAX_ORDER)
        return 0;
    const uint8_t *its = take(reading, 8 * *order + (8 - (COUNTS + 8 * *order) % 8) % 8);
    for (unsigned n = 0; its != NULL && n < *order; n++) {
        memcpy(&counts[n], its + 8 * n, sizeof *counts);
        if (counts[n] < 1 || counts[n] >= TOO_MANY)
            return 0;
    }
    return its != NULL;
}

/* The numbers that quantised ones stand for. */
static int
read_bins(Reading *reading, Trie *trie)
{
    const uint8_t *head = take(reading, 8);
    if (head == NULL || head[0] != QUANTISED_VERSION || head[1] < 1 || head[1] > 25 ||
        head[2] < 1 || head[2] > 25)
        return 0;
    for (unsigned n = 0; n + 1 < trie->order; n++) {
        Level *level = &trie->levels[n];
        int last = n + 2 == trie->order;
        level->prob_bits = head[1];
        level->backoff_bits = last ? 0 : head[2];
        level->probs = (const float *)take(reading, 4ULL << head[1]);
        level->backoffs = last ? level->probs : (const float *)take(reading, 4ULL << head[2]);
        if (level->probs == NULL || level->backoffs == NULL)
            return 0;
    }
    return 1;
}

/* The entries of a level; `more` are those of the next one, 0 for the last. */
static int
read_level(Reading *reading, Level *level, uint64_t count, uint64_t vocabulary, uint64_t more)
{
    level->count = count;
    level->word_bits = bits_for(vocabulary);
    if (more) {
        const uint8_t *head = reading->at;
        if (reading->left < 2 || head[0] != ARRAY_VERSION)
            return 0;
        unsigned upper = bits_left_out(count + 1, more, head[1]);
        level->next_bits = bits_for(more) - upper;
        level->offset_count = (more >> level->next_bits) + 1;
        /* a head of 8 bytes, aligned, and seven more for that */
        const uint8_t *table = take(reading, 8 * (1 + level->offset_count) + 7);
        if (table == NULL)
            return 0;
        level->offsets = (const uint64_t *)(table + (8 - (uintptr_t)table % 8) % 8) + 1;
    }
    level->entries = take(reading, ((1 + count) * bits_of(level) + 7) / 8 + 8);
    return level->entries != NULL;
}

/* Take over what a file holds; 0 when it is another kind of file. */
static int
read_file(Trie *trie)
{
    Reading reading = {trie->file.buf, (uint64_t)trie->file.len};
    uint64_t counts[MAX_ORDER], words;
    if ((uintptr_t)trie->file.buf % 8 || !read_header(&reading, &trie->order, counts))
        return 0;
    const uint8_t *hashes = take(&reading, 8 * (1 + counts[0]));
    if (hashes == NULL || !read_bins(&reading, trie))
        return 0;
    memcpy(&words, hashes, sizeof words);
    trie->hashes = (const uint64_t *)hashes + 1;
    trie->vocabulary = words + 1;
    trie->unigrams = take(&reading, UNIGRAM * (counts[0] + 2));
    if (words >= counts[0] || trie->unigrams == NULL)
        return 0;
    for (unsigned n = 1; n < trie->order; n++)
        if (!read_level(&reading, &trie->levels[n - 1], counts[n], counts[0],
                        n + 1 < trie->order ? counts[n + 1] : 0))
            return 0;
    /* The words follow, "<unk>" first, unless a count is wrong. */
    if (((const uint8_t *)trie->file.buf)[HAS_WORDS] &&
        (reading.left < 6 || memcmp(reading.at, "<unk>", 6)))
        return 0;
    trie->begin.words[0] = number_in(trie, "<s>");
    trie->begin.length = 1;
    memcpy(&trie->begin.backoff[0], trie->unigrams + UNIGRAM * (uint64_t)trie->begin.words[0] + 4,
           sizeof(float));
    return 1;
}

static void
close_trie(PyObject *capsule)
{
    Trie *trie = PyCapsule_GetPointer(capsule, TRIE_NAME);
    PyBuffer_Release(&trie->file);
    Py_XDECREF(trie->numbers);
    free(trie->answers);
    free(trie->numbered);
    free(trie);
}

static PyObject *
open_trie(PyObject *Py_UNUSED(module), PyObject *args)
{
    Trie *trie = calloc(1, sizeof *trie);
    if (trie == NULL)
        return PyErr_NoMemory();
    PyObject *capsule = PyCapsule_New(trie, TRIE_NAME, close_trie);
    if (capsule == NULL) {
        free(trie);
        return NULL;
    }
    trie->numbers = PyDict_New();
    trie->answers = calloc(ANSWERS, sizeof *trie->answers);
    trie->numbered = calloc(HASHES, sizeof *trie->numbered);
    if (trie->answers == NULL || trie->numbered == NULL)
        PyErr_NoMemory();
    if (!PyErr_Occurred() &&
        PyArg_ParseTuple(args, "y*dd", &trie->file, &trie->exponent, &trie->usual) &&
        !read_file(trie))
        Py_SETREF(capsule, Py_NewRef(Py_None));
    if (PyErr_Occurred())
        Py_CLEAR(capsule);
    return capsule;
}

static PyMethodDef methods[] = {
    {"open", open_trie, METH_VARARGS, "The n-gram model in a buffer; None for other kinds."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._trie",
    .m_doc = "N-gram models where they lie, for the compiled parts.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__trie(void)
{
    return PyModuleDef_Init(&module);
}
