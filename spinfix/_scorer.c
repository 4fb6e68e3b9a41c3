/* Loops over words and arcs of spinfix/scorer.py and spinfix/context.py, compiled: read those
 * modules first.
 */
#include "_arcs.h"
#include "_errors.h"
#include "_words.h"
#include <math.h>
#include <stdint.h>

/* The arcs that start at token i: a list; NULL for anything else. */
static PyObject *
arcs_at(PyObject *readings, Py_ssize_t i)
{
    PyObject *arcs = PyList_GET_ITEM(readings, i);
    if (PyList_Check(arcs))
        return arcs;
    PyErr_SetString(PyExc_TypeError, "readings are lists of arcs");
    return NULL;
}

static int
is_arc(PyObject *arc)
{
    if (PyTuple_Check(arc) && PyTuple_GET_SIZE(arc) == ARC_SIZE)
        return 1;
    PyErr_SetString(PyExc_TypeError, "not an arc");
    return 0;
}

/* All arcs but the first of each token. */
static PyObject *
proposed(PyObject *Py_UNUSED(module), PyObject *readings)
{
    if (!PyList_Check(readings)) {
        PyErr_SetString(PyExc_TypeError, "readings are lists of arcs");
        return NULL;
    }
    PyObject *found = PyList_New(0);
    for (Py_ssize_t i = 0; found != NULL && i < PyList_GET_SIZE(readings); i++) {
        PyObject *arcs = arcs_at(readings, i);
        if (arcs == NULL)
            Py_CLEAR(found);
        for (Py_ssize_t n = 1; found != NULL && n < PyList_GET_SIZE(arcs); n++)
            if (PyList_Append(found, PyList_GET_ITEM(arcs, n)) < 0)
                Py_CLEAR(found);
    }
    return found;
}

/* The arcs of a token without those whose weight and score come to less than `hopeless` times
 * the best; the list itself when all are kept. */
static PyObject *
kept_of(PyObject *arcs, const double *scores, double hopeless, double pruning)
{
    Py_ssize_t size = PyList_GET_SIZE(arcs);
    double *weights = PyMem_Malloc((size_t)size * sizeof(double));
    if (weights == NULL)
        return PyErr_NoMemory();
    double best = 0.0;
    for (Py_ssize_t n = 0; n < size; n++) {
        PyObject *arc = PyList_GET_ITEM(arcs, n);
        weights[n] = is_arc(arc) ? PyFloat_AsDouble(PyTuple_GET_ITEM(arc, ARC_WEIGHT)) : -1.0;
        if (n)
            weights[n] *= exp(pruning * scores[n - 1]);
        if (!n || weights[n] > best)
            best = weights[n];
    }
    PyObject *kept = PyErr_Occurred() ? NULL : PyList_New(0);
    for (Py_ssize_t n = 0; kept != NULL && n < size; n++)
        if ((!n || !(weights[n] < hopeless * best)) &&
            PyList_Append(kept, PyList_GET_ITEM(arcs, n)) < 0)
            Py_CLEAR(kept);
    PyMem_Free(weights);
    if (kept != NULL && PyList_GET_SIZE(kept) == size)
        Py_SETREF(kept, Py_NewRef(arcs));
    return kept;
}

/* Note the scores of a token's arcs by their id(). */
static int
note(PyObject *said, PyObject *arcs, const double *scores)
{
    for (Py_ssize_t n = 1; n < PyList_GET_SIZE(arcs); n++) {
        PyObject *key = PyLong_FromVoidPtr(PyList_GET_ITEM(arcs, n));
        PyObject *score = key ? PyFloat_FromDouble(scores[n - 1]) : NULL;
        int failed = score == NULL || PyDict_SetItem(said, key, score) < 0;
        Py_XDECREF(key);
        Py_XDECREF(score);
        if (failed)
            return -1;
    }
    return 0;
}

