/* Writer.edits of spinfix/writing.py, compiled: read it first. */
#include "_arcs.h"
#include "_errors.h"
#include <math.h>

/* The fields of dictionary.Entry that are shown: all but its source. */
enum { ENTRY_SHOWN = 5 };

/* A text and its tokens, and how its edits are written; all borrowed. */
typedef struct {
    PyObject *text, *starts, *ends, *chances;
    PyObject *cased, *truecase, *capitalised, *is_capital, *apostrophe;
    PyObject *edit, *alternative, *evidence;        /* classes */
    int curly;       /* does the text have typographic apostrophes? */
    double least, unlikely;
    Py_ssize_t most; /* alternatives */
} Writer;

/* What an edit replaces, a str, and how its originals are written: see Style. */
typedef struct {
    PyObject *text;
    int capital, curly;
} Old;

/* A reading as it would stand in the text, and how likely it is. */
typedef struct {
    PyObject *text;
    double chance;
} Reading;

/* As round(x, 4), for 0 to 1. */
static double
rounded(double x)
{
    double scaled = x * 1e4, whole = rint(scaled);
    if (fabs(fabs(scaled - whole) - 0.5) > 1e-6)
        return whole / 1e4;
    char *digits = PyOS_double_to_string(x, 'f', 4, 0, NULL);
    double found = digits ? PyOS_string_to_double(digits, NULL, NULL) : -1.0;
    PyMem_Free(digits);
    return found;
}

/* The item of a tuple, checked: borrowed. */
static PyObject *
item(PyObject *tuple, Py_ssize_t size, Py_ssize_t n)
{
    if (tuple != NULL && PyTuple_Check(tuple) && PyTuple_GET_SIZE(tuple) >= size)
        return PyTuple_GET_ITEM(tuple, n);
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "not a choice");
    return NULL;
}

/* Writer._written: a new reference. */
static PyObject *
written(const Writer *self, PyObject *arc, const Old *old)
{
    PyObject *candidate = item(arc, ARC_SIZE, ARC_CANDIDATE);
    if (candidate == Py_None)
        return Py_NewRef(old->text);
    PyObject *original = item(candidate, CANDIDATE_SIZE, CANDIDATE_CORE);
    if (original == NULL)
        return NULL;
    Py_INCREF(original);
    if (PyTuple_GET_ITEM(candidate, CANDIDATE_EXACT) != Py_True) {
        PyObject *cased = PyDict_GetItemWithError(self->cased, original);
        if (cased != NULL)
            Py_SETREF(original, Py_NewRef(cased));
        else
            Py_SETREF(original, PyObject_CallOneArg(self->truecase, original));
        if (original != NULL && old->capital)
            Py_SETREF(original, PyObject_CallOneArg(self->capitalised, original));
    }
    if (original != NULL && old->curly)
        Py_SETREF(original, PyObject_CallMethod(original, "replace", "sO", "'", self->apostrophe));
    return original;
}

/* Add to the chance of a reading, which is taken over; look for an error afterwards. */
static void
add(Reading *readings, Py_ssize_t *count, PyObject *text, double chance)
{
    for (Py_ssize_t n = 0; text != NULL && n < *count; n++)
        if (PyUnicode_Compare(readings[n].text, text) == 0) {
            readings[n].chance += chance;
            Py_DECREF(text);
            return;
        }
    if (text != NULL)
        readings[(*count)++] = (Reading){text, chance};
}

/* The other readings of a choice, the old words among them; -1: failed. */
static Py_ssize_t
read_others(const Writer *self, PyObject *choice, const Old *old, Reading *readings)
{
    PyObject *others = PyTuple_GET_ITEM(choice, CHOICE_OTHERS);
    double sum = 0.0;
    Py_ssize_t count = 0;
    for (Py_ssize_t n = 0; !PyErr_Occurred() && n < PyList_GET_SIZE(others); n++) {
        PyObject *other = PyList_GET_ITEM(others, n), *chance = item(other, 2, 1);
        double its = chance ? PyFloat_AsDouble(chance) : -1.0;
        if (PyErr_Occurred())
            break;
        sum += its;
        if (its >= self->unlikely)
            add(readings, &count, written(self, PyTuple_GET_ITEM(other, 0), old), its);
    }
    double rest = 1.0 - (PyFloat_AsDouble(PyTuple_GET_ITEM(choice, CHOICE_POSTERIOR)) + sum);
    if (rest > 0.0 && !PyErr_Occurred())
        add(readings, &count, Py_NewRef(old->text), rest);
    for (Py_ssize_t n = 0; PyErr_Occurred() && n < count; n++)
        Py_DECREF(readings[n].text);
    return PyErr_Occurred() ? -1 : count;
}

