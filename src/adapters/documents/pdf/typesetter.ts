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

/** Lines and their places are ours: PDFKit's own would change with its releases. */
export type Typesetter = ReturnType<typeof createTypesetter>;

export type TextPlace = {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly align?: 'left' | 'right';
};

const LINE_HEIGHT = 1.36;
const BLACK = '#000000';
/** Stands where no font has the character. */
const REPLACEMENT = '\uFFFD';

export const createTypesetter = (canvas: TextCanvas, fonts: Fonts) => {
  const unprintable = new Set<number>();

  const runsOf = (text: string, weight: Style['weight']): readonly Run[] => {
    const faces = fonts[weight];
    const [builtIn] = faces;
    if (builtIn === undefined) throw new Error('Broken invariant: there is a built-in font');
    const runs: { face: Face; text: string }[] = [];
    for (const character of text) {
      const face = faceFor(character, faces);
      if (face === 'unseen') continue;
      if (face === 'unprintable') unprintable.add(character.codePointAt(0) ?? 0);
      const last = runs.at(-1);
      const [wanted, shown] = face === 'unprintable' ? [builtIn, REPLACEMENT] : [face, character];
      if (last?.face === wanted) last.text += shown;
      else runs.push({ face: wanted, text: shown });
    }
    return runs;
  };

  const widthOfRun = ({ face, text }: Run, size: number): number =>
    canvas.font(face.name).fontSize(size).widthOfString(text);

  const width = (text: string, { weight, size }: Style): number =>
    runsOf(text, weight).reduce((sum, run) => sum + widthOfRun(run, size), 0);

  /** In lines that are no wider; a word that is wider itself is broken between characters. */
  const wrap = (text: string, style: Style, widthMax: number): readonly string[] => {
    const lines: string[] = [];
    let line = '';
    for (const word of text.normalize('NFC').split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (width(longer, style) <= widthMax) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      const pieces = piecesOf(word, style, widthMax);
      lines.push(...pieces.slice(0, -1));
      line = pieces.at(-1) ?? '';
    }
    return [...lines, line];
  };

  const piecesOf = (word: string, style: Style, widthMax: number): readonly string[] => {
    if (width(word, style) <= widthMax) return [word];
    const pieces: string[] = [];
    let piece = '';
    for (const { segment } of GRAPHEMES.segment(word)) {
      if (piece !== '' && width(piece + segment, style) > widthMax) {
        pieces.push(piece);
        piece = '';
      }
      piece += segment;
    }
    return [...pieces, piece];
  };

  const drawLine = (text: string, style: Style, { x, y, width: room, align }: TextPlace): void => {
    let at = align === 'right' ? x + room - width(text, style) : x;
    canvas.fillColor(style.color ?? BLACK);
    for (const run of runsOf(text, style.weight)) {
      const runWidth = widthOfRun(run, style.size);
      canvas.text(run.text, at, y, { lineBreak: false });
      at += runWidth;
    }
  };

  return {
    width,
    wrap,
    heightOf: (lines: number, { size }: Style): number => lines * size * LINE_HEIGHT,
    /** Each line below the other. Gives the place below the last. */
    draw: (lines: readonly string[], style: Style, place: TextPlace): number => {
      let { y } = place;
      for (const line of lines) {
        drawLine(line, style, { ...place, y });
        y += style.size * LINE_HEIGHT;
      }
      return y;
    },
    /** The code points that no font had, in their order. */
    unprintable: (): readonly number[] => [...unprintable].toSorted((one, other) => one - other),
  };
};

const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
