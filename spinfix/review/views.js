// The views of articles and of substitutions: a list at the side, what was picked beside it.

const ROW = 58;

let side;

/** A row of the list: an article, or a substitution. */
function sideRow(item) {
  return item.edits ? groupRow(item) : articleRow(item);
}

function articleRow(article) {
  const found = counts(editsOf(article));
  const decided = found.decided === found.all ? "all decided"
    : `${number(found.decided)} of ${number(found.all)} decided`;
  const row = make("div", { class: found.decided === found.all ? "row complete" : "row" },
    make("strong", {}, words(titleOf(article))),
    make("span", { class: "note" }, `${decided} · ${percent(article.share)} spun`));
  if (titleOf(article) !== placeName(article)) {
    row.lastChild.append(" · ", words(placeName(article)));
  }
  row.append(gauge(found));
  return row;
}

function groupRow(group) {
  const found = counts(group.edits);
  const times = `${number(found.all)} × in ${counted(group.articles, "article")}`;
  const decided = found.decided ? ` · ${number(found.decided)} decided` : "";
  return make("div", { class: found.decided === found.all ? "row complete" : "row" },
    make("strong", {}, words(group.old, { class: "was" }), " → ", words(group.fresh)),
    make("span", { class: "note" }, `${times} · ${percent(group.mean)}${decided}`),
    gauge(found));
}

/** A thin bar of what was accepted, refused and is left. */
function gauge(found) {
  const bar = make("span", { class: "gauge", "aria-hidden": "true" });
  for (const [kind, count] of [["accepted", found.accepted], ["refused", found.refused]]) {
    const part = make("i", { class: kind });
    part.style.width = `${(100 * count) / found.all}%`;
    bar.append(part);
  }
  return bar;
}

function searchable(item) {
  if (item.sought === undefined) {
    const texts = item.edits ? [item.old, item.fresh, `${item.old} → ${item.fresh}`]
      : [titleOf(item), item.name, ...editsOf(item).flatMap((edit) => [edit.old, edit.fresh])];
    item.sought = texts.join("\n").toLowerCase();
  }
  return item.sought;
}

const ORDERS = {
  count: (a, b) => b.edits.length - a.edits.length || a.mean - b.mean,
  low: (a, b) => a.mean - b.mean || b.edits.length - a.edits.length,
  high: (a, b) => b.mean - a.mean || b.edits.length - a.edits.length,
  words: (a, b) => (a.old < b.old ? -1 : a.old > b.old ? 1 : 0),
};

function wanted(item) {
  const sought = byId("search").value.trim().toLowerCase();
  if (sought && !searchable(item).includes(sought)) return false;
  const filter = document.querySelector('input[name="filter"]:checked').value;
  if (filter === "all") return true;
  const edits = item.edits ?? editsOf(item);
  return edits.some(filter === "changed" ? isMade : (edit) => !stateOf(edit));
}

/** Fill the list at the side with what is looked for. */
function drawSide() {
  const grouped = here.view === "groups";
  const all = grouped ? [...groups()].sort(ORDERS[byId("sort").value]) : data.articles;
  const found = all.filter(wanted);
  const what = grouped ? "substitution" : "article";
  byId("side-count").textContent = found.length === all.length ? counted(all.length, what)
    : `${number(found.length)} of ${counted(all.length, what)}`;
  side.box.hidden = !found.length;  // an empty list is none
  side.set(found);
  side.mark(grouped ? here.group : here.article);
}

function picked(item, focus) {
  if (focus) document.body.classList.remove("listing");
  if (item.edits) showGroup(item, null, focus);
  else showArticle(item, null, focus);
}

/** The next article or substitution of the list; one that fell out of it counts on. */
function step(by) {
  const current = here.view === "groups" ? here.group : here.article;
  let place = side.items.indexOf(current);
  if (place < 0 && here.view === "articles" && current) {
    place = side.items.findIndex((item) => item.index > current.index) - (by > 0 ? 1 : 0);
  }
  const next = side.items[place + by];
  if (next) picked(next, true);
  else say(by > 0 ? "That was the last one." : "That was the first one.");
}

function shownEdits() {
  if (here.view === "overview") return [];
  if (here.view === "groups") return here.group ? here.group.edits : [];
  return here.article ? editsOf(here.article) : [];
}

/** The next edit of what is shown. */
function move(by) {
  const edits = shownEdits();
  const next = edits[edits.indexOf(here.edit) + by];
  if (!next) {
    say(by > 0 ? "That was the last edit here. n: on to the next." : "That was the first edit.");
    return;
  }
  if (here.view === "groups" && edits.indexOf(next) >= here.shown) showMore();
  goTo(next);
}

