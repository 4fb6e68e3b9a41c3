/* Convolution of spinfix/dense.py, compiled.  Read that module first, then _dense.h. */
#include "_dense.h"

#if AVX2
/* Quantise each row of x with those around it, `step` apart, side by side; beyond the ends
 * is nothing (zeros).  `ranges` are of the rows of x. */
static void
gather(const float *x, const Range *ranges, Py_ssize_t width, Py_ssize_t taps, Py_ssize_t step,
       const Rows *rows)
{
    const Range nothing = {0.0f, 0.0f};
    for (Py_ssize_t r = 0; r < rows->count; r++) {
        Py_ssize_t first = r - taps / 2 * step;
        Range range = ranges[r];
        for (Py_ssize_t tap = 0, near = first; tap < taps; tap++, near += step) {
            Range other = near < 0 || near >= rows->count ? nothing : ranges[near];
            range.low = other.low < range.low ? other.low : range.low;
            range.high = other.high > range.high ? other.high : range.high;
        }
        rows->least[r] = range.low;
        rows->step[r] = step_of(range);
        uint8_t *numbers = rows->numbers + r * taps * width;
        for (Py_ssize_t tap = 0, near = first; tap < taps; tap++, near += step) {
            if (near >= 0 && near < rows->count) {
                quantise(x + near * width, width, range.low, rows->step[r], numbers + tap * width);
                continue;
            }
            uint8_t zero;
            const float none = 0.0f;
            quantise(&none, 1, range.low, rows->step[r], &zero);
            memset(numbers + tap * width, zero, (size_t)width);
        }
    }
}

/* Add y to x where it is positive; `count` is a multiple of COLUMNS. */
__attribute__((target("avx2"))) static void
add_positive(float *x, const float *y, Py_ssize_t count)
{
    const __m256 zero = _mm256_setzero_ps();
    for (Py_ssize_t k = 0; k < count; k += 8) {
        __m256 more = _mm256_max_ps(_mm256_loadu_ps(y + k), zero);
        _mm256_storeu_ps(x + k, _mm256_add_ps(_mm256_loadu_ps(x + k), more));
    }
}

/* Add to the rows of x what a convolution makes of them where that is positive. */
static int
run(const Layer *layer, float *x, Py_ssize_t count, Py_ssize_t taps, Py_ssize_t step,
                int level)
{
    Rows rows;
    Py_ssize_t width = layer->outputs;
    Range *ranges = malloc((size_t)count * sizeof(Range));
    float *y = malloc((size_t)(count * width) * sizeof(float));
    int failed = open_rows(&rows, count, layer->inputs) < 0 || ranges == NULL || y == NULL;
    if (!failed) {
        for (Py_ssize_t r = 0; r < count; r++)
            ranges[r] = range_of(x + r * width, width);
        gather(x, ranges, width, taps, step, &rows);
        multiply_all(layer, &rows, NULL, y, level);
        add_positive(x, y, count * width);
    }
    close_rows(&rows);
    free(ranges);
    free(y);
    return failed ? -1 : 0;
}
#endif

static PyObject *
convolve(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, weights, scale, offset, bias;
    Py_ssize_t taps, step;
    int asked;
    if (!PyArg_ParseTuple(args, "w*y*y*y*y*nni", &x, &weights, &scale, &offset, &bias, &taps,
                          &step, &asked))
        return NULL;
    const Py_ssize_t one = (Py_ssize_t)sizeof(float);
    Py_ssize_t width = scale.len / one, rows = width ? x.len / one / width : 0;
    if (asked == NOTHING || asked > level())
        PyErr_SetString(PyExc_RuntimeError, "this processor cannot do it");
    else if (width < 1 || width % COLUMNS || taps < 1 || step < 1 ||
             step > PY_SSIZE_T_MAX / taps || weights.len / width != taps * width ||
             weights.len % width ||
             x.len != rows * width * one || offset.len != scale.len || bias.len != scale.len)
        PyErr_SetString(PyExc_ValueError, "arrays that do not fit together");
#if AVX2
    else if (rows) {
        const Layer layer = {weights.buf, scale.buf, offset.buf, bias.buf, taps * width, width};
        int failed;
        Py_BEGIN_ALLOW_THREADS
        failed = run(&layer, x.buf, rows, taps, step, asked);
        Py_END_ALLOW_THREADS
        if (failed)
            PyErr_NoMemory();
    }
#endif
    PyBuffer_Release(&x);
    PyBuffer_Release(&weights);
    PyBuffer_Release(&scale);
    PyBuffer_Release(&offset);
    PyBuffer_Release(&bias);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"convolve", convolve, METH_VARARGS, "Convolve rows in place; see dense.Convolution."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_up}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._convolution",
    .m_doc = "The convolution of spinfix.dense, compiled.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__convolution(void)
{
    return PyModuleDef_Init(&module);
}
