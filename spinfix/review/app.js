// The page as a whole: what is always there, keys, the start.

const KEYS = [
  ["j", "next edit"], ["k", "previous edit"],
  ["n or J", "next article or substitution"], ["p or K", "previous one"],
  ["a", "accept the edit"], ["r", "refuse it"], ["u", "undecide it"],
  ["1 to 9", "choose these words"], ["w", "write other words"],
  ["A", "accept the rest of the article, or all of the substitution"], ["R", "refuse them"],
  ["z", "take the last step back"], ["Enter", "open the edit"], ["Esc", "close it"],
  ["s", "articles or substitutions"], ["o", "overview"], ["v", "old and new, new, old words"],
  ["t", "threshold"], ["/", "search"], ["e", "export"], ["?", "these keys"],
];

let keysOn = true;

const ACTIONS = {
  j: () => move(1), k: () => move(-1),
  n: () => step(1), p: () => step(-1), J: () => step(1), K: () => step(-1),
  a: () => decideHere(ACCEPTED), r: () => decideHere(REFUSED), u: () => decideHere(UNDECIDED),
  A: () => decideAll(ACCEPTED), R: () => decideAll(REFUSED), z: back, w: writeOwn,
  s: () => switchTo(here.view === "articles" ? "groups" : "articles"),
  o: () => switchTo("overview"), v: nextWords, e: askExport, t: () => byId("threshold").focus(),
  "/": search, "?": showKeys,
};

function search() {
  if (here.view === "overview") switchTo("articles");
  document.body.classList.add("listing");
  byId("search").focus();
  byId("search").select();
}

function back() {
  const [edit] = takeBack();
  if (!edit) {
    say("Nothing to take back.");
    return;
  }
  say("Taken back.");
  if (shownEdits().includes(edit)) goTo(edit);
}

function writeOwn() {
  if (!here.edit || here.view === "overview") return;
  here.open = true;
  drawDetail();
  byId("own").focus();
}

function nextWords() {
  const all = [...document.getElementsByName("words")];
  const next = all[(all.findIndex((each) => each.checked) + 1) % all.length];
  next.checked = true;
  drawWords();
  say(`Showing: ${next.parentElement.textContent}`);
}

function drawWords() {
  document.body.dataset.words = document.querySelector('input[name="words"]:checked').value;
}

function isTyping(target) {
  return target.matches("input[type=search], input[type=text], select");
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (byId("dialog").open) return;
  const { target } = event;
  if (event.key === "Escape") {
    leave(target);
  } else if (event.key === "Enter" || event.key === " ") {
    if (!target.matches("[data-edit], #content, body")) return;
    if (target.matches("[data-edit]")) openDetail(true);
    else if (event.key === "Enter" && here.edit) openDetail(true);
    else return;
    event.preventDefault();
  } else if (keysOn && !isTyping(target)) {
    const digit = /^[1-9]$/.test(event.key);
    if (digit && target === byId("threshold")) return;
    const action = digit ? () => choose(Number(event.key)) : ACTIONS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }
}

/** Escape: out of a field, else the edit is closed, else the list. */
function leave(target) {
  const field = isTyping(target) || target === byId("threshold");
  if (!field && here.open) openDetail(false);
  if (field || document.body.classList.contains("listing")) {
    document.body.classList.remove("listing");
    if (here.edit && here.view !== "overview") goTo(here.edit);
    else byId("content").focus();
  }
}

function choose(n) {
  const found = here.edit?.choices[n - 1];
  if (found) decideHere(ACCEPTED, found[0]);
  else say("There are not so many words to choose from.");
}

/** A question, or word: a title, what it is about, and what is done on yes. */
function ask(title, children, yes, action) {
  const dialog = byId("dialog");
  const close = () => dialog.close();
  const good = button(yes, () => {
    close();
    action?.();
  }, { class: "primary" });
  dialog.replaceChildren(make("h2", { id: "dialog-title" }, title), ...children,
    make("div", { class: "answers" }, good, action ? button("Cancel", close) : ""));
  dialog.showModal();
  good.focus();
}

/** What keys do, as a row: "n or J" are two of them. */
function keyRow([names, what]) {
  const parts = names.split(/( or | to )/)
    .map((part) => (part.startsWith(" ") ? part : make("kbd", {}, part)));
  return make("div", {}, make("dt", {}, ...parts), make("dd", {}, what));
}

