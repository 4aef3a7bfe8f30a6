import { faceFor, type Face, type Fonts } from './fonts.ts';

/** Sizes and places are in points, 72 to the inch, from the top left corner of the page. */
export type Style = {
  readonly weight: 'regular' | 'bold';
  readonly size: number;
  readonly color?: string;
};

/** The part of PDFKit that is used here. */
type TextCanvas = Pick<PDFKit.PDFDocument, 'font' | 'fontSize' | 'fillColor' | 'text'> & {
  widthOfString(text: string): number;
};

type Run = { readonly face: Face; readonly text: string };

export type TextPlace = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
};

/** Sets lines and their places itself, since PDFKit's own would change with its releases. */
export type Typesetter = {
  width(text: string, style: Style): number;
  /** Lines that are no wider. A word that is wider itself is broken between characters. */
  wrap(text: string, style: Style, widthMax: number): readonly string[];
  heightOf(lines: number, style: Style): number;
  /** Draws each line below the other, and returns the place below the last. */
  draw(lines: readonly string[], style: Style, place: TextPlace): number;
  /** The code points that no font had, in ascending order. */
  unprintable(): readonly number[];
};

const LINE_HEIGHT = 1.36;
const BLACK = '#000000';
/** Shown where no font has the character. */
const REPLACEMENT = '\uFFFD';

export const createTypesetter = (canvas: TextCanvas, fonts: Fonts): Typesetter => {
  const unprintable = new Set<number>();

  const runsOf = (text: string, { weight }: Style): readonly Run[] => {
    const { runs, missing } = setInFaces(text, fonts[weight]);
    for (const codePoint of missing) unprintable.add(codePoint);
    return runs;
  };

  const widthOfRun = ({ face, text }: Run, { size }: Style): number =>
    canvas.font(face.name).fontSize(size).widthOfString(text);

  const width = (text: string, style: Style): number =>
    runsOf(text, style).reduce((sum, run) => sum + widthOfRun(run, style), 0);

  const drawLine = (text: string, style: Style, { x, y, width: room, align }: TextPlace): void => {
    let at = align === 'right' ? x + room - width(text, style) : x;
    canvas.fillColor(style.color ?? BLACK);
    for (const run of runsOf(text, style)) {
      const runWidth = widthOfRun(run, style);
      canvas.text(run.text, at, y, { lineBreak: false });
      at += runWidth;
    }
  };

  return {
    width,
    wrap: (text, style, widthMax) => linesOf(text, (line) => width(line, style) <= widthMax),
    heightOf: (lines, { size }) => lines * size * LINE_HEIGHT,
    draw: (lines, style, place) => {
      let { y } = place;
      for (const line of lines) {
        drawLine(line, style, { ...place, y });
        y += style.size * LINE_HEIGHT;
      }
      return y;
    },
    unprintable: () => [...unprintable].toSorted((one, other) => one - other),
  };
};

/** The text in runs of one face each, and the code points for which no face had a glyph. */
const setInFaces = (
  text: string,
  faces: readonly Face[],
): { readonly runs: readonly Run[]; readonly missing: readonly number[] } => {
  const [builtIn] = faces;
  if (builtIn === undefined) throw new Error('Broken invariant: there is a built-in font');
  const runs: { face: Face; text: string }[] = [];
  const missing: number[] = [];
  for (const character of text) {
    const face = faceFor(character, faces);
    if (face === 'unseen') continue;
    if (face === 'unprintable') missing.push(character.codePointAt(0) ?? 0);
    const last = runs.at(-1);
    const [wanted, shown] = face === 'unprintable' ? [builtIn, REPLACEMENT] : [face, character];
    if (last?.face === wanted) last.text += shown;
    else runs.push({ face: wanted, text: shown });
  }
  return { runs, missing };
};

type Fits = (text: string) => boolean;

const linesOf = (text: string, fits: Fits): readonly string[] => {
  const lines: string[] = [];
  let line = '';
  for (const word of text.normalize('NFC').split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = piecesOf(word, fits);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
};

const piecesOf = (word: string, fits: Fits): readonly string[] => {
  if (fits(word)) return [word];
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of GRAPHEMES.segment(word)) {
    if (piece !== '' && !fits(piece + segment)) {
      pieces.push(piece);
      piece = '';
    }
    piece += segment;
  }
  return [...pieces, piece];
};

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
