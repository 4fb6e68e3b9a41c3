/* The judge of spinfix/gate.py, compiled: read that module first.
 *
 * Every sum and product is the same, in the same order, and so are the logarithms, so verdicts
 * are equal to the last bit.
 */
#include "_gate.h"

/* gate._scores. */
static void
score(Article *self)
{
    Passage *passage = self->passages;
    for (Py_ssize_t n = 0; n < self->marker_count; n++) {
        const Marker *marker = &self->markers[n];
        while (passage->end <= marker->token)
            passage++;
        int kind = self->kinds[marker->token] & (CAPITAL | QUOTED);
        passage->scores[kind] += marker->weight / sqrt((double)marker->times);
    }
}

/* The evidence of each passage that counts in a reading (gate._counted); all of it. */
static double
emit(Article *self, const Reading *reading)
{
    double total = 0.0;
    for (Py_ssize_t i = 0; i < self->passage_count; i++) {
        Passage *passage = &self->passages[i];
        const double *scores = passage->scores;
        passage->emission = scores[0] + (reading->names ? 0.0 : scores[CAPITAL]) +
                            (reading->quotes ? 0.0 : scores[QUOTED]) +
                            (reading->names || reading->quotes ? 0.0 : scores[CAPITAL | QUOTED]);
        total += passage->emission;
    }
    return total;
}

static double
log_add(double a, double b)
{
    return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}

static double
logistic(double x)
{
    return x > -700.0 ? 1.0 / (1.0 + exp(-x)) : 0.0;
}

/* hmm.forward_backward. */
static double
forward_backward(Article *self, int reading)
{
    double spun = self->begin, genuine = self->begin;
    for (Py_ssize_t i = 0; i < self->passage_count; i++) {
        Passage *passage = &self->passages[i];
        if (i > 0) {
            double stay = self->stay[passage->paragraph], move = self->move[passage->paragraph];
            double moved = log_add(spun + stay, genuine + move);
            genuine = log_add(genuine + stay, spun + move);
            spun = moved;
        }
        passage->spun = spun += passage->emission;
        passage->genuine = genuine;
    }
    double total = log_add(spun, genuine);
    spun = genuine = 0.0; /* of all that follows */
    for (Py_ssize_t i = self->passage_count - 1; i >= 0; i--) {
        Passage *passage = &self->passages[i];
        double odds = (passage->spun + spun) - (passage->genuine + genuine);
        passage->posteriors[reading] = logistic(odds);
        if (i > 0) {
            double stay = self->stay[passage->paragraph], move = self->move[passage->paragraph];
            double here = spun + passage->emission;
            spun = log_add(here + stay, genuine + move);
            genuine = log_add(genuine + stay, here + move);
        }
    }
    return total;
}

/* gate._token_chances, by passages and kinds: accounts are the log weights of that of genuine
 * text, and for each reading of mixed text and of all spun. */
static void
share_out(Article *self, const double *accounts)
{
    double best = accounts[0], scale = 0.0, weights[1 + 2 * READINGS];
    for (int n = 1; n <= 2 * READINGS; n++)
        best = accounts[n] > best ? accounts[n] : best;
    for (int n = 0; n <= 2 * READINGS; n++)
        scale += weights[n] = exp(accounts[n] - best);
    for (int n = 1; n <= 2 * READINGS; n++) {
        int number = (n - 1) / 2;
        const Reading *reading = &self->readings[number];
        if (weights[n] < self->negligible * scale)
            continue;
        for (Py_ssize_t i = 0; i < self->passage_count; i++) {
            Passage *passage = &self->passages[i];
            double p = n % 2 ? passage->posteriors[number] : 1.0;
            for (int kind = 0; kind < KINDS; kind++)
                if (!(reading->names && kind & CAPITAL) && !(reading->quotes && kind & QUOTED))
                    passage->chances[kind] += p * weights[n] / scale;
        }
    }
}

/* The chances of the tokens of a passage, put in a list; the words and their chances summed
 * up, the highest chance of all. */
static int
put_chances(const Article *self, const Passage *passage, Py_ssize_t start, PyObject *chances,
            Py_ssize_t *words, double *sum, double *most)
{
    PyObject *numbers[KINDS] = {NULL};
    int failed = 0;
    for (Py_ssize_t i = start; i < passage->end && !failed; i++) {
        int kind = self->kinds[i] & (CAPITAL | QUOTED);
        double chance = passage->chances[kind];
        if (numbers[kind] == NULL)
            numbers[kind] = PyFloat_FromDouble(chance);
        failed = numbers[kind] == NULL;
        PyList_SET_ITEM(chances, i, Py_XNewRef(numbers[kind]));
        *most = chance > *most ? chance : *most;
        if (self->kinds[i] & WORD) {
            *sum += chance;
            ++*words;
        }
    }
    for (int kind = 0; kind < KINDS; kind++)
        Py_XDECREF(numbers[kind]);
    return failed ? -1 : 0;
}

