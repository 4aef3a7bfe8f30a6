import type { Style, Typesetter } from './typesetter.ts';

/** A4, with margins for a binder. */
const PAGE = { width: 595.28, height: 841.89 } as const;
export const LEFT = 56;
export const RIGHT = PAGE.width - 45;
export const WIDTH = RIGHT - LEFT;
const TOP = 45;
/** The place at which the foot of each page begins. */
const FOOT_TOP = PAGE.height - 66;
const CONTENT_BOTTOM = FOOT_TOP - 14;
const RULE_COLOR = '#b0b0b0';
const FOOT: Style = { weight: 'regular', size: 7.5, color: '#555555' };
const FOOT_LINES_MAX = 3;

type PageCanvas = Pick<
  PDFKit.PDFDocument,
  'addPage' | 'bufferedPageRange' | 'switchToPage' | 'moveTo'
>;

/** Pages that are filled from top to bottom. */
export type Paper = ReturnType<typeof createPaper>;

export const createPaper = (canvas: PageCanvas, typesetter: Typesetter) => {
  const addPage = (): void => {
    canvas.addPage();
    y = TOP;
  };
  let y = TOP;
  addPage();

  const rule = (at: number, from = LEFT, to = RIGHT): void => {
    canvas.moveTo(from, at).lineTo(to, at).lineWidth(0.5).strokeColor(RULE_COLOR).stroke();
  };

  return {
    rule,
    get y(): number {
      return y;
    },
    set y(next: number) {
      y = next;
    },
    /** Begins another page where this height has no room left. `onNewPage` draws its head. */
    reserve: (height: number, onNewPage?: () => void): void => {
      if (y + height <= CONTENT_BOTTOM) return;
      addPage();
      onNewPage?.();
    },
    /** Draws the foot of every page, once all pages are there. */
    finish: (footer: string, pageText: (page: number, pages: number) => string): void => {
      const { count: pages } = canvas.bufferedPageRange();
      for (let page = 0; page < pages; page += 1) {
        canvas.switchToPage(page);
        rule(FOOT_TOP);
        const text = pageText(page + 1, pages);
        const pageWidth = typesetter.width(text, FOOT) + 20;
        const lines = typesetter.wrap(footer, FOOT, WIDTH - pageWidth).slice(0, FOOT_LINES_MAX);
        typesetter.draw(lines, FOOT, { x: LEFT, y: FOOT_TOP + 6, width: WIDTH - pageWidth });
        typesetter.draw([text], FOOT, {
          x: LEFT,
          y: FOOT_TOP + 6,
          width: WIDTH,
          align: 'right',
        });
      }
    },
  };
};
