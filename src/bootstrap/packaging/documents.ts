import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { TOP } from './bundle.ts';

const PACKAGES = join(TOP, 'node_modules');
const FONTS = join(PACKAGES, '@embedpdf/fonts-latin');
/** PDFKit reads this file from beside its module: the colours that PDF/A wants to be described. */
const COLOUR_PROFILE = 'sRGB_IEC61966_2_1.icc';

/** Fonts are in a folder beside the bundle, and not in a package. */
export const findFonts: Plugin = {
  name: 'find-fonts',
  setup: (build) => {
    build.onLoad({ filter: /documents[\\/]pdf[\\/]fontFolder\.ts$/ }, () => ({
      contents: "export const FONT_FOLDER = new URL('./fonts/', import.meta.url);",
    }));
  },
};

/** Puts what makes PDFs and is no code beside the modules of a bundle. */
export const copyDocumentFiles = async (folder: string): Promise<void> => {
  const copied = [
    [join(FONTS, 'fonts/NotoSans-Regular.ttf'), 'fonts/NotoSans-Regular.ttf'],
    [join(FONTS, 'fonts/NotoSans-Bold.ttf'), 'fonts/NotoSans-Bold.ttf'],
    [join(FONTS, 'LICENSE'), 'fonts/LICENSE'],
    [join(PACKAGES, 'pdfkit/js/data', COLOUR_PROFILE), join('data', COLOUR_PROFILE)],
  ] as const;
  for (const [from, to] of copied) await cp(from, join(folder, to));
};
