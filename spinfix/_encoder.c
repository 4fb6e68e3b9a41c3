/* Attention, layer norm and GELU of spinfix/dense.py, compiled: read that module first.
 *
 * Every function is compiled twice, for AVX2 and for AVX-512, from _encoder.h; ``level``
 * tells what the processor can do, and where that is nothing numpy does it.  Steps are
 * those of numpy, one rounding each, but for the order in which 64-bit numbers are added up.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of a head; the most 32-bit numbers in a vector, and queries worked on together;
 * sums that a norm adds up side by side. */
#define HEAD 32
#define VECTOR 16
#define MOST 4
#define LANES 8

/* What there is to attend to: rows of queries, keys and values of ``heads`` heads each, the
 * rows whose queries are asked (all, or those in ``asked``), and where it goes. */
typedef struct {
    const float *qkv;
    const int64_t *asked;
    float *seen;
    Py_ssize_t rows, wanted, heads;
    /* Room for one head: keys, a column for each row; values; the odds of some queries, and
     * the same as 64-bit numbers. */
    double *keys, *values, *exact;
    float *odds;
    Py_ssize_t columns; /* rows, and as many more that a vector is full */
} Attention;

/* Rows of numbers to be normalised, and what they are then scaled by and moved by. */
typedef struct {
    float *x;
    const float *more, *scale, *bias; /* ``more`` is added to the numbers first */
    Py_ssize_t rows, width;
    double epsilon;
} Norm;

#define BODY "_encoder.h"
#define FEW 2
#define MANY MOST
#include "_kinds.h"

/* In place: the GELU of numbers. */
static PyObject *
gelu(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x;
    float cubed, plain;
    int asked;
    if (!PyArg_ParseTuple(args, "w*ffi", &x, &cubed, &plain, &asked))
        return NULL;
    int failed = check(asked, 1);
#if VECTORS
    if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        (asked == HAS_AVX512 ? gelu_avx512 : gelu_avx2)(
            x.buf, x.len / (Py_ssize_t)sizeof(float), cubed, plain);
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&x);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

/* Do arrays of these lengths belong together? */
static int
fits(const Attention *self, Py_ssize_t qkv, Py_ssize_t asked, Py_ssize_t seen)
{
    const Py_ssize_t width = self->heads * HEAD * (Py_ssize_t)sizeof(float);
    if (self->heads < 1 || self->heads > 1024 || qkv % (3 * width) || seen % width ||
        (self->asked ? asked / (Py_ssize_t)sizeof(int64_t) : self->rows) != self->wanted)
        return 0;
    for (Py_ssize_t n = 0; self->asked && n < self->wanted; n++)
        if (self->asked[n] < 0 || self->asked[n] >= self->rows)
            return 0;
    return self->rows > 0 || self->wanted == 0;
}

/* Room for a head, all zeros. */
static int
make_room(Attention *self)
{
    self->columns = (self->rows + VECTOR - 1) / VECTOR * VECTOR;
    size_t columns = (size_t)self->columns;
    self->keys = calloc(HEAD * columns + 1, sizeof(double));
    self->values = calloc(HEAD * columns + 1, sizeof(double));
    self->odds = calloc(MOST * columns + 1, sizeof(float));
    self->exact = calloc(MOST * columns + 1, sizeof(double));
    return self->keys && self->values && self->odds && self->exact ? 0 : -1;
}

static PyObject *
attend(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer qkv, asked, seen;
    Attention self = {0};
    int wanted;
    if (!PyArg_ParseTuple(args, "y*z*w*ni", &qkv, &asked, &seen, &self.heads, &wanted))
        return NULL;
    const Py_ssize_t width = (self.heads > 0 ? self.heads : 1) * HEAD * (Py_ssize_t)sizeof(float);
    self.qkv = qkv.buf;
    self.asked = asked.buf;
    self.seen = seen.buf;
    self.rows = qkv.len / (3 * width);
    self.wanted = seen.len / width;
    int failed = check(wanted, fits(&self, qkv.len, asked.len, seen.len));
    if (!failed && make_room(&self) < 0) {
        PyErr_NoMemory();
        failed = -1;
    }
#if VECTORS
    if (!failed) {
        Py_BEGIN_ALLOW_THREADS
        (wanted == HAS_AVX512 ? attend_avx512 : attend_avx2)(&self);
        Py_END_ALLOW_THREADS
    }
#endif
    free(self.keys);
    free(self.values);
    free(self.odds);
    free(self.exact);
    PyBuffer_Release(&qkv);
    if (asked.obj)
        PyBuffer_Release(&asked);
    PyBuffer_Release(&seen);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *
norm(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer x, more, scale, bias;
    Norm self = {0};
    int asked;
    if (!PyArg_ParseTuple(args, "w*y*y*y*di", &x, &more, &scale, &bias, &self.epsilon, &asked))
        return NULL;
    const Py_ssize_t one = (Py_ssize_t)sizeof(float);
    self.x = x.buf;
    self.more = more.buf;
    self.scale = scale.buf;
    self.bias = bias.buf;
    self.width = scale.len / one;
    int failed = check(asked, self.width > 0 && self.width % LANES == 0 && scale.len == bias.len &&
                                  x.len % (self.width * one) == 0 && x.len == more.len);
#if VECTORS
    if (!failed) {
        self.rows = x.len / one / self.width;
        Py_BEGIN_ALLOW_THREADS
        (asked == HAS_AVX512 ? norm_avx512 : norm_avx2)(&self);
        Py_END_ALLOW_THREADS
    }
#endif
    PyBuffer_Release(&x);
    PyBuffer_Release(&more);
    PyBuffer_Release(&scale);
    PyBuffer_Release(&bias);
    if (failed)
        return NULL;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"attend", attend, METH_VARARGS, "Write what is attended to; see dense.attended."},
    {"gelu", gelu, METH_VARARGS, "In place; see dense.gelu."},
    {"norm", norm, METH_VARARGS, "In place; see dense.normed."},
    {NULL, NULL, 0, NULL},
};

static int
set_up(PyObject *module)
{
    if (PyModule_AddIntConstant(module, "head", HEAD) < 0)
        return -1;
    return PyModule_AddIntConstant(module, "level", level());
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_up}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._encoder",
    .m_doc = "Attention, layer norm and GELU of spinfix.dense, compiled.",
    .m_size = 0,
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC
PyInit__encoder(void)
{
    return PyModuleDef_Init(&module);
}
