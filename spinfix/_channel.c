/* The inner loops of spinfix/channel.py, compiled: read Channel.readings and
 * Markers.find (spinfix/evidence.py) first.
 *
 * What is common, words of letters and marks, is done here; words with marks or digits in
 * them and acronyms are left to Channel.arcs.
 */
#include "_arcs.h"
#include "_evidence.h"
#include "_words.h"

/* The fields of what a phrase can stand for, and of what is known of one. */
enum { KEY_PLAIN, KEY_EXACT };
enum { KNOWN_SURVIVAL, KNOWN_KEY, KNOWN_BEGINS };

/* An article, and the tables of a channel; all borrowed. */
typedef struct {
    PyObject *lower, *words, *kinds, *breaks, *curly, *dotted;
    PyObject *known, *look_up, *fitting, *slow, *keeps, *arc_type, *vowel_sound;
    Py_ssize_t size;
    double wrong_style, wrong_article, faint;
} Article;

/* A token whose arcs are looked for: the chance that it was spun, what arcs must weigh, the last
 * token that they may reach, and the article before it. */
typedef struct {
    Py_ssize_t i, limit;
    double spun, least;
    enum { NONE = -1, CONSONANT, VOWEL } article;
} Start;

/* What sound the article before a word stands for. */
static int
article_before(const Article *self, Py_ssize_t i)
{
    if (i == 0 || PyUnicode_READ_CHAR(PyList_GET_ITEM(self->kinds, i), 0) != 'w')
        return NONE;
    PyObject *word = PyList_GET_ITEM(self->lower, i - 1);
    Py_ssize_t length = PyUnicode_GET_LENGTH(word);
    if (length < 1 || length > 2 || PyUnicode_READ_CHAR(word, 0) != 'a')
        return NONE;
    return length == 1 ? CONSONANT : PyUnicode_READ_CHAR(word, 1) == 'n' ? VOWEL : NONE;
}

/* The phrase with the next word behind it. */
static PyObject *
longer(PyObject *phrase, PyObject *word)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(phrase), more = PyUnicode_GET_LENGTH(word);
    Py_UCS4 a = PyUnicode_MAX_CHAR_VALUE(phrase), b = PyUnicode_MAX_CHAR_VALUE(word);
    PyObject *joined = PyUnicode_New(size + 1 + more, a > b ? a : b);
    if (joined == NULL)
        return NULL;
    PyUnicode_CopyCharacters(joined, 0, phrase, 0, size);
    PyUnicode_WRITE(PyUnicode_KIND(joined), PyUnicode_DATA(joined), size, ' ');
    PyUnicode_CopyCharacters(joined, size + 1, word, 0, more);
    return joined;
}

/* Add Arc(start, end, words, weight, candidate) to a list. */
static int
add_arc(const Article *self, PyObject *arcs, Py_ssize_t start, Py_ssize_t end, PyObject *words,
        double weight, PyObject *candidate)
{
    PyTypeObject *type = (PyTypeObject *)self->arc_type;
    PyObject *arc = type->tp_alloc(type, ARC_SIZE);
    if (arc == NULL)
        return -1;
    PyTuple_SET_ITEM(arc, ARC_START, PyLong_FromSsize_t(start));
    PyTuple_SET_ITEM(arc, ARC_END, PyLong_FromSsize_t(end));
    PyTuple_SET_ITEM(arc, ARC_WORDS, Py_NewRef(words));
    PyTuple_SET_ITEM(arc, ARC_WEIGHT, PyFloat_FromDouble(weight));
    PyTuple_SET_ITEM(arc, ARC_CANDIDATE, Py_NewRef(candidate));
    int failed = PyErr_Occurred() ? -1 : PyList_Append(arcs, arc);
    Py_DECREF(arc);
    return failed;
}

