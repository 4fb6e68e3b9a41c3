/* Arrays of 64-bit numbers of Python as C sees them, by the buffer protocol. */
#include "_errors.h"
#include <stdint.h>

/* The buffers of arrays, which must be writable, and how many numbers each holds; -1:
 * failed, and all are closed. */
static inline int
open_arrays(PyObject *const *arrays, int count, Py_buffer *buffers, Py_ssize_t *sizes)
{
    for (int n = 0; n < count; n++) {
        if (PyObject_GetBuffer(arrays[n], &buffers[n], PyBUF_CONTIG) < 0) {
            while (n > 0)
                PyBuffer_Release(&buffers[--n]);
            return -1;
        }
        sizes[n] = buffers[n].len / (Py_ssize_t)sizeof(int64_t);
    }
    return 0;
}

static inline void
close_arrays(Py_buffer *buffers, int count)
{
    for (int n = 0; n < count; n++)
        PyBuffer_Release(&buffers[n]);
}

static inline int
refuse_arrays(void)
{
    return refuse("arrays that do not fit together");
}
