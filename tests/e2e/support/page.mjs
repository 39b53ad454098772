// What a person does on the page and what they see there.

import { MANAGER } from "./app.mjs";
import { WebDriverError } from "./webdriver.mjs";
import { until } from "./wait.mjs";

/** Refusals of a click that happened before it: the element may be there in a moment. */
const NOT_YET = new Set([
  "element click intercepted",
  "element not interactable",
  "move target out of bounds",
  "no such element",
  "stale element reference",
]);

export const testid = (name) => `[data-testid="${name}"]`;

/** Runs in the page: the one visible match that can be clicked now, or why there is none. */
function findClickable(selector, text) {
  const shown = [...document.querySelectorAll(selector)].filter(
    (element) => element.getClientRects().length > 0 && (text === null || element.textContent.includes(text)),
  );
  const element = shown[0];
  if (!element) return { why: "it is not there" };
  if (element.matches(":disabled")) return { why: "it is disabled" };
  element.scrollIntoView({ block: "nearest", inline: "nearest" });
  const box = element.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (!hit || !(element.contains(hit) || element === hit.closest("label")?.control)) {
    return { why: `it is behind ${hit ? hit.outerHTML.slice(0, 120) : "the edge"}` };
  }
  const place = [box.left, box.top, box.width, box.height].join();
  const still = element.dataset.place === place;
  element.dataset.place = place;
  return still ? { element } : { why: "it moves" };
}

export class Page {
  constructor(app) {
    this.app = app;
  }

  /** Clicks the first visible match once it lies still and nothing covers it. */
  async click(selector, text = null) {
    const what = text === null ? selector : `${selector} "${text}"`;
    let refused;
    await until(`a click on ${what}`, async () => {
      if (refused) return true;
      const { element, why } = await this.app.run(findClickable, selector, text);
      if (why) throw new Error(why);
      try {
        await this.app.session.clickElement(element);
      } catch (error) {
        if (error instanceof WebDriverError && NOT_YET.has(error.code)) throw error;
        refused = error;
      }
      return true;
    });
    if (refused) throw refused;
  }

  /** Types over what a field holds, and looks whether it has arrived. */
  async fill(selector, text) {
    await until(`"${selector}" takes the text`, async () => {
      const field = await this.app.run((wanted) => {
        const found = [...document.querySelectorAll(wanted)].find((f) => f.getClientRects().length > 0);
        if (!found || found.disabled || found.readOnly) return null;
        found.scrollIntoView({ block: "nearest" });
        found.focus();
        found.select();
        return found;
      }, selector);
      if (!field) throw new Error("it is not there");
      await this.app.session.typeInto(field, text);
      const value = await this.value(selector);
      if (value === text) return true;
      throw new Error(`it holds ${value.length} characters`);
    });
  }

  value(selector) {
    return this.app.run(
      (wanted) => [...document.querySelectorAll(wanted)].find((f) => f.getClientRects().length > 0)?.value ?? "",
      selector,
    );
  }

  count(selector) {
    return this.app.run((wanted) => document.querySelectorAll(wanted).length, selector);
  }

  text(selector) {
    return this.app.run((wanted) => document.querySelector(wanted)?.textContent?.trim() ?? null, selector);
  }

  /** Texts of all matches, top to bottom as they are seen. */
  texts(selector) {
    return this.app.run(
      (wanted) =>
        [...document.querySelectorAll(wanted)]
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((e) => e.textContent.trim()),
      selector,
    );
  }

  shows(selector, text = null) {
    const what = text === null ? selector : `${selector} with "${text}"`;
    return until(`the page shows ${what}`, () =>
      this.app.run(
        (wanted, part) =>
          [...document.querySelectorAll(wanted)].some(
            (e) => e.getClientRects().length > 0 && (part === null || e.textContent.includes(part)),
          ),
        selector,
        text,
      ),
    );
  }

  /** What is only in the document is not seen: it must lie within the window. */
  inSight(selector) {
    return until(`${selector} is in sight`, () =>
      this.app.run((wanted) => {
        const box = document.querySelector(wanted)?.getBoundingClientRect();
        if (!box) return false;
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return hit?.closest(wanted) !== null && hit !== null;
      }, selector),
    );
  }

  gone(selector) {
    return until(`${selector} is gone`, async () => (await this.count(selector)) === 0);
  }