static int
add_as_it_is(const Article *self, PyObject *arcs, Py_ssize_t i, double weight)
{
    PyObject *words = PyTuple_Pack(1, PyList_GET_ITEM(self->lower, i));
    int failed = words ? add_arc(self, arcs, i, i + 1, words, weight, Py_None) : -1;
    Py_XDECREF(words);
    return failed;
}

/* What is known of a phrase, a channel._Known, or None: a new reference. */
static PyObject *
known_of(const Article *self, PyObject *phrase)
{
    PyObject *known = PyDict_GetItemWithError(self->known, phrase);
    if (known != NULL)
        return Py_NewRef(known);
    return PyErr_Occurred() ? NULL : PyObject_CallOneArg(self->look_up, phrase);
}

/* The candidates of tokens start to end whose case agrees with the words as written: a
 * new reference. */
static PyObject *
fitting(const Article *self, PyObject *key, Py_ssize_t start, Py_ssize_t end)
{
    if (PyList_GET_SIZE(PyTuple_GET_ITEM(key, KEY_EXACT)))
        return PyObject_CallFunction(self->fitting, "OOnn", key, self->words, start, end);
    for (Py_ssize_t i = start + 1; i < end; i++)
        if (!is_lower(PyList_GET_ITEM(self->words, i)))
            return PyList_New(0);
    return Py_NewRef(PyTuple_GET_ITEM(key, KEY_PLAIN));
}

/* Is one of these tokens a word with a typographic apostrophe?  -1: failed. */
static int
has_curly(const Article *self, Py_ssize_t start, Py_ssize_t end)
{
    int found = 0;
    for (Py_ssize_t i = start; PySet_GET_SIZE(self->curly) && found == 0 && i < end; i++) {
        PyObject *number = PyLong_FromSsize_t(i);
        found = number ? PySet_Contains(self->curly, number) : -1;
        Py_XDECREF(number);
    }
    return found;
}

/* Channel._keeps; negative: failed. */
static double
factor_of(const Article *self, Py_ssize_t start, Py_ssize_t end, PyObject *candidate)
{
    PyObject *said = PyObject_CallFunction(self->keeps, "nnO", start, end, candidate);
    double factor = said ? PyFloat_AsDouble(said) : -1.0;
    Py_XDECREF(said);
    return factor;
}

/* The arcs of what a phrase can stand for. */
static int
add_originals(const Article *self, PyObject *arcs, PyObject *key, const Start *start,
              Py_ssize_t end)
{
    PyObject *found = fitting(self, key, start->i, end);
    int curly = found ? has_curly(self, start->i + 1, end) : -1, failed = curly < 0;
    for (Py_ssize_t n = 0; !failed && n < PyList_GET_SIZE(found); n++) {
        PyObject *candidate = PyList_GET_ITEM(found, n);
        double weight = PyFloat_AsDouble(PyTuple_GET_ITEM(candidate, CANDIDATE_WEIGHT));
        weight *= start->spun;
        if (curly) {
            weight *= factor_of(self, start->i + 1, end, candidate);
            if (weight <= 0.0) {
                failed = weight < 0.0;
                continue;
            }
        }
        if (start->article != NONE &&
            (PyTuple_GET_ITEM(candidate, CANDIDATE_VOWEL) == Py_True) != (start->article == VOWEL))
            weight *= self->wrong_article;
        if (weight < start->least)
            continue;
        PyObject *words = PyTuple_GET_ITEM(candidate, CANDIDATE_WORDS);
        failed = add_arc(self, arcs, start->i, end, words, weight, candidate) < 0;
    }
    Py_XDECREF(found);
    return failed ? -1 : 0;
}

