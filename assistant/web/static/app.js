// What the page does besides Gradio: open passages in place, keep the conversation in this browser tab,
// copy, export, links and history. No text is ever put into the page as HTML here, except what our own server rendered.
(() => {
  "use strict";
  const KEY = "maatwerkwijzer";
  const TABS = ["vraag", "check", "standpunten", "documenten", "over"];
  const LAZY = ["check", "standpunten", "documenten"];
  const lang = document.documentElement.dataset.lang || "nl";
  const $ = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const field = (id) => $(`#${id} textarea, #${id} input`);

  const session = {
    get: (name) => { try { return sessionStorage.getItem(`${KEY}.${name}`); } catch { return null; } },
    set: (name, value) => { try { sessionStorage.setItem(`${KEY}.${name}`, value); } catch { /* full or switched off: nothing is kept */ } },
  };

  function fill(id, value) {
    const input = field(id);
    if (!input) return false;
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }
  // Hands a value to the server through a hidden Gradio field: Enter in it is the field's "submit".
  function hand(id, value) {
    if (!fill(id, value)) return;
    setTimeout(() => field(id).dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true })), 0);
  }

  // ---- colours --------------------------------------------------------------------------------
  function dark() { return document.body.classList.contains("dark"); }
  function labelTheme() {
    const button = $("#mw-theme");
    if (button) button.textContent = dark() ? button.dataset.light : button.dataset.dark;
    document.documentElement.style.colorScheme = dark() ? "dark" : "light";
  }
  function setTheme(isDark, keep) {
    document.body.classList.toggle("dark", isDark);
    if (keep) session.set("theme", isDark ? "dark" : "light");
    labelTheme();
  }

  // ---- conversation ---------------------------------------------------------------------------
  function turns() { return all("#mw-talk [data-answer]").map((t) => JSON.parse(t.dataset.answer)); }
  let lastSeen = 0;
  function conversationChanged() {
    const pending = $("#mw-talk [data-pending]");
    const box = field("mw-question");
    if (pending) { pending.scrollIntoView({ block: "nearest" }); return; }
    const answers = turns();
    if (answers.length || lastSeen) session.set("conversation", JSON.stringify(answers));
    if (answers.length > lastSeen) {
      const newest = all("#mw-talk .mw-turn").pop();
      if (newest && box && document.activeElement !== document.body) newest.scrollIntoView({ block: "start", behavior: "auto" });
    }
    lastSeen = answers.length;
    document.body.classList.toggle("mw-talking", answers.length > 0 || !!$("#mw-talk .mw-turn"));
  }
  function ask(question) {
    showTab("vraag");
    fill("mw-question", question);
    setTimeout(() => { const send = $("#mw-send button, button#mw-send"); if (send) send.click(); }, 60);
  }

  // ---- tabs and addresses ---------------------------------------------------------------------
  function tabButtons() { return all("#mw-tabs button[role=tab]").filter((b) => b.closest(".tab-container") || b.offsetParent !== null); }
  function tabButton(name) {
    const shown = all('#mw-tabs [role="tablist"] button[role=tab]');
    return shown.find((b) => b.getAttribute("data-tab-id") === name) || shown[TABS.indexOf(name)];
  }
  function currentTab() {
    const shown = all('#mw-tabs [role="tablist"] button[role=tab]');
    const at = shown.findIndex((b) => b.getAttribute("aria-selected") === "true");
    return at < 0 ? "vraag" : shown[at].getAttribute("data-tab-id") || TABS[at];
  }
  function showTab(name) {
    const button = tabButton(name);
    if (button && button.getAttribute("aria-selected") !== "true") button.click();
  }
  let count = 0;
  function go(query, push) {
    const parameters = new URLSearchParams(query);
    parameters.set("lang", lang);
    const tab = parameters.get("tab");
    if (push) history.pushState(null, "", `/?${parameters}`);
    if (tab) showTab(tab);
    if (LAZY.includes(tab)) hand("mw-go", `${parameters}#${++count}`);
  }
  function tabChosen() {
    const name = currentTab();
    const asked = new URLSearchParams(location.search);
    if (asked.get("tab") !== name) history.replaceState(null, "", name === "vraag" ? `/?lang=${lang}` : `/?tab=${name}&lang=${lang}`);
    if (LAZY.includes(name) && $(`#mw-pane-${name} .mw-lazy`)) hand("mw-go", `tab=${name}&lang=${lang}#${++count}`);
  }

  // ---- what a form of ours needs after Gradio changed the page under it ---------------------------
  function settle(pane) {
    all("input[type=radio], input[type=checkbox]", pane).forEach((i) => { i.checked = i.defaultChecked; });
    all("input[type=text], input[type=search], input[type=date]", pane).forEach((i) => { if (i !== document.activeElement) i.value = i.defaultValue; });
    all("select", pane).forEach((s) => { const at = [...s.options].findIndex((o) => o.defaultSelected); s.selectedIndex = Math.max(0, at); });
    const reader = $("[data-scroll]", pane);
    if (reader && reader.dataset.done !== location.search) {
      reader.dataset.done = location.search;
      requestAnimationFrame(() => scrollTo(reader.dataset.scroll, pane));
    }
  }
  function scrollTo(id, root) {
    const mark = $("#mw-mark", root);
    const target = mark || (id && root.querySelector(`[id="${CSS.escape(id)}"]`));
    if (!target) return;
    target.scrollIntoView({ block: "center" });
    const holder = target.closest(".mw-passage");
    if (holder) holder.focus({ preventScroll: true });
  }
  let moveFocus = false;
  function paneChanged(pane) {
    settle(pane);
    if (!moveFocus) return;
    moveFocus = false;
    const target = $(".mw-still + fieldset input, .mw-still + p input", pane) || $("#mw-pos-list", pane) || $("[role=alert], [role=status]", pane);
    if (target && !pane.contains(document.activeElement)) target.focus({ preventScroll: false });
  }

  // ---- a passage in place -----------------------------------------------------------------------
  let opener = null;
  function panel() {
    let dialog = $("#mw-panel");
    if (dialog) return dialog;
    dialog = document.createElement("dialog");
    dialog.id = "mw-panel";
    dialog.className = "mw-panel";
    const close = document.createElement("button");
    close.type = "button";
    close.className = "mw-button mw-close";
    close.textContent = $(".mw-header").dataset.close;
    close.addEventListener("click", () => dialog.close());
    const body = document.createElement("div");
    body.className = "mw-panel-body";
    body.tabIndex = 0;
    dialog.append(close, body);
    dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => { if (opener && opener.isConnected) opener.focus(); });
    ($(".gradio-container") || document.body).append(dialog);
    return dialog;
  }
  async function openPassage(link) {
    const address = new URL(link.href);
    const response = await fetch(`/ui/fragment/passage${address.search}`, { credentials: "same-origin" });
    if (!response.ok) { location.href = link.href; return; }
    const dialog = panel();
    const body = $(".mw-panel-body", dialog);
    body.innerHTML = await response.text();
    all("[id]", body).forEach((e) => { if (e.id !== "mw-mark") e.id = `panel-${e.id}`; });
    const title = $("h2", body);
    if (title) { title.id = "mw-panel-title"; dialog.setAttribute("aria-labelledby", title.id); }
    opener = link;
    if (!dialog.open) dialog.showModal();
    const target = $("#mw-mark", body) || $(".mw-here", body);
    if (target) target.scrollIntoView({ block: "center" });
  }

  // ---- small things -----------------------------------------------------------------------------
  function announce(message) {
    const live = $("#mw-live .mw-live");
    if (live) live.textContent = message;
  }
  async function copy(text, button) {
    let good = true;
    try { await navigator.clipboard.writeText(text); } catch { good = fallbackCopy(text); }
    const before = button.dataset.label || button.textContent;
    button.dataset.label = before;
    const words = $(".mw-header").dataset;
    button.textContent = good ? `✓ ${words.copied}` : words.copyFailed;
    announce(good ? words.copied : words.copyFailed);
    setTimeout(() => { button.textContent = before; }, 2500);
  }
  function fallbackCopy(text) {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    let good = false;
    try { good = document.execCommand("copy"); } catch { good = false; }
    area.remove();
    return good;
  }
  async function exportConversation(kind) {
    const response = await fetch(`/ui/export/conversation?format=${kind}&lang=${lang}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(turns()),
    });
    if (!response.ok) { announce((await response.json()).error.message); return; }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `maatwerkwijzer.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  }
  async function sendFeedback(form, thumb) {
    const body = { ...JSON.parse(form.dataset.feedback), thumb, reason: thumb === "down" ? $("select", form).value : "" };
    const response = await fetch("/ui/feedback", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = response.ok ? form.dataset.thanks : form.dataset.failed;
    form.replaceChildren(note);
  }

  // ---- events -----------------------------------------------------------------------------------
  let pointed = 0;
  document.addEventListener("pointerdown", () => { pointed = Date.now(); }, true);
  document.addEventListener("click", (event) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const target = event.target.closest("a, button");
    if (!target || !plain) return;
    const data = target.dataset;
    if (data.panel !== undefined) { event.preventDefault(); openPassage(target); }
    else if (data.ask !== undefined) { event.preventDefault(); ask(data.ask); }
    else if (data.go !== undefined) { event.preventDefault(); moveFocus = true; go(new URL(target.href).search, true); }
    else if (data.jump !== undefined) { event.preventDefault(); const h = document.getElementById(data.jump); if (h) { h.scrollIntoView(); h.focus({ preventScroll: true }); } }
    else if (data.copyLink !== undefined) { event.preventDefault(); copy(target.href, target); }
    else if (data.plain !== undefined) copy(data.plain, target);
    else if (data.export !== undefined) exportConversation(data.export);
    else if (data.print !== undefined) window.print();
    else if (data.lang !== undefined) {
      event.preventDefault();
      const query = new URLSearchParams(location.search);
      query.set("lang", data.lang);
      location.href = `/?${query}`;
    } else if (target.id === "mw-theme") setTheme(!dark(), true);
    else if (target.classList.contains("mw-skip")) { event.preventDefault(); const h = $("#mw-main"); showTab(currentTab()); if (h) { h.focus(); h.scrollIntoView(); } }
    else if (target.matches('button[role=tab]')) setTimeout(tabChosen, 30);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.form) {
      event.preventDefault();
      moveFocus = true;
      const query = new URLSearchParams([...new FormData(form)].filter(([, v]) => v !== ""));
      go(query.toString(), true);
    } else if (form.dataset.feedback) {
      event.preventDefault();
      sendFeedback(form, event.submitter ? event.submitter.value : "up");
    }
  });
  // Only a pointer sends a choice at once: with arrow keys one passes over choices that are not meant.
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.dataset.auto === undefined || !target.form) return;
    if (target.type === "radio" && Date.now() - pointed > 1000) return;
    if (target.type === "date" && target.value === target.defaultValue) return;
    target.form.requestSubmit();
  });
  window.addEventListener("popstate", () => {
    const query = new URLSearchParams(location.search);
    const tab = query.get("doc") && !query.get("tab") ? "documenten" : query.get("tab") || "vraag";
    query.set("tab", tab);
    showTab(tab);
    if (LAZY.includes(tab)) hand("mw-go", `${query}#${++count}`);
  });
  document.addEventListener("keyup", (event) => { if (event.target.matches && event.target.matches("button[role=tab]")) setTimeout(tabChosen, 30); });
  window.addEventListener("beforeprint", () => all(".mw-web, .mw-trace, .mw-block").forEach((d) => { if (d.tagName === "DETAILS") d.open = true; }));

  // Gradio sets the page's language to the browser's; ours is the one chosen on the server.
  function keepLanguage() { if (document.documentElement.lang !== lang) document.documentElement.lang = lang; }
  new MutationObserver(keepLanguage).observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  keepLanguage();

  // ---- start --------------------------------------------------------------------------------------
  function watch(node, changed) {
    let waiting = 0;
    new MutationObserver(() => { clearTimeout(waiting); waiting = setTimeout(() => changed(node), 20); }).observe(node, { childList: true, subtree: true, characterData: true });
  }
  const watched = new WeakSet();
  function adopt() {
    const talk = $("#mw-talk");
    if (talk && !watched.has(talk)) { watched.add(talk); watch(talk, conversationChanged); }
    LAZY.forEach((name) => {
      const pane = $(`#mw-pane-${name}`);
      if (pane && !watched.has(pane)) { watched.add(pane); watch(pane, paneChanged); paneChanged(pane); setTimeout(tabChosen, 30); }
    });
  }
  function improve() {
    // What Gradio leaves undone for screen readers.
    const list = $('#mw-tabs [role="tablist"]');
    if (list && !list.hasAttribute("aria-label")) list.setAttribute("aria-label", document.title);
    const main = $(".gradio-container main");
    if (!main) { const c = $(".gradio-container"); if (c && !$("[role=main]")) c.setAttribute("role", "main"); }
    labelTheme();
  }
  let started = false;
  function start() {
    if (started || !field("mw-question") || !field("mw-memory") || !field("mw-go")) return;
    started = true;
    const theme = session.get("theme");
    if (theme) setTheme(theme === "dark", false);
    improve();
    const kept = session.get("conversation");
    const asked = new URLSearchParams(location.search).get("q");
    let last = null;
    try { last = JSON.parse(kept || "[]").pop(); } catch { last = null; }
    if (last) hand("mw-memory", kept);
    if (asked && !(last && last.question === asked)) setTimeout(() => ask(asked), last ? 700 : 150);
    document.documentElement.classList.add("mw-ready");
  }
  new MutationObserver(() => { adopt(); start(); }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => { adopt(); start(); });
})();
