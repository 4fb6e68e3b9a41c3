/* A text cut into words and passages, for _scan.c: see spinfix/scan.py.
 *
 * Words have a 64-bit hash of their lower-case characters (FNV-1a,
 * http://www.isthe.com/chongo/tech/comp/fnv/).
 */
#include "_characters.h"
#include <stdint.h>
#include <stdlib.h>

#define FNV_OFFSET 0xcbf29ce484222325ULL
#define FNV_PRIME 0x100000001b3ULL
/* Kinds of words. */
#define CAPITAL 1
#define QUOTED 2

typedef struct {
    Py_ssize_t start, end; /* characters of the text */
    Py_ssize_t passage;
    uint64_t hash;
    unsigned char kind, plain, adjacent;
} Word;

/* A text, all characters of it of the same width. */
typedef struct {
    Py_UCS4 *characters;
    Py_ssize_t length;
} Wide;

/* An array that grows.  With that of _growing.h the scan takes 5% longer. */
typedef struct {
    void *items;
    size_t size, room;
} Array;

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

/* Room for one more item at the end, or NULL. */
static inline void *
append(Array *array, size_t item)
{
    if (array->size == array->room) {
        size_t room = array->room ? 2 * array->room : 256;
        void *items = room > SIZE_MAX / item ? NULL : realloc(array->items, room * item);
        if (items == NULL)
            return PyErr_NoMemory();
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

/* Is the word from `start` to `end` one to which 's is joined as a verb? */
static inline int
is_contraction(const Wide *text, Py_ssize_t start, Py_ssize_t end)
{
    Py_UCS4 lower[LONGEST_CONTRACTED];
    if (end - start > LONGEST_CONTRACTED)
        return 0;
    for (Py_ssize_t i = start; i < end; i++)
        lower[i - start] = Py_UNICODE_TOLOWER(text->characters[i]);
    return is_contracted(lower, end - start);
}

/* Does the word from `start` to `end` end with a possessive 's? */
static inline int
is_possessive(const Wide *text, Py_ssize_t start, Py_ssize_t end)
{
    if (end - start < 3)
        return 0;
    Py_UCS4 mark = text->characters[end - 2], last = text->characters[end - 1];
    return is_apostrophe(mark) && (last == 's' || last == 'S') &&
           !is_contraction(text, start, end - 2);
}

/* Read the word that begins at `start`: returns where it ends.  A possessive 's is no part
 * of it, and then no word is adjacent to it. */
static inline Py_ssize_t
read_word(Word *word, const Wide *text, Py_ssize_t start, int *adjacent)
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
        else if ((is_apostrophe(c) || c == '-') && i + 1 < text->length &&
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

static inline int
add_passage(Array *paragraphs, int paragraph)
{
    unsigned char *added = append(paragraphs, 1);
    if (added == NULL)
        return -1;
    *added = (unsigned char)paragraph;
    return 0;
}

/* The words of a text; for each passage, of at least so many words, whether a paragraph begins
 * there. */
static inline int
cut(const Wide *text, Py_ssize_t shortest, Array *words, Array *paragraphs)
{
    Py_ssize_t size = 0, i = 0;
    int inside = 0, adjacent = 0;
    if (add_passage(paragraphs, 1) < 0)
        return -1;
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
        else if (Py_UNICODE_ISSPACE(c))
            continue;
        else {
            adjacent = 0;
            if (is_quote(c))
                inside = is_opened(c, inside);
        }
        if (c == '\n' ? size > 0 : (c == '.' || c == '!' || c == '?') && size >= shortest) {
            if (add_passage(paragraphs, c == '\n') < 0)
                return -1;
            size = 0;
        }
        else if (c == '\n')
            ((unsigned char *)paragraphs->items)[paragraphs->size - 1] = 1;
    }
    return 0;
}
