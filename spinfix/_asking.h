/* Questions to an n-gram model side by side.
 *
 * Nearly all of the time that a question takes is waiting for memory, a dozen times one
 * after the other.  Here many questions are under way: each goes on to the next place in memory,
 * has it fetched, and while that comes it is the turn of the others.  The answers are those of
 * ask() in _trie.h, which comes before this, to the last bit.
 */

/* Words that are asked about one after the other. */
typedef struct {
    State state;           /* before the words that are left, at last after them all */
    double log_p;          /* base 10, of those that were asked about */
    const uint32_t *words; /* those that are left, and how many */
    Py_ssize_t count;
    /* What is next for the first of them: read it; look where the word before it may be; go
     * down to what stands before that one. */
    enum { READ, SEARCH, DESCEND, DONE } next;
    Known known;
    uint64_t at;
} Chain;

static inline void
fetch(const void *place)
{
#ifdef __GNUC__
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

/* Go on with the next word, if there is one. */
static inline void
start_word(const Trie *trie, Chain *chain)
{
    chain->next = chain->count ? READ : DONE;
    if (chain->count)
        fetch(trie->unigrams + 16 * (uint64_t)*chain->words);
}

/* All is known of a word. */
static inline void
end_word(const Trie *trie, Chain *chain)
{
    complete(&chain->state, &chain->known);
    chain->log_p += chain->known.log_p;
    chain->state = chain->known.after;
    chain->words++;
    chain->count--;
    start_word(trie, chain);
}

/* Look for the word before those that are known, if its range is not empty. */
static inline void
look(const Trie *trie, Chain *chain, int any)
{
    if (!any) {
        end_word(trie, chain);
        return;
    }
    const uint32_t n = chain->known.seen - 1;
    chain->at = guessed(&chain->known.range, chain->state.words[n]);
    chain->next = SEARCH;
    fetch(trie->levels[n].entries + (chain->at * bits_of(&trie->levels[n]) >> 3));
}

/* Go on with what was fetched. */
static inline void
go_on(const Trie *trie, Chain *chain)
{
    Known *known = &chain->known;
    if (chain->next == SEARCH) {
        const Level *level = &trie->levels[known->seen - 1];
        if (!is_at(trie, &chain->state, known, chain->at))
            look(trie, chain, known->range.begin < known->range.end);
        else if (!read_longer(trie, &chain->state, known, chain->at))
            end_word(trie, chain);
        else {
            chain->next = DESCEND;
            fetch(level->offsets + guessed_offset(level, chain->at));
        }
        return;
    }
    if (chain->next == READ)
        read_word(trie, *chain->words, known);
    else
        descend(trie, known, chain->at);
    look(trie, chain, may_be_longer(trie, &chain->state, known));
}

/* Ask about all words of all chains. */
static void
ask_all(const Trie *trie, Chain *chains, Py_ssize_t count)
{
    Py_ssize_t left = 0;
    for (Py_ssize_t n = 0; n < count; n++) {
        start_word(trie, chains + n);
        left += chains[n].next != DONE;
    }
    while (left > 0)
        for (Chain *chain = chains; chain < chains + count; chain++) {
            if (chain->next == DONE)
                continue;
            go_on(trie, chain);
            left -= chain->next == DONE;
        }
}
