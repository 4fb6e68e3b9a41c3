/* spinfix/dense.py, compiled: read that module first.
 *
 * Whole numbers are multiplied and added up by AVX2, 32 at a time, or by AVX-512 VNNI, 64 at
 * a time: ``level`` tells what the processor can do.  Where that is nothing, numpy does it.
 * The sums are exact either way, and what follows is rounded step by step as numpy does it,
 * so the results are the same.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Columns of a block of the packed weights, and inputs that stand side by side in it. */
#define COLUMNS 16
#define INPUTS 4
/* Rows worked on together at most. */
#define ROWS 8
/* The largest quantised input; two products of it and a weight fit into 16 bits. */
#define TOP 127

/* What the processor can do. */
enum { NOTHING, HAS_AVX2, HAS_VNNI };

#if defined(__GNUC__) && defined(__x86_64__)
#define AVX2 1
#include <immintrin.h>

static int
level(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2"))
        return NOTHING;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vnni") ? HAS_VNNI
                                                                                   : HAS_AVX2;
}

/* Rows worked on together by AVX2. */
#define FEWER 4

/* Sums of the products of some rows (each ``inputs`` bytes long) and a block of columns. */
typedef void Multiply(const uint8_t *rows, Py_ssize_t count, Py_ssize_t inputs,
                      const int8_t *block, int32_t sums[ROWS][COLUMNS]);

__attribute__((target("avx2"))) static void
multiply(const uint8_t *rows, Py_ssize_t count, Py_ssize_t inputs, const int8_t *block,
         int32_t sums[ROWS][COLUMNS])
{
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i total[FEWER][2];
    for (int r = 0; r < FEWER; r++)
        total[r][0] = total[r][1] = _mm256_setzero_si256();
    const uint8_t *row[FEWER];
    for (int r = 0; r < FEWER; r++) /* rows that are not there: the first one again */
        row[r] = rows + (r < count ? r : 0) * inputs;
    for (Py_ssize_t k = 0; k < inputs; k += INPUTS) {
        __m256i left = _mm256_loadu_si256((const __m256i *)(block + k * COLUMNS));
        __m256i right = _mm256_loadu_si256((const __m256i *)(block + k * COLUMNS + 32));
        for (int r = 0; r < FEWER; r++) {
            int32_t four;
            memcpy(&four, row[r] + k, INPUTS);
            __m256i x = _mm256_set1_epi32(four);
            __m256i low = _mm256_madd_epi16(_mm256_maddubs_epi16(x, left), ones);
            __m256i high = _mm256_madd_epi16(_mm256_maddubs_epi16(x, right), ones);
            total[r][0] = _mm256_add_epi32(total[r][0], low);
            total[r][1] = _mm256_add_epi32(total[r][1], high);
        }
    }
    for (int r = 0; r < FEWER; r++) {
        _mm256_storeu_si256((__m256i *)sums[r], total[r][0]);
        _mm256_storeu_si256((__m256i *)(sums[r] + 8), total[r][1]);
    }
}

__attribute__((target("avx512f,avx512vnni"))) static void
multiply_vnni(const uint8_t *rows, Py_ssize_t count, Py_ssize_t inputs, const int8_t *block,
              int32_t sums[ROWS][COLUMNS])
{
    __m512i total[ROWS];
    const uint8_t *row[ROWS];
    for (int r = 0; r < ROWS; r++) {
        total[r] = _mm512_setzero_si512();
        row[r] = rows + (r < count ? r : 0) * inputs;
    }
    for (Py_ssize_t k = 0; k < inputs; k += INPUTS) {
        __m512i weights = _mm512_loadu_si512(block + k * COLUMNS);
        for (int r = 0; r < ROWS; r++) {
            int32_t four;
            memcpy(&four, row[r] + k, INPUTS);
            total[r] = _mm512_dpbusd_epi32(total[r], _mm512_set1_epi32(four), weights);
        }
    }
    for (int r = 0; r < ROWS; r++)
        _mm512_storeu_si512(sums[r], total[r]);
}