/* Sort by falling chance; equal ones stay as they are. */
static void
sort(Reading *readings, Py_ssize_t count)
{
    for (Py_ssize_t n = 1; n < count; n++) {
        Reading moved = readings[n];
        Py_ssize_t k = n;
        for (; k > 0 && readings[k - 1].chance < moved.chance; k--)
            readings[k] = readings[k - 1];
        readings[k] = moved;
    }
}

/* An object of a frozen dataclass; its values, in the order of its slots, are taken over.  When
 * one is NULL there is an error already. */
static PyObject *
frozen(PyObject *type, PyObject **values)
{
    PyTypeObject *kind = (PyTypeObject *)type;
    PyObject *names = PyDict_GetItemString(kind->tp_dict, "__slots__"); /* borrowed */
    PyObject *made = names && PyTuple_Check(names) ? kind->tp_alloc(kind, 0) : NULL;
    for (Py_ssize_t n = 0; names != NULL && n < PyTuple_GET_SIZE(names); n++) {
        if (made != NULL && (values[n] == NULL || PyObject_GenericSetAttr(
                                                      made, PyTuple_GET_ITEM(names, n),
                                                      values[n]) < 0))
            Py_CLEAR(made);
        Py_XDECREF(values[n]);
    }
    return made;
}

/* Those that are shown, as a tuple; the readings are taken over. */
static PyObject *
shown_of(const Writer *self, Reading *readings, Py_ssize_t count)
{
    Py_ssize_t shown = 0;
    sort(readings, count);
    while (shown < count && shown < self->most && readings[shown].chance >= self->unlikely)
        shown++;
    PyObject *found = PyTuple_New(shown);
    for (Py_ssize_t n = 0; n < count; n++) {
        if (n >= shown || found == NULL) {
            Py_DECREF(readings[n].text);
            continue;
        }
        PyObject *values[] = {readings[n].text, PyFloat_FromDouble(rounded(readings[n].chance))};
        PyObject *made = frozen(self->alternative, values);
        if (made == NULL)
            Py_CLEAR(found);
        else
            PyTuple_SET_ITEM(found, n, made);
    }
    return found;
}

/* The alternatives of a choice: a tuple. */
static PyObject *
alternatives(const Writer *self, PyObject *choice, const Old *old)
{
    PyObject *others = item(choice, CHOICE_SIZE, CHOICE_OTHERS), *found = NULL;
    if (others == NULL || !PyList_Check(others)) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "other readings are a list");
        return NULL;
    }
    Reading *readings = PyMem_Calloc((size_t)PyList_GET_SIZE(others) + 1, sizeof *readings);
    Py_ssize_t count = readings ? read_others(self, choice, old, readings) : -1;
    if (readings == NULL)
        PyErr_NoMemory();
    else if (count >= 0)
        found = shown_of(self, readings, count);
    PyMem_Free(readings);
    return found;
}

/* The evidence for an arc: an object, or None. */
static PyObject *
evidence(const Writer *self, PyObject *arc, Py_ssize_t start)
{
    PyObject *candidate = PyTuple_GET_ITEM(arc, ARC_CANDIDATE);
    if (candidate == Py_None)
        return Py_NewRef(Py_None);
    PyObject *entry = item(candidate, CANDIDATE_SIZE, CANDIDATE_ENTRY);
    if (item(entry, ENTRY_SHOWN, 0) == NULL)
        return NULL;
    PyObject *values[ENTRY_SHOWN + 1];
    for (Py_ssize_t n = 0; n < ENTRY_SHOWN; n++)
        values[n] = Py_NewRef(PyTuple_GET_ITEM(entry, n));
    double chance = PyFloat_AsDouble(PyList_GET_ITEM(self->chances, start));
    values[ENTRY_SHOWN] = PyFloat_FromDouble(rounded(chance));
    return frozen(self->evidence, values);
}

/* Writer._is_capital, or a capital as it is; look for an error afterwards. */
static int
begins_with_capital(const Writer *self, PyObject *old, PyObject *start)
{
    Py_UCS4 first = PyUnicode_GET_LENGTH(old) ? PyUnicode_READ_CHAR(old, 0) : 0;
    if (!Py_UNICODE_ISDIGIT(first))
        return Py_UNICODE_ISUPPER(first);
    PyObject *said = PyObject_CallFunctionObjArgs(self->is_capital, self->text, start, NULL);
    int found = said ? PyObject_IsTrue(said) : 0;
    Py_XDECREF(said);
    return found;
}

