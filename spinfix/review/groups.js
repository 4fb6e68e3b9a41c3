// A substitution in all its places.

/** Places shown at first, and at a time; signs of text around each. */
const FIRST = 5, MORE = 20, AROUND = 90;

/** Show a substitution, all its places in context, the least sure first. */
function showGroup(group, edit = null, focus = true) {
  enter("groups");
  marks.clear();
  here.group = group;
  here.shown = Math.max(FIRST, edit ? group.edits.indexOf(edit) + 1 : 0);
  here.edit = edit ?? group.edits.find((each) => !stateOf(each)) ?? group.edits[0];
  here.shown = Math.max(here.shown, group.edits.indexOf(here.edit) + 1);
  const title = make("h2", {}, words(group.old, { class: "was" }), " → ", words(group.fresh));
  const list = make("ol", { class: "places", id: "places" });
  byId("content").replaceChildren(
    make("div", { class: "head" }, make("div", {}, title, make("p", { id: "about" })),
      allButtons("Accept all", "Refuse all")),
    list, button("Show more", showMore, { id: "more" }));
  byId("content").scrollTop = 0;
  drawPlaces();
  drawAbout();
  side.mark(group);
  goTo(here.edit, { focus });
}

function showMore() {
  here.shown += MORE;
  drawPlaces();
}

/** Add the places that are to be shown and are not yet. */
function drawPlaces() {
  const list = byId("places"), { edits } = here.group;
  for (const edit of edits.slice(list.childElementCount, here.shown)) list.append(placeOf(edit));
  const left = edits.length - list.childElementCount;
  byId("more").hidden = left <= 0;
  byId("more").textContent = `Show ${Math.min(left, MORE)} more of ${number(left)}`;
}

/** One edit in the words around it. */
function placeOf(edit) {
  const text = textOf(edit.article);
  const before = text.slice(Math.max(0, edit.start - AROUND), edit.start).split("\n").at(-1);
  const after = text.slice(edit.end, edit.end + AROUND).split("\n")[0];
  const cut = edit.start > AROUND && before.length === AROUND;
  const sentence = make("p", { class: "text", dir: "auto" },
    cut ? `… ${before.slice(before.indexOf(" ") + 1)}` : before, editMark(edit),
    after.length === AROUND ? `${after.slice(0, after.lastIndexOf(" "))} …` : after);
  const decideIt = (state) => () => {
    goTo(edit, { focus: false });
    decideHere(state);
  };
  return make("li", {}, sentence, make("div", { class: "under" },
    button("Accept", decideIt(ACCEPTED)), button("Refuse", decideIt(REFUSED)),
    button(titleOf(edit.article), () => showArticle(edit.article, edit), { class: "link" })));
}
