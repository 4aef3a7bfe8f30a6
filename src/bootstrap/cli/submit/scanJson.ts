import { err, ok, type Result } from 'neverthrow';

/** The place at which a text is no JSON, and what would have to be there. */
export type JsonMistake = { readonly line: number; readonly column: number; readonly why: string };

/** A part that JSON allows, and that would not be read as it is written. */
export type JsonFault = { readonly path: string; readonly why: string };

/** One value of the text: each of a list, or the only one. */
export type ScannedValue = { readonly line: number; readonly faults: readonly JsonFault[] };

/** No order is nested deeper than three. */
export const DEPTH_MAX = 16;

const BLANK = /[ \t\n\r]*/y;
const CHARACTERS = String.raw`[^"\\\u0000-\u001F]*`;
const ESCAPE = String.raw`\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})`;
const TOKEN = new RegExp(
  [
    `(?<text>"${CHARACTERS}(?:${ESCAPE}${CHARACTERS})*")`,
    String.raw`(?<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?)(?![\w.])`,
    String.raw`(?<word>true|false|null)(?!\w)`,
    String.raw`(?<mark>[{}[\],:])`,
  ].join('|'),
  'y',
);
type JsonToken = {
  readonly text?: string | undefined;
  readonly number?: string | undefined;
  readonly word?: string | undefined;
  readonly mark?: string | undefined;
};

const EXPECTED = {
  value: 'a value is expected here',
  'value or ]': 'a value or ] is expected here',
  name: 'a name in double quotes is expected here',
  'name or }': 'a name in double quotes, or }, is expected here',
  colon: 'a colon is expected here',
  comma: 'a comma, or the end of the list or object, is expected here',
  end: 'nothing more is expected here',
} as const;

/**
 * Reads a JSON text by its grammar, for what `JSON.parse` does not say: where a mistake is, on
 * which line each value of a list begins, which name stands twice in an object, and which number
 * has more digits than can be kept. It does not recurse, so that nothing is too deep for it.
 */
export const scanJson = (text: string): Result<readonly ScannedValue[], JsonMistake> => {
  const scan: JsonScan = { frames: [], values: [], next: 'value', isList: false };
  let [offset, line, lineFrom] = [0, 1, 0];
  for (;;) {
    BLANK.lastIndex = offset;
    const blank = BLANK.exec(text)?.[0] ?? '';
    for (let at = blank.indexOf('\n'); at !== -1; at = blank.indexOf('\n', at + 1)) {
      line += 1;
      lineFrom = offset + at + 1;
    }
    offset += blank.length;
    const mistake = (why: string): Result<never, JsonMistake> =>
      err({ line, column: offset - lineFrom + 1, why });
    const { next, values } = scan;
    if (offset === text.length) {
      return next === 'end' ? ok(values) : mistake('it ends before it is complete');
    }
    TOKEN.lastIndex = offset;
    const found = TOKEN.exec(text);
    if (found === null || !takes(scan, found.groups ?? {}, line)) return mistake(EXPECTED[next]);
    offset += found[0].length;
  }
};

type ScanFrame = {
  readonly isObject: boolean;
  readonly names: Set<string>;
  /** The name of the value that is read. */
  name: string;
  index: number;
};

/** The part that was read so far, and what the grammar allows next. */
type JsonScan = {
  readonly frames: ScanFrame[];
  readonly values: { readonly line: number; readonly faults: JsonFault[] }[];
  next: keyof typeof EXPECTED;
  isList: boolean;
};

/** False where the grammar allows no such token here. */
const takes = (scan: JsonScan, token: JsonToken, line: number): boolean => {
  switch (scan.next) {
    case 'value':
    case 'value or ]':
      return takesValue(scan, token, line);
    case 'name':
    case 'name or }':
      return takesName(scan, token);
    case 'colon':
      scan.next = 'value';
      return token.mark === ':';
    case 'comma':
      return takesSeparator(scan, token);
    case 'end':
      return false;
  }
};

const takesValue = (
  scan: JsonScan,
  { text, number, word, mark }: JsonToken,
  line: number,
): boolean => {
  const { frames, values } = scan;
  if (mark === ']' && scan.next === 'value or ]') return close(scan);
  if (frames.length === 0 && mark === '[') scan.isList = true;
  else if (frames.length === (scan.isList ? 1 : 0)) values.push({ line, faults: [] });
  if (mark !== undefined) return (mark === '{' || mark === '[') && open(scan, mark === '{');
  if (number !== undefined && !isExact(number)) {
    report(scan, pathIn(scan), 'has more digits than can be kept');
  }
  return (text ?? number ?? word) !== undefined && endValue(scan);
};

const takesName = (scan: JsonScan, { text, mark }: JsonToken): boolean => {
  if (mark === '}' && scan.next === 'name or }') return close(scan);
  const frame = scan.frames.at(-1);
  if (text === undefined || frame === undefined) return false;
  frame.name = String(JSON.parse(text));
  if (frame.names.has(frame.name)) report(scan, pathIn(scan), 'is given twice');
  frame.names.add(frame.name);
  scan.next = 'colon';
  return true;
};

const takesSeparator = (scan: JsonScan, { mark }: JsonToken): boolean => {
  const frame = scan.frames.at(-1);
  if (frame === undefined) return false;
  if (mark === (frame.isObject ? '}' : ']')) return close(scan);
  frame.index += 1;
  scan.next = frame.isObject ? 'name' : 'value';
  return mark === ',';
};

const open = (scan: JsonScan, isObject: boolean): boolean => {
  const { frames } = scan;
  frames.push({ isObject, names: new Set(), name: '', index: 0 });
  if (frames.length === DEPTH_MAX) {
    report(scan, 'order', `is nested more than ${DEPTH_MAX - 1} deep`);
  }
  scan.next = isObject ? 'name or }' : 'value or ]';
  return true;
};

const close = (scan: JsonScan): boolean => {
  scan.frames.pop();
  return endValue(scan);
};

const endValue = (scan: JsonScan): boolean => {
  scan.next = scan.frames.length === 0 ? 'end' : 'comma';
  return true;
};

const report = ({ values }: JsonScan, path: string, why: string): void => {
  const { faults = [] } = values.at(-1) ?? {};
  if (!faults.some((fault) => fault.path === path && fault.why === why)) {
    faults.push({ path, why });
  }
};

/** The path within a value, without the value's own place in a list of orders. */
const pathIn = ({ frames, isList }: JsonScan): string => pathOf(isList ? frames.slice(1) : frames);

const pathOf = (frames: readonly ScanFrame[]): string =>
  frames
    .map(({ isObject, name, index }) => (isObject ? `.${name}` : `[${index}]`))
    .join('')
    .replace(/^\./, '') || 'order';

/** Whether the double that is read has the same value as what is written. */
const isExact = (number: string): boolean =>
  decimalOf(number) === decimalOf(String(Number(number)));

/** The same text for the same value: its digits without zeros at the ends, and their exponent. */
const decimalOf = (number: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[Ee]\+?(-?\d+))?$/.exec(number) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const kept = digits.replace(/0+$/, '');
  if (kept === '') return '0';
  return `${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
};
