/* The words around a place of a text, as the language model numbers them, for _in_place.c: see
 * spinfix/in_place.py.
 */
#include "_characters.h"
#include "_trie.h"

/* _AROUND and _NEIGHBOURS of in_place.py. */
#define AROUND 48
#define NEIGHBOURS 2

/* Words by their numbers in the model. */
typedef struct {
    uint32_t words[NEIGHBOURS];
    int count;
} Words;

/* The language model, and the function that names words for it (borrowed). */
typedef struct {
    Trie *trie;
    PyObject *named;
} Model;

/* The number of an ASCII word of at most AROUND characters, by its name as text.model_word
 * gives it. */
static inline int64_t
number_of_ascii(const Model *model, const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    char name[AROUND + 1];
    Py_ssize_t size = end - start;
    int digits = size > 1 && Py_ISDIGIT(at(text, start)), acronym = size > 1;
    for (Py_ssize_t i = 0; i < size; i++) {
        char c = (char)at(text, start + i);
        acronym = acronym && c >= 'A' && c <= 'Z';
        name[i] = digits && Py_ISDIGIT(c) ? '0' : (char)Py_TOLOWER(c);
    }
    for (Py_ssize_t i = 0; acronym && i < size; i++)
        name[i] = (char)at(text, start + i);
    name[size] = '\0';
    return kept_number_in(model->trie, name);
}

/* The number of a word of the text; -1: failed. */
static inline int64_t
number_there(const Model *model, const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t i = start; i < end; i++)
        if (at(text, i) > 127) {
            PyObject *word = PyUnicode_Substring(text->text, start, end);
            PyObject *name = word ? PyObject_CallOneArg(model->named, word) : NULL;
            int64_t number = name ? number_of(model->trie, name) : -1;
            Py_XDECREF(word);
            Py_XDECREF(name);
            return number;
        }
    return number_of_ascii(model, text, start, end);
}

/* The next word or mark from `*start` on, and where it ends; 0 when there is none. */
static inline int
next_word(const Text *text, Py_ssize_t *start, Py_ssize_t *end, Py_ssize_t limit)
{
    Py_ssize_t i = *start;
    while (i < limit && (at(text, i) == '_' || Py_UNICODE_ISSPACE(at(text, i))))
        i++;
    if (i == limit)
        return 0;
    *start = i;
    if (!is_alnum(at(text, i))) {
        *end = i + 1;
        return 1;
    }
    for (i++; i < limit; i++) {
        Py_UCS4 c = at(text, i);
        if (is_alnum(c))
            continue;
        if ((!is_apostrophe(c) && c != '-') || i + 1 == limit ||
            !is_alnum(at(text, i + 1)))
            break;
    }
    *end = i;
    return 1;
}

/* The numbers of the first words from `start` to `limit`, or of the last ones. */
static inline int
neighbours(const Model *model, const Text *text, Py_ssize_t start, Py_ssize_t limit, int last,
           Words *found)
{
    Py_ssize_t starts[NEIGHBOURS], ends[NEIGHBOURS];
    int count = 0;
    found->count = 0;
    for (Py_ssize_t end; next_word(text, &start, &end, limit); start = end) {
        if (count == NEIGHBOURS) {
            if (!last)
                break;
            for (int n = 1; n < NEIGHBOURS; n++) {
                starts[n - 1] = starts[n];
                ends[n - 1] = ends[n];
            }
            count--;
        }
        starts[count] = start;
        ends[count++] = end;
    }
    for (int n = 0; n < count; n++) {
        int64_t number = number_there(model, text, starts[n], ends[n]);
        if (number < 0)
            return -1;
        found->words[found->count++] = (uint32_t)number;
    }
    return 0;
}

/* Where the line that `place` stands in begins, or ends: at most AROUND characters away. */
static inline Py_ssize_t
line(const Text *text, Py_ssize_t place, int forward)
{
    for (int n = 0; n < AROUND; n++) {
        if (forward ? place == text->length || at(text, place) == '\n'
                    : place == 0 || at(text, place - 1) == '\n')
            break;
        place += forward ? 1 : -1;
    }
    return place;
}