function showKeys() {
  const rows = KEYS.map(keyRow);
  const on = make("input", { type: "checkbox", id: "keys-on" });
  on.checked = keysOn;
  on.addEventListener("change", () => { keysOn = on.checked; });
  ask("Keys", [make("dl", { class: "keys" }, ...rows),
    make("p", {}, make("label", {}, on, " Keys of one letter are on"))], "Close", null);
}

function askClear() {
  const found = counts();
  ask("Forget all decisions?", [make("p", {}, `${counted(found.decided, "decision")} will be `
    + "forgotten here. Files that you exported stay.")], "Forget them", () => {
    forgetAll();
    say("Forgotten. z: back.");
  });
}

/** Everything that depends on decisions or the threshold. */
function refresh(edits) {
  const found = counts();
  byId("progress").max = Math.max(1, found.all);
  byId("progress").value = found.decided;
  byId("progress-text").textContent = `${number(found.decided)} of ${number(found.all)} decided`;
  byId("threshold").value = store.threshold;
  const told = store.threshold > 100 ? "only those you accept" : `${store.threshold} % sure`;
  byId("threshold-text").textContent = told;
  byId("threshold").setAttribute("aria-valuetext", told);
  byId("counts").textContent = `${number(found.made)} made · `
    + `${number(found.all - found.made)} not (${number(found.refused)} refused, `
    + `${number(found.below)} under)`;
  refreshMarks(edits);
  if (here.view === "overview") {
    refreshOverview();
    return;
  }
  drawAbout();
  const filter = document.querySelector('input[name="filter"]:checked').value;
  if (filter === "all") side.draw();
  else drawSide();
  drawDetail();
}

function listen() {
  document.addEventListener("keydown", onKey);
  for (const view of ["articles", "groups", "overview"]) {
    byId(`view-${view}`).addEventListener("click", () => {
      switchTo(view);
      document.body.classList.toggle("listing", view !== "overview");  // narrow screens: the list
    });
  }
  byId("content").addEventListener("click", (event) => {
    const mark = event.target.closest("[data-edit]");
    if (!mark) return;
    goTo(data.edits[Number(mark.dataset.edit)]);
    openDetail(true);
  });
  byId("threshold").addEventListener("input", (event) => {
    store.threshold = Number(event.target.value);
    changed();
  });
  byId("words").addEventListener("change", drawWords);
  byId("filter").addEventListener("change", drawSide);
  byId("search").addEventListener("input", drawSide);
  byId("sort").addEventListener("change", drawSide);
  listenToFiles();
}

function listenToFiles() {
  byId("export").addEventListener("click", askExport);
  byId("clear").addEventListener("click", askClear);
  byId("help").addEventListener("click", showKeys);
  byId("open").addEventListener("click", () => byId("file").click());
  byId("side-close").addEventListener("click", () => document.body.classList.remove("listing"));
  byId("file").addEventListener("change", (event) => {
    if (event.target.files[0]) openFile(event.target.files[0]);
    event.target.value = "";
  });
  addEventListener("pagehide", saveNow);
  addEventListener("beforeunload", (event) => {
    saveNow();
    if (store.unsaved) event.preventDefault();
  });
  addEventListener("storage", (event) => {
    if (event.key !== KEY || !event.newValue || data.summary.served) return;
    unpack(event.newValue);  // decided in another window
    for (const watcher of store.watchers) watcher();
  });
}

/** Begin, or go on, with the first article that is not all decided. */
function begin() {
  const left = data.articles.find((article) => editsOf(article).some((edit) => !stateOf(edit)));
  const first = left ?? data.articles[0];
  if (first) showArticle(first);
  else showOverview();
  refresh();
}

function start() {
  side = new Rows(byId("list"), ROW, sideRow, picked);
  loadKept();
  byId("threshold").min = Math.min(store.lowest, 100);
  byId("view-articles").querySelector("b").textContent = number(data.articles.length);
  here.open = matchMedia("(min-width: 75rem)").matches;
  store.watchers.push(refresh);
  listen();
  drawWords();
  begin();
  performance.mark("ready");
  if (data.summary.served) fetchDecisions();
  // Counting the substitutions can wait until the page is there.
  setTimeout(() => {
    byId("view-groups").querySelector("b").textContent = number(groups().length);
  }, 50);
}

start();