static int
prune_all(PyObject *readings, const Py_buffer *scores, double hopeless, double pruning,
          PyObject *kept, PyObject *said)
{
    const double *left = scores->buf;
    Py_ssize_t count = scores->len / (Py_ssize_t)sizeof(double);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(readings); i++) {
        PyObject *arcs = arcs_at(readings, i), *some;
        if (arcs == NULL)
            return -1;
        Py_ssize_t size = PyList_GET_SIZE(arcs), more = size > 1 ? size - 1 : 0;
        if (more > count)
            return refuse("fewer scores than arcs");
        some = more ? kept_of(arcs, left, hopeless, pruning) : Py_NewRef(arcs);
        if (some == NULL)
            return -1;
        PyList_SET_ITEM(kept, i, some);
        if (note(said, arcs, left) < 0)
            return -1;
        left += more;
        count -= more;
    }
    return count ? refuse("more scores than arcs") : 0;
}

static PyObject *
pruned(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *readings;
    Py_buffer scores;
    double hopeless, pruning;
    if (!PyArg_ParseTuple(args, "O!y*dd", &PyList_Type, &readings, &scores, &hopeless, &pruning))
        return NULL;
    PyObject *kept = PyList_New(PyList_GET_SIZE(readings)), *said = PyDict_New();
    PyObject *both = NULL;
    if (kept && said && prune_all(readings, &scores, hopeless, pruning, kept, said) == 0)
        both = PyTuple_Pack(2, kept, said);
    Py_XDECREF(kept);
    Py_XDECREF(said);
    PyBuffer_Release(&scores);
    return both;
}

/* The number that a dictionary has for a key, or another; -2: failed. */
static int64_t
number_of(PyObject *numbers, PyObject *key, int64_t other)
{
    PyObject *number = PyDict_GetItemWithError(numbers, key);
    if (number != NULL)
        other = PyLong_AsLongLong(number);
    return PyErr_Occurred() ? -2 : other;
}

static PyObject *
rows_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *numbers, *words;
    Py_buffer rows;
    if (!PyArg_ParseTuple(args, "O!O!w*", &PyDict_Type, &numbers, &PyList_Type, &words, &rows))
        return NULL;
    int64_t *row = rows.buf;
    if (rows.len != PyList_GET_SIZE(words) * (Py_ssize_t)sizeof *row)
        refuse("as many rows as words");
    for (Py_ssize_t n = 0; !PyErr_Occurred() && n < PyList_GET_SIZE(words); n++)
        row[n] = number_of(numbers, PyList_GET_ITEM(words, n), 0);
    PyBuffer_Release(&rows);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* How a word is written: the bits of context.flags_of. */
enum { CAPITAL = 1, UPPER = 2, BREAK = 4 };

static PyObject *
flags_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *words, *breaks;
    int kind;
    Py_buffer flags;
    if (!PyArg_ParseTuple(args, "O!O!iw*", &PyList_Type, &words, &PyList_Type, &breaks, &kind,
                          &flags))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(words);
    if (flags.len != size || PyList_GET_SIZE(breaks) != size)
        refuse("as many flags and breaks as words");
    for (Py_ssize_t n = 0; !PyErr_Occurred() && n < size; n++) {
        PyObject *word = PyList_GET_ITEM(words, n);
        if (!PyUnicode_Check(word) || !PyUnicode_GET_LENGTH(word)) {
            PyErr_SetString(PyExc_TypeError, "words are strings with something in them");
            break;
        }
        int found = Py_UNICODE_ISUPPER(PyUnicode_READ_CHAR(word, 0)) ? CAPITAL : 0;
        found |= is_acronym(word) ? UPPER : 0;
        found |= PyObject_IsTrue(PyList_GET_ITEM(breaks, n)) > 0 ? BREAK : 0;
        ((uint8_t *)flags.buf)[n] = (uint8_t)(kind | found);
    }
    PyBuffer_Release(&flags);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* Row of the phrase pair, first and last token of an arc. */