/* The edit of a choice, with its confidence; None when it changes nothing. */
static PyObject *
edit_of(const Writer *self, PyObject *choice, double confidence)
{
    PyObject *arc = item(choice, CHOICE_SIZE, CHOICE_ARC);
    PyObject *first = item(arc, ARC_SIZE, ARC_START), *last = item(arc, ARC_SIZE, ARC_END);
    Py_ssize_t i = first ? PyLong_AsSsize_t(first) : -1, j = last ? PyLong_AsSsize_t(last) : -1;
    PyObject *candidate = PyErr_Occurred() ? NULL : item(arc, ARC_SIZE, ARC_CANDIDATE);
    if (candidate != NULL && candidate != Py_None &&
        item(candidate, CANDIDATE_SIZE, CANDIDATE_CORE) != NULL) {
        i += whole(candidate, CANDIDATE_BEFORE);
        j -= whole(candidate, CANDIDATE_AFTER);
    }
    if (PyErr_Occurred())
        return NULL;
    if (i < 0 || j <= i || j > PyList_GET_SIZE(self->ends)) {
        refuse("not an arc of this text");
        return NULL;
    }
    PyObject *start = PyList_GET_ITEM(self->starts, i), *end = PyList_GET_ITEM(self->ends, j - 1);
    Old old = {PyUnicode_Substring(self->text, PyLong_AsSsize_t(start), PyLong_AsSsize_t(end)),
               0, self->curly};
    if (old.text != NULL) {
        old.capital = begins_with_capital(self, old.text, start);
        old.curly |= PyUnicode_Contains(old.text, self->apostrophe);
    }
    PyObject *new = PyErr_Occurred() ? NULL : written(self, arc, &old), *made = NULL;
    if (new != NULL && PyUnicode_Compare(new, old.text) == 0)
        made = Py_NewRef(Py_None);
    else if (new != NULL) {
        PyObject *others = alternatives(self, choice, &old);
        PyObject *why = others ? evidence(self, arc, i) : NULL;
        PyObject *values[] = {Py_NewRef(start), Py_NewRef(end), Py_NewRef(old.text),
                              Py_NewRef(new), PyFloat_FromDouble(confidence), others, why};
        made = frozen(self->edit, values);
    }
    Py_XDECREF(old.text);
    Py_XDECREF(new);
    return made;
}

/* The edits of all choices that are sure enough, added to found. */
static int
add_edits(const Writer *self, PyObject *choices, PyObject *found)
{
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(choices); n++) {
        PyObject *choice = PyList_GET_ITEM(choices, n);
        PyObject *posterior = item(choice, CHOICE_SIZE, CHOICE_POSTERIOR);
        double chance = posterior ? PyFloat_AsDouble(posterior) : -1.0;
        double confidence = rounded(chance < 1.0 ? chance : 1.0);
        if (PyErr_Occurred())
            return -1;
        if (confidence < self->least)
            continue;
        PyObject *edit = edit_of(self, choice, confidence);
        int failed = edit == NULL || (edit != Py_None && PyList_Append(found, edit) < 0);
        Py_XDECREF(edit);
        if (failed)
            return -1;
    }
    return 0;
}

static PyObject *
edits(PyObject *Py_UNUSED(module), PyObject *args)
{
    Writer self;
    PyObject *choices;
    if (!PyArg_ParseTuple(args, "O!(UO!O!O!)(O!OOOU)p(O!O!O!)ddn", &PyList_Type, &choices,
                          &self.text, &PyList_Type, &self.starts, &PyList_Type, &self.ends,
                          &PyList_Type, &self.chances, &PyDict_Type, &self.cased,
                          &self.truecase, &self.capitalised, &self.is_capital, &self.apostrophe,
                          &self.curly, &PyType_Type, &self.edit, &PyType_Type, &self.alternative,
                          &PyType_Type, &self.evidence, &self.least, &self.unlikely, &self.most))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(self.starts);
    if (PyList_GET_SIZE(self.ends) != size || PyList_GET_SIZE(self.chances) != size) {
        refuse("a start, an end and a chance for each token");
        return NULL;
    }
    PyObject *found = PyList_New(0);
    if (found != NULL && add_edits(&self, choices, found) < 0)
        Py_CLEAR(found);
    return found;
}

static PyMethodDef methods[] = {
    {"edits", edits, METH_VARARGS, "The edits of choices; see Writer.edits."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._writing",
    .m_doc = "Writer of spinfix.writing, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__writing(void)
{
    return PyModuleDef_Init(&module);
}
