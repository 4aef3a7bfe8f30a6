import { readFile } from 'node:fs/promises';
import { create, type Font } from 'fontkit';
import PdfKit from 'pdfkit';
import { ResultAsync } from 'neverthrow';
import type { FontUnreadable } from '../../../application/ports/documentRenderer.ts';
import { FONT_FOLDER } from './fontFolder.ts';

/** A font file, and which characters it has. */
export type Face = {
  readonly name: string;
  readonly bytes: Buffer;
  readonly has: (codePoint: number) => boolean;
};

/** The first face that has a character prints it. */
export type Fonts = { readonly regular: readonly Face[]; readonly bold: readonly Face[] };

/** Noto Sans has Latin, Greek, Cyrillic and Devanagari. What it lacks is taken from `more`. */
export const readFonts = (more: readonly string[]): ResultAsync<Fonts, readonly FontUnreadable[]> =>
  ResultAsync.combineWithAllErrors([
    readFace('Regular', new URL('NotoSans-Regular.ttf', FONT_FOLDER)),
    readFace('Bold', new URL('NotoSans-Bold.ttf', FONT_FOLDER)),
    ...more.map((path, at) => readFace(`More${at + 1}`, path, at + 1)),
  ]).map(([regular, bold, ...others]) => {
    if (regular === undefined || bold === undefined) throw new Error('Broken invariant: both are');
    return { regular: [regular, ...others], bold: [bold, ...others] };
  });

const readFace = (name: string, path: URL | string, font = 0): ResultAsync<Face, FontUnreadable> =>
  ResultAsync.fromPromise(openFace(name, path), (error) => ({
    type: 'FontUnreadable',
    font,
    cause: error instanceof Error ? error.message : String(error),
  }));

const openFace = async (name: string, path: URL | string): Promise<Face> => {
  const bytes = await readFile(path);
  const font = create(bytes);
  if (!isOne(font)) throw new Error('the file holds several fonts: give one of them');
  if (typeof path === 'string') writeSample(bytes, font.characterSet);
  return { name, bytes, has: (codePoint) => font.hasGlyphForCodePoint(codePoint) };
};

const isOne = (font: object): font is Font => !('fonts' in font);

const SAMPLE_CHARACTERS = 32;

/** Throws for a file that begins as a font does and is cut off: tables are read when used. */
const writeSample = (bytes: Buffer, characters: readonly number[]): void => {
  const step = Math.max(1, Math.floor(characters.length / SAMPLE_CHARACTERS));
  const sample = characters.filter((_, at) => at % step === 0);
  const canvas = new PdfKit({ font: '' });
  canvas.font(bytes).text(String.fromCodePoint(...sample), 0, 0, { lineBreak: false });
  canvas.resume().end();
};

/** Marks that are not seen: joiners, directions, variation selectors. */
const UNSEEN = /^\p{Default_Ignorable_Code_Point}$/u;

/** The face that prints a character. A character that is not seen is not printed. */
export const faceFor = (
  character: string,
  faces: readonly Face[],
): Face | 'unseen' | 'unprintable' => {
  const codePoint = character.codePointAt(0) ?? 0;
  const face = faces.find(({ has }) => has(codePoint));
  return face ?? (UNSEEN.test(character) ? 'unseen' : 'unprintable');
};

/** The code points that no face has, in ascending order, each once. */
export const unprintableIn = (text: string, { regular }: Fonts): readonly number[] => {
  const found = Array.from(text.normalize('NFC'))
    .filter((character) => faceFor(character, regular) === 'unprintable')
    .map((character) => character.codePointAt(0) ?? 0);
  return [...new Set(found)].toSorted((one, other) => one - other);
};