/* The arcs of all phrases that start at a token, of whose word this is known. */
static int
add_candidates(const Article *self, PyObject *arcs, PyObject *known, const Start *start)
{
    PyObject *phrase = Py_NewRef(PyList_GET_ITEM(self->lower, start->i));
    Py_INCREF(known);
    for (Py_ssize_t end = start->i + 1; known != Py_None && end <= start->limit; end++) {
        PyObject *key = PyTuple_GET_ITEM(known, KNOWN_KEY);
        if ((key != Py_None && add_originals(self, arcs, key, start, end) < 0) ||
            end == self->size || PyTuple_GET_ITEM(known, KNOWN_BEGINS) != Py_True ||
            PyObject_IsTrue(PyList_GET_ITEM(self->breaks, end)))
            break;
        Py_SETREF(phrase, longer(phrase, PyList_GET_ITEM(self->lower, end)));
        Py_SETREF(known, phrase ? known_of(self, phrase) : NULL);
        if (known == NULL)
            break;
    }
    Py_XDECREF(phrase);
    Py_XDECREF(known);
    return PyErr_Occurred() ? -1 : 0;
}

/* Is token i one that is looked at here? */
static int
is_common(const Article *self, Py_ssize_t i, PyObject *word, PyObject *written)
{
    if (PyUnicode_READ_CHAR(PyList_GET_ITEM(self->kinds, i), 0) != 'w')
        return PyUnicode_READ_CHAR(PyList_GET_ITEM(self->kinds, i), 0) != 'p';
    if (has_curly(self, i, i + 1))
        return 0;
    return is_alpha(word) && (word == written || !is_acronym(written));
}

/* The arcs that Channel.arcs finds, but for those that end behind limit. */
static PyObject *
slow_arcs(const Article *self, Py_ssize_t i, double spun, Py_ssize_t limit)
{
    PyObject *found = PyObject_CallFunction(self->slow, "nd", i, spun);
    if (found == NULL)
        return NULL;
    for (Py_ssize_t n = PyList_GET_SIZE(found); n > 1; n--) { /* sorted by their end */
        PyObject *arc = PyList_GET_ITEM(found, n - 1);
        if (whole(arc, ARC_END) <= limit) {
            if (n < PyList_GET_SIZE(found))
                PyList_SetSlice(found, n, PyList_GET_SIZE(found), NULL);
            return found;
        }
    }
    PyList_SetSlice(found, 1, PyList_GET_SIZE(found), NULL);
    return found;
}

/* The weight of a token as it stands; negative: failed. */
static double
weight_as_it_is(const Article *self, const Start *start, PyObject *known)
{
    PyObject *word = PyList_GET_ITEM(self->lower, start->i);
    PyObject *written = PyList_GET_ITEM(self->words, start->i);
    double keep = 1.0;
    if (known != Py_None && PyTuple_GET_ITEM(known, KNOWN_SURVIVAL) != Py_None)
        keep = start->spun * PyFloat_AsDouble(PyTuple_GET_ITEM(known, KNOWN_SURVIVAL)) + 1.0 -
               start->spun;
    if (start->article != NONE) {
        PyObject *sound = PyObject_CallOneArg(self->vowel_sound, word);
        if (sound != NULL && (sound == Py_True) != (start->article == VOWEL))
            keep *= self->wrong_article;
        Py_XDECREF(sound);
    }
    if (PySet_GET_SIZE(self->dotted) && PySet_Contains(self->dotted, written) > 0)
        keep *= self->wrong_style;
    return PyErr_Occurred() ? -1.0 : keep;
}

/* All readings of the tokens that start at i; the first leaves it alone. */
static PyObject *
arcs_at(const Article *self, Py_ssize_t i, double spun, Py_ssize_t limit)
{
    PyObject *word = PyList_GET_ITEM(self->lower, i);
    int common = is_common(self, i, word, PyList_GET_ITEM(self->words, i));
    if (common <= 0)
        return common < 0 ? NULL : slow_arcs(self, i, spun, limit);
    PyObject *known = known_of(self, word);
    if (known == NULL)
        return NULL;
    Start start = {i, limit, spun, 0.0, article_before(self, i)};
    double keep = weight_as_it_is(self, &start, known);
    start.least = self->faint * keep;
    PyObject *arcs = keep < 0.0 ? NULL : PyList_New(0);
    if (arcs == NULL || add_as_it_is(self, arcs, i, keep) < 0 ||
        (spun != 0.0 && add_candidates(self, arcs, known, &start) < 0))
        Py_CLEAR(arcs);
    Py_DECREF(known);
    return arcs;
}

