/* What _encoder.c is made of, for one kind of processor.
 *
 * Included twice, with the compiler told what it may use, and with
 *
 *     FOR(name)   the name of a function in this kind
 *     BYTES       those of a vector
 *     TOGETHER    queries worked on together (as many as there are registers for)
 */

#include "_vectors.h"

static void
FOR(gelu)(float *x, Py_ssize_t size, float cubed, float plain)
{
    for (Py_ssize_t n = 0; n < size; n += FLOATS) {
        float some[FLOATS] = {0}; /* the last ones, if they do not fill a vector */
        int whole = size - n >= FLOATS;
        if (!whole)
            memcpy(some, x + n, (size_t)(size - n) * sizeof(float));
        FOR(Floats) one = *(const FOR(Floats) *)(whole ? x + n : some);
        FOR(Floats) y = (one * one * cubed + plain) * one;
        y = one / (FOR(exponential)(y) + 1.0f);
        if (whole)
            *(FOR(Floats) *)(x + n) = y;
        else
            memcpy(x + n, &y, (size_t)(size - n) * sizeof(float));
    }
}

/* --- attention --- */

/* Keys and values of a head as 64-bit numbers. */
static void
FOR(spread)(const Attention *self, Py_ssize_t head)
{
    const Py_ssize_t width = self->heads * HEAD;
    for (Py_ssize_t row = 0; row < self->rows; row++) {
        const float *keys = self->qkv + (3 * row + 1) * width + head * HEAD;
        for (int d = 0; d < HEAD; d++) {
            self->keys[d * self->columns + row] = keys[d];
            self->values[row * HEAD + d] = keys[width + d];
        }
    }
}

/* What some queries have to do with all rows, as odds: e to the power of their products,
 * less the greatest. */
static inline void
FOR(ask)(const Attention *self, double query[TOGETHER][HEAD])
{
    for (Py_ssize_t column = 0; column < self->columns; column += 2 * DOUBLES) {
        FOR(Doubles) sums[TOGETHER][2] = {{{0}}};
        for (int d = 0; d < HEAD; d++) {
            const double *at = self->keys + d * self->columns + column;
            FOR(Doubles) left = *(const FOR(Doubles) *)at;
            FOR(Doubles) right = *(const FOR(Doubles) *)(at + DOUBLES);
            for (int q = 0; q < TOGETHER; q++) {
                sums[q][0] = ADDED(query[q][d], left, sums[q][0]);
                sums[q][1] = ADDED(query[q][d], right, sums[q][1]);
            }
        }
        for (int q = 0; q < TOGETHER; q++) {
            double plain[2 * DOUBLES];
            memcpy(plain, sums[q], sizeof plain);
            for (int n = 0; n < 2 * DOUBLES; n++)
                self->odds[q * self->columns + column + n] = (float)plain[n];
        }
    }
    for (int q = 0; q < TOGETHER; q++) {
        float *odds = self->odds + q * self->columns, most = odds[0];
        for (Py_ssize_t n = 1; n < self->rows && self->rows < FLOATS; n++)
            most = odds[n] > most ? odds[n] : most;
        if (self->rows >= FLOATS)
            most = FOR(greatest)(odds, self->rows);
        for (Py_ssize_t n = 0; n < self->columns; n += FLOATS)
            *(FOR(Floats) *)(odds + n) =
                FOR(exponential)(*(const FOR(Floats) *)(odds + n) - most);
    }
}

/* The mean of the values, weighted by the odds, for each of some queries. */
static inline void
FOR(answer)(const Attention *self, float mean[TOGETHER][HEAD])
{
    FOR(Doubles) sums[TOGETHER][HEAD / DOUBLES] = {{{0}}};
    double totals[TOGETHER] = {0};
    for (Py_ssize_t n = 0; n < TOGETHER * self->columns; n++)
        self->exact[n] = self->odds[n];
    for (Py_ssize_t row = 0; row < self->rows; row++)
        for (int q = 0; q < TOGETHER; q++) {
            const double odds = self->exact[q * self->columns + row];
            const double *values = self->values + row * HEAD;
            totals[q] += odds;
            for (int n = 0; n < HEAD / DOUBLES; n++)
                sums[q][n] = ADDED(odds, *(const FOR(Doubles) *)(values + n * DOUBLES), sums[q][n]);
        }
    for (int q = 0; q < TOGETHER; q++) {
        double plain[HEAD];
        memcpy(plain, sums[q], sizeof plain);
        for (int d = 0; d < HEAD; d++)
            mean[q][d] = (float)(plain[d] / totals[q]);
    }
}

static void
FOR(attend)(const Attention *self)
{
    const Py_ssize_t width = self->heads * HEAD;
    for (Py_ssize_t head = 0; head < self->heads; head++) {
        FOR(spread)(self, head);
        for (Py_ssize_t first = 0; first < self->wanted; first += TOGETHER) {
            double query[TOGETHER][HEAD];
            float mean[TOGETHER][HEAD];
            for (int q = 0; q < TOGETHER; q++) { /* queries that are not there: the last */
                Py_ssize_t n = first + q < self->wanted ? first + q : self->wanted - 1;
                Py_ssize_t row = self->asked ? (Py_ssize_t)self->asked[n] : n;
                const float *its = self->qkv + 3 * row * width + head * HEAD;
                for (int d = 0; d < HEAD; d++)
                    query[q][d] = its[d];
            }
            FOR(ask)(self, query);
            FOR(answer)(self, mean);
            for (int q = 0; q < TOGETHER && first + q < self->wanted; q++)
                memcpy(self->seen + (first + q) * width + head * HEAD, mean[q], sizeof mean[q]);
        }
    }
}

/* --- layer norm --- */

static void
FOR(norm)(const Norm *self)
{
    const double width = (double)self->width;
    for (Py_ssize_t row = 0; row < self->rows; row++) {
        float *x = self->x + row * self->width;
        const float *more = self->more + row * self->width;
        for (Py_ssize_t n = 0; n < self->width; n++)
            x[n] += more[n];
        double sums[LANES] = {0}, squares[LANES] = {0}, sum = 0.0, square = 0.0;
        for (Py_ssize_t n = 0; n < self->width; n += LANES)
            for (int k = 0; k < LANES; k++)
                sums[k] += x[n + k];
        for (int k = 0; k < LANES; k++)
            sum += sums[k];
        const double mean = sum / width;
        for (Py_ssize_t n = 0; n < self->width; n += LANES)
            for (int k = 0; k < LANES; k++)
                squares[k] += (x[n + k] - mean) * (x[n + k] - mean);
        for (int k = 0; k < LANES; k++)
            square += squares[k];
        const double size = 1.0 / sqrt(square / width + self->epsilon);
        for (Py_ssize_t n = 0; n < self->width; n++) {
            float value = (float)((x[n] - mean) * size);
            value *= self->scale[n];
            x[n] = value + self->bias[n];
        }
    }
}

#undef FLOATS
#undef DOUBLES
