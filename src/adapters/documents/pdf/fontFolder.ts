/**
 * The folder of the built-in fonts. A bundle has a module of its own here, and the fonts beside it.
 */
export const FONT_FOLDER = new URL('../fonts/', import.meta.resolve('@embedpdf/fonts-latin'));
