/* How the compiled parts refuse: with an exception, and -1. */
#ifndef SPINFIX_ERRORS_H
#define SPINFIX_ERRORS_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* A ValueError, unless something has failed before. */
static inline int
refuse(const char *what)
{
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, what);
    return -1;
}

static inline int
no_memory(void)
{
    PyErr_NoMemory();
    return -1;
}

#endif
