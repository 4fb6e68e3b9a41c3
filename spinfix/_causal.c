/* Attention, norm and gate of spinfix/causal.py, compiled: read that module first.
 *
 * Every function is compiled twice, for AVX2 and for AVX-512, from _causal.h; ``level``
 * tells what the processor can do, and where that is nothing numpy does it.  Steps are
 * those of numpy, one rounding each, but for the order in which 64-bit numbers are added up.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of a head; rows whose keys stand side by side; the most queries worked on together;
 * 64-bit numbers that are added up side by side; what the width of a gate is a multiple of. */
#define HEAD 64
#define BLOCK 16
#define MOST 6
#define LANES 8
#define VECTOR 16

/* What there is to attend to: rows of queries of ``heads`` heads, keys and values of ``shared``
 * each, the cosines and sines of half as many angles as a head has numbers, and where it goes.
 * The first ``text`` rows are the text, the others branches of ``longest`` rows, which see the
 * text before them (``before``). */
typedef struct {
    const float *qkv, *cos, *sin;
    const int64_t *before;
    float *seen, scale;
    Py_ssize_t rows, text, longest, heads, shared;
    /* Room for one head: keys, in blocks of rows; values; odds and weights of some queries. */
    double *keys, *values, *weights;
    float *odds;
    Py_ssize_t columns; /* the most odds of a query */
} Attention;

/* The rows that a query sees: those of the text before ``before``, and from ``start`` to
 * ``end``. */
typedef struct {
    Py_ssize_t before, start, end;
} Sight;

/* Blocks of rows that hold all that some queries see. */
typedef struct {
    Py_ssize_t text, start, end;
} Blocks;

/* Rows of numbers to be normalised, and what they are then scaled by. */
typedef struct {
    const float *x, *scale;
    float *y;
    Py_ssize_t rows, width;
    double epsilon;
} Norm;

/* What a row sees. */
static inline Sight
sight(const Attention *self, Py_ssize_t row)
{
    Sight seen = {row + 1, 0, 0};
    if (row >= self->text) {
        Py_ssize_t branch = (row - self->text) / self->longest;
        seen.before = (Py_ssize_t)self->before[branch];
        seen.start = self->text + branch * self->longest;
        seen.end = row + 1;
    }
    return seen;
}

static inline Blocks
blocks_of(const Sight *seen, int count)
{
    Blocks blocks = {0, 0, 0};
    for (int n = 0; n < count; n++) {
        Py_ssize_t text = (seen[n].before + BLOCK - 1) / BLOCK;
        Py_ssize_t start = seen[n].start / BLOCK, end = (seen[n].end + BLOCK - 1) / BLOCK;
        if (text > blocks.text)
            blocks.text = text;
        if (end && (!blocks.end || start < blocks.start))
            blocks.start = start;
        if (end > blocks.end)
            blocks.end = end;
    }
    return blocks;
}

#define BODY "_causal.h"
#define FEW 3
#define MANY MOST
#include "_kinds.h"

/* Do arrays of these lengths (bytes) belong together? */
static int
fits(Attention *self, const Py_buffer *qkv, const Py_buffer *turns, const Py_buffer *before,
     const Py_buffer *seen)
{
    const Py_ssize_t one = (Py_ssize_t)sizeof(float);
    if (self->heads < 1 || self->shared < 1 || self->heads > 1024 ||
        self->heads % self->shared || self->longest < 1 || self->text < 0)
        return 0;
    const Py_ssize_t width = (self->heads + 2 * self->shared) * HEAD * one;
    const Py_ssize_t branches = before->len / (Py_ssize_t)sizeof(int64_t);
    self->rows = qkv->len / width;
    if (qkv->len % width || seen->len != self->rows * self->heads * HEAD * one ||
        turns[0].len != self->rows * (HEAD / 2) * one || turns[1].len != turns[0].len ||
        branches > self->rows || self->longest > self->rows ||
        self->rows != self->text + branches * self->longest)
        return 0;
    for (Py_ssize_t n = 0; n < branches; n++)
        if (self->before[n] < 0 || self->before[n] > self->text)
            return 0;
    return 1;
}