/* A row as whole numbers from 0 to TOP: its least value and its step. */
__attribute__((target("avx2"))) static void
quantise(const float *x, Py_ssize_t inputs, uint8_t *row, float *least, float *step)
{
    __m256 lows = _mm256_set1_ps(x[0]), highs = lows;
    Py_ssize_t whole = inputs - inputs % 8;
    for (Py_ssize_t k = 0; k < whole; k += 8) {
        __m256 some = _mm256_loadu_ps(x + k);
        lows = _mm256_min_ps(lows, some);
        highs = _mm256_max_ps(highs, some);
    }
    float ends[16], low = x[0], high = x[0];
    _mm256_storeu_ps(ends, lows);
    _mm256_storeu_ps(ends + 8, highs);
    for (int k = 0; k < 8; k++) {
        low = ends[k] < low ? ends[k] : low;
        high = ends[k + 8] > high ? ends[k + 8] : high;
    }
    for (Py_ssize_t k = whole; k < inputs; k++) {
        low = x[k] < low ? x[k] : low;
        high = x[k] > high ? x[k] : high;
    }
    float size = (high - low) / (float)TOP;
    if (!(size > 1e-12f))
        size = 1e-12f;
    for (Py_ssize_t k = 0; k < whole; k += 8) {
        __m256 some = _mm256_sub_ps(_mm256_loadu_ps(x + k), _mm256_set1_ps(low));
        int32_t numbers[8];
        _mm256_storeu_si256((__m256i *)numbers,
                            _mm256_cvtps_epi32(_mm256_div_ps(some, _mm256_set1_ps(size))));
        for (int n = 0; n < 8; n++)
            row[k + n] = (uint8_t)numbers[n];
    }
    for (Py_ssize_t k = whole; k < inputs; k++)
        row[k] = (uint8_t)_mm_cvtss_si32(_mm_set_ss((x[k] - low) / size));
    *least = low;
    *step = size;
}
#else
#define AVX2 0
static int
level(void)
{
    return NOTHING;
}
#endif

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
/* A dense layer, and where its rows come from and go to. */
typedef struct {
    const int8_t *weights;
    const float *scale, *offset, *bias;
    Py_ssize_t inputs, outputs;
} Layer;

/* What a block of columns comes to for some rows: step by step as dense.Dense does it. */
__attribute__((target("avx2"))) static void
finish(const Layer *layer, Py_ssize_t column, int32_t sums[ROWS][COLUMNS], Py_ssize_t count,
       const float *least, const float *step, float *y)
{
    for (Py_ssize_t r = 0; r < count; r++) {
        float *out = y + r * layer->outputs + column;
        for (Py_ssize_t c = 0; c < COLUMNS; c++) {
            float value = (float)sums[r][c] * layer->scale[column + c];
            value *= step[r];
            value += least[r] * layer->offset[column + c];
            out[c] = value + layer->bias[column + c];
        }
    }
}

static int
run(const Layer *layer, const float *x, Py_ssize_t rows, float *y, int level)
{
    Multiply *multiplied = level >= HAS_VNNI ? multiply_vnni : multiply;
    const Py_ssize_t together = level >= HAS_VNNI ? ROWS : FEWER;
    uint8_t *quantised = malloc((size_t)(rows * layer->inputs));
    float *least = malloc((size_t)rows * 2 * sizeof(float)), *step = least + rows;
    int failed = quantised == NULL || least == NULL;
    for (Py_ssize_t r = 0; !failed && r < rows; r++)
        quantise(x + r * layer->inputs, layer->inputs, quantised + r * layer->inputs, &least[r],
                 &step[r]);
    for (Py_ssize_t column = 0; !failed && column < layer->outputs; column += COLUMNS)
        for (Py_ssize_t row = 0; row < rows; row += together) {
            int32_t sums[ROWS][COLUMNS];
            Py_ssize_t count = rows - row < together ? rows - row : together;
            multiplied(quantised + row * layer->inputs, count, layer->inputs,
                       layer->weights + column * layer->inputs, sums);
            finish(layer, column, sums, count, least + row, step + row,
                   y + row * layer->outputs);
        }
    free(quantised);
    free(least);
    return failed ? -1 : 0;
}
#endif

static PyObject *
apply(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, weights, scale, offset, bias, y;
    int asked;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*i", &x, &weights, &scale, &offset, &bias, &y, &asked))
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
        failed = rows ? run(&layer, x.buf, rows, y.buf, asked) : 0;
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

static int
set_up(PyObject *module)
{
    return PyModule_AddIntConstant(module, "level", level());
}

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