static int
place(PyObject *numbers, PyObject *arc, int64_t *row, int64_t *first, int64_t *last)
{
    if (!is_arc(arc))
        return -1;
    PyObject *candidate = PyTuple_GET_ITEM(arc, ARC_CANDIDATE);
    *row = -1;
    *first = PyLong_AsLongLong(PyTuple_GET_ITEM(arc, ARC_START));
    *last = PyLong_AsLongLong(PyTuple_GET_ITEM(arc, ARC_END)) - 1;
    if (candidate == Py_None)
        return PyErr_Occurred() ? -1 : 0;
    if (!PyTuple_Check(candidate) || PyTuple_GET_SIZE(candidate) != CANDIDATE_SIZE)
        PyErr_SetString(PyExc_TypeError, "not a candidate");
    else
        *row = number_of(numbers, PyTuple_GET_ITEM(candidate, CANDIDATE_PHRASES), -1);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
places_of(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *numbers, *arcs;
    Py_buffer places;
    if (!PyArg_ParseTuple(args, "O!O!w*", &PyDict_Type, &numbers, &PyList_Type, &arcs, &places))
        return NULL;
    Py_ssize_t size = PyList_GET_SIZE(arcs);
    int64_t *row = places.buf, *first = row + size, *last = first + size;
    int failed = 0;
    if (places.len != 3 * size * (Py_ssize_t)sizeof *row)
        failed = refuse("three numbers for each arc");
    for (Py_ssize_t n = 0; !failed && n < size; n++)
        failed = place(numbers, PyList_GET_ITEM(arcs, n), row + n, first + n, last + n) < 0;
    PyBuffer_Release(&places);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
products(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer pairs, scale, bias, spans, rows, span, result;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*y*w*", &pairs, &scale, &bias, &spans, &rows, &span,
                          &result))
        return NULL;
    const Py_ssize_t one = (Py_ssize_t)sizeof(float), two = (Py_ssize_t)sizeof(double);
    Py_ssize_t known = bias.len / one, width = known ? pairs.len / known : 0;
    Py_ssize_t count = rows.len / two, several = width ? spans.len / one / width : 0;
    const int64_t *row = rows.buf, *which = span.buf;
    double *to = result.buf;
    int good = rows.len == span.len && rows.len == result.len && scale.len == bias.len;
    for (Py_ssize_t n = 0; good && n < count; n++) {
        double total = 0.0;
        good = row[n] < known && which[n] >= 0 && which[n] < several;
        if (good && row[n] >= 0) {
            const int8_t *a = (const int8_t *)pairs.buf + row[n] * width;
            const float *b = (const float *)spans.buf + which[n] * width;
            const float its = ((const float *)scale.buf)[row[n]];
            for (Py_ssize_t k = 0; k < width; k++) {
                float value = (float)a[k] * its;
                total += (double)value * (double)b[k];
            }
            total += (double)((const float *)bias.buf)[row[n]];
        }
        to[n] = total;
    }
    PyBuffer_Release(&pairs);
    PyBuffer_Release(&scale);
    PyBuffer_Release(&bias);
    PyBuffer_Release(&spans);
    PyBuffer_Release(&rows);
    PyBuffer_Release(&span);
    PyBuffer_Release(&result);
    if (!good) {
        refuse("arrays that do not fit together");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"proposed", proposed, METH_O, "The arcs that edit something; see scorer.scored."},
    {"pruned", pruned, METH_VARARGS, "Readings without hopeless arcs; see scorer.scored."},
    {"rows", rows_of, METH_VARARGS, "Write the row of each word; see context.rows_of."},
    {"flags", flags_of, METH_VARARGS, "Write how words are written; see context.flags_of."},
    {"places", places_of, METH_VARARGS, "Write where arcs stand; see context.places_of."},
    {"products", products, METH_VARARGS, "Write the scores of arcs; see context.products."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._scorer",
    .m_doc = "Loops over words and arcs of the fast scorer, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__scorer(void)
{
    return PyModuleDef_Init(&module);
}
