/* What _causal.c is made of, for one kind of processor: see _vectors.h, and
 *
 *     TOGETHER    queries worked on together (as many as there are registers for)
 */
#include "_vectors.h"

/* Vectors of values that are added up at a time. */
#define SIDE 4

/* A head of a row, its pairs of numbers turned by the row's angles. */
static inline void
FOR(turned)(const Attention *self, Py_ssize_t row, const float *x, float turned[HEAD])
{
    const float *cos = self->cos + row * (HEAD / 2), *sin = self->sin + row * (HEAD / 2);
    for (int n = 0; n < HEAD / 2; n++) {
        float even = x[2 * n], odd = x[2 * n + 1];
        turned[2 * n] = even * cos[n] - odd * sin[n];
        turned[2 * n + 1] = even * sin[n] + odd * cos[n];
    }
}

/* Keys and values of a head that some heads of queries share, as 64-bit numbers. */
static void
FOR(spread)(const Attention *self, Py_ssize_t number)
{
    const Py_ssize_t width = (self->heads + 2 * self->shared) * HEAD;
    for (Py_ssize_t row = 0; row < self->rows; row++) {
        const float *keys = self->qkv + row * width + (self->heads + number) * HEAD;
        const float *values = keys + self->shared * HEAD;
        float turned[HEAD];
        FOR(turned)(self, row, keys, turned);
        double *to = self->keys + row / BLOCK * BLOCK * HEAD + row % BLOCK;
        for (int d = 0; d < HEAD; d++) {
            to[d * BLOCK] = turned[d];
            self->values[row * HEAD + d] = values[d];
        }
    }
}

/* Products of some queries and the keys of some blocks, rounded to 32 bits. */
static inline void
FOR(ask)(const Attention *self, double query[TOGETHER][HEAD], Py_ssize_t first, Py_ssize_t last,
         float *odds)
{
    for (Py_ssize_t block = first; block < last; block++)
        for (int half = 0; half < BLOCK; half += 2 * DOUBLES) {
            FOR(Doubles) sums[TOGETHER][2] = {{{0}}};
            const double *at = self->keys + block * BLOCK * HEAD + half;
            for (int d = 0; d < HEAD; d++, at += BLOCK) {
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
                float *to = odds + q * self->columns + (block - first) * BLOCK + half;
                for (int n = 0; n < 2 * DOUBLES; n++)
                    to[n] = (float)plain[n];
            }
        }
}

/* Of a query's odds, those of what it sees: weights, e to the power of them less the greatest,
 * and nothing elsewhere; their sum. */
static inline double
FOR(weigh)(float *odds, Sight seen, Blocks blocks, double *weights)
{
    const float never = -INFINITY;
    const Py_ssize_t text = blocks.text * BLOCK, shift = text - blocks.start * BLOCK;
    const Py_ssize_t count = blocks.end * BLOCK + shift;
    for (Py_ssize_t n = seen.before; n < text; n++)
        odds[n] = never;
    for (Py_ssize_t n = text; n < count; n++)
        if (n - shift < seen.start || n - shift >= seen.end)
            odds[n] = never;
    const float most = FOR(greatest)(odds, count);
    double total = 0.0;
    for (Py_ssize_t n = 0; n < count; n += FLOATS) {
        FOR(Floats) some = *(const FOR(Floats) *)(odds + n), zero = {0};
        FOR(Whole) hidden = some == zero + never;
        some = FOR(chosen)(hidden, zero, FOR(exponential)(some - most));
        float plain[FLOATS];
        memcpy(plain, &some, sizeof plain);
        for (int k = 0; k < FLOATS; k++)
            weights[n + k] = plain[k];
    }
    double sums[LANES] = {0};
    for (Py_ssize_t n = 0; n < count; n += LANES)
        for (int k = 0; k < LANES; k++)
            sums[k] += weights[n + k];
    for (int k = 0; k < LANES; k++)
        total += sums[k];
    return total;
}

/* Add the values of some blocks, weighted, to the sums of some queries from number `d` on. */
static inline void
FOR(add)(const Attention *self, const double *weights, Py_ssize_t first, Py_ssize_t last, int d,
         FOR(Doubles) sums[TOGETHER][SIDE])
{
    const double *values = self->values + first * BLOCK * HEAD + d;
    for (Py_ssize_t n = 0; n < (last - first) * BLOCK; n++, values += HEAD)
        for (int q = 0; q < TOGETHER; q++) {
            const double weight = weights[q * self->columns + n];
            for (int side = 0; side < SIDE; side++)
                sums[q][side] = ADDED(weight, *(const FOR(Doubles) *)(values + side * DOUBLES),
                                      sums[q][side]);
        }
}