/** Decide the edit in question and go on to the next one. */
function decideHere(state, text) {
  const { edit } = here;
  if (!edit || here.view === "overview") return;
  decide([edit], state, text);
  say(`${edit.old}: ${stateName(edit)}`);
  if (state === UNDECIDED) goTo(edit);
  else if (shownEdits().at(-1) === edit) goTo(edit);
  else move(1);
}

/** Accept or refuse what is shown: of an article the undecided edits, of a substitution all. */
function decideAll(state) {
  const grouped = here.view === "groups";
  const edits = shownEdits().filter((edit) => stateOf(edit) !== state
    && (grouped || !stateOf(edit)));
  decide(edits, state);
  say(`${counted(edits.length, "edit")} ${state === ACCEPTED ? "accepted" : "refused"}. z: back.`);
}

function allButtons(accept, refuse) {
  const first = button(accept, () => decideAll(ACCEPTED));
  const second = button(refuse, () => decideAll(REFUSED));
  first.append(" ", key("A"));
  second.append(" ", key("R"));
  return make("div", { class: "decide all" }, first, second);
}

/** Show an article, at an edit or at the first one that is undecided. */
function showArticle(article, edit = null, focus = true) {
  enter("articles");
  marks.clear();
  here.article = article;
  const edits = editsOf(article);
  const at = edit ?? edits.find((each) => !stateOf(each)) ?? edits[0];
  here.edit = at;
  const title = make("h2", {}, words(titleOf(article)));
  const text = make("div", { class: "text", lang: "en", dir: "auto" });
  fillText(text, article);
  byId("content").replaceChildren(
    make("div", { class: "head" }, make("div", {}, title, make("p", { id: "about" })),
      allButtons("Accept the rest", "Refuse the rest")),
    text);
  byId("content").scrollTop = 0;
  drawAbout();
  side.mark(article);
  goTo(at, { focus });
}

/** What parts the paragraphs: empty lines where lines are short, else every line break. */
function gapOf(text) {
  return text.split("\n").some((line) => line.length > 200) ? /\s*\n\s*/ : /\n\s*\n/;
}

/** The text of an article with its edits in their places. */
function fillText(box, article) {
  const text = textOf(article), gap = gapOf(text);
  const stops = editsOf(article).map((edit) => [edit.start, edit, null]);
  if (article.fields.length > 1) {
    for (const [name, begin] of article.fields) stops.push([begin, null, name]);
  }
  stops.sort((a, b) => a[0] - b[0] || (a[1] ? 1 : -1));
  let last = 0, paragraph = null;
  const plain = (end) => {
    text.slice(last, end).split(gap).forEach((part, n) => {
      if (n || !paragraph) box.append(paragraph = make("p"));
      paragraph.append(part);
    });
  };
  for (const [place, edit, name] of stops) {
    plain(place);
    last = edit ? edit.end : place;
    if (edit) paragraph.append(editMark(edit));
    else box.append(make("h3", { class: "field" }, words(name)), paragraph = make("p"));
  }
  plain(text.length);
  for (const each of box.querySelectorAll("p")) if (!each.textContent.trim()) each.remove();
}

/** The line below the heading. */
function drawAbout() {
  const place = byId("about");
  if (!place) return;
  const found = counts(shownEdits());
  const told = `${counted(found.all, "edit")}, ${number(found.made)} made · `
    + `${number(found.decided)} decided`;
  if (here.view === "articles") {
    const { article } = here;
    const record = article.record > 1 ? `, ${article.record}` : "";
    place.replaceChildren(words(placeName(article)), record,
      ` · ${percent(article.share)} of it spun · ${told}`);
  } else {
    place.textContent = `${counted(here.group.articles, "article")} · ${told} · `
      + `${percent(here.group.mean)} sure on average`;
  }
}

/** Switch to a view. */
function enter(view) {
  if (here.view === view && byId("content").childElementCount) return;
  here.view = view;
  for (const name of ["articles", "groups", "overview"]) {
    const tab = byId(`view-${name}`);
    if (name === view) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
    document.body.classList.toggle(name, name === view);
  }
  document.body.classList.remove("listing");
  const grouped = view === "groups";
  const what = grouped ? "Substitutions" : "Articles";
  byId("side").setAttribute("aria-label", what);
  byId("list").setAttribute("aria-label", what);
  byId("search").placeholder = grouped ? "Search words" : "Search names and changed words";
  byId("search").setAttribute("aria-label", byId("search").placeholder);
  byId("order").hidden = !grouped;
  drawSide();
}

/** Go to a view, where one was before in it. */
function switchTo(view) {
  if (view === "overview") {
    showOverview();
  } else if (view === "groups") {
    enter(view);
    const next = here.group ?? side.items[0];
    if (next) showGroup(next);
  } else {
    const next = here.article ?? data.articles[0];
    if (next) showArticle(next);
    else enter(view);
  }
}
