/* Arcs, and what has to do with them, as C sees them: named tuples, whose fields have numbers. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* channel.Arc */
enum { ARC_START, ARC_END, ARC_WORDS, ARC_WEIGHT, ARC_CANDIDATE, ARC_SIZE };
/* candidates.Candidate */
enum {
    CANDIDATE_ORIGINAL,
    CANDIDATE_WORDS,
    CANDIDATE_WEIGHT,
    CANDIDATE_ENTRY,
    CANDIDATE_EXACT,
    CANDIDATE_VOWEL,
    CANDIDATE_PHRASES,
    CANDIDATE_PAIR,
    CANDIDATE_BEFORE,
    CANDIDATE_AFTER,
    CANDIDATE_CORE,
    CANDIDATE_SIZE
};
/* lattice.Window */
enum { WINDOW_START, WINDOW_END, WINDOW_ARCS, WINDOW_POSTERIORS };
/* decoder.Choice */
enum { CHOICE_ARC, CHOICE_POSTERIOR, CHOICE_OTHERS, CHOICE_SIZE };

/* A field that is a whole number; -1 with an error. */
static inline Py_ssize_t
whole(PyObject *tuple, Py_ssize_t field)
{
    return PyLong_AsSsize_t(PyTuple_GET_ITEM(tuple, field));
}

/* The same of an arc in a list. */
static inline Py_ssize_t
whole_of(PyObject *arcs, Py_ssize_t number, Py_ssize_t field)
{
    return whole(PyList_GET_ITEM(arcs, number), field);
}
