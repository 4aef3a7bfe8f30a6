import * as Invoice from '../invoice/index.ts';
import type { TaxedOrder } from '../money/index.ts';
import { utf8Bytes } from '../utf8.ts';
import type { Content } from './content.ts';
import { placedCodec } from './placedCodec.ts';

/**
 * How many bytes an order may take as it is stored, and its lines on the invoice: so that either
 * fits with all that stands beside it into an item of DynamoDB (400 KB), and the invoice with a
 * credit note of every line into its row.
 */
export const ORDER_BYTES_MAX = 262_144;

/** SHA-256 in base64url. */
const FINGERPRINT = 'f'.repeat(43);

/** Why the order cannot be kept; undefined where it can. */
export const tooLarge = (content: Content, priced: TaxedOrder): string | undefined => {
  const placed = { ...content, ...Invoice.totalsIn(priced), fingerprint: FINGERPRINT };
  const bytes = Math.max(
    utf8Bytes(JSON.stringify(placedCodec.encode?.(placed))),
    utf8Bytes(Invoice.linesText(priced.lines)),
  );
  return bytes > ORDER_BYTES_MAX
    ? `takes ${bytes} bytes, and at most ${ORDER_BYTES_MAX} can be kept: fewer lines, ` +
        'or shorter texts'
    : undefined;
};
