import fc from 'fast-check';

/** What ends or begins something in HTML, in CSS, or in whoever shows a text. */
const FRAGMENTS = [
  ['<', '>', '&', '"', "'", '`', '=', '/', '\\', ';', '{', '}', '--', 'x', 'é', '領', '💶'],
  ['<b>', '</td>', '</table>', '</title>', '</style>', '<script>a()</script>', '<!--', '-->'],
  ['<img src=x onerror=a()>', '" onload="a()', "' onload='a()", '&amp;', '&lt;', '&#60;', '&lt'],
  ['javascript:a()', ']]>', '*/', '\\22 ', '@import url(x)', 'w'.repeat(70)],
  ['\u0000', '\u0007', '\u001B[2J', '\t', '\n', '\r\n', '\u007F', '\u0085', '\u2028'],
  ['\u202E', '\u2066', '\u200F', 'ש', '\u00A0', ' ', '  '],
].flat();

/** Texts that are not shown as they are where one guard is missing; never blank. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...FRAGMENTS), { minLength: 1, maxLength: 12 })
  .map((fragments) => `x${fragments.join('')}`);
