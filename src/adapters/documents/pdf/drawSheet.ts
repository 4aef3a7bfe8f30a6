import type {
  LineTexts,
  PartyText,
  Sheet,
  SheetLine,
} from '../../../application/documents/sheet.ts';
import { LEFT, RIGHT, WIDTH, type Paper } from './paper.ts';
import type { TextPlace, Style, Typesetter } from './typesetter.ts';

const TITLE: Style = { weight: 'bold', size: 17 };
const HEADING: Style = { weight: 'bold', size: 9 };
const TEXT: Style = { weight: 'regular', size: 9 };
const STRONG: Style = { weight: 'bold', size: 10 };
const LABEL: Style = { weight: 'regular', size: 7.5, color: '#555555' };
const SMALL: Style = { weight: 'regular', size: 7.5, color: '#555555' };
const GAP = 14;
const ROW_GAP = 5;
const COLUMN_GAP = 8;

type Drawing = { readonly paper: Paper; readonly typesetter: Typesetter };

/** A whole document, from its head to its notes; the foot of each page comes last. */
export const drawSheet = (sheet: Sheet, drawing: Drawing): void => {
  drawTitle(sheet, drawing);
  drawParties(sheet, drawing);
  drawLines(sheet, drawing);
  drawTotals(sheet, drawing);
  drawBreakdown(sheet, drawing);
  drawNotes(sheet, drawing);
  drawing.paper.finish(sheet.footer, sheet.language.document.page);
};

const drawTitle = ({ title }: Sheet, { paper, typesetter }: Drawing): void => {
  const lines = typesetter.wrap(title, TITLE, WIDTH);
  paper.y = typesetter.draw(lines, TITLE, { x: LEFT, y: paper.y, width: WIDTH }) + GAP;
};

/** The head of a further page names the document, so that no page is lost. */
const drawFurtherTitle = ({ title }: Sheet, { paper, typesetter }: Drawing): void => {
  paper.y = typesetter.draw([title], HEADING, { x: LEFT, y: paper.y, width: WIDTH }) + GAP;
};

const PARTY_WIDTH = 240;
const FACTS_LEFT = LEFT + PARTY_WIDTH + 24;
const FACT_LABEL_WIDTH = 96;

/** Parties on the left, one below the other, and beside them what the document is about. */
const drawParties = (sheet: Sheet, drawing: Drawing): void => {
  const { paper, typesetter } = drawing;
  const top = paper.y;
  let left = top;
  for (const party of sheet.parties) left = drawParty(party, left, typesetter);
  let right = top;
  for (const { label, text } of sheet.facts) {
    const labels = typesetter.wrap(label, LABEL, FACT_LABEL_WIDTH);
    const x = FACTS_LEFT + FACT_LABEL_WIDTH + COLUMN_GAP;
    const texts = typesetter.wrap(text, TEXT, RIGHT - x);
    const ends = [
      typesetter.draw(labels, LABEL, { x: FACTS_LEFT, y: right + 1, width: FACT_LABEL_WIDTH }),
      typesetter.draw(texts, TEXT, { x, y: right, width: RIGHT - x }),
    ];
    right = Math.max(...ends) + 1;
  }
  paper.y = Math.max(left, right) + GAP;
};

const drawParty = ({ label, lines }: PartyText, top: number, typesetter: Typesetter): number => {
  const place = (y: number): TextPlace => ({ x: LEFT, y, width: PARTY_WIDTH });
  let y = typesetter.draw([label], LABEL, place(top));
  for (const [at, line] of lines.entries()) {
    const style = at === 0 ? HEADING : TEXT;
    y = typesetter.draw(typesetter.wrap(line, style, PARTY_WIDTH), style, place(y));
  }
  return y + GAP / 2;
};

type SheetColumn = {
  readonly key: keyof LineTexts;
  readonly place: Pick<TextPlace, 'x' | 'width' | 'align'>;
};

const COLUMN_KEYS = ['position', 'item', 'quantity', 'unitPrice', 'taxRate', 'amount'] as const;
const RIGHT_ALIGNED: ReadonlySet<keyof LineTexts> = new Set(['quantity', 'unitPrice', 'amount']);
const COLUMN_WIDTH_MAX = 110;

/** Each column is as wide as its widest text, and the items have what is left. */
const columnsOf = ({ heads, lines }: Sheet, typesetter: Typesetter): readonly SheetColumn[] => {
  const keys = COLUMN_KEYS.filter((key) => heads[key] !== '' || key === 'position');
  const widthOf = (key: keyof LineTexts): number =>
    Math.min(
      COLUMN_WIDTH_MAX,
      Math.max(
        typesetter.width(heads[key], HEADING),
        ...lines.map((line) => typesetter.width(line[key], TEXT)),
      ),
    );
  const widths = new Map(keys.map((key) => [key, key === 'item' ? 0 : widthOf(key)]));
  const taken = [...widths.values()].reduce((sum, width) => sum + width, 0);
  widths.set('item', WIDTH - taken - COLUMN_GAP * (keys.length - 1));
  let x = LEFT;
  return keys.map((key) => {
    const width = widths.get(key) ?? 0;
    const place = { x, width, align: RIGHT_ALIGNED.has(key) ? 'right' : 'left' } as const;
    x += width + COLUMN_GAP;
    return { key, place };
  });
};