/* For some queries the mean of the values of what they see, weighted. */
static inline void
FOR(answer)(const Attention *self, double query[TOGETHER][HEAD], const Sight seen[TOGETHER],
            Blocks blocks, float mean[TOGETHER][HEAD])
{
    const Py_ssize_t text = blocks.text * BLOCK;
    double totals[TOGETHER];
    FOR(ask)(self, query, 0, blocks.text, self->odds);
    FOR(ask)(self, query, blocks.start, blocks.end, self->odds + text);
    for (int q = 0; q < TOGETHER; q++)
        totals[q] = FOR(weigh)(self->odds + q * self->columns, seen[q], blocks,
                               self->weights + q * self->columns);
    for (int d = 0; d < HEAD; d += SIDE * DOUBLES) {
        FOR(Doubles) sums[TOGETHER][SIDE] = {{{0}}};
        FOR(add)(self, self->weights, 0, blocks.text, d, sums);
        FOR(add)(self, self->weights + text, blocks.start, blocks.end, d, sums);
        for (int q = 0; q < TOGETHER; q++) {
            double plain[SIDE * DOUBLES];
            memcpy(plain, sums[q], sizeof plain);
            for (int n = 0; n < SIDE * DOUBLES; n++)
                mean[q][d + n] = (float)(plain[n] / totals[q]);
        }
    }
}

static void
FOR(attend)(const Attention *self)
{
    const Py_ssize_t width = (self->heads + 2 * self->shared) * HEAD;
    const Py_ssize_t group = self->heads / self->shared, wanted = self->rows * group;
    for (Py_ssize_t number = 0; number < self->shared; number++) {
        FOR(spread)(self, number);
        for (Py_ssize_t first = 0; first < wanted; first += TOGETHER) {
            double query[TOGETHER][HEAD];
            float mean[TOGETHER][HEAD];
            Sight seen[TOGETHER];
            for (int q = 0; q < TOGETHER; q++) { /* queries that are not there: the last */
                Py_ssize_t n = first + q < wanted ? first + q : wanted - 1, row = n / group;
                float turned[HEAD];
                FOR(turned)(self, row,
                            self->qkv + row * width + (number * group + n % group) * HEAD, turned);
                for (int d = 0; d < HEAD; d++)
                    query[q][d] = turned[d] * self->scale;
                seen[q] = sight(self, row);
            }
            const Blocks blocks = blocks_of(seen, TOGETHER);
            FOR(answer)(self, query, seen, blocks, mean);
            for (int q = 0; q < TOGETHER && first + q < wanted; q++) {
                Py_ssize_t row = (first + q) / group, head = number * group + (first + q) % group;
                memcpy(self->seen + (row * self->heads + head) * HEAD, mean[q], sizeof mean[q]);
            }
        }
    }
}

/* Rows with a root mean square of 1, scaled. */
static void
FOR(norm)(const Norm *self)
{
    for (Py_ssize_t row = 0; row < self->rows; row++) {
        const float *x = self->x + row * self->width;
        float *y = self->y + row * self->width;
        double sums[LANES] = {0}, sum = 0.0;
        for (Py_ssize_t n = 0; n < self->width; n += LANES)
            for (int k = 0; k < LANES; k++)
                sums[k] += (double)x[n + k] * x[n + k];
        for (int k = 0; k < LANES; k++)
            sum += sums[k];
        const float size = (float)sqrt(sum / (double)self->width + self->epsilon);
        for (Py_ssize_t n = 0; n < self->width; n++) {
            float value = x[n] / size;
            y[n] = value * self->scale[n];
        }
    }
}

/* For rows of gates and numbers, as many of either, the numbers that the gates let through. */
static void
FOR(gate)(const float *x, Py_ssize_t rows, Py_ssize_t width, float *y)
{
    for (Py_ssize_t row = 0; row < rows; row++, x += 2 * width, y += width)
        for (Py_ssize_t n = 0; n < width; n += FLOATS) {
            FOR(Floats) some = *(const FOR(Floats) *)(x + n);
            FOR(Floats) open = some / (FOR(exponential)(-some) + 1.0f);
            *(FOR(Floats) *)(y + n) = *(const FOR(Floats) *)(x + width + n) * open;
        }
}

#undef FLOATS
#undef DOUBLES
#undef SIDE
