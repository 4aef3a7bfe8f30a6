import { html, LINE, NOTHING, type Html } from './html.ts';
import type { LabelledText, Sheet, SheetLine } from './sheet.ts';

/*
 * The parts of a document as HTML. Texts of customers and of the shop are in `<bdi>`, so that the
 * direction of one leaves the others as they are.
 */

export const factsHtml = (facts: readonly LabelledText[]): Html =>
  html`<table>
    ${facts.map(
      ({ label, text }) =>
        html`<tr>
          <td class="d">${label}</td>
          <td><bdi>${text}</bdi></td>
        </tr>`,
    )}
  </table>`;

export const partyHtml = ({ label, lines }: Sheet['parties'][number]): Html =>
  html`<div>
    <h2>${label}</h2>
    <p>${lines.map((line, at) => html`${at === 0 ? NOTHING : html`<br />`}<bdi>${line}</bdi>`)}</p>
  </div>`;

/**
 * The lines for mail, whose readers know little of style sheets. Two columns are readable on every
 * screen, so that what another layout has in further columns stands below the item.
 */
export const mailLinesHtml = ({ heads, lines }: Sheet): Html =>
  html`<table class="l" width="100%">
    <thead>
      <tr>
        <th align="left">${heads.item}</th>
        <th class="r" align="right">${heads.amount}</th>
      </tr>
    </thead>
    <tbody>
      ${lines.map(
        (line) =>
          html`<tr>
            <td class="i">
              <bdi>${line.item}</bdi>${detailsHtml(line)}${LINE}<br /><span class="d"
                >${howMuch(line)}</span
              >
            </td>
            <td class="r" align="right">${line.amount}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;

/** Quantity, price and tax rate: `2 × 5.00 · 19%`. */
export const howMuch = ({ quantity, unitPrice, taxRate }: SheetLine): string => {
  const priced = [quantity, unitPrice].filter((text) => text !== '').join(' × ');
  return [priced, taxRate].filter((text) => text !== '').join(' · ');
};

export const detailsHtml = ({ details }: SheetLine): Html =>
  html`${details.map((detail) => html`${LINE}<br /><span class="d"><bdi>${detail}</bdi></span>`)}`;

export const totalsHtml = ({ totals, totalAt }: Sheet): Html =>
  html`<table class="k" width="100%">
    ${totals.map(
      ({ label, text }, at) => html`<tr${at === totalAt ? html` class="s"` : NOTHING}>
<td class="t" align="right" width="99%"><bdi>${label}</bdi></td>
<td class="r" align="right">${text}</td>
</tr>`,
    )}
  </table>`;

export const breakdownHtml = ({ breakdown: { title, heads, rows } }: Sheet): Html =>
  html`<div class="k">
    <h2>${title}</h2>
    <table class="l" width="100%">
      <thead>
        <tr>
          <th align="left">${heads.tax}</th>
          <th class="r" align="right">${heads.taxable}</th>
          <th class="r" align="right">${heads.amount}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ tax, taxable, amount }) =>
            html`<tr>
              <td><bdi>${tax}</bdi></td>
              <td class="r" align="right">${taxable}</td>
              <td class="r" align="right">${amount}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

export const notesHtml = ({ notes }: Sheet): Html =>
  html`${notes.map((note) => html`<p><bdi>${note}</bdi></p>`)}`;
