import { okAsync, ResultAsync } from 'neverthrow';
import type { DocumentRenderer, IssuedDocument } from '../ports/documentRenderer.ts';
import type { MailFile } from '../ports/notifier.ts';

/**
 * The maximum is 10 MB in base64, beyond which SES slows down
 * (https://docs.aws.amazon.com/ses/latest/dg/quotas.html). A PDF of 1,000 lines has 2 MB.
 */
const FILE_BYTES_MAX = 7_000_000;

/**
 * The document as a PDF, which has its XML inside: a second file with the same content would be
 * booked twice. There is no file where it cannot be made or sent: a mail without its file is better
 * than no mail, and the same document would fail at the next try as well (ADR 0045).
 */
export const attachedFiles = (
  renderer: Pick<DocumentRenderer, 'pdf'>,
  document: IssuedDocument,
): ResultAsync<readonly MailFile[], never> =>
  ResultAsync.fromPromise(made(renderer, document), () => [])
    .map((files) => files.filter(({ bytes }) => bytes.length <= FILE_BYTES_MAX))
    .orElse(() => okAsync([]));

/** The result of the renderer, even if it throws, which it should not. */
const made = async (
  renderer: Pick<DocumentRenderer, 'pdf'>,
  document: IssuedDocument,
): Promise<readonly MailFile[]> => {
  const pdf = await renderer.pdf(document);
  const { label } = document.note ?? document.invoice;
  return pdf.isOk()
    ? [{ name: `${label}.pdf`, mediaType: 'application/pdf', bytes: pdf.value.bytes }]
    : [];
};
