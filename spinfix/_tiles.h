/* The products of _dense.h, which includes this, by AMX: sums of 16 rows and 16 columns at a
 * time, of 64 products each (Intel 64 Software Developer's Manual, volume 1, chapter 18).
 *
 * Weights packed for VNNI are packed for this: 64 inputs of a block of columns make a tile.
 */
#if defined(__linux__) && (defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11)
#define TILES 1
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Rows of a tile, and the bytes of one; tiles side by side, of rows and of columns. */
#define TILE_ROWS 16
#define TILE_BYTES 64
#define TILES_TOGETHER 2
/* arch_prctl's request to use a part of the processor, and its number for tiles. */
#define REQUEST 0x1023
#define TILE_DATA 18

/* Are there tiles, and does the system let us use them? */
static int
has_tiles(void)
{
    static int known = -1;
    unsigned a, b, c, d;
    if (known >= 0)
        return known;
    known = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c >> 27 & 1)) /* OSXSAVE */
        return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d >> 24 & 3) != 3) /* AMX-TILE, AMX-INT8 */
        return 0;
    __asm__("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
    known = (a >> 17 & 3) == 3 && syscall(SYS_arch_prctl, REQUEST, TILE_DATA) == 0;
    return known;
}

/* The shapes of tiles, as the processor reads them. */
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t bytes[16];
    uint8_t rows[16];
} Shapes;

/* Sums for TILES_TOGETHER times TILE_ROWS rows and as many columns, tile by tile. */
typedef int32_t Sums[TILES_TOGETHER][TILES_TOGETHER][TILE_ROWS][COLUMNS];

/* `blocks` are the weights of as many blocks of columns; the last may come twice. */
__attribute__((target("amx-tile,amx-int8"))) static void
multiply_tiles(const uint8_t *rows, Py_ssize_t inputs, const int8_t *const *blocks, Sums sums)
{
    const int stride = TILE_BYTES;
    const uint8_t *lower = rows + TILE_ROWS * inputs;
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (Py_ssize_t k = 0; k < inputs; k += TILE_BYTES) {
        _tile_loadd(4, rows + k, inputs);
        _tile_loadd(5, lower + k, inputs);
        _tile_loadd(6, blocks[0] + k * COLUMNS, stride);
        _tile_loadd(7, blocks[1] + k * COLUMNS, stride);
        _tile_dpbusd(0, 4, 6);
        _tile_dpbusd(1, 4, 7);
        _tile_dpbusd(2, 5, 6);
        _tile_dpbusd(3, 5, 7);
    }
    _tile_stored(0, sums[0][0], stride);
    _tile_stored(1, sums[0][1], stride);
    _tile_stored(2, sums[1][0], stride);
    _tile_stored(3, sums[1][1], stride);
}

__attribute__((target("avx512f"))) static void
finish_tile(const Layer *layer, Py_ssize_t column, int32_t sums[][COLUMNS], const Rows *rows,
            Py_ssize_t first, Py_ssize_t count, int rest, float *y)
{
    finish_rows(layer, column, sums, rows, first, count, rest, y);
}

/* The outputs of a layer whose inputs are a multiple of TILE_BYTES, as multiply_all. */
__attribute__((target("amx-tile,amx-int8"))) static void
multiply_all_tiles(const Layer *layer, const Rows *rows, const Rows *rest, float *y)
{
    Shapes shapes = {.palette = 1};
    for (int tile = 0; tile < 8; tile++) {
        shapes.bytes[tile] = TILE_BYTES;
        shapes.rows[tile] = TILE_ROWS;
    }
    _tile_loadconfig(&shapes);
    const Py_ssize_t columns = TILES_TOGETHER * COLUMNS, together = TILES_TOGETHER * TILE_ROWS;
    const Py_ssize_t inputs = layer->inputs;
    const Rows *parts[] = {rows, rest};
    for (Py_ssize_t column = 0; column < layer->outputs; column += columns) {
        const int8_t *first = layer->weights + column * inputs;
        const int two = column + COLUMNS < layer->outputs;
        const int8_t *blocks[] = {first, two ? first + COLUMNS * inputs : first};
        for (Py_ssize_t row = 0; row < rows->count; row += together)
            for (int part = 0; part < 2 && parts[part] != NULL; part++) {
                Sums sums;
                multiply_tiles(parts[part]->numbers + row * inputs, inputs, blocks, sums);
                for (Py_ssize_t r = 0; r < TILES_TOGETHER; r++) {
                    Py_ssize_t begin = row + r * TILE_ROWS, count = rows->count - begin;
                    count = count < TILE_ROWS ? count : TILE_ROWS;
                    for (Py_ssize_t c = 0; c <= two; c++)
                        finish_tile(layer, column + c * COLUMNS, sums[r][c], parts[part], begin,
                                    count, part, y);
                }
            }
    }
    _tile_release();
}
#else
#define TILES 0
#endif