/* gate._suspicion. */
static double
suspicion(const Article *self, double best)
{
    double totals[2] = {0.0, 0.0};
    for (Py_ssize_t n = 0; n < self->marker_count; n++) {
        const Marker *marker = &self->markers[n];
        if (!marker->alike)
            continue;
        double odds = exp(marker->weight), root = sqrt((double)marker->times);
        for (int i = 0; i < 2; i++) {
            double rate = self->rates[i];
            totals[i] += (double)marker->alike * log(1.0 - rate + rate * odds) / root;
        }
    }
    int likeliest = totals[1] > totals[0] + self->clearly;
    double least = self->suspect;
    if (best > 0.0 && best + self->preferred > least)
        least = best + self->preferred;
    return totals[likeliest] > least ? self->rates[likeliest] : 0.0;
}

/* The fields of a Verdict. */
static PyObject *
verdict(Article *self)
{
    double accounts[1 + 2 * READINGS] = {self->genuine}, best = -Py_HUGE_VAL;
    for (int n = 0; n < READINGS; n++) {
        const Reading *reading = &self->readings[n];
        double everything = emit(self, reading);
        accounts[2 * n + 1] = reading->mixed + forward_backward(self, n);
        accounts[2 * n + 2] = reading->all_spun + everything;
    }
    for (int n = 1; n <= 2 * READINGS; n++)
        best = accounts[n] > best ? accounts[n] : best;
    share_out(self, accounts);
    PyObject *chances = PyList_New(self->size);
    Py_ssize_t words = 0, start = 0;
    double sum = 0.0, most = 0.0;
    for (Py_ssize_t i = 0; chances != NULL && i < self->passage_count; i++) {
        const Passage *passage = &self->passages[i];
        if (put_chances(self, passage, start, chances, &words, &sum, &most) < 0)
            Py_CLEAR(chances);
        start = passage->end;
    }
    if (chances == NULL)
        return NULL;
    if (words == 0)
        return Py_BuildValue("ddN", 0.0, 0.0, chances);
    return Py_BuildValue("ddNdd", most, sum / (double)words, chances, best - self->genuine,
                         suspicion(self, best));
}

static int
read_readings(Article *self, PyObject *readings)
{
    if (PyTuple_GET_SIZE(readings) != READINGS)
        return refuse("there must be four readings");
    for (int n = 0; n < READINGS; n++) {
        Reading *reading = &self->readings[n];
        if (!PyArg_ParseTuple(PyTuple_GET_ITEM(readings, n), "ppdd", &reading->names,
                              &reading->quotes, &reading->mixed, &reading->all_spun))
            return -1;
    }
    return 0;
}

static PyObject *
judge(PyObject *Py_UNUSED(module), PyObject *args)
{
    Article self = {0};
    PyObject *words, *kinds, *breaks, *found, *readings, *told = NULL;
    if (!PyArg_ParseTuple(
            args, "O!O!O!O!O!(dd(dd)(dd)nd(dd)ddd)", &PyList_Type, &words, &PyList_Type, &kinds,
            &PyList_Type, &breaks, &PyList_Type, &found, &PyTuple_Type, &readings, &self.genuine,
            &self.begin, &self.stay[0], &self.move[0], &self.stay[1], &self.move[1],
            &self.passage_words, &self.negligible, &self.rates[0], &self.rates[1], &self.suspect,
            &self.preferred, &self.clearly))
        return NULL;
    self.size = PyList_GET_SIZE(words);
    if (PyList_GET_SIZE(kinds) != self.size || PyList_GET_SIZE(breaks) != self.size) {
        refuse("a text must have as many kinds and breaks as words");
        return NULL;
    }
    if (read_readings(&self, readings) == 0 && lay_out(&self, words, kinds, breaks) == 0 &&
        read_markers(&self, found) == 0 && count_markers(&self) == 0) {
        score(&self);
        told = verdict(&self);
    }
    release(&self);
    return told;
}

static PyMethodDef methods[] = {
    {"judge", judge, METH_VARARGS, "The verdict on a text; see gate.judge."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "spinfix._gate",
    .m_doc = "The judge of spinfix.gate, compiled.",
    .m_size = 0,
    .m_methods = methods,
};

PyMODINIT_FUNC
PyInit__gate(void)
{
    return PyModuleDef_Init(&module);
}
