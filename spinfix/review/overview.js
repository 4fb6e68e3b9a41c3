// What there is in all: how sure the edits are, how much of the articles was spun.

const STEP = 5;

/** The edits by confidence, in steps of five per cent. */
function histogram() {
  const bins = [];
  for (let low = 0; low < 100; low += STEP) bins.push({ low, all: 0, made: 0 });
  for (const edit of data.edits) {
    // in thousandths, for 0.95 * 100 is not 95 to a computer
    const place = Math.floor(Math.round(edit.confidence * 1e4) / (STEP * 100));
    const bin = bins[Math.min(bins.length - 1, place)];
    bin.all += 1;
    bin.made += isMade(edit);
  }
  return bins.slice(Math.max(0, bins.findIndex((bin) => bin.all)));
}

function histogramTable() {
  const bins = histogram(), most = Math.max(1, ...bins.map((bin) => bin.all));
  const rows = bins.map((bin) => make("tr", {},
    make("th", { "data-band": band(bin.low / 100) }, `${bin.low} to ${bin.low + STEP} %`),
    make("td", {}, number(bin.all)), make("td", {}, number(bin.made)),
    make("td", { class: "bars" }, bars(bin, most))));
  for (const row of rows) row.firstChild.setAttribute("aria-label", row.firstChild.textContent);
  const titles = ["Sure", "Edits", "Made", ""].map((title) => make(title ? "th" : "td", {}, title));
  return make("table", { id: "histogram" }, make("caption", {}, "Edits by confidence"),
    make("thead", {}, make("tr", {}, ...titles)), make("tbody", {}, ...rows));
}

function bars(bin, most) {
  const all = make("i", { class: `bar ${band(bin.low / 100)}`, "aria-hidden": "true" });
  const made = make("i", { class: "made" });
  all.style.width = `${(100 * bin.all) / most}%`;
  made.style.width = `${bin.all ? (100 * bin.made) / bin.all : 0}%`;
  all.append(made);
  return all;
}

function figures() {
  const found = counts(), { without, unread } = data.summary;
  const list = [
    [number(data.articles.length), "articles with edits"],
    [number(without), "without, not shown here"],
    [number(found.all), "edits"],
    [number(found.made), "of them made, as things stand"],
    [number(found.accepted), "accepted by hand"],
    [number(found.refused), "refused by hand"],
  ];
  if (unread) list.push([number(unread), "records that could not be read"]);
  return make("dl", { class: "figures" },
    ...list.map(([count, what]) => make("div", {}, make("dt", {}, what), make("dd", {}, count))));
}

function shareRow(article) {
  const bar = make("i", { class: "bar", "aria-hidden": "true" });
  bar.style.width = `${article.share * 100}%`;
  return make("div", { class: "row" }, make("strong", {}, words(titleOf(article))),
    make("span", { class: "note" }, `${percent(article.share)} spun · `
      + counted(article.last - article.first, "edit")),
    make("span", { class: "bars" }, bar));
}

/** Every article with the share of it that was spun, most first. */
function shareList() {
  const box = make("div", { class: "list", id: "shares", role: "listbox", tabindex: "0",
    "aria-label": "Articles by their spun share" });
  const rows = new Rows(box, 46, shareRow, (article, go) => {
    rows.mark(article);
    if (go) showArticle(article);
  });
  rows.set([...data.articles].sort((a, b) => b.share - a.share || a.index - b.index));
  return box;
}

function showOverview() {
  enter("overview");
  const content = byId("content");
  content.replaceChildren(make("div", { id: "figures" }),
    make("div", { class: "columns" }, make("section", { id: "sure" }),
      make("section", {}, make("h2", {}, "Spun share of the articles"))));
  content.querySelector(".columns").lastChild.append(...(data.articles.length
    ? [shareList()] : [make("p", {}, "Nothing is spun.")]));
  refreshOverview();
  drawDetail();
  content.scrollTop = 0;
}

function refreshOverview() {
  byId("figures")?.replaceChildren(figures());
  byId("sure")?.replaceChildren(make("h2", {}, "How sure the edits are"), histogramTable());
}
