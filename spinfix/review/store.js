"use strict";

// The data of the page, and what was decided about them.

const UNDECIDED = 0, ACCEPTED = 1, REFUSED = 2;

function blocks(...kinds) {
  return document.querySelectorAll(kinds.map((kind) => `script.${kind}`).join());
}

/** An edit as the page uses it; data.py tells the order of the list it is read from. */
function readEdit(row, article) {
  const [start, end, field, fstart, fend, old, fresh, confidence, others, entry, passage] = row;
  // What spinfix proposes comes first; "leave it alone" is no choice but a refusal.
  const choices = [[fresh, confidence], ...others.filter(([words]) => words !== old)];
  const keep = others.find(([words]) => words === old);
  return { article, start, end, field: article.fields[field][0], fstart, fend, old, fresh,
    confidence, choices, keep: keep ? keep[1] : null, entry, passage, group: null };
}

/** All articles, inputs and edits.  Texts are parsed when they are first shown. */
function readData() {
  const data = { articles: [], inputs: [], edits: [] };
  let first = 0;
  for (const element of blocks("article", "input")) {
    const row = JSON.parse(element.textContent);
    if (element.className === "input") {
      const articles = data.articles.slice(first);
      for (const article of articles) Object.assign(article, { name: row.input, about: row });
      data.inputs.push({ about: row, articles });
      first = data.articles.length;
      continue;
    }
    const { edits, ...article } = row;
    article.index = data.articles.length;
    article.first = data.edits.length;
    article.source = element.nextElementSibling;
    for (const edit of edits) {
      const read = readEdit(edit, article);
      read.index = data.edits.length;
      data.edits.push(read);
    }
    article.last = data.edits.length;
    data.articles.push(article);
  }
  data.summary = JSON.parse(blocks("summary")[0].textContent);
  return data;
}

const data = readData();

/** The text of an article; its element is not needed any more. */
function textOf(article) {
  if (article.source) {
    article.text = JSON.parse(article.source.textContent);
    article.source.remove();
    article.source = null;
  }
  return article.text;
}

/** The folder that all inputs are in, with its slash. */
function commonFolder() {
  const folders = data.inputs.map(({ about }) => about.input.replace(/[^/\\]*$/, ""));
  let common = folders[0] ?? "";
  for (const folder of folders) {
    while (!folder.startsWith(common)) common = common.replace(/[^/\\]*[/\\]$/, "");
  }
  return common;
}

const FOLDER = commonFolder();

/** The name of an article's input, without the folder that all are in. */
function placeName(article) {
  return article.name.slice(FOLDER.length) || article.name;
}

/** What to call an article: its own name, else that of its input. */
function titleOf(article) {
  if (article.id !== null && article.id.trim()) return article.id;
  return article.record > 1 ? `${placeName(article)}, ${article.record}` : placeName(article);
}

function editsOf(article) {
  return data.edits.slice(article.first, article.last);
}

/** The same words replaced by the same words, in whatever case, over all articles. */
function readGroups() {
  const groups = new Map();
  for (const edit of data.edits) {
    const old = edit.old.toLowerCase(), fresh = edit.fresh.toLowerCase();
    const key = `${old}\n${fresh}`;
    let group = groups.get(key);
    if (!group) {
      group = { old, fresh, edits: [], articles: 0, sum: 0, last: null };
      groups.set(key, group);
    }
    if (group.last !== edit.article) group.articles += 1;
    group.last = edit.article;
    group.sum += edit.confidence;
    group.edits.push(edit);
    edit.group = group;
  }
  const all = [...groups.values()];
  for (const group of all) {
    group.mean = group.sum / group.edits.length;
    group.edits.sort((a, b) => a.confidence - b.confidence || a.index - b.index);
  }
  return all;
}

let foundGroups = null;

function groups() {
  foundGroups ??= readGroups();
  return foundGroups;
}

