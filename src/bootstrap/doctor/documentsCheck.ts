import type { DocumentRenderer, FontUnreadable } from '../../application/ports/documentRenderer.ts';
import { codePointText } from '../../domain/plainText.ts';
import type { Config } from '../config.ts';
import { SELLER_SETTINGS } from '../config/seller.ts';
import type { Services } from '../tokens.ts';
import { fine, problem, type DoctorFinding } from './finding.ts';

export const DOCUMENTS_USES = {
  services: ['pdfRenderer'],
  settings: ['INVOICE_DELIVERY', 'INVOICE_FONTS', ...SELLER_SETTINGS],
} as const;

type DocumentServices = Pick<Services, (typeof DOCUMENTS_USES.services)[number]> & {
  readonly config: Config<(typeof DOCUMENTS_USES.settings)[number]>;
};

/**
 * Whether PDFs can be made on this machine, and the seller is written on them in full. If no
 * setting is about documents, nothing is loaded for them.
 */
export const examineDocuments = async ({
  pdfRenderer,
  config,
}: DocumentServices): Promise<readonly DoctorFinding[]> => {
  const { SELLER_NAME: seller, INVOICE_FONTS: further = [], INVOICE_DELIVERY: delivery } = config;
  if (seller === undefined && further.length === 0 && delivery !== 'attach') return [];
  const read = await pdfRenderer.unprintable('');
  if (read.isErr()) return read.error.map((font) => unreadableFont(font, further));
  const unwritten = await Promise.all(
    SELLER_SETTINGS.map((name) => unwrittenSeller(name, config[name] ?? '', pdfRenderer)),
  );
  const fonts = further.length === 0 ? '' : `, with ${further.length} further fonts`;
  return [fine('documents', `can be made as PDFs${fonts}`), ...unwritten.flat()];
};

const unreadableFont = (
  { font, cause }: FontUnreadable,
  further: readonly string[],
): DoctorFinding =>
  font === 0
    ? problem('documents', `cannot be made as PDFs: ${cause}`, 'Install Paidonce again.')
    : problem(
        'setting INVOICE_FONTS',
        `names ${further[font - 1]}, which cannot be read: ${cause}`,
        'Put that font (.ttf or .otf, of one face) on every machine that makes documents, or ' +
          'take it off the list: until then no PDF is made, and mails go out without it.',
      );

const unwrittenSeller = async (
  name: (typeof SELLER_SETTINGS)[number],
  text: string,
  renderer: Pick<DocumentRenderer, 'unprintable'>,
): Promise<readonly DoctorFinding[]> => {
  const missing = (await renderer.unprintable(text)).unwrapOr([]);
  return missing.length === 0
    ? []
    : [
        problem(
          `setting ${name}`,
          `has characters that no font has: ${missing.map(codePointText).join(', ')}`,
          'Name a font that has them in INVOICE_FONTS: PDFs have a mark in their place.',
        ),
      ];
};
