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
    /* What is next for the first of them: read its entry; look where the word before it may be
     * among those that stand before it; go down to those before that one. */
    enum { READ, SEARCH, DESCEND, DONE } next;
    State after;
    float its;             /* its log P, as far as it is known */
    uint32_t seen;         /* words of the longest n-gram that is known */
    uint64_t begin, end, low, high, at;
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
    State *after = &chain->after;
    for (uint32_t n = chain->seen - 1; n < chain->state.length; n++)
        chain->its += chain->state.backoff[n];
    for (uint32_t n = 1; n < after->length; n++)
        after->words[n] = chain->state.words[n - 1];
    chain->log_p += chain->its;
    chain->state = *after;
    chain->words++;
    chain->count--;
    start_word(trie, chain);
}

/* Where to look next for the word before, see find(). */
static inline void
guess(const Trie *trie, Chain *chain)
{
    const uint32_t n = chain->seen - 1;
    if (chain->begin >= chain->end) {
        end_word(trie, chain);
        return;
    }
    const uint64_t range = chain->end - chain->begin, words = chain->high - chain->low + 1;
    chain->at = chain->begin + (chain->state.words[n] - chain->low) * range / words;
    chain->next = SEARCH;
    fetch(trie->levels[n].entries + (chain->at * bits_of(&trie->levels[n]) >> 3));
}

/* Begin to look for the word before those that are known. */
static inline void
look_for_longer(const Trie *trie, Chain *chain)
{
    const uint32_t n = chain->seen - 1;
    if (n >= chain->state.length || n + 1 >= trie->order || chain->begin >= chain->end) {
        end_word(trie, chain);
        return;
    }
    if (chain->end > trie->levels[n].count)
        chain->end = trie->levels[n].count;
    chain->low = 0;
    chain->high = trie->vocabulary - 1;
    guess(trie, chain);
}

static inline void
read_word(const Trie *trie, Chain *chain)
{
    const uint32_t word = *chain->words;
    const uint8_t *unigram = trie->unigrams + 16 * (uint64_t)word;
    float backoff;
    memcpy(&chain->its, unigram, sizeof chain->its);
    memcpy(&backoff, unigram + 4, sizeof backoff);
    memcpy(&chain->begin, unigram + 8, sizeof chain->begin);
    memcpy(&chain->end, unigram + 24, sizeof chain->end);
    chain->after.words[0] = word;
    chain->after.backoff[0] = backoff;
    chain->after.length = (uint32_t)goes_on(backoff);
    chain->seen = 1;
    look_for_longer(trie, chain);
}

/* The word before was found: what that says. */
static inline void
read_longer(const Trie *trie, Chain *chain)
{
    const uint32_t n = chain->seen - 1;
    const Level *level = &trie->levels[n];
    uint64_t place = chain->at * bits_of(level) + level->word_bits;
    uint64_t backoff = bits_at(level->entries, place, level->backoff_bits);
    uint64_t prob = bits_at(level->entries, place + level->backoff_bits, level->prob_bits);
    chain->its = level->probs[prob];
    chain->seen = n + 2;
    if (chain->seen == trie->order) {
        end_word(trie, chain);
        return;
    }
    chain->after.backoff[n + 1] = level->backoffs[backoff];
    if (goes_on(level->backoffs[backoff]))
        chain->after.length = chain->seen;
    if (n + 1 < chain->state.length) {
        chain->next = DESCEND;
        fetch(level->offsets + guessed_offset(level, chain->at));
    }
    else
        end_word(trie, chain);
}

static inline void
search(const Trie *trie, Chain *chain)
{
    const uint32_t n = chain->seen - 1, word = chain->state.words[n];
    const Level *level = &trie->levels[n];
    uint64_t found = bits_at(level->entries, chain->at * bits_of(level), level->word_bits);
    if (found == word) {
        read_longer(trie, chain);
        return;
    }
    if (found < word) {
        chain->begin = chain->at + 1;
        chain->low = found + 1;
    }
    else {
        chain->end = chain->at;
        chain->high = found - 1;
    }
    guess(trie, chain);
}

static inline void
descend(const Trie *trie, Chain *chain)
{
    children(&trie->levels[chain->seen - 2], chain->at, &chain->begin, &chain->end);
    look_for_longer(trie, chain);
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
            switch (chain->next) {
            case READ: read_word(trie, chain); break;
            case SEARCH: search(trie, chain); break;
            case DESCEND: descend(trie, chain); break;
            case DONE: continue;
            }
            left -= chain->next == DONE;
        }
}
