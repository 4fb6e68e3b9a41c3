/* Arrays that grow. */
#include "_errors.h"
#include <stdlib.h>
#include <string.h>

/* An array with room for one more behind `size` items of so many bytes: new room is zeroed.
 * NULL when there is no memory, and then `items` is as it was. */
static inline void *
grown(void *items, Py_ssize_t *room, Py_ssize_t size, size_t width)
{
    if (size < *room)
        return items;
    Py_ssize_t more = *room ? 2 * *room : 16;
    while (more <= size)
        more *= 2;
    void *moved = realloc(items, (size_t)more * width);
    if (moved == NULL)
        return PyErr_NoMemory();
    memset((char *)moved + (size_t)*room * width, 0, (size_t)(more - *room) * width);
    *room = more;
    return moved;
}