const drawLines = (sheet: Sheet, { paper, typesetter }: Drawing): void => {
  const columns = columnsOf(sheet, typesetter);
  const drawCells = (texts: LineTexts, style: Style): number =>
    Math.max(
      ...columns.map(({ key, place }) =>
        typesetter.draw(typesetter.wrap(texts[key], style, place.width), style, {
          ...place,
          y: paper.y,
        }),
      ),
    );
  const drawHead = (): void => {
    paper.y = drawCells(sheet.heads, HEADING) + 3;
    paper.rule(paper.y);
    paper.y += ROW_GAP;
  };
  const drawFurtherHead = (): void => {
    drawFurtherTitle(sheet, { paper, typesetter });
    drawHead();
  };
  paper.reserve(80);
  drawHead();
  for (const line of sheet.lines) {
    paper.reserve(heightOf(line, columns, typesetter) + ROW_GAP, drawFurtherHead);
    const ends = [drawCells(line, TEXT)];
    const item = columns.find(({ key }) => key === 'item')?.place;
    if (item !== undefined && line.details.length > 0) {
      const details = detailLines(line, item.width, typesetter);
      const y = paper.y + typesetter.heightOf(itemLines(line, item.width, typesetter), TEXT);
      ends.push(typesetter.draw(details, SMALL, { ...item, y }));
    }
    paper.y = Math.max(...ends) + ROW_GAP;
  }
  paper.rule(paper.y);
  paper.y += GAP;
};

const itemLines = ({ item }: SheetLine, width: number, typesetter: Typesetter): number =>
  typesetter.wrap(item, TEXT, width).length;

const detailLines = (
  { details }: SheetLine,
  width: number,
  typesetter: Typesetter,
): readonly string[] => details.flatMap((detail) => typesetter.wrap(detail, SMALL, width));

const heightOf = (
  line: SheetLine,
  columns: readonly SheetColumn[],
  typesetter: Typesetter,
): number =>
  Math.max(
    ...columns.map(({ key, place: { width } }) => {
      const height = typesetter.heightOf(typesetter.wrap(line[key], TEXT, width).length, TEXT);
      const details = key === 'item' ? detailLines(line, width, typesetter).length : 0;
      return height + typesetter.heightOf(details, SMALL);
    }),
  );

const TOTALS_LEFT = LEFT + WIDTH * 0.45;

/** Sums stay together on one page where it has room for them. */
const drawTotals = (sheet: Sheet, drawing: Drawing): void => {
  const { totals, totalAt } = sheet;
  const { paper, typesetter } = drawing;
  paper.reserve(typesetter.heightOf(totals.length, STRONG) + GAP, () =>
    drawFurtherTitle(sheet, drawing),
  );
  const amountWidth = Math.max(...totals.map(({ text }) => typesetter.width(text, STRONG)));
  const labelWidth = RIGHT - TOTALS_LEFT - amountWidth - COLUMN_GAP;
  for (const [at, { label, text }] of totals.entries()) {
    const style = at === totalAt || at === totals.length - 1 ? STRONG : TEXT;
    if (at === totalAt) {
      paper.rule(paper.y + 1, TOTALS_LEFT);
      paper.y += 4;
    }
    const { y } = paper;
    const labels = typesetter.wrap(label, style, labelWidth);
    paper.y = typesetter.draw(labels, style, { x: TOTALS_LEFT, y, width: labelWidth });
    typesetter.draw([text], style, {
      x: TOTALS_LEFT,
      y,
      width: RIGHT - TOTALS_LEFT,
      align: 'right',
    });
  }
  paper.y += GAP;
};

const BREAKDOWN_COLUMNS = [
  { key: 'tax', place: { x: LEFT, width: 180, align: 'left' } },
  { key: 'taxable', place: { x: LEFT + 180, width: 130, align: 'right' } },
  { key: 'amount', place: { x: LEFT + 310, width: 110, align: 'right' } },
] as const;

const drawBreakdown = (sheet: Sheet, drawing: Drawing): void => {
  const { title, heads, rows } = sheet.breakdown;
  const { paper, typesetter } = drawing;
  const drawFurther = (): void => drawFurtherTitle(sheet, drawing);
  if (rows.length === 0) return;
  paper.reserve(typesetter.heightOf(rows.length + 3, TEXT), drawFurther);
  paper.y = typesetter.draw([title], HEADING, { x: LEFT, y: paper.y, width: WIDTH }) + 2;
  const drawRow = (row: typeof heads, style: Style): void => {
    const ends = BREAKDOWN_COLUMNS.map(({ key, place }) =>
      typesetter.draw(typesetter.wrap(row[key], style, place.width), style, {
        ...place,
        y: paper.y,
      }),
    );
    paper.y = Math.max(...ends);
  };
  drawRow(heads, LABEL);
  for (const row of rows) {
    paper.reserve(typesetter.heightOf(1, TEXT), drawFurther);
    drawRow(row, TEXT);
  }
  paper.y += GAP;
};

const drawNotes = (sheet: Sheet, drawing: Drawing): void => {
  const { paper, typesetter } = drawing;
  for (const note of sheet.notes) {
    const lines = typesetter.wrap(note, TEXT, WIDTH);
    paper.reserve(typesetter.heightOf(lines.length, TEXT), () => drawFurtherTitle(sheet, drawing));
    paper.y = typesetter.draw(lines, TEXT, { x: LEFT, y: paper.y, width: WIDTH }) + 2;
  }
};
