/* Vectors of numbers for one kind of processor, for _encoder.h and _causal.h: included once for
 * each kind, with the compiler told what it may use, and with
 *
 *     FOR(name)   the name of a function in this kind
 *     BYTES       those of a vector
 *     ADDED       a number times a vector, and a vector, by an instruction that rounds once.
 *                 Of what were 32-bit numbers products are exact: two steps come to the same.
 */

/* 32-bit and 64-bit numbers in a vector. */
#define FLOATS (BYTES / 4)
#define DOUBLES (BYTES / 8)

typedef float FOR(Floats) __attribute__((vector_size(BYTES), aligned(4), may_alias));
typedef int32_t FOR(Whole) __attribute__((vector_size(BYTES)));
typedef double FOR(Doubles) __attribute__((vector_size(BYTES), aligned(8), may_alias));

/* Where a mask is set the one, elsewhere the other. */
static inline FOR(Floats)
FOR(chosen)(FOR(Whole) mask, FOR(Floats) one, FOR(Floats) other)
{
    return (FOR(Floats))((mask & (FOR(Whole))one) | (~mask & (FOR(Whole))other));
}

/* The greatest of some numbers, at least a vector of them. */
static inline float
FOR(greatest)(const float *x, Py_ssize_t size)
{
    FOR(Floats) most = *(const FOR(Floats) *)x;
    for (Py_ssize_t n = FLOATS; n < size; n += FLOATS) {
        /* the last ones with some again that were looked at */
        FOR(Floats) some = *(const FOR(Floats) *)(x + (n + FLOATS <= size ? n : size - FLOATS));
        most = FOR(chosen)(some > most, some, most);
    }
    float each[FLOATS], best;
    memcpy(each, &most, sizeof each);
    best = each[0];
    for (int n = 1; n < FLOATS; n++)
        best = each[n] > best ? each[n] : best;
    return best;
}

/* e to the power of x, step by step as dense.exp works it out. */
static inline FOR(Floats)
FOR(exponential)(FOR(Floats) x)
{
    static const float series[] = {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f,
                                   1.6666665459e-1f, 0.5f};
    const FOR(Floats) zero = {0}, highest = zero + 88.0f, lowest = zero - 87.0f;
    const float magic = 12582912.0f; /* 1.5 * 2 ** 23: what it is added to is rounded */
    x = FOR(chosen)(x < highest, x, highest);
    x = FOR(chosen)(x > lowest, x, lowest);
    FOR(Floats) n = (x * 1.44269504f + magic) - magic;
    x -= n * 0.693359375f;
    x -= n * -2.12194440e-4f;
    FOR(Floats) y = zero + 1.9875691500e-4f;
    for (int k = 0; k < 5; k++)
        y = y * x + series[k];
    y = y * x * x;
    y = y + x + 1.0f;
    FOR(Whole) power = (__builtin_convertvector(n, FOR(Whole)) + 127) << 23;
    return y * (FOR(Floats))power;
}
