/* Compiles a header twice, for AVX2 and for AVX-512: BODY (see _vectors.h), with TOGETHER being
 * FEW for the one, MANY for the other.  VECTORS tells whether there is any of that, check() whether
 * it can be run.
 */

/* What the processor can do. */
enum { NOTHING, HAS_AVX2, HAS_AVX512 };

#if defined(__GNUC__) && defined(__x86_64__)
#define VECTORS 1
#include <immintrin.h>

static int
level(void)
{
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return HAS_AVX512;
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? HAS_AVX2 : NOTHING;
}

#define FOR(name) name##_avx2
#define BYTES 32
#define TOGETHER FEW
#define ADDED(a, b, c) \
    ((Doubles_avx2)_mm256_fmadd_pd(_mm256_set1_pd(a), (__m256d)(b), (__m256d)(c)))
#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#include BODY
#undef FOR
#undef BYTES
#undef TOGETHER
#undef ADDED
#ifdef __clang__
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq")
#endif
#define FOR(name) name##_avx512
#define BYTES 64
#define TOGETHER MANY
#define ADDED(a, b, c) \
    ((Doubles_avx512)_mm512_fmadd_pd(_mm512_set1_pd(a), (__m512d)(b), (__m512d)(c)))
#include BODY
#ifdef __clang__
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#else
#define VECTORS 0
static int
level(void)
{
    return NOTHING;
}
#endif

/* An error, unless the processor can do what is asked for and the arrays fit together. */
static int
check(int asked, int fit)
{
    if (asked <= NOTHING || asked > level())
        PyErr_SetString(PyExc_RuntimeError, "this processor cannot do it");
    else if (!fit)
        PyErr_SetString(PyExc_ValueError, "arrays that do not fit together");
    else
        return 0;
    return -1;
}