const store = {
  states: new Uint8Array(data.edits.length),
  words: new Map(),  // chosen words of edits that are accepted with other than the proposed ones
  threshold: 0,  // per cent; 101 makes nothing by itself
  lowest: 0,
  done: [],  // what was there before each step, for taking it back
  watchers: [],
  unsaved: false,
};

const KEY = `spinfix-review:${data.summary.review}`;

function stateOf(edit) {
  return store.states[edit.index];
}

function wordsOf(edit) {
  return store.words.get(edit.index) ?? edit.fresh;
}

/** Is the edit made, as things stand? */
function isMade(edit) {
  const state = store.states[edit.index];
  return state ? state === ACCEPTED : edit.confidence >= store.threshold / 100;
}

function setState(edit, state, words) {
  store.states[edit.index] = state;
  if (state === ACCEPTED && words !== undefined && words !== edit.fresh) {
    store.words.set(edit.index, words);
  } else {
    store.words.delete(edit.index);
  }
}

/** Decide edits as one step that can be taken back. */
function decide(edits, state, words) {
  const step = edits.map((edit) => [edit, stateOf(edit), store.words.get(edit.index)]);
  for (const edit of edits) setState(edit, state, words);
  if (step.length) store.done.push(step);
  changed(edits);
}

/** Take the last step back; its edits. */
function takeBack() {
  const step = store.done.pop() ?? [];
  for (const [edit, state, words] of step) setState(edit, state, words);
  const edits = step.map(([edit]) => edit);
  changed(edits);
  return edits;
}

/** How many edits are made, refused and so on, of all or of some. */
function counts(edits = data.edits) {
  const found = { all: edits.length, accepted: 0, refused: 0, above: 0, below: 0 };
  for (const edit of edits) {
    const state = stateOf(edit);
    if (state === ACCEPTED) found.accepted += 1;
    else if (state === REFUSED) found.refused += 1;
    else if (isMade(edit)) found.above += 1;
    else found.below += 1;
  }
  found.decided = found.accepted + found.refused;
  found.made = found.accepted + found.above;
  return found;
}

/** Something was decided: some edits, or what concerns them all. */
function changed(edits) {
  store.unsaved = true;
  saveSoon();
  for (const watcher of store.watchers) watcher(edits);
}

// Decisions are kept in this browser, under the name of the data.

function packed() {
  return JSON.stringify({ threshold: store.threshold, states: store.states.join(""),
    words: [...store.words] });
}

function unpack(text) {
  const kept = JSON.parse(text);
  if (typeof kept.states !== "string" || kept.states.length !== store.states.length) return;
  store.states = Uint8Array.from(kept.states, (digit) => Number(digit) % 3);
  store.words = new Map(kept.words);
  store.threshold = Number(kept.threshold) || 0;
}

let saving = 0;

function saveSoon() {
  clearTimeout(saving);
  saving = setTimeout(saveNow, 150);
}

function saveNow() {
  if (!saving) return;
  clearTimeout(saving);
  saving = 0;
  if (data.summary.served) {
    sendDecisions();
    return;
  }
  try {
    localStorage.setItem(KEY, packed());
    store.unsaved = false;
    showSaved("Saved in this browser", true);
  } catch {
    showSaved("Not saved: export before you leave", false);
  }
}

/** Take up what was decided before.  Storage may be switched off, or hold rubbish. */
function loadKept() {
  const lowest = data.edits.reduce((low, edit) => Math.min(low, edit.confidence), 1);
  store.lowest = store.threshold = Math.floor(lowest * 100);
  if (data.summary.served) return;
  try {
    const kept = localStorage.getItem(KEY);
    if (kept) unpack(kept);
  } catch {
    showSaved("Not saved: export before you leave", false);
  }
}

/** Forget all decisions, as one step that can be taken back. */
function forgetAll() {
  const decided = data.edits.filter(stateOf);
  store.threshold = store.lowest;
  decide(decided, UNDECIDED);
  changed();
}
