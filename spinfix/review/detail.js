// An edit in its text, and what there is to know about it.

/** What is in sight: the view, its article or substitution, the edit in question. */
const here = { view: "articles", article: null, group: null, edit: null, shown: 0, open: false };

function stateName(edit) {
  const state = stateOf(edit);
  if (state) return state === ACCEPTED ? "accepted" : "refused";
  return isMade(edit) ? "undecided" : "undecided, under the threshold";
}

/** The edits that are in the page, with their elements. */
const marks = new Map();

/** An edit, marked in its place in the text. */
function editMark(edit) {
  const mark = make("span", { role: "button", tabindex: "-1", "data-edit": edit.index },
    make("del"), make("span", { class: "gap" }, " "), make("ins"), make("small"));
  refreshMark(mark, edit);
  marks.set(edit, mark);
  return mark;
}

/** Show an edit as it stands now. */
function refreshMark(mark, edit) {
  const state = stateOf(edit), fresh = wordsOf(edit), current = edit === here.edit;
  const look = [state, isMade(edit), fresh, current].join();
  if (mark.dataset.look === look) return;
  mark.dataset.look = look;
  mark.className = `edit ${band(edit.confidence)}`;
  mark.classList.toggle("accepted", state === ACCEPTED);
  mark.classList.toggle("refused", state === REFUSED);
  mark.classList.toggle("unmade", !isMade(edit));
  mark.classList.toggle("current", current);
  mark.tabIndex = current ? 0 : -1;
  const [del, , ins, sure] = mark.childNodes;
  del.textContent = edit.old;
  ins.textContent = fresh;
  sure.textContent = percent(edit.confidence);
  mark.setAttribute("aria-label", `${edit.old} becomes ${fresh}, ${percent(edit.confidence)}, `
    + stateName(edit));
  if (current) mark.setAttribute("aria-current", "true");
  else mark.removeAttribute("aria-current");
}

/** Show edits as they stand now: some, or all that are in the page. */
function refreshMarks(edits = [...marks.keys()]) {
  for (const edit of edits) if (marks.has(edit)) refreshMark(marks.get(edit), edit);
}

/** Make an edit the one in question. */
function goTo(edit, { focus = true } = {}) {
  const left = here.edit;
  here.edit = edit;
  refreshMarks([left, edit]);
  drawDetail();
  const mark = marks.get(edit);
  if (!mark) return;
  if (focus) mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Open or close what there is to know about the edit. */
function openDetail(open) {
  here.open = open;
  drawDetail();
  const mark = marks.get(here.edit);
  if (!open) mark?.focus();
  mark?.scrollIntoView({ block: "nearest", inline: "nearest" });  // not behind the panel
}

function drawDetail() {
  const panel = byId("detail"), edit = here.edit;
  const show = Boolean(here.open && edit && here.view !== "overview");
  panel.hidden = !show;
  document.body.classList.toggle("detailed", show);
  if (!show) return;
  panel.replaceChildren(
    make("h2", {}, words(edit.old, { class: "was" }), " → ", words(wordsOf(edit))),
    make("p", { class: "state" }, stateSentence(edit)),
    decisionButtons(edit),
    choiceList(edit),
    ownWords(edit),
    evidence(edit),
    button("Close", () => openDetail(false), { class: "close" }),
  );
}

function stateSentence(edit) {
  const sure = percent(edit.confidence);
  if (stateOf(edit) === ACCEPTED) return `Accepted. ${sure} sure by itself.`;
  if (stateOf(edit) === REFUSED) return `Refused. ${sure} sure by itself.`;
  if (isMade(edit)) return `Undecided. Is made, for it is ${sure} sure.`;
  return `Undecided. Is not made: ${sure} is under the threshold.`;
}

function decisionButtons(edit) {
  const state = stateOf(edit);
  const each = (text, name, value) => {
    const made = button(text, () => decideHere(value), { "aria-pressed": String(state === value) });
    made.append(" ", key(name));
    return made;
  };
  return make("div", { class: "decide" },
    each("Accept", "a", ACCEPTED), each("Refuse", "r", REFUSED), each("Undecided", "u", UNDECIDED));
}

/** The words to choose from, with their probabilities. */
function choiceList(edit) {
  const list = make("ol", { class: "choices", "aria-label": "Words to choose from" });
  edit.choices.slice(0, 9).forEach(([text, probability], n) => {
    const chosen = stateOf(edit) === ACCEPTED && wordsOf(edit) === text;
    list.append(make("li", {}, choice(String(n + 1), text, probability, chosen,
      () => decideHere(ACCEPTED, text))));
  });
  list.append(make("li", {}, choice("r", edit.old, edit.keep, stateOf(edit) === REFUSED,
    () => decideHere(REFUSED))));
  return list;
}

function choice(name, text, probability, chosen, action) {
  const sure = probability === null ? "" : percent(probability);
  const made = button("", action, { "aria-pressed": String(chosen) });
  const note = name === "r" ? make("em", {}, " as it stands") : null;
  const bar = make("i", { "aria-hidden": "true" });
  bar.style.width = `${(probability ?? 0) * 100}%`;
  made.append(key(name), make("span", {}, words(text), ...(note ? [note] : [])),
    make("span", { class: "share" }, sure), bar);
  return made;
}

/** A field for words that nobody has thought of. */
function ownWords(edit) {
  const mine = stateOf(edit) === ACCEPTED
    && !edit.choices.some(([text]) => text === wordsOf(edit)) ? wordsOf(edit) : "";
  const field = make("input", { type: "text", id: "own", value: mine });
  const note = make("p", { class: "bad", role: "alert" });
  const use = () => {
    const problem = useOwn(edit, field.value.trim());
    note.textContent = problem;
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") use();
  });
  const label = make("label", { for: "own" }, "Other words ", key("w"));
  return make("div", { class: "own" }, label,
    make("div", {}, field, button("Use", use)), note);
}

/** Take own words; else what is wrong with them. */
function useOwn(edit, text) {
  if (!text) return "Write something, or refuse the edit.";
  // A file that is not Unicode may have no bytes for a letter; spinfix would skip the edit.
  const plain = /^[ -~]*$/.test(text);
  if (!plain && !edit.article.about.encoding.toLowerCase().startsWith("utf")) {
    return `This file is ${edit.article.about.encoding}: plain letters only.`;
  }
  if (text === edit.old) decideHere(REFUSED);
  else decideHere(ACCEPTED, text);
  return "";
}

function evidence(edit) {
  const box = make("section", { class: "evidence" }, make("h3", {}, "Why"));
  const entry = edit.entry === null ? null : data.summary.entries[edit.entry];
  if (entry) {
    const [spun, original, replaced, seen, alone] = entry;
    box.append(
      make("p", {}, "Spinners made ", words(original, { class: "quoted" }), " into ",
        words(spun, { class: "quoted" }), ` in ${number(replaced)} of ${number(seen)} places. `
        + `Writers ${alone ? `used it ${counted(alone, "time")}` : "never used it"} themselves.`));
  }
  if (edit.passage !== null) {
    box.append(make("p", {}, `The passage was spun: ${percent(edit.passage)}.`));
  }
  const group = groups() && edit.group;
  const told = `${counted(group.edits.length, "time")} in ${counted(group.articles, "article")}`;
  box.append(make("p", {}, `The same substitution: ${told}.`));
  if (here.view === "articles") {
    box.append(button("Show them all", () => showGroup(group, edit)));
  } else {
    box.append(button("Show the article", () => showArticle(edit.article, edit)));
  }
  return box;
}
