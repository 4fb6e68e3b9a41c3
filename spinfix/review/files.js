// Decisions as a file: an edit log that "spinfix apply" takes, and that can be opened again.

const NAME = "decisions.jsonl";

/** The lines of the decisions file; docs/cli.md tells what they mean. */
function decisionLines() {
  const { signature, review } = data.summary;
  const lines = [{ "spinfix-log": 1, signature, review, threshold: store.threshold }];
  for (const { about, articles } of data.inputs) {
    for (const article of articles) {
      for (const edit of editsOf(article)) lines.push(editLine(article, edit));
    }
    lines.push(about);
  }
  return lines.map((line) => `${ascii(JSON.stringify(line))}\n`);
}

/** JSON in plain letters: some programs take other signs for the end of a line. */
function ascii(json) {
  return json.replace(/[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function editLine(article, edit) {
  const entry = edit.entry === null ? null : data.summary.entries[edit.entry].slice(0, 2);
  return {
    edit: article.name, record: article.record, id: article.id, field: edit.field,
    start: edit.fstart, end: edit.fend, old: edit.old, new: wordsOf(edit),
    confidence: edit.confidence, entry, accept: isMade(edit), decided: stateOf(edit) !== UNDECIDED,
  };
}

/** Ask once more what is going to be made, then save the file. */
function askExport() {
  const found = counts();
  const lines = [
    `${counted(found.made, "edit")} will be made: ${number(found.accepted)} accepted by hand, `
      + `${number(found.above)} undecided ones that are sure enough.`,
    `${counted(found.all - found.made, "edit")} will not: ${number(found.refused)} refused, `
      + `${number(found.below)} undecided ones under the threshold.`,
  ];
  if (data.inputs.some(({ about }) => about.path === null)) {
    lines.push("What came from standard input has no file in which it could be made.");
  }
  const command = make("code", {}, `spinfix apply ${NAME} --in-place`);
  ask("Export decisions", [...lines.map((line) => make("p", {}, line)),
    make("p", {}, "Then run: ", command)], `Save ${NAME}`, saveFile);
}

function saveFile() {
  const file = new Blob(decisionLines(), { type: "application/x-ndjson" });
  const link = make("a", { download: NAME });
  link.href = URL.createObjectURL(file);
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  say(`${NAME} saved.`);
}

function placeKey(name, record, field, start, end) {
  return JSON.stringify([name, record, field, start, end]);
}

/** Take up the decisions of a file, as one step.  How many were found; -1: not such a file. */
function takeUp(text) {
  const rows = [];
  for (const line of text.split("\n")) {
    if (line.trim()) rows.push(JSON.parse(line));
  }
  if (rows[0]?.["spinfix-log"] !== 1) return -1;
  const places = new Map(data.edits.map((edit) => [
    placeKey(edit.article.name, edit.article.record, edit.field, edit.fstart, edit.fend), edit]));
  const step = [];
  for (const row of rows) {
    // Logs that were not written here do not tell what was decided by hand: all of it was.
    if (row.edit === undefined || row.decided === false) continue;
    const edit = places.get(placeKey(row.edit, row.record, row.field, row.start, row.end));
    if (!edit || edit.old !== row.old || typeof row.new !== "string") continue;
    step.push([edit, stateOf(edit), store.words.get(edit.index)]);
    setState(edit, row.accept === false ? REFUSED : ACCEPTED, row.new);
  }
  if (typeof rows[0].threshold === "number") store.threshold = rows[0].threshold;
  if (step.length) store.done.push(step);
  return step.length;
}

async function openFile(file) {
  let found = -1;
  try {
    found = takeUp(await file.text());
  } catch {
    // not JSON lines: told below
  }
  changed();
  const title = found < 0 ? "This is no decisions file" : "Decisions opened";
  const told = found < 0 ? "Nothing was changed." : `${counted(found, "decision")} taken up.`;
  ask(title, [make("p", {}, told)], "Good", null);
}

// With "spinfix review --serve" the decisions go to a file as they are made.

let sending = false, again = false;

async function sendDecisions() {
  if (sending) {
    again = true;
    return;
  }
  sending = true;
  showSaved("Saving …", true);
  try {
    const headers = { "Content-Type": "application/x-ndjson" };
    const body = new Blob(decisionLines(), { type: headers["Content-Type"] });
    const answer = await fetch("decisions", { method: "POST", headers, body });
    if (!answer.ok) throw new Error(await answer.text());
    store.unsaved = again;
    showSaved("Saved to the file", true);
  } catch {
    showSaved("Not saved: is spinfix review still running?", false);
  }
  sending = false;
  if (again) {
    again = false;
    sendDecisions();
  }
}

async function fetchDecisions() {
  try {
    const answer = await fetch("decisions");
    if (answer.status === 200) takeUp(await answer.text());
    showSaved("Saved to the file", true);
  } catch {
    showSaved("Not saved: is spinfix review still running?", false);
  }
  store.done = [];
  begin();
}
