/* A window of the lattice while it is built, for _lattice.c: see spinfix/lattice.py.
 *
 * What it is made of, the memory for that, and the states of a position.
 */
#include "_arcs.h"
#include "_growing.h"
#include "_trie.h"

#if defined(__GNUC__)
#define PREFETCH(place) __builtin_prefetch(place)
#else
#define PREFETCH(place) ((void)(place))
#endif

/* A language-model state at a position, numbered within its window: the weight of all paths to
 * it, and of all that lead on from it to the window's end. */
typedef struct {
    State state;
    Py_ssize_t number;
    double alpha, beta;
} Node;

typedef struct {
    Node *nodes;
    Py_ssize_t size, room;
    int continued; /* does a path lead on from here? */
} Position;

/* A step of an arc: the state before, by its place in its position; the state after, by
 * its number; the weight. */
typedef struct {
    Py_ssize_t before, after;
    double weight;
} Edge;

/* An arc of the window; its edges begin at ``edge`` and end where the next one's begin. */
typedef struct {
    PyObject *object;
    Py_ssize_t start, end, edge;
} Arc;

/* The window that is being built.  Its memory is used again by the next one. */
typedef struct {
    Trie *model;
    double typical, ratio;
    Py_ssize_t beam, longest;
    Py_ssize_t start, end, node_count;
    Position *positions; /* from start on */
    Py_ssize_t position_room;
    Edge *edges;
    Py_ssize_t edge_count, edge_room;
    Arc *arcs;
    Py_ssize_t arc_count, arc_room;
    uint32_t *words; /* of the arcs of a position, as the model numbers them */
    Py_ssize_t word_count, word_room;
} Lattice;

static inline void
release(Lattice *self)
{
    for (Py_ssize_t i = 0; i < self->position_room; i++)
        free(self->positions[i].nodes);
    free(self->positions);
    free(self->edges);
    free(self->arcs);
    free(self->words);
}

/* The position of a token of the window; NULL when there is no memory. */
static inline Position *
position(Lattice *self, Py_ssize_t token)
{
    Py_ssize_t i = token - self->start;
    Position *positions = grown(self->positions, &self->position_room, i, sizeof *positions);
    if (positions == NULL)
        return NULL;
    self->positions = positions;
    return &positions[i];
}

/* The numbers of a reading's words, added to self->words: how many there are; -1: failed. */
static inline Py_ssize_t
number_words(Lattice *self, PyObject *words)
{
    Py_ssize_t count = PyTuple_GET_SIZE(words);
    for (Py_ssize_t n = 0; n < count; n++) {
        uint32_t *its = grown(self->words, &self->word_room, self->word_count, sizeof *its);
        if (its == NULL)
            return -1;
        self->words = its;
        int64_t number = number_of(self->model, PyTuple_GET_ITEM(words, n));
        if (number < 0)
            return -1;
        its[self->word_count++] = (uint32_t)number;
        PREFETCH(self->model->unigrams + 16 * number);
    }
    return count;
}

/* The numbers of the words of all arcs of a position, in self->words.  What the model will be
 * asked is fetched meanwhile: it lies far apart in memory. */
static inline int
number_all(Lattice *self, const Position *here, PyObject *arcs)
{
    self->word_count = 0;
    for (Py_ssize_t n = 0; n < PyList_GET_SIZE(arcs); n++) {
        PyObject *words = PyTuple_GET_ITEM(PyList_GET_ITEM(arcs, n), ARC_WORDS);
        Py_ssize_t first = self->word_count, count = number_words(self, words);
        if (count < 0)
            return -1;
        for (Py_ssize_t k = 0; count && k < here->size; k++)
            PREFETCH(place_of(self->model, &here->nodes[k].state, self->words[first]));
    }
    return 0;
}

/* The node of a state at a position, with a path's weight added; NULL: no memory. */
static inline const Node *
add_node(Lattice *self, Position *target, const State *state, double weight)
{
    for (Py_ssize_t n = 0; n < target->size; n++)
        if (is_same(&target->nodes[n].state, state)) {
            target->nodes[n].alpha += weight;
            return &target->nodes[n];
        }
    Node *nodes = grown(target->nodes, &target->room, target->size, sizeof *nodes);
    if (nodes == NULL)
        return NULL;
    target->nodes = nodes;
    Node *node = &nodes[target->size++];
    *node = (Node){*state, self->node_count++, weight, 0.0};
    return node;
}

/* An arc of the window; the edges that are added next are its own. */
static inline int
add_arc(Lattice *self, PyObject *object, Py_ssize_t start, Py_ssize_t end)
{
    Arc *arcs = grown(self->arcs, &self->arc_room, self->arc_count, sizeof *arcs);
    if (arcs == NULL)
        return -1;
    self->arcs = arcs;
    arcs[self->arc_count++] = (Arc){object, start, end, self->edge_count};
    return 0;
}

static inline int
add_edge(Lattice *self, Py_ssize_t before, Py_ssize_t after, double weight)
{
    Edge *edges = grown(self->edges, &self->edge_room, self->edge_count, sizeof *edges);
    if (edges == NULL)
        return -1;
    self->edges = edges;
    edges[self->edge_count++] = (Edge){before, after, weight};
    return 0;
}

static inline const Node *
best(const Position *place)
{
    const Node *found = place->nodes;
    for (Py_ssize_t n = 1; n < place->size; n++)
        if (place->nodes[n].alpha > found->alpha)
            found = &place->nodes[n];
    return found;
}

/* Keep the states worth following; only the best one to close a window. */
static inline void
prune(const Lattice *self, Position *place, int close)
{
    const Node first = *best(place);
    Node *nodes = place->nodes;
    if (close) {
        nodes[0] = first;
        place->size = 1;
        return;
    }
    double floor = first.alpha * self->ratio;
    Py_ssize_t kept = 0;
    for (Py_ssize_t n = 0; n < place->size; n++)
        if (nodes[n].alpha >= floor)
            nodes[kept++] = nodes[n];
    place->size = kept;
    if (kept <= self->beam)
        return;
    for (Py_ssize_t n = 1; n < kept; n++) { /* insertion sort: stable */
        Node moved = nodes[n];
        Py_ssize_t k = n;
        for (; k > 0 && nodes[k - 1].alpha < moved.alpha; k--)
            nodes[k] = nodes[k - 1];
        nodes[k] = moved;
    }
    place->size = self->beam;
}
