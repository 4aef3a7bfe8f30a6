import { html, LINE, NOTHING, sourceOf, type Html } from '../documents/html.ts';
import type { Sheet } from '../documents/sheet.ts';
import {
  breakdownHtml,
  factsHtml,
  mailLinesHtml,
  notesHtml,
  partyHtml,
  totalsHtml,
} from '../documents/sheetHtml.ts';
import { sheetText } from '../documents/sheetText.ts';
import { MAIL_STYLES } from '../documents/styles.ts';
import { TEXT_COLUMNS, wrapText } from '../documents/wrapText.ts';

/** The content of one mail, in its order. */
export type MailContent = {
  readonly language: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The link to the document itself. */
  readonly link?: { readonly text: string; readonly url: string };
  readonly sheet?: Sheet;
};

/** The look of every mail: a fork changes it here, and the words in `application/language`. */
export const mailHtml = ({ language, subject, paragraphs, link, sheet }: MailContent): string =>
  sourceOf(
    html`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <meta name="supported-color-schemes" content="light dark" />
          <title>${subject}</title>
          <style>
            ${{ markup: MAIL_STYLES }}
          </style>
        </head>
        <body>
          <table role="presentation" class="p" width="100%" align="center">
            <tr>
              <td class="b">
                ${paragraphs.map((paragraph) => html`<p>${paragraph}</p>`)}
                ${link === undefined ? NOTHING : linkHtml(link)}
                ${sheet === undefined ? NOTHING : documentHtml(sheet)}
              </td>
            </tr>
          </table>
        </body>
      </html> `,
  );

const linkHtml = ({ text, url }: NonNullable<MailContent['link']>): Html =>
  html`<p>${text}${LINE}<br /><a href="${url}">${LINE}${url}</a></p>`;

const documentHtml = (sheet: Sheet): Html =>
  html`<h1>${sheet.title}</h1>
    ${factsHtml(sheet.facts)} ${sheet.lines.length === 0 ? NOTHING : mailLinesHtml(sheet)}
    ${totalsHtml(sheet)} ${breakdownHtml(sheet)} ${notesHtml(sheet)} ${sheet.parties.map(partyHtml)}
    ${sheet.footer === '' ? NOTHING : html`<p class="d"><bdi>${sheet.footer}</bdi></p>`}`;

/** The same for readers of plain text. */
export const mailText = ({ paragraphs, link, sheet }: MailContent): string => {
  const blocks = [
    ...paragraphs.map((paragraph) => wrapText(paragraph, TEXT_COLUMNS).join('\n')),
    // A link in two lines does not work.
    ...(link === undefined ? [] : [`${wrapText(link.text, TEXT_COLUMNS).join('\n')}\n${link.url}`]),
    ...(sheet === undefined ? [] : [sheetText(sheet)]),
  ];
  return `${blocks.join('\n\n')}\n`;
};
