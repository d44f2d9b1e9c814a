// The page's language: texts by key, and the page rewritten when it changes.

import english from "./texts-en.js";
import korean from "./texts-ko.js";

const TEXTS = { en: english, ko: korean };
const KEPT = "oyez-language";

let language = "en";
const written = new WeakMap();

/**
 * A text in the page's language.
 *
 * @param {string} key - of texts-en.js.
 * @param {Record<string, string | number | (() => string)>} values - for the names in braces; functions are
 *   called when it is written, for what is written otherwise in another language.
 */
export function text(key, values = {}) {
  return TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "function" ? value() : value;
  });
}

/** A number with so many digits after the point, as the language writes it. */
export function number(value, digits = 0) {
  return value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Whether there is such a text. */
export function has(key) {
  return key in TEXTS[language];
}

/**
 * Write a text into an element; another language writes it anew.
 *
 * @param {HTMLElement} element
 * @param {string | null} key - null empties it.
 */
export function say(element, key, values = {}) {
  delete element.dataset.text; // what the page began with no longer holds
  if (key === null) {
    delete element.dataset.said;
    element.textContent = "";
    return;
  }
  element.dataset.said = "";
  written.set(element, [key, values]);
  element.textContent = text(key, values);
}

/** Begin with the language that was chosen before, or the browser's; then follow the buttons. */
export function startLanguage(onChange) {
  const buttons = [...document.querySelectorAll("[data-language]")];
  const change = (to) => {
    language = to;
    document.documentElement.lang = to;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === to));
    for (const element of document.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
    for (const element of document.querySelectorAll("[data-said]")) element.textContent = text(...written.get(element));
    onChange();
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      remember(button.dataset.language);
      change(button.dataset.language);
    });
  }
  change(remembered() ?? (navigator.language.startsWith("ko") ? "ko" : "en"));
}

function remembered() {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept in TEXTS ? kept : null;
  } catch {
    return null; // a browser that keeps nothing
  }
}

function remember(chosen) {
  try {
    localStorage.setItem(KEPT, chosen);
  } catch {
    // it is asked again the next time
  }
}
