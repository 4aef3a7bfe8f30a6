import { html, NOTHING, sourceOf, type Html } from './html.ts';
import type { Sheet } from './sheet.ts';
import {
  breakdownHtml,
  detailsHtml,
  factsHtml,
  howMuch,
  notesHtml,
  partyHtml,
  totalsHtml,
} from './sheetHtml.ts';
import { PAGE_STYLES } from './styles.ts';

/** The document as a page of its own, for print on A4 and for browsers of any width. */
export const pageHtml = (sheet: Sheet): string =>
  sourceOf(
    html`<!doctype html>
      <html lang="${sheet.language.tag}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${sheet.title}</title>
          <style>
            ${{ markup: PAGE_STYLES + pageMargins(sheet.footer) }}
          </style>
        </head>
        <body>
          <main>
            <h1>${sheet.title}</h1>
            <div class="parties">
              ${sheet.parties.map(partyHtml)}
              <div>${factsHtml(sheet.facts)}</div>
            </div>
            ${linesHtml(sheet)} ${totalsHtml(sheet)} ${breakdownHtml(sheet)} ${notesHtml(sheet)}
            ${sheet.footer === '' ? NOTHING : html`<p class="d"><bdi>${sheet.footer}</bdi></p>`}
          </main>
        </body>
      </html> `,
  );

/** The number and footer on each sheet of paper, if the program that prints knows margin boxes. */
const pageMargins = (footer: string): string => `@page {
  size: A4;
  margin: 18mm 16mm 22mm;
  @bottom-left { content: ${cssString(footer)}; font: 8pt Helvetica, Arial, sans-serif; }
  @bottom-right { content: counter(page) " / " counter(pages);
    font: 8pt Helvetica, Arial, sans-serif; }
}
`;

/** A text within a style sheet, which neither quotes nor tags can end. */
const cssString = (text: string): string =>
  `"${text.replace(/[^A-Za-z0-9 ,.:/-]/gu, (character) => `\\${hex(character)} `)}"`;

const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16);

/** The lines. The columns for which a narrow screen has no room stand below the item there. */
const linesHtml = ({ heads, lines }: Sheet): Html => {
  const hasPrices = heads.unitPrice !== '';
  return html`<table class="l" width="100%">
    <thead>
      <tr>
        <th class="w r">${heads.position}</th>
        <th>${heads.item}</th>
        <th class="w r">${heads.quantity}</th>
        ${hasPrices ? html`<th class="w r">${heads.unitPrice}</th>` : NOTHING}
        <th class="w t">${heads.taxRate}</th>
        <th class="r">${heads.amount}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            <td class="w r">${line.position}</td>
            <td class="i">
              <bdi>${line.item}</bdi>${detailsHtml(line)} <span class="n d">${howMuch(line)}</span>
            </td>
            <td class="w r">${line.quantity}</td>
            ${hasPrices ? html`<td class="w r">${line.unitPrice}</td>` : NOTHING}
            <td class="w t">${line.taxRate}</td>
            <td class="r">${line.amount}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
};
