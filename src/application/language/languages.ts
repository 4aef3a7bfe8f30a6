import { de } from './de.ts';
import { en } from './en.ts';
import type { Language } from './language.ts';

/** A fork adds the line of its own language here. */
const LANGUAGES: readonly [Language, ...Language[]] = [en, de];

const BY_TAG: ReadonlyMap<string, Language> = new Map(
  LANGUAGES.map((language) => [language.tag.toLowerCase(), language]),
);

export const LANGUAGE_TAGS: readonly string[] = LANGUAGES.map(({ tag }) => tag);

/**
 * The language for a tag of BCP 47, by the look-up of RFC 4647 (3.4): `de-CH-1996` is `de-CH`, or
 * `de` where that is missing, then the fallback, then English. An empty tag leads to the fallback.
 */
export const languageFor = (tag: string, fallback: string): Language =>
  lookUp(tag) ?? lookUp(fallback) ?? en;

const lookUp = (tag: string): Language | undefined => {
  const subtags = tag.toLowerCase().split('-');
  // A tag that a customer sent may be long, and no known one has more parts.
  for (let parts = Math.min(subtags.length, SUBTAGS_MAX); parts > 0; parts -= 1) {
    const found = BY_TAG.get(subtags.slice(0, parts).join('-'));
    if (found !== undefined) return found;
  }
  return undefined;
};

const SUBTAGS_MAX = 8;
