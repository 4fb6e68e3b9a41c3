/* Products of rows and the weights of a dense layer in whole numbers, for _dense.c and
 * _convolution.c: see spinfix/dense.py.
 *
 * Whole numbers are multiplied and added up by AVX2, 32 at a time, by AVX-512 VNNI, 64 at
 * a time, or by AMX (_tiles.h): ``level`` tells what the processor can do.  Where that is nothing, numpy does it.
 * The sums are exact either way, and what follows is rounded step by step as numpy does it,
 * so the results are the same.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
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
enum { NOTHING, HAS_AVX2, HAS_VNNI, HAS_TILES };
/* Room is made for a multiple of so many rows; bytes of a line of the cache: tiles are read
 * faster where their rows do not lie in two. */
#define ROOM 32
#define LINE 64

#if defined(__GNUC__) && defined(__x86_64__)
#define AVX2 1
#include <immintrin.h>

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

/* The least and the greatest of some values. */
typedef struct {
    float low, high;
} Range;

__attribute__((target("avx2"))) static Range
range_of(const float *x, Py_ssize_t count)
{
    __m256 lows = _mm256_set1_ps(x[0]), highs = lows;
    Py_ssize_t whole = count - count % 8;
    for (Py_ssize_t k = 0; k < whole; k += 8) {
        __m256 some = _mm256_loadu_ps(x + k);
        lows = _mm256_min_ps(lows, some);
        highs = _mm256_max_ps(highs, some);
    }
    float ends[16];
    Range found = {x[0], x[0]};
    _mm256_storeu_ps(ends, lows);
    _mm256_storeu_ps(ends + 8, highs);
    for (int k = 0; k < 8; k++) {
        found.low = ends[k] < found.low ? ends[k] : found.low;
        found.high = ends[k + 8] > found.high ? ends[k + 8] : found.high;
    }
    for (Py_ssize_t k = whole; k < count; k++) {
        found.low = x[k] < found.low ? x[k] : found.low;
        found.high = x[k] > found.high ? x[k] : found.high;
    }
    return found;
}

/* The size of a step when a row is written as whole numbers from 0 to TOP. */
static float
step_of(Range range)
{
    float size = (range.high - range.low) / (float)TOP;
    return size > 1e-12f ? size : 1e-12f;
}

/* How many steps some values are above `low`, 32 at a time. */
__attribute__((target("avx2"))) static void
quantise(const float *x, Py_ssize_t count, float low, float size, uint8_t *row)
{
    const __m256 lows = _mm256_set1_ps(low), sizes = _mm256_set1_ps(size);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    Py_ssize_t k = 0;
    for (; k + 32 <= count; k += 32) {
        __m256i part[4];
        for (int n = 0; n < 4; n++) {
            __m256 some = _mm256_sub_ps(_mm256_loadu_ps(x + k + 8 * n), lows);
            part[n] = _mm256_cvtps_epi32(_mm256_div_ps(some, sizes));
        }
        __m256i packed = _mm256_packus_epi16(_mm256_packs_epi32(part[0], part[1]),
                                             _mm256_packs_epi32(part[2], part[3]));
        packed = _mm256_permutevar8x32_epi32(packed, order);
        _mm256_storeu_si256((__m256i *)(row + k), packed);
    }
    for (; k < count; k++)
        row[k] = (uint8_t)_mm_cvtss_si32(_mm_set_ss((x[k] - low) / size));
}
/* A dense layer, and rows as whole numbers with the least value and the step of each. */
typedef struct {
    const int8_t *weights;
    const float *scale, *offset, *bias;
    Py_ssize_t inputs, outputs;
} Layer;

typedef struct {
    Py_ssize_t count;
    void *room;
    uint8_t *numbers; /* in `room`, at the beginning of a line of the cache */
    float *least, *step;
} Rows;

static int
open_rows(Rows *rows, Py_ssize_t count, Py_ssize_t inputs)
{
    const size_t size = (size_t)((count + ROOM - 1) / ROOM * ROOM * inputs);
    rows->count = count;
    rows->room = calloc(size + LINE, 1);
    rows->numbers = (uint8_t *)(((uintptr_t)rows->room + LINE - 1) / LINE * LINE);
    rows->least = malloc((size_t)count * 2 * sizeof(float));
    rows->step = rows->least + count;
    return rows->room && rows->least ? 0 : -1;
}

static void
close_rows(Rows *rows)
{
    free(rows->room);
    free(rows->least);
}

/* Sixteen numbers: two vectors of AVX2, or one of AVX-512. */
typedef float Floats __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t Whole __attribute__((vector_size(64), aligned(4), may_alias));

/* What a block of columns comes to for some rows: step by step as dense.Dense does it.  What
 * the ``rest`` of rows comes to is added to what is there. */
static inline __attribute__((always_inline)) void
finish_rows(const Layer *layer, Py_ssize_t column, int32_t sums[][COLUMNS], const Rows *rows,
            Py_ssize_t first, Py_ssize_t count, int rest, float *y)
{
    const Floats scale = *(const Floats *)(layer->scale + column);
    const Floats offset = *(const Floats *)(layer->offset + column);
    const Floats bias = *(const Floats *)(layer->bias + column);
    for (Py_ssize_t r = 0; r < count; r++) {
        Floats *out = (Floats *)(y + (first + r) * layer->outputs + column);
        Floats value = __builtin_convertvector(*(const Whole *)sums[r], Floats) * scale;
        value *= rows->step[first + r];
        value += rows->least[first + r] * offset;
        value += bias;
        if (rest)
            value = *out + (value - bias);
        *out = value;
    }
}

__attribute__((target("avx2"))) static void
finish(const Layer *layer, Py_ssize_t column, int32_t sums[][COLUMNS], const Rows *rows,
       Py_ssize_t first, Py_ssize_t count, int rest, float *y)
{
    finish_rows(layer, column, sums, rows, first, count, rest, y);
}

#include "_tiles.h"

static int
level(void)
{
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2"))
        return NOTHING;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vnni"))
        return HAS_AVX2;
#if TILES
    if (has_tiles())
        return HAS_TILES;
#endif
    return HAS_VNNI;
}

/* The outputs of a layer for some rows, and, unless it is NULL, for the rest of them. */
static void
multiply_all(const Layer *layer, const Rows *rows, const Rows *rest, float *y, int level)
{
#if TILES
    if (level >= HAS_TILES && layer->inputs % TILE_BYTES == 0) {
        multiply_all_tiles(layer, rows, rest, y);
        return;
    }
#endif
    Multiply *multiplied = level >= HAS_VNNI ? multiply_vnni : multiply;
    const Py_ssize_t together = level >= HAS_VNNI ? ROWS : FEWER, inputs = layer->inputs;
    const Rows *parts[] = {rows, rest};
    for (Py_ssize_t column = 0; column < layer->outputs; column += COLUMNS)
        for (Py_ssize_t row = 0; row < rows->count; row += together) {
            Py_ssize_t count = rows->count - row < together ? rows->count - row : together;
            for (int part = 0; part < 2 && parts[part] != NULL; part++) {
                int32_t sums[ROWS][COLUMNS];
                multiplied(parts[part]->numbers + row * inputs, count, inputs,
                           layer->weights + column * inputs, sums);
                finish(layer, column, sums, parts[part], row, count, part, y);
            }
        }
}
#else
#define AVX2 0
static int
level(void)
{
    return NOTHING;
}
#endif

/* Tell what the processor can do: the last step of making a module. */
static int
set_up(PyObject *module)
{
    return PyModule_AddIntConstant(module, "level", level());
}
