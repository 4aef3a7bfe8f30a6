import { readFile } from 'node:fs/promises';
import { create, type Font } from 'fontkit';
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
export const readFonts = (more: readonly string[]): ResultAsync<Fonts, FontUnreadable> =>
  ResultAsync.combine([
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
  return { name, bytes, has: (codePoint) => font.hasGlyphForCodePoint(codePoint) };
};

const isOne = (font: object): font is Font => !('fonts' in font);