/* Room for a head, all zeros. */
static int
make_room(Attention *self)
{
    const size_t rows = (size_t)((self->rows + BLOCK - 1) / BLOCK * BLOCK);
    /* At most all of the text, and branches of some queries, with the ends of blocks. */
    self->columns = self->text + MOST * self->longest + 4 * BLOCK;
    self->keys = calloc(HEAD * rows + 1, sizeof(double));
    self->values = calloc(HEAD * rows + 1, sizeof(double));
    self->odds = calloc((size_t)(MOST * self->columns), sizeof(float));
    self->weights = calloc((size_t)(MOST * self->columns), sizeof(double));
    return self->keys && self->values && self->odds && self->weights ? 0 : -1;
}

static PyObject *
attend(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer qkv, turns[2], before, seen;
    Attention self = {0};
    int asked;
    if (!PyArg_ParseTuple(args, "y*y*y*y*w*nnnnfi", &qkv, &turns[0], &turns[1], &before, &seen,
                          &self.text, &self.longest, &self.heads, &self.shared, &self.scale,
                          &asked))
        return NULL;
    self.qkv = qkv.buf;
    self.cos = turns[0].buf;
    self.sin = turns[1].buf;
    self.before = before.buf;
    self.seen = seen.buf;
    int failed = check(asked, fits(&self, &qkv, turns, &before, &seen));
    if (!failed && make_room(&self) < 0) {
        PyErr_NoMemory();
        failed = -1;
    }
#if VECTORS
    if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        (asked == HAS_AVX512 ? attend_avx512 : attend_avx2)(&self);
        Py_END_ALLOW_THREADS
    }
#endif
    free(self.keys);
    free(self.values);
    free(self.odds);
    free(self.weights);
    PyBuffer_Release(&qkv);
    PyBuffer_Release(&turns[0]);
    PyBuffer_Release(&turns[1]);
    PyBuffer_Release(&before);
    PyBuffer_Release(&seen);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
norm(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, scale, y;
    Norm self = {0};
    int asked;
    if (!PyArg_ParseTuple(args, "y*y*w*di", &x, &scale, &y, &self.epsilon, &asked))
        return NULL;
    const Py_ssize_t one = (Py_ssize_t)sizeof(float);
    self.x = x.buf;
    self.scale = scale.buf;
    self.y = y.buf;
    self.width = scale.len / one;
    int failed = check(asked, self.width > 0 && self.width % LANES == 0 && x.len == y.len &&
                                  x.len % (self.width * one) == 0);
#if VECTORS
    if (!failed) {
        self.rows = x.len / one / self.width;
        Py_BEGIN_ALLOW_THREADS
        (asked == HAS_AVX512 ? norm_avx512 : norm_avx2)(&self);
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&x);
    PyBuffer_Release(&scale);
    PyBuffer_Release(&y);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
gate(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, y;
    Py_ssize_t rows;
    int asked;
    if (!PyArg_ParseTuple(args, "y*w*ni", &x, &y, &rows, &asked))
        return NULL;
    const Py_ssize_t count = y.len / (Py_ssize_t)sizeof(float);
    int failed = check(asked, rows > 0 && x.len == 2 * y.len && count % rows == 0 &&
                                  count / rows % VECTOR == 0);
#if VECTORS
    if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        (asked == HAS_AVX512 ? gate_avx512 : gate_avx2)(x.buf, rows, count / rows, y.buf);
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"attend", attend, METH_VARARGS, "Write what is attended to; see causal._attended."},
    {"norm", norm, METH_VARARGS, "Write normalised rows; see causal._normed."},
    {"gate", gate, METH_VARARGS, "Write what gates let through; see causal._gated."},
    {NULL, NULL, 0, NULL},
};

static int
set_up(PyObject *module)
{
    if (PyModule_AddIntConstant(module, "head", HEAD) < 0 ||
        PyModule_AddIntConstant(module, "lanes", LANES) < 0 ||
        PyModule_AddIntConstant(module, "vector", VECTOR) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "level", level());
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_up}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._causal",
    .m_doc = "Attention, norm and gate of spinfix.causal, compiled.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__causal(void)
{
    return PyModuleDef_Init(&module);
}
