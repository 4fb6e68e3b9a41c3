/* InPlace.odds of spinfix/in_place.py, compiled: read that module first.
 *
 * KenLM is asked the same questions in the same order, so the odds are equal to the last bit.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

/* _AROUND and _NEIGHBOURS of in_place.py, and math.log(10). */
#define AROUND 48
#define NEIGHBOURS 2
#define LN10 2.302585092994046
#define APOSTROPHE 0x2019
/* Where a paragraph begins, room for what stands before, and for a reading. */
enum { BEGIN, BEFORE, READING = BEFORE + NEIGHBOURS, STATES = READING + 2 };

/* A text, and a few words of it. */
typedef struct {
    PyObject *text;
    int kind;
    const void *data;
} Text;

typedef struct {
    PyObject *words[NEIGHBOURS];
    int count;
} Words;

/* The language model's answering function, its states (borrowed), and the function that
 * spells words. */
typedef struct {
    PyObject *ask, *states, *spelled;
} Model;

static inline Py_UCS4
at(const Text *text, Py_ssize_t i)
{
    return PyUnicode_READ(text->kind, text->data, i);
}

/* The name of an ASCII word of at most AROUND characters: as text.model_word. */
static PyObject *
name_of_ascii(const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    char name[AROUND];
    Py_ssize_t size = end - start;
    int digits = size > 1 && Py_ISDIGIT(at(text, start)), acronym = size > 1;
    for (Py_ssize_t i = 0; i < size; i++) {
        char c = (char)at(text, start + i);
        acronym = acronym && c >= 'A' && c <= 'Z';
        name[i] = digits && Py_ISDIGIT(c) ? '0' : (char)Py_TOLOWER(c);
    }
    if (acronym)
        return PyUnicode_Substring(text->text, start, end);
    return PyUnicode_FromStringAndSize(name, size);
}

static PyObject *
name_of(const Model *model, const Text *text, Py_ssize_t start, Py_ssize_t end)
{
    for (Py_ssize_t i = start; i < end; i++)
        if (at(text, i) > 127) {
            PyObject *word = PyUnicode_Substring(text->text, start, end);
            PyObject *name = word ? PyObject_CallOneArg(model->spelled, word) : NULL;
            Py_XDECREF(word);
            return name;
        }
    return name_of_ascii(text, start, end);
}

/* The next word or mark from `*start` on, and where it ends; 0 when there is none. */
static int
next_word(const Text *text, Py_ssize_t *start, Py_ssize_t *end, Py_ssize_t limit)
{
    Py_ssize_t i = *start;
    while (i < limit && (at(text, i) == '_' || Py_UNICODE_ISSPACE(at(text, i))))
        i++;
    if (i == limit)
        return 0;
    *start = i;
    if (!Py_UNICODE_ISALNUM(at(text, i))) {
        *end = i + 1;
        return 1;
    }
    for (i++; i < limit; i++) {
        Py_UCS4 c = at(text, i);
        if (Py_UNICODE_ISALNUM(c))
            continue;
        if ((c != '\'' && c != APOSTROPHE && c != '-') || i + 1 == limit ||
            !Py_UNICODE_ISALNUM(at(text, i + 1)))
            break;
    }
    *end = i;
    return 1;
}

static void
forget(Words *words)
{
    while (words->count)
        Py_DECREF(words->words[--words->count]);
}

/* The names of the first words from `start` to `limit`, or of the last ones. */
static int
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
        found->words[n] = name_of(model, text, starts[n], ends[n]);
        if (found->words[n] == NULL)
            return -1;
        found->count++;
    }
    return 0;
}

/* Log P (base 10) of a word after a state; the state after it goes into another. */
static double
ask(const Model *model, int state, PyObject *word, int after)
{
    PyObject *args[] = {PyTuple_GET_ITEM(model->states, state), word,
                        PyTuple_GET_ITEM(model->states, after)};
    PyObject *said = PyObject_Vectorcall(model->ask, args, 3, NULL);
    double log_p = said ? PyFloat_AsDouble(said) : 0.0;
    Py_XDECREF(said);
    return log_p;
}

/* The same of a reading and the words after it; look for an error afterwards. */
static double
log_p(const Model *model, int state, PyObject *words, const Words *after)
{
    double total = 0.0;
    int here = READING, there = READING + 1;
    Py_ssize_t size = PyTuple_GET_SIZE(words);
    for (Py_ssize_t n = 0; n < size + after->count && !PyErr_Occurred(); n++) {
        PyObject *word = n < size ? PyTuple_GET_ITEM(words, n) : after->words[n - size];
        total += ask(model, state, word, here);
        state = here;
        here = there;
        there = state;
    }
    return total;
}

/* The odds, given what stands around the place. */
static double
weigh(const Model *model, const Words *before, const Words *after, PyObject *phrase,
      PyObject *originals)
{
    int state = BEGIN;
    for (int n = 0; n < before->count; n++) {
        ask(model, state, before->words[n], BEFORE + n);
        state = BEFORE + n;
    }
    double as_it_is = log_p(model, state, phrase, after), total = 0.0;
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(originals) && !PyErr_Occurred(); n++) {
        PyObject *words, *original = PyList_GET_ITEM(originals, n);
        double weight;
        if (!PyTuple_Check(original))
            PyErr_SetString(PyExc_TypeError, "an original is words and a weight");
        if (PyErr_Occurred() ||
            !PyArg_ParseTuple(original, "O!d", &PyTuple_Type, &words, &weight))
            break;
        total += weight * exp(LN10 * (log_p(model, state, words, after) - as_it_is));
    }
    return total;
}

/* Where the line that `place` stands in begins, or ends: at most AROUND characters away. */
static Py_ssize_t
line(const Text *text, Py_ssize_t place, int forward)
{
    Py_ssize_t size = PyUnicode_GET_LENGTH(text->text);
    for (int n = 0; n < AROUND; n++) {
        if (forward ? place == size || at(text, place) == '\n'
                    : place == 0 || at(text, place - 1) == '\n')
            break;
        place += forward ? 1 : -1;
    }
    return place;
}

static PyObject *
odds(PyObject *Py_UNUSED(module), PyObject *args)
{
    Model model;
    Text text;
    Py_ssize_t start, end;
    PyObject *phrase, *originals;
    if (!PyArg_ParseTuple(args, "OO!OUnnO!O!", &model.ask, &PyTuple_Type, &model.states,
                          &model.spelled, &text.text, &start, &end, &PyTuple_Type, &phrase,
                          &PyList_Type, &originals))
        return NULL;
    if (PyTuple_GET_SIZE(model.states) != STATES || start < 0 || end < start ||
        end > PyUnicode_GET_LENGTH(text.text)) {
        PyErr_SetString(PyExc_ValueError, "five states, and a place of the text");
        return NULL;
    }
    text.kind = PyUnicode_KIND(text.text);
    text.data = PyUnicode_DATA(text.text);
    Words before = {{NULL}, 0}, after = {{NULL}, 0};
    double total = 0.0;
    if (neighbours(&model, &text, line(&text, start, 0), start, 1, &before) == 0 &&
        neighbours(&model, &text, end, line(&text, end, 1), 0, &after) == 0)
        total = weigh(&model, &before, &after, phrase, originals);
    forget(&before);
    forget(&after);
    return PyErr_Occurred() ? NULL : PyFloat_FromDouble(total);
}

static PyMethodDef methods[] = {
    {"odds", odds, METH_VARARGS, "How much likelier originals are; see InPlace.odds."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._in_place",
    .m_doc = "InPlace.odds of spinfix.in_place, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__in_place(void)
{
    return PyModuleDef_Init(&module);
}