/* The arcs of tokens first to last, set in a list of all tokens. */
static int
read_line(const Article *self, Py_ssize_t first, Py_ssize_t last, PyObject *chances, double gate,
          double rate, PyObject *readings)
{
    Py_ssize_t limit = last; /* the next token that must not be touched */
    for (Py_ssize_t i = last - 1; i >= first; i--) {
        double chance = PyFloat_AsDouble(PyList_GET_ITEM(chances, i));
        if (chance < gate)
            limit = i;
        PyObject *arcs = arcs_at(self, i, chance * rate, limit);
        if (arcs == NULL || PyList_SetItem(readings, i, arcs) < 0)
            return -1;
    }
    return 0;
}

static PyObject *
readings(PyObject *Py_UNUSED(module), PyObject *args)
{
    Article self;
    PyObject *chances, *lines;
    double gate, rate;
    if (!PyArg_ParseTuple(
            args, "(O!O!O!O!O!O!)(O!OOOOdd)(OO)O!O!ddd", &PyList_Type, &self.lower, &PyList_Type,
            &self.words, &PyList_Type, &self.kinds, &PyList_Type, &self.breaks, &PySet_Type,
            &self.curly, &PySet_Type, &self.dotted, &PyDict_Type, &self.known, &self.look_up,
            &self.fitting, &self.arc_type, &self.vowel_sound, &self.wrong_style,
            &self.wrong_article, &self.slow, &self.keeps, &PyList_Type, &lines, &PyList_Type,
            &chances, &gate, &rate, &self.faint))
        return NULL;
    self.size = PyList_GET_SIZE(self.lower);
    PyObject *found = PyList_New(self.size);
    for (Py_ssize_t n = 0; found != NULL && n < PyList_GET_SIZE(lines); n++) {
        Py_ssize_t first, last;
        if (!PyArg_ParseTuple(PyList_GET_ITEM(lines, n), "nn", &first, &last) ||
            read_line(&self, first, last, chances, gate, rate, found) < 0)
            Py_CLEAR(found);
    }
    for (Py_ssize_t i = 0; found != NULL && i < self.size; i++) {
        PyObject *none = PyList_GET_ITEM(found, i) ? NULL : PyList_New(0);
        if (none != NULL)
            PyList_SET_ITEM(found, i, none);
        else if (PyErr_Occurred())
            Py_CLEAR(found);
    }
    return found;
}

static PyObject *
markers(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *lower, *words, *curly;
    Phrases phrases;
    if (!PyArg_ParseTuple(args, "O!O!O!O!O", &PyList_Type, &lower, &PyList_Type, &words,
                          &PySet_Type, &curly, &PyDict_Type, &phrases.known, &phrases.look_up))
        return NULL;
    PyObject *found = PyList_New(0), *weight;
    for (Py_ssize_t i = 0, end; found != NULL && i < PyList_GET_SIZE(lower); i = end) {
        PyObject *phrase = longest(lower, &phrases, i, &weight, &end);
        if (PyErr_Occurred() ||
            (weight != NULL && !is_acronym(PyList_GET_ITEM(words, i)) &&
             add_marker(found, curly, i, phrase, weight) < 0))
            Py_CLEAR(found);
    }
    return found;
}

static PyMethodDef methods[] = {
    {"readings", readings, METH_VARARGS, "The arcs of all tokens; see Channel.readings."},
    {"markers", markers, METH_VARARGS, "The phrases that tell; see Markers.find."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._channel",
    .m_doc = "The inner loops of spinfix.channel, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__channel(void)
{
    return PyModuleDef_Init(&module);
}
