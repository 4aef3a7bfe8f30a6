/**
 * What a reader sees of a PDF in which nothing is compressed, in the order in which it was drawn:
 * glyphs by the map of their font to characters (PDF 1.7, 9.10.3). Each text of its own is a line.
 */
export const pdfText = (bytes: Uint8Array): string => {
  const source = Buffer.from(bytes).toString('latin1');
  const objects = new Map(
    [...source.matchAll(/^(\d+) 0 obj\n([\s\S]*?)^endobj$/gmu)].map(
      ([, number = '', body = '']) => [number, body] as const,
    ),
  );
  const body = (reference: string | undefined): string => objects.get(reference ?? '') ?? '';
  const fonts = new Map<string, readonly string[]>();
  for (const [, name = '', reference] of source.matchAll(/^\/(F\d+) (\d+) 0 R$/gmu)) {
    const map = /\/ToUnicode (\d+) 0 R/u.exec(body(reference))?.[1];
    fonts.set(name, charactersOf(body(map)));
  }
  const texts: string[] = [];
  let font: readonly string[] = [];
  for (const [, name, glyphs] of source.matchAll(/^\/(F\d+) [\d.]+ Tf$|^\[(.*)\] 0? ?TJ$/gmu)) {
    if (name !== undefined) font = fonts.get(name) ?? [];
    if (glyphs !== undefined) texts.push(textOf(glyphs, font));
  }
  return texts.join('\n');
};

const RANGE = /beginbfrange\n<0000> <[0-9a-f]+> \[([^\]]*)\]/gu;

const charactersOf = (map: string): readonly string[] =>
  [...map.matchAll(RANGE)].flatMap(([, codes = '']) =>
    [...codes.matchAll(/<([0-9a-f ]+)>/gu)].map(([, code = '']) =>
      String.fromCharCode(...code.split(' ').map((unit) => Number.parseInt(unit, 16))),
    ),
  );

const textOf = (glyphs: string, font: readonly string[]): string =>
  [...glyphs.matchAll(/<([0-9a-f]+)>/gu)]
    .flatMap(([, run = '']) => run.match(/.{4}/gu) ?? [])
    .map((glyph) => font[Number.parseInt(glyph, 16)] ?? '')
    .join('');