  /** Rows of the uploads as `{name, state, sub}`, newest first as they are shown. */
  uploads() {
    return this.app.run(() =>
      [...document.querySelectorAll('[data-testid="upload-row"]')]
        .sort((a, b) => Number(a.getAttribute("aria-posinset")) - Number(b.getAttribute("aria-posinset")))
        .map((row) => ({
          name: row.querySelector('[data-testid="upload-name"]').textContent.trim(),
          state: row.dataset.state,
          sub: row.querySelector('[data-testid="upload-sub"]').textContent.trim(),
        })),
    );
  }

  async uploadEnds(name, state) {
    return until(`"${name}" is ${state}`, async () => {
      const rows = await this.uploads();
      const row = rows.find((each) => each.name === name);
      if (row?.state === state) return row;
      throw new Error(row ? `it is ${row.state}: ${row.sub}` : `no such row among ${rows.map((r) => r.name)}`);
    });
  }

  /** Takes ended uploads off the list, so that the next test reads its own rows only. */
  async clearUploads() {
    await this.app.invoke("clear_finished");
    await this.gone('[data-testid="upload-row"]');
  }

  async dismissToast() {
    if ((await this.count(testid("toast-dismiss"))) > 0) await this.click(testid("toast-dismiss")).catch(() => {});
  }

  history(text = "") {
    return this.app.invoke("history_rows", { query: { text, profile: null }, offset: 0, limit: 200 });
  }

  /** The page has its first data and shows one of its two faces. */
  ready() {
    return until("the window has its data", () =>
      this.app.run(() => document.querySelector('[data-testid="empty"], [data-testid="gallery"]') !== null),
    );
  }

  async retry(name) {
    const id = await this.app.run((wanted) => {
      const rows = [...document.querySelectorAll('[data-testid="upload-row"]')];
      const named = (row) => row.querySelector('[data-testid="upload-name"]').textContent.trim() === wanted;
      return rows.find(named)?.dataset.upload;
    }, name);
    await this.click(`[data-upload="${id}"] [data-testid="retry"]`);
  }

  /** Selects one tile of the gallery, as a click on it does. */
  async selectInGallery(id) {
    const tile = `[data-testid="tile"][data-id="${id}"]`;
    await this.click(tile);
    await this.shows(`${tile}[aria-selected="true"]`);
  }

  // ---- the manager ---

  /** `files` or `models`. */
  async view(name) {
    await this.click(`${testid("view")} [data-value="${name}"]`);
  }

  /** Opens folders of the listing, one in the other. */
  async enter(...names) {
    for (const name of names) {
      const row = `${testid("row")}[data-name="${name}"]`;
      await this.click(row);
      await this.app.desk.focus(MANAGER);
      this.app.desk.key("Return");
      await this.gone(row);
    }
  }

  // ---- settings ----------------------------------------------------------------------------------

  async openSettings(page) {
    if ((await this.count(testid("settings"))) === 0) await this.click(testid("open-settings"));
    await this.shows(testid("settings"));
    if (page) await this.click(testid(`nav-${page}`));
  }

  async leaveSettings() {
    await this.click(testid("back"));
    await this.gone(testid("settings"));
  }

  /** Chooses a line of a select. */
  async choose(field, value) {
    await this.click(testid(field));
    await this.click(testid(`${field}-${value}`));
    await this.gone(testid(`${field}-${value}`));
  }

  async setLanguage(code) {
    await this.openSettings("general");
    await this.choose("field-language", code);
    await until(`the page speaks ${code}`, () => this.app.run((c) => document.documentElement.lang === c, code));
    await this.leaveSettings();
  }

  /** The chosen format in the header. */
  linkFormat() {
    return this.text('[data-testid="formats"] [role="radio"][aria-checked="true"]');
  }

  async typeSecret(text) {
    if ((await this.count(testid("replace-secret"))) > 0) await this.click(testid("replace-secret"));
    await this.fill(testid("field-secretAccessKey"), text);
  }

  /** Waits for the doctor's last line; answers the state of each. */
  doctorEnds() {
    return until(
      "the doctor has ended",
      async () => {
        const lines = await this.app.run(() =>
          [...document.querySelectorAll('[data-testid="doctor-line"]')].map((line) => [
            line.dataset.check,
            line.dataset.state,
            line.textContent.trim(),
          ]),
        );
        const over = lines.length > 0 && lines.every(([, state]) => state !== "waiting" && state !== "running");
        return over ? lines : null;
      },
      { timeout: 90_000 },
    );
  }
}
