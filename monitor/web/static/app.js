"use strict";

// The page's clock follows the server's, so that a wrong clock here shows no wrong countdown.
const skewMs = new Date(document.documentElement.dataset.now) - Date.now();
const language = document.documentElement.lang;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const ALERTS_SHOWN_MAX = 300;
const plainTitle = document.title;
let unseen = 0;

function ago(seconds) {
  if (seconds < 60) return relative.format(-Math.max(0, Math.floor(seconds)), "second");
  if (seconds < 3600) return relative.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86400) return relative.format(-Math.floor(seconds / 3600), "hour");
  return relative.format(-Math.floor(seconds / 86400), "day");
}

function clockFace(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const [m, s] = [minutes, rest].map((each) => String(each).padStart(2, "0"));
  return hours ? `${hours}:${m}:${s}` : `${minutes}:${s}`;
}

function tick() {
  const now = Date.now() + skewMs;
  for (const time of document.querySelectorAll("time[data-age]")) {
    const text = ago((now - new Date(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
  for (const countdown of document.querySelectorAll("[data-countdown]")) {
    const left = (new Date(countdown.dataset.countdown) - now) / 1000;
    const promise = "promise" in countdown.dataset;
    countdown.hidden = left <= 0 && !promise;
    countdown.querySelector("b").textContent = clockFace(Math.max(0, left));
    countdown.classList.toggle("countdown-near", left < (promise ? 120 : 600));
  }
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page served over plain http to the office network has no clipboard API.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  const label = button.querySelector("span");
  const before = label.textContent;
  if (before === button.dataset.copied) return;
  label.textContent = button.dataset.copied;
  announce(button.dataset.copied);
  setTimeout(() => { label.textContent = before; }, 2000);
}

let toastTimer = 0;

function toast(text, bad) {
  const line = document.getElementById("toast");
  line.textContent = text;
  line.classList.toggle("toast-bad", bad);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { line.textContent = ""; }, bad ? 10000 : 4000);
}

function problemOf(answer) {
  const { failed, form, forbidden } = document.getElementById("toast").dataset;
  if (answer.status === 403) return forbidden;
  try {
    const problem = JSON.parse(answer.responseText);
    return problem.errors ? form : problem.detail || failed;
  } catch {
    return failed;
  }
}

function keepFocus() {
  if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function announce(text) {
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = text;
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

function replace(shown, incoming) {
  if (shown.dataset.version === incoming.dataset.version) return;
  const held = shown.contains(document.activeElement) && document.activeElement.dataset.copy;
  shown.replaceWith(incoming);
  htmx.process(incoming);
  if (held) incoming.querySelector(`[data-copy="${held}"]`)?.focus();
  tick();
}

function trim(list) {
  while (list.children.length > ALERTS_SHOWN_MAX) list.lastElementChild.remove();
}

// An alert that the page has already is replaced where it stands; htmx puts in new ones on top.
document.addEventListener("htmx:sseBeforeMessage", (event) => {
  const incoming = parse(event.detail.data);
  const shown = document.getElementById(incoming.id);
  if (!shown) return;
  event.preventDefault();
  replace(shown, incoming);
});

document.addEventListener("htmx:sseMessage", (event) => {
  const list = document.getElementById("alerts");
  const article = document.getElementById(`alert-${event.detail.lastEventId}`);
  if (!article) return;
  article.classList.add("alert-new");
  document.getElementById("empty").hidden = true;
  announce(list.dataset.announce.replace("{title}", article.dataset.title));
  if (document.hidden) {
    unseen += 1;
    document.title = `(${unseen}) ${plainTitle}`;
  }
  trim(list);
  tick();
});

function showLink(on) {
  const live = document.getElementById("live");
  if (!live) return;
  live.classList.remove("live-wait");
  live.classList.toggle("live-off", !on);
  document.getElementById("live-text").textContent = on ? live.dataset.on : live.dataset.off;
}

document.addEventListener("htmx:sseOpen", () => showLink(true));
document.addEventListener("htmx:sseError", () => showLink(false));
document.addEventListener("htmx:afterSettle", tick);
document.addEventListener("htmx:responseError", (event) => toast(problemOf(event.detail.xhr), true));
document.addEventListener("htmx:sendError", () => toast(document.getElementById("toast").dataset.failed, true));

// The server says in a header what was done. The button that asked for it may be gone then.
document.addEventListener("said", (event) => {
  toast(event.detail.value, false);
  closeMenus();
  document.addEventListener("htmx:afterSettle", keepFocus, { once: true });
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  document.title = plainTitle;
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
  closeMenus(event.target.closest("details.menu"));
});

tick();
setInterval(tick, 1000);
