// Owns the page: who looks at which project, and what is begun and shown there.

import { ask, Refusal } from "./ask.js";
import { everySecond } from "./house/clock.js";
import { byId, say } from "./house/elements.js";
import { acceptTexts } from "./letters.js";
import { Project } from "./project.js";

let known = null; // who there is, and who one is
let open = null; // the project that is looked at

function offer(select, choices, chosen) {
  select.replaceChildren(...choices.map(({ id, name }) => new Option(name, id, id === chosen, id === chosen)));
}

function refuse(words) {
  byId("refusal").hidden = !words;
  say(byId("refusal"), words);
}

async function signIn(person) {
  await ask("api/sign-in", { person });
  await begin();
}

/** Look at the project that the address names, else at one's first. */
async function begin() {
  open?.close();
  open = null;
  known = await ask("api/me");
  if (known.me === null) return signIn(known.people[0].id);
  offer(byId("person"), known.people, known.me);
  const named = decodeURIComponent(location.hash.slice(1)) || known.projects[0]?.id;
  const shown = known.projects.some(({ id }) => id === named) || !named ? known.projects : [...known.projects, { id: named, name: named }];
  offer(byId("project"), shown, named);
  byId("looking").hidden = shown.length === 0;
  await look(named);
}

async function look(project) {
  byId("inside").hidden = true;
  say(byId("connection"), "");
  if (!project) return refuse("You are a member of no project, so there is nothing to show.");
  try {
    // Asked once before anything is followed: whoever is no member is told so in words.
    await ask(`api/projects/${encodeURIComponent(project)}/status`);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refuse(error.message);
  }
  refuse("");
  byId("inside").hidden = false;
  open = new Project(project, { limits: known.limits, refused: refuse });
}

byId("who").addEventListener("submit", (event) => event.preventDefault());
byId("person").addEventListener("change", (event) => {
  history.replaceState(null, "", location.pathname);
  signIn(event.target.value);
});
byId("project").addEventListener("change", (event) => {
  location.hash = event.target.value;
});
addEventListener("hashchange", () => begin());
acceptTexts((files) => open?.bring(files));
byId("sample").addEventListener("click", () => open?.bringSamples());
byId("build").addEventListener("click", () => open?.build());
everySecond(() => open?.tick());
await begin();
