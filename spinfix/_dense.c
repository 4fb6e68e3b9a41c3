/* spinfix/dense.py, compiled: dense layers.  Read that module first, then _dense.h. */
#include "_dense.h"

/* Rows worked on at a time where what is rounded off is needed: it stays in the cache. */
#define SOME 128

/* Weights (outputs by inputs, bytes) in blocks of COLUMNS outputs: for INPUTS inputs after
 * each other those of all outputs of the block. */
static PyObject *
pack(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer weights;
    Py_ssize_t outputs, inputs;
    if (!PyArg_ParseTuple(args, "y*nn", &weights, &outputs, &inputs))
        return NULL;
    PyObject *packed = NULL;
    if (outputs < 1 || inputs < 1 || outputs % COLUMNS || inputs % INPUTS ||
        weights.len != outputs * inputs)
        PyErr_SetString(PyExc_ValueError, "not weights of such a shape");
    else
        packed = PyBytes_FromStringAndSize(NULL, weights.len);
    if (packed != NULL) {
        const int8_t *from = weights.buf;
        int8_t *to = (int8_t *)PyBytes_AS_STRING(packed);
        for (Py_ssize_t first = 0; first < outputs; first += COLUMNS)
            for (Py_ssize_t k = 0; k < inputs; k += INPUTS)
                for (Py_ssize_t column = first; column < first + COLUMNS; column++, to += INPUTS)
                    memcpy(to, from + column * inputs + k, INPUTS);
    }
    PyBuffer_Release(&weights);
    return packed;
}

#if AVX2
static void
quantise_all(const float *x, Py_ssize_t inputs, Rows *rows)
{
    for (Py_ssize_t r = 0; r < rows->count; r++) {
        const float *from = x + r * inputs;
        Range range = range_of(from, inputs);
        rows->least[r] = range.low;
        rows->step[r] = step_of(range);
        quantise(from, inputs, range.low, rows->step[r], rows->numbers + r * inputs);
    }
}

/* What quantising left of the rows. */
__attribute__((target("avx2"))) static void
take_rest(const float *x, Py_ssize_t inputs, const Rows *rows, float *rest)
{
    for (Py_ssize_t r = 0; r < rows->count; r++)
        for (Py_ssize_t k = r * inputs; k < (r + 1) * inputs; k++) {
            float rounded = (float)rows->numbers[k] * rows->step[r];
            rounded += rows->least[r];
            rest[k] = x[k] - rounded;
        }
}

static int
run_some(const Layer *layer, const float *x, Py_ssize_t count, float *y, int level, int twice)
{
    Rows rows = {0}, rest = {0};
    float *left = NULL;
    int failed = open_rows(&rows, count, layer->inputs) < 0;
    if (!failed) {
        quantise_all(x, layer->inputs, &rows);
        if (twice) {
            left = malloc((size_t)(count * layer->inputs) * sizeof(float));
            failed = left == NULL || open_rows(&rest, count, layer->inputs) < 0;
        }
    }
    if (!failed && twice) {
        take_rest(x, layer->inputs, &rows, left);
        quantise_all(left, layer->inputs, &rest);
    }
    if (!failed)
        multiply_all(layer, &rows, twice ? &rest : NULL, y, level);
    free(left);
    close_rows(&rows);
    close_rows(&rest);
    return failed ? -1 : 0;
}

static int
run(const Layer *layer, const float *x, Py_ssize_t count, float *y, int level, int twice)
{
    const Py_ssize_t step = twice ? SOME : count;
    int failed = 0;
    for (Py_ssize_t r = 0; !failed && r < count; r += step) {
        Py_ssize_t some = count - r < step ? count - r : step;
        failed = run_some(layer, x + r * layer->inputs, some, y + r * layer->outputs, level, twice);
    }
    return failed;
}
#endif

static PyObject *
apply(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, weights, scale, offset, bias, y;
    int asked, twice;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*ip", &x, &weights, &scale, &offset, &bias, &y, &asked,
                          &twice))
        return NULL;
    const Py_ssize_t one = (Py_ssize_t)sizeof(float);
    Py_ssize_t outputs = scale.len / one, rows = outputs ? y.len / one / outputs : 0;
    Py_ssize_t inputs = outputs ? weights.len / outputs : 0;
    int failed = -1;
    if (asked == NOTHING || asked > level())
        PyErr_SetString(PyExc_RuntimeError, "this processor cannot do it");
    else if (outputs % COLUMNS || inputs % INPUTS || weights.len != inputs * outputs ||
             x.len != rows * inputs * one || y.len != rows * outputs * one ||
             offset.len != scale.len || bias.len != scale.len)
        PyErr_SetString(PyExc_ValueError, "arrays that do not fit together");
    else {
#if AVX2
        const Layer layer = {weights.buf, scale.buf, offset.buf, bias.buf, inputs, outputs};
        Py_BEGIN_ALLOW_THREADS
        failed = rows ? run(&layer, x.buf, rows, y.buf, asked, twice) : 0;
        Py_END_ALLOW_THREADS
        if (failed)
            PyErr_NoMemory();
#endif
    }
    PyBuffer_Release(&x);
    PyBuffer_Release(&weights);
    PyBuffer_Release(&scale);
    PyBuffer_Release(&offset);
    PyBuffer_Release(&bias);
    PyBuffer_Release(&y);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"pack", pack, METH_VARARGS, "Weights in the order in which apply wants them."},
    {"apply", apply, METH_VARARGS, "Write what a layer makes of rows; see dense.Dense."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_up}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._dense",
    .m_doc = "The product of spinfix.dense, compiled.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__dense(void)
{
    return PyModuleDef_Init(&module);
}
