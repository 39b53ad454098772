import type { ProblemView, Text, UiLanguage } from '../backend/types';
import { en } from './en';
import { zhCN } from './zh-CN';

export type MessageKey = keyof typeof en;
export type Message = string | { one?: string; other: string };
export type Locale = 'en' | 'zh-CN';
export type Params = Record<string, string | number>;

const tables: Record<Locale, Record<MessageKey, Message>> = { en, 'zh-CN': zhCN };

class I18n {
  locale = $state<Locale>('en');
}

export const i18n = new I18n();

/** The locale for a setting, given what the system prefers. */
export function pickLocale(setting: UiLanguage, system: readonly string[]): Locale {
  if (setting !== 'auto') return setting;
  const first = system.find((tag) => /^(en|zh)\b/i.test(tag));
  return first && /^zh\b/i.test(first) ? 'zh-CN' : 'en';
}

/** Fills `{name}` places; `n` chooses the plural form and is written with group separators. */
export function render(locale: Locale, message: Message, params: Params = {}): string {
  let text: string;
  if (typeof message === 'string') text = message;
  else {
    const n = Number(params.n ?? 0);
    const one = new Intl.PluralRules(locale).select(n) === 'one';
    text = (one ? message.one : undefined) ?? message.other;
  }
  return text.replace(/( ?)\{(\w+)\}( ?)/g, (whole, before: string, name: string, after: string) => {
    const given = params[name];
    if (given === undefined) return whole;
    const value = typeof given === 'number' ? new Intl.NumberFormat(locale).format(given) : given;
    // Chinese sets Latin and figures off with a space, but not Chinese from Chinese.
    const head = locale === 'zh-CN' && HAN.test(value.charAt(0)) ? '' : before;
    const tail = locale === 'zh-CN' && HAN.test(value.charAt(value.length - 1)) ? '' : after;
    return head + value + tail;
  });
}

const HAN = /[\p{Script=Han}，。：；！？、“”（）]/u;

/** The string for a key in the window's language. Reactive: reading it depends on the locale. */
export function t(key: MessageKey, params?: Params): string {
  return render(i18n.locale, tables[i18n.locale][key], params);
}

/** A name in every language, for finding it. */
export function everyName(key: MessageKey): string {
  return Object.keys(tables)
    .map((locale) => render(locale as Locale, tables[locale as Locale][key]))
    .join(' ');
}

/** A problem's sentences in the window's language. */
export function problemText(problem: ProblemView): Text {
  return i18n.locale === 'zh-CN' ? problem.zh : problem.en;
}

/** What and fix as one line, with the space only Latin needs. */
export function problemLine(problem: ProblemView): string {
  const text = problemText(problem);
  return [text.what, text.fix].filter(Boolean).join(i18n.locale === 'zh-CN' ? '' : ' ');
}

/** All that helps someone else to help: words first, then the provider's own codes. */
export function problemDetails(problem: ProblemView): string {
  const { what, fix } = problemText(problem);
  const facts = [
    problem.code,
    problem.status === null ? null : `HTTP ${problem.status}`,
    problem.providerCode,
    problem.requestId === null ? null : `request id ${problem.requestId}`,
  ];
  return `${`${what} ${fix}`.trim()}\n${facts.filter((fact) => fact !== null).join(', ')}`;
}

export const isMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.platform ?? '');

/** "Ctrl+O", or "⌘O" on a Mac. */
export function keyLabel(keys: string): string {
  if (!isMac) return keys;
  return keys
    .replace(/Ctrl\+/g, '⌘')
    .replace(/Shift\+/g, '⇧')
    .replace(/Alt\+/g, '⌥');
}
